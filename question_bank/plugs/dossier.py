"""The dossier's section on the paper: what was sealed, who opened it when, and, after the sitting, the paper itself."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from exams import clock
from exams.archive.sections import as_json, section
from exams.documents.actions import content_of
from exams.documents.models import Document
from exams.sittings.models import Sitting
from question_bank.assembly.models import Paper
from question_bank.assembly.queries import every_paper_for
from question_bank.papers.models import Opening, SealedPaper
from question_bank.papers.queries import bags, disclosure, opened_content


@section("03-paper", _("Paper: seal, opening, custody"))
def papers(sitting: Sitting) -> Iterator[tuple[str, bytes]]:
    """The main paper of the slot and its spare; no question text before the sitting is over."""
    for paper in every_paper_for([sitting.slot_id]):
        yield from _one(paper, over=sitting.ends_at <= clock.now())


def _one(paper: Paper, *, over: bool) -> Iterator[tuple[str, bytes]]:
    sealed = SealedPaper.objects.filter(paper=paper).first()
    opening = Opening.objects.filter(paper=paper).select_related("first", "second").first()
    yield f"{paper.number}/record.json", as_json(_record(paper, sealed, opening))
    if sealed:
        yield f"{paper.number}/sealed.json", as_json(sealed.body)
    chain = {bag: [_link(link) for link in links] for bag, links in bags(paper).items()}
    if chain:
        yield f"{paper.number}/custody.json", as_json(chain)
    if opening and over:
        yield f"{paper.number}/disclosure.json", as_json(disclosure(opening))
        yield f"{paper.number}/paper.json", as_json(opened_content(opening))
        for run in paper.printings.order_by("printed_at", "label"):
            document = Document.objects.filter(pk=run.document_id).first()
            if document:
                yield f"{paper.number}/{run.label}-{run.part}-{run.printed_at:%H%M%S}.pdf", content_of(document)


def _record(paper: Paper, sealed: SealedPaper | None, opening: Opening | None) -> dict[str, object]:
    found: dict[str, object] = {
        "number": paper.number,
        "title": paper.title,
        "state": paper.state,
        "spare": paper.spare_of_id is not None,
        "seed_commitment": paper.seed_commitment,
        "drawn_at": paper.drawn_at,
        "approved_at": paper.approved_at,
    }
    if sealed:
        found |= {"ciphertext_sha256": sealed.ciphertext_digest, "commitment": sealed.commitment, "sealed_at": sealed.sealed_at}
        found |= {"opens_at": sealed.opens_at, "closes_at": sealed.closes_at, "custodians": sorted(sealed.keys)}
    if opening:
        found |= {"opened_at": opening.opened_at, "first_at": opening.first_at}
        found |= {"opened_by": [opening.first.name, opening.second.name]}
    return found


def _link(link: object) -> dict[str, object]:
    names = {part: getattr(link, part).name for part in ("giver", "receiver", "supervisor")}
    facts = {name: getattr(link, name) for name in ("step", "copies", "seal_number", "seal_state", "stopped", "place", "note", "at")}
    return names | facts
