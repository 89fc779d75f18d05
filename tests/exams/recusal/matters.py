"""A small matter with people for the tests of recusal: a body's event, two candidates, and who stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from exams.interests import events
from exams.people.models import Employment, KinEdge, Organisation, Person
from exams.recusal.facts import Matter
from exams.recusal.standing import STANDING, Stand
from tests.cast import Cast

DAY = date(2026, 5, 16)
EVENT = UUID("01890000-0000-7000-8000-000000000001")


def matter(cast: Cast, *candidates: Person, **more: Any) -> Matter:
    given = {"on": DAY, "event_id": "", "family": "UT", "body_id": str(cast.body.pk), "item": "超声检测 Ⅱ级"}
    return Matter(**{**given, "candidates": frozenset(str(one.pk) for one in candidates), **more})


def kin(person: Person, relation: str, relative: Person, **more: Any) -> KinEdge:
    return KinEdge.objects.create(
        person=person, relative_index=relative.id_index, relative_name=relative.name, relation=relation, declared_on=DAY, **more
    )


def employ(person: Person, organisation: Organisation, since: date = date(2020, 1, 1), until: date | None = None) -> Employment:
    return Employment.objects.create(person=person, organisation=organisation, since=since, until=until)


@contextmanager
def standing_in(*stands: Stand) -> Iterator[list[Stand]]:
    """For the length of a test these stand in open matters, and nobody else."""
    rows, before = list(stands), dict(STANDING._entries)
    STANDING._entries.clear()

    def source(persons: frozenset[str]) -> list[Stand]:
        return [row for row in rows if row.person_id in persons or row.matter.candidates & persons]

    STANDING.register("test.standing")(source)
    try:
        yield rows
    finally:
        STANDING._entries.clear()
        STANDING._entries.update(before)


@contextmanager
def event_known(cast: Cast, event_id: UUID = EVENT) -> Iterator[UUID]:
    """An event that interests can name, without the programme above it."""
    name = events.EventName(event_id, "2026-04 超声检测", cast.body.pk, DAY, ("UT",))
    before = dict(events.EVENTS._entries)
    events.EVENTS._entries.clear()
    events.EVENTS.register("test.event")(lambda asked: name if str(asked) == str(event_id) else None)
    try:
        yield event_id
    finally:
        events.EVENTS._entries.clear()
        events.EVENTS._entries.update(before)
