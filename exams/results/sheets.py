"""The workbook of scores: what is handed out for a sitting, and what is read back with every fault at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exams.documents import workbook, workbook_reading
from exams.documents.sheets import CODE, NUMBER, CellFault, Column, Row, Sheet, Template
from exams.results import grading, queries
from exams.results.models import Mark
from exams.sittings.models import Place, Sitting
from exams.verdicts import gettext_noop as _

SHEET = "marks"
TEMPLATE = Template(
    kind="results.marks",
    version="1",
    sheets=(
        Sheet(
            SHEET,
            ("成绩", "Scores"),
            (
                Column("ticket", ("准考证号", "Ticket number"), CODE, required=True, example="2026010001", width=22),
                Column("seat", ("座位号", "Seat"), example="A01", width=10),
                Column("score", ("成绩", "Score"), NUMBER, required=True, example="71.5", width=12),
            ),
        ),
    ),
    guide=(
        ("栏目", "要求", "说明"),
        ("准考证号", "必填", "预先填好，不得更改"),
        ("成绩", "必填", "不超过满分，最多两位小数；缺考者不列入"),
    ),
)


@dataclass(frozen=True)
class Preview:
    """A workbook as read: scores by place id, every fault, and the digest of the file."""

    scores: dict[Any, Decimal]
    faults: tuple[CellFault, ...]
    sha256: str


def blank(sitting: Sitting) -> bytes:
    """The workbook for a sitting: everybody who sat, without names, the score still empty."""
    rows = [{"ticket": place.ticket_number, "seat": place.seat.label} for place in _present(sitting)]
    return workbook.make(TEMPLATE, {SHEET: rows})


def preview(sitting: Sitting, data: bytes, *, checking: bool) -> Preview:
    """Read it against the sitting: who sat, what is recorded already, what the rules allow."""
    reading = workbook_reading.read(TEMPLATE, data)
    places = {place.ticket_number: place for place in _present(sitting)}
    recorded = set(Mark.objects.filter(place__sitting=sitting).values_list("place_id", flat=True))
    scores: dict[Any, Decimal] = {}
    faults = list(reading.faults)
    for row in reading.rows.get(SHEET, ()):
        place = places.get(row["ticket"])
        wrong = list(_faults(row, place, checking=checking, recorded=recorded, seen=scores))
        faults += wrong
        if place and not wrong:
            scores[place.pk] = row["score"]
    return Preview(scores, tuple(faults), hashlib.sha256(data).hexdigest())


def annotated(data: bytes, read: Preview) -> bytes:
    """The user's own workbook with its faults marked."""
    return workbook.annotate(data, read.faults)


def _present(sitting: Sitting) -> list[Place]:
    seated = sitting.places.filter(state="held").select_related("seat", "slot__item__edition").order_by("seat__label")
    return list(queries.present(seated))


def _faults(row: Row, place: Place | None, *, checking: bool, recorded: set[Any], seen: dict[Any, Decimal]) -> Iterator[CellFault]:
    if place is None:
        yield row.fault("ticket", _("Nobody with this ticket number sat in this room."))
        return
    if place.pk in seen:
        yield row.fault("ticket", _("This ticket number stands twice."))
    if checking and place.pk not in recorded:
        yield row.fault("ticket", _("The first person has not recorded this score yet."))
    if not checking and place.pk in recorded:
        yield row.fault("ticket", _("The score is recorded already; a change goes by a request."))
    if row["seat"] and row["seat"] != place.seat.label:
        yield row.fault("seat", _("The seat of this ticket number is %(seat)s."), seat=place.seat.label)
    for objection in grading.objections(place.slot.item.edition.rulebook, place.slot.subject, row["score"]):
        yield row.fault("score", objection.message, **objection.params)
