"""Values an exam body may set for its rooms and its day; each with a start value, its source, and the date a change holds from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from exams.sittings.models import Parameter


@dataclass(frozen=True)
class Known:
    """One parameter: its words, its start value and where that comes from, and the smallest and largest value that makes sense."""

    title: Any
    start: int
    source: Any
    least: int
    most: int


KNOWN: dict[str, Known] = {
    "MIN_INVIGILATORS_PER_ROOM": Known(_("Invigilators per room, at least"), 2, _("Proposal: usual rule of written examinations"), 2, 9),
    "ROOMS_PER_ROVING": Known(_("Rooms per roving invigilator, at most"), 10, _("Proposal: usual rule of written examinations"), 1, 50),
    "ROOM_CAP_WRITTEN": Known(_("Candidates per room, paper test"), 30, _("Proposal: usual rule of written examinations"), 1, 500),
    "ROOM_CAP_PC": Known(_("Candidates per room, computer test"), 99, _("Proposal: rule of a neighbouring examination"), 1, 500),
    "SEAT_GAP_CM": Known(_("Seat spacing in centimetres"), 80, _("Proposal: usual rule of written examinations"), 0, 300),
    "LATE_ENTRY_MIN": Known(_("Minutes after the start until entry closes"), 30, _("Proposal: usual rule of written examinations"), 0, 120),
    "ADMISSION_MIN": Known(_("Minutes before the start when admission opens"), 40, _("Proposal: usual practice"), 0, 180),
    "DUTIES_PER_DAY": Known(_("Duties per person and day, at most (0: no limit)"), 0, _("No limit unless the body sets one"), 0, 20),
    "DUTIES_PER_EVENT": Known(_("Duties per person and event, at most (0: no limit)"), 0, _("No limit unless the body sets one"), 0, 99),
}


@dataclass(frozen=True)
class Value:
    """The value in force on a day, and its source."""

    code: str
    value: int
    source: Any
    since: date | None = None


def in_force(body_id: UUID | None, code: str, on: date) -> Value:
    """What holds for a body on a day: its own latest value, else the start value."""
    return all_in_force(body_id, on)[code]


def all_in_force(body_id: UUID | None, on: date) -> dict[str, Value]:
    """Every parameter on a day; one query."""
    values = {code: Value(code, known.start, known.source) for code, known in KNOWN.items()}
    for row in Parameter.objects.filter(body_id=body_id, effective_from__lte=on).order_by("effective_from"):
        if row.code in values:
            values[row.code] = Value(row.code, row.value, row.source, row.effective_from)
    return values
