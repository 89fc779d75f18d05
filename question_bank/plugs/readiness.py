"""Conditions of opening a sitting that the sealed paper answers for."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from exams import spelling
from exams.conduct.readiness import readiness
from exams.sittings.models import Sitting
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _
from question_bank.assembly.models import Paper
from question_bank.assembly.queries import OVER, every_paper_for
from question_bank.papers.models import Opening

BASIS = "R-29, R-30, R-33"


@readiness("question_bank.paper", gettext_lazy("The paper was sealed, and opened by two custodians inside its window"), BASIS)
def paper_released(sitting: Sitting) -> Iterator[Objection]:
    """A written sitting starts with a paper that was sealed before and opened by two inside its window."""
    slot = sitting.slot
    if slot.form != "theory":
        return
    papers = every_paper_for([slot.pk])
    if not papers:
        yield from _without(sitting)
        return
    opened, paper = released(papers), papers[0]
    if opened is None:
        yield Objection(
            "question_bank.not_opened",
            _("Paper %(number)s is not opened (state: %(state)s)."),
            {"number": paper.number, "state": _state(paper)},
            BASIS,
            _("Two custodians approve the opening inside the window."),
        )
    elif not _inside(opened):
        yield Objection(
            "question_bank.opened_outside",
            _("Paper %(number)s was opened at %(at)s, outside its window."),
            {"number": opened.paper.number, "at": spelling.when(opened.opened_at, seconds=True)},
            BASIS,
            _("Stop the paper, report a leak and ask for the spare paper."),
        )


def released(papers: list[Paper]) -> Opening | None:
    """The opening of the paper in use: the main one, or the spare where that was released instead; never one that leaked."""
    found = Opening.objects.filter(paper__in=papers, paper__state__in=("released", "used"))
    return found.select_related("paper__sealed").order_by("-opened_at").first()


def _inside(opening: Opening) -> bool:
    sealed = opening.paper.sealed
    return sealed.sealed_at < sealed.opens_at <= opening.opened_at < sealed.closes_at and opening.first_id != opening.second_id


def _without(sitting: Sitting) -> Iterator[Objection]:
    """Without any paper of its event in the bank the event uses off-system papers, which is said; otherwise one was forgotten."""
    if Paper.objects.filter(slots__slot__event_id=sitting.slot.event_id).exclude(state__in=OVER).exists():
        yield Objection(
            "question_bank.no_paper",
            _("No paper is drawn for this time slot."),
            {},
            "R-28",
            _("Draw, approve and seal a paper for the slot."),
        )
        return
    yield Objection(
        "question_bank.off_system",
        _("This event uses off-system papers; the system holds no question text of it."),
        {},
        "R-28",
        _("The custody record of the bags stands for them."),
        "disclose",
    )


def _state(paper: Paper) -> str:
    words = {
        "assembled": _("Assembled"),
        "approved": _("Approved for sealing"),
        "sealed": _("Encrypted and sealed"),
        "assigned": _("Assigned to its sitting"),
        "exposed": _("Exposed, stopped"),
    }
    return words.get(paper.state, paper.state)
