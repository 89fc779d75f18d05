"""Who may fetch what the bank printed, and the result of its long work: asked anew at every download."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from exams import clock
from exams.access import Actor, may
from exams.documents.access import document_access
from exams.documents.actions import content_of, store
from exams.documents.kinds import ZIP
from exams.documents.models import Document
from exams.errors import NotPermitted
from exams.jobs.access import job_access
from exams.jobs.models import Job
from exams.jobs.work import Progress, job
from question_bank.assembly.models import Paper
from question_bank.papers.models import SealedPaper
from question_bank.papers.printing import OWNER, PARTS, print_paper

PRINT_ALL = "papers.print_all"


@document_access(OWNER)
def printed(actor: Actor, document: Document) -> bool:
    """One of the two who opened the paper, behind the wall, inside the window; afterwards only the dossier has it."""
    return may_print(actor, document.owner_id)


@job_access(PRINT_ALL)
def print_job(actor: Actor, row: Job) -> bool:
    """Whoever started it, as long as he may print the paper."""
    return actor.account_id is not None and actor.account_id == row.account_id and may_print(actor, row.params.get("paper", ""))


def may_print(actor: Actor, paper_id: str) -> bool:
    """Whether the paper may be printed, and its prints be fetched, by this actor now."""
    paper = Paper.objects.filter(pk=paper_id, state="released").first()
    if paper is None or not may(actor, "papers.print", paper):
        return False
    now = clock.now()
    return SealedPaper.objects.filter(paper=paper, opens_at__lte=now, closes_at__gt=now).exists()


@job(PRINT_ALL)
def print_all(progress: Progress, *, by: Actor, paper: str, copies: int) -> dict[str, Any]:
    """Every form with its answer sheet, as one parcel; each print run is recorded by itself."""
    row = Paper.objects.get(pk=UUID(paper))
    labels = list(row.forms.values_list("label", flat=True))
    progress.begin(len(labels) * len(PARTS), _("Printing"))
    parcel = io.BytesIO()
    with zipfile.ZipFile(parcel, "w", zipfile.ZIP_DEFLATED) as out:
        for label in labels:
            for part in PARTS:
                document = print_paper(by=by, paper=row, label=label, part=part, copies=copies)
                out.writestr(f"{row.number}-{label}-{part}.pdf", content_of(document))
                progress.advance()
    verdict = may(by, "papers.print", row)
    if not verdict and verdict.reason:
        raise NotPermitted(verdict.reason)
    made = store(by, parcel.getvalue(), row.number, ZIP, OWNER, row.pk, accept=frozenset({ZIP}))
    return {"document_id": str(made.pk)}
