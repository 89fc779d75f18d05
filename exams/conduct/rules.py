"""What the door answers, and when a room record adds up. No Django."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

LATE_BASIS = _("Requirement R-61; parameter “minutes after the start until entry closes”")
PAPER_FIELDS = ("papers_received", "papers_used", "papers_spare", "papers_damaged")


@dataclass(frozen=True)
class AtDoor:
    """Everything the door looks at when somebody stands before it."""

    genuine: bool
    here: bool
    current: bool
    ticket_state: str
    answered: str = ""
    answered_by: str = ""
    answered_at: str = ""
    right_room: str = ""
    right_seat: str = ""
    right_time: str = ""
    same_slot: bool = True


def entry_closes(starts_at: datetime, late_minutes: int) -> datetime:
    """The last moment of entry."""
    return starts_at + timedelta(minutes=late_minutes)


def at_the_door(seen: AtDoor, *, now: datetime, closes: datetime, closes_text: str) -> Objection | None:
    """Why somebody may not be admitted; None is a welcome. What is forged is told before anything else is looked at."""
    if not seen.genuine:
        return Objection(
            "door.forged",
            _("This code is not a ticket of this installation."),
            remedy=_("Search by name or ticket number and compare the document."),
        )
    if not seen.here and seen.same_slot:
        return Objection(
            "door.wrong_room",
            _("Expected in room %(room)s, not in this one: seat %(seat)s."),
            {"room": seen.right_room, "seat": seen.right_seat, "closes": closes_text},
            remedy=_("Send the candidate to room %(room)s; entry closes at %(closes)s."),
        )
    if not seen.here:
        return Objection(
            "door.wrong_time",
            _("Not a candidate of this sitting; the ticket is for %(time)s in room %(room)s."),
            {"time": seen.right_time, "room": seen.right_room},
            remedy=_("Tell the candidate the right time and place."),
        )
    if seen.answered == "present":
        return Objection(
            "door.already",
            _("Already admitted by %(who)s at %(at)s."),
            {"who": seen.answered_by, "at": seen.answered_at},
            remedy=_("Compare the document and the person in the seat; a second person with this ticket is an incident."),
        )
    if seen.answered in ("absent", "late"):
        return Objection(
            "door.late", _("Entry is closed since %(closes)s."), {"closes": closes_text}, LATE_BASIS, _("Report to the chief.")
        )
    if seen.answered == "mismatch":
        return Objection(
            "door.mismatch",
            _("Document and person were found to differ; the chief decides."),
            {},
            _("Requirement R-60"),
            _("Report to the chief."),
        )
    if not seen.current or seen.ticket_state in ("void", "lapsed"):
        return Objection(
            "door.ticket_dead",
            _("This ticket is no longer valid (replaced, void or lapsed)."),
            remedy=_("Ask for the replacement ticket, or search by name and compare the document."),
        )
    if now > closes:
        return Objection(
            "door.late", _("Entry is closed since %(closes)s."), {"closes": closes_text}, LATE_BASIS, _("Report to the chief.")
        )
    return None


def record_faults(figures: Mapping[str, Any]) -> Iterator[Objection]:
    """Whether the figures of a room record add up."""
    if figures["expected"] != figures["present"] + figures["absent"]:
        yield Objection(
            "record.count",
            _("Expected %(expected)s, but present %(present)s and absent %(absent)s."),
            {key: figures[key] for key in ("expected", "present", "absent")},
            remedy=_("Answer for every candidate at the door list."),
        )
    if len(figures["absentees"]) != figures["absent"]:
        yield Objection("record.absentees", _("The list of absentees has %(n)s numbers."), {"n": len(figures["absentees"])})
    papers = [figures.get(name) for name in PAPER_FIELDS]
    if any(value is not None for value in papers):
        yield from _paper_faults(figures, papers)


def _paper_faults(figures: Mapping[str, Any], papers: list[int | None]) -> Iterator[Objection]:
    received, used, spare, damaged = (value or 0 for value in papers)
    if None in papers or received != used + spare + damaged:
        yield Objection(
            "record.papers",
            _("%(received)s papers received, but %(used)s used, %(spare)s spare and %(damaged)s damaged."),
            {"received": received, "used": used, "spare": spare, "damaged": damaged},
            _("Room record, field 17"),
            _("Count again."),
        )
    answers = figures.get("answers_collected")
    if answers != figures["present"]:
        yield Objection(
            "record.answers",
            _("%(answers)s answer papers collected for %(present)s candidates present."),
            {"answers": answers if answers is not None else "—", "present": figures["present"]},
            _("Room record, field 18"),
            _("Count again before anybody leaves."),
        )
