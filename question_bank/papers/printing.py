"""Print runs: an opened paper becomes PDFs inside its window, each run on record."""

from __future__ import annotations

from django.utils import timezone

from exams import clock
from exams.access import Actor
from exams.documents.actions import store
from exams.documents.kinds import PDF
from exams.documents.models import Document
from exams.errors import refuse
from exams.journal.actions import action, record
from exams.verdicts import gettext_noop as _
from question_bank.assembly.models import Paper
from question_bank.assembly.queries import slots_of
from question_bank.papers.models import Opening, Printing, SealedPaper
from question_bank.papers.queries import opened_content
from question_bank.papers.sheets import Head, answer_sheet_pdf, paper_pdf, plain

OWNER = "question_bank.Paper"
# Titles of official documents are Chinese in either language of the screens.
PARTS = {"paper": (paper_pdf, "试卷"), "answers": (answer_sheet_pdf, "答题卡")}


@action("papers.print", on="paper")
def print_paper(*, by: Actor, paper: Paper, label: str = "A", part: str = "paper", copies: int = 1) -> Document:
    """Print the paper or the answer sheet of one form; only the two who opened it, only inside the window."""
    opening = Opening.objects.get(paper=paper)
    sealed = SealedPaper.objects.get(paper=paper)
    now = clock.now()
    if paper.state != "released" or not sealed.opens_at <= now < sealed.closes_at:
        refuse(
            "papers.print_outside",
            _("The paper is printed only while it is open: from %(opens)s to %(closes)s."),
            basis="R-29, R-30",
            remedy=_("Later copies come from the dossier."),
            opens=sealed.opens_at,
            closes=sealed.closes_at,
        )
    forms = opened_content(opening)["forms"]
    if label not in forms or part not in PARTS or not 1 <= copies <= 10_000:
        refuse("papers.print_what", _("There is no such form, part or number of copies."), basis="R-29", remedy=_("Choose again."))
    render, title = PARTS[part]
    content = render(_head(by, paper, label), forms[label])
    document = store(by, content, f"{title} {paper.number} {label}", PDF, OWNER, paper.pk, accept=frozenset({PDF}))
    run = Printing.objects.create(
        paper=paper,
        label=label,
        part=part,
        copies=copies,
        document_id=document.pk,
        sha256=document.sha256,
        printed_by_id=by.person_id,
        printed_at=now,
    )
    record("papers.print", paper, by=by, about=[run, document], label=label, part=part, copies=copies, sha256=document.sha256)
    return document


def _head(by: Actor, paper: Paper, label: str) -> Head:
    slots = slots_of(paper)
    printed = timezone.localtime(clock.now())
    return Head(
        body=by.organisation,
        event=slots[0].event.title if slots else paper.title,
        subject=paper.title,
        number=paper.number,
        label=label,
        minutes=paper.minutes,
        full_marks=plain(str(paper.full_marks)),
        mark=f"{by.name} {printed:%Y-%m-%d %H:%M:%S}",
        example=any(slot.item.edition.is_example for slot in slots),
        spare=paper.spare_of_id is not None,
    )

