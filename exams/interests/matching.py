"""Whom a report means: by document for certain; by name, with or without a date of birth, never but as a doubt for somebody to decide.

What is named without a document waits in `Unmatched`; each registered person who may be meant gets a `MatchDoubt`. Called inside actions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q

from exams import clock
from exams.access import Actor
from exams.encryption import blind_index
from exams.interests import queries
from exams.interests.models import Course, MatchDoubt, Unmatched
from exams.journal.actions import Act, record_many
from exams.people import identity, news
from exams.people.models import Organisation, Person

# What besides the name makes two reports of one kind the same report.
_TELLS_APART = {"authorship": ("title", "family"), "employment": ("since",), "kin": ("relation",), "dispute": ("since", "text")}
_PORTION = 5_000


@dataclass(frozen=True, kw_only=True)
class Named:
    """Somebody named without a document number; `rest` is what the kind needs besides (days as dates), `person` whose kin or dispute."""

    kind: str
    name: str
    birth_date: date | None = None
    person: Person | None = None
    organisation: Organisation | None = None
    course: Course | None = None
    rest: dict[str, Any] = field(default_factory=dict)

    @property
    def compared(self) -> str:
        return identity.compared_name(self.name)

    @cached_property
    def same_key(self) -> str:
        """A keyed digest: the same report handed in again is known by it."""
        anchors = [str(one.pk) if one else "" for one in (self.person, self.organisation, self.course)]
        details = [str(self.rest.get(name) or "") for name in _TELLS_APART.get(self.kind, ())]
        return blind_index(json.dumps([self.kind, self.compared, str(self.birth_date or ""), *anchors, *details]))

    def told(self) -> str:
        said = {"name": identity.proper_name(self.name), "birth_date": self.birth_date, **self.rest}
        return json.dumps({key: value.isoformat() if isinstance(value, date) else value for key, value in said.items()}, ensure_ascii=False)


def name_index(name: str) -> str:
    """The keyed digest under which a name waits."""
    return blind_index(f"name:{identity.compared_name(name)}")


def known(reports: Iterable[Named]) -> dict[str, Unmatched]:
    """Which of the reports wait already, or were decided, by their same_key; what was taken back may be reported again."""
    rows = Unmatched.objects.filter(same_key__in={one.same_key for one in reports}).exclude(state="withdrawn")
    return {row.same_key: row for row in rows}


def possible(reports: Iterable[tuple[str, date | None]]) -> dict[tuple[str, date | None], list[Person]]:
    """Everybody registered whom each name (and date of birth, where both are known) may mean."""
    wanted = {(identity.compared_name(name), born): (name, born) for name, born in reports}
    by_name: dict[str, list[Person]] = {}
    names = sorted({name for name, _born in wanted})
    for start in range(0, len(names), _PORTION):
        for person in Person.objects.filter(name_match__in=names[start : start + _PORTION]).order_by("pk"):
            by_name.setdefault(person.name_match, []).append(person)
    return {asked: [one for one in by_name.get(name, ()) if _fits(one, born)] for (name, born), asked in wanted.items()}


def _fits(person: Person, born: date | None) -> bool:
    return born is None or person.birth_date is None or person.birth_date == born


def wait_for(by: Actor, reports: Sequence[Named]) -> list[Unmatched]:
    """Keep reports that name somebody without a number, each once, and raise a doubt for everybody who may be meant."""
    standing = known(reports)
    fresh = {one.same_key: one for one in reports if one.same_key not in standing}
    rows = [_row(by, one) for one in fresh.values()]
    Unmatched.objects.bulk_create(rows)
    record_many((_reported(row, one) for row, one in zip(rows, fresh.values(), strict=True)), by=by)
    may_be = possible((one.name, one.birth_date) for one in fresh.values())
    raise_doubts(by, [(row, who) for row, one in zip(rows, fresh.values(), strict=True) for who in may_be[one.name, one.birth_date]])
    return rows


def raise_doubts(by: Actor, pairs: Iterable[tuple[Unmatched, Person]]) -> list[MatchDoubt]:
    """A doubt for each pair that has none yet; whoever acts in an open matter that it touches is asked again."""
    wanted = [(row, who) for row, who in pairs if who.pk != row.person_id]
    there = set(MatchDoubt.objects.filter(unmatched__in={row.pk for row, _who in wanted}).values_list("unmatched_id", "person_id"))
    new = [MatchDoubt(unmatched=row, person=who, raised_at=clock.now()) for row, who in wanted if (row.pk, who.pk) not in there]
    MatchDoubt.objects.bulk_create(new)
    record_many((_raised(doubt) for doubt in new), by=by)
    for person in concerned(new):
        news.announce(person)
    return new


def concerned(doubts: Iterable[MatchDoubt]) -> set[Any]:
    """Whose duties a doubt may touch: who may be meant, whose kin or dispute it is, who taught the course."""
    rows = list(doubts)
    courses = {row.unmatched.course_id for row in rows if row.unmatched.course_id}
    teachers = Course.objects.filter(pk__in=courses).exclude(engagements=None).values_list("engagements__person", flat=True)
    own = {row.unmatched.person_id for row in rows if row.unmatched.person_id}
    return {row.person_id for row in rows} | own | (set(teachers) if courses else set())


def look_for(by: Actor, persons: Sequence[Person]) -> list[MatchDoubt]:
    """Somebody is registered: do reports wait for this name?"""
    by_index: dict[str, list[Person]] = {}
    for person in persons:
        by_index.setdefault(name_index(person.name), []).append(person)
    rows: list[Unmatched] = []
    indices = sorted(by_index)
    for start in range(0, len(indices), _PORTION):
        rows += Unmatched.objects.filter(state="open", name_index__in=indices[start : start + _PORTION])
    return raise_doubts(by, [(row, who) for row in rows for who in by_index[row.name_index] if _fits(who, _born(row))]) if rows else []


def missed() -> list[tuple[Unmatched, Person]]:
    """Pairs that have no doubt yet, where report and registration did not see one another."""
    rows = list(Unmatched.objects.filter(state="open"))
    said = {row.pk: (queries.told(row)["name"], _born(row)) for row in rows}
    may_be = possible(said.values())
    there = set(MatchDoubt.objects.filter(unmatched__state="open").values_list("unmatched_id", "person_id"))
    pairs = [(row, who) for row in rows for who in may_be[said[row.pk]]]
    return [(row, who) for row, who in pairs if (row.pk, who.pk) not in there and who.pk != row.person_id]


@dataclass(frozen=True, kw_only=True)
class Certain:
    """The same as Named, told of a person by document."""

    kind: str
    person: Person
    course: Course | None = None
    rest: dict[str, Any] = field(default_factory=dict)


def answered_by(by: Actor, certain: Iterable[Certain], still_named: Iterable[str]) -> list[tuple[Unmatched, Person]]:
    """Reports of the own organisation that waited and that certain ones now answer; those handed in once more (`still_named`) wait on."""
    told = list(certain)
    courses = {one.course.pk for one in told if one.course}
    rows = Unmatched.objects.filter(Q(course__in=courses) | Q(reported_by=by.organisation_id, course=None), state="open")
    waiting: dict[tuple[Any, ...], list[Unmatched]] = {}
    for row in rows.exclude(same_key__in=list(still_named)):
        said = queries.told(row)
        apart = tuple(said.get(name) for name in _TELLS_APART.get(row.kind, ()))
        waiting.setdefault((row.kind, row.name_index, row.course_id, apart), []).append(row)
    found = []
    for one in told if waiting else ():
        apart = tuple(one.rest.get(name) for name in _TELLS_APART.get(one.kind, ()))
        key = (one.kind, name_index(one.person.name), one.course.pk if one.course else None, apart)
        found += [(row, one.person) for row in waiting.get(key, ()) if _fits(one.person, _born(row))]
    return found


def _born(row: Unmatched) -> date | None:
    born: date | None = queries.told(row)["birth_date"]
    return born


def _row(by: Actor, one: Named) -> Unmatched:
    return Unmatched(
        kind=one.kind,
        told=one.told(),
        name_index=name_index(one.name),
        same_key=one.same_key,
        person=one.person,
        organisation=one.organisation,
        course=one.course,
        reported_by_id=None if by.person_id and one.person and by.person_id == one.person.pk else by.organisation_id,
        recorded_at=clock.now(),
    )


def _reported(row: Unmatched, one: Named) -> Act:
    about = [part for part in (one.person, one.organisation, one.course) if part is not None]
    return Act("interests.report_name", row, about=about, facts={"kind": row.kind}, private={"told": row.told})


def _raised(doubt: MatchDoubt) -> Act:
    return Act("interests.report_name", doubt, about=[doubt.person, doubt.unmatched], facts={"kind": doubt.unmatched.kind})
