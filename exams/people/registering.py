"""Persons and their posts as they are entered, one or many: each table once. Called inside the action that needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from exams import clock
from exams.access import Actor
from exams.errors import Refused, refuse
from exams.journal.actions import Act, record_many
from exams.people import identity, news
from exams.people.arrivals import arrived
from exams.people.models import Employment, Organisation, Person, Registration
from exams.people.pinyin import search_key
from exams.people.queries import index_of
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What is entered of a person; sex and date of birth where the number of the document does not say them."""

    name: str
    id_number: str
    phone: str = ""
    document_type: str = "resident_id"
    sex: str = ""
    birth_date: date | None = None


def register(by: Actor, stated: Sequence[Stated]) -> list[Person]:
    """Register each person, or find the one who is registered: same document, same name."""
    read = [identity.read(one.document_type, one.id_number, clock.today()) for one in stated]
    objections = [objection for one, number in zip(stated, read, strict=True) for objection in _objections(one, number)]
    if objections:
        raise Refused(objections)
    found = _found_or_made([_person(one, number) for one, number in zip(stated, read, strict=True)])
    persons = [person for person, _new in found]
    if by.organisation_id:
        enrol([by.organisation_id], persons)
    record_many((_registered(person, new, number) for (person, new), number in zip(found, read, strict=True)), by=by)
    arrived(by, [person for person, new in found if new])
    return persons


def enrol(organisations: Iterable[UUID], persons: Iterable[Person]) -> None:
    """The organisations may find these persons from now on."""
    rows = [Registration(organisation_id=place, person=person) for place in organisations for person in persons]
    Registration.objects.bulk_create(rows, ignore_conflicts=True)


def _objections(one: Stated, number: identity.Document) -> list[Objection]:
    found = [*identity.name_objections(one.name), *number.objections]
    return [*found, *identity.phone_objections(one.phone)] if one.phone else found


def _person(one: Stated, number: identity.Document) -> Person:
    return Person(
        name=identity.proper_name(one.name),
        name_key=search_key(one.name),
        name_match=identity.compared_name(one.name),
        document_type=one.document_type,
        id_number=number.number,
        id_index=index_of(one.document_type, number.number),
        phone=identity.proper_phone(one.phone),
        sex=number.sex or one.sex,
        birth_date=number.birth_date or one.birth_date,
    )


def _found_or_made(wanted: list[Person]) -> list[tuple[Person, bool]]:
    """The person of each document, and whether it was this one who made the row."""
    known = _known(wanted)
    made: dict[str, Person] = {}
    for person in wanted:
        if person.id_index not in known:
            made.setdefault(person.id_index, person)
    if made:
        Person.objects.bulk_create(made.values(), ignore_conflicts=True)
        # Somebody else may have been first with a document: what counts is who stands there now.
        known |= _known(made.values())
    return [(_same(known[person.id_index], person), known[person.id_index].pk == person.pk) for person in wanted]


def _known(wanted: Iterable[Person]) -> dict[str, Person]:
    return {person.id_index: person for person in Person.objects.filter(id_index__in={one.id_index for one in wanted})}


def _same(known: Person, wanted: Person) -> Person:
    if known.name_match != wanted.name_match:
        refuse(
            "people.other_name",
            _("This document is registered under another name."),
            remedy=_("Compare name and number with the document; if both are right, ask the system administrator to correct the name."),
        )
    return known


def _registered(person: Person, new: bool, number: identity.Document) -> Act:
    facts = {"new": new, "document_type": person.document_type, "warnings": [warning.id for warning in number.warnings]}
    return Act("people.register_person", person, facts=facts, private={"name": person.name})


def employ(by: Actor, organisation: Organisation, since: Mapping[Person, date]) -> list[Employment]:
    """A post from that day on for everybody who has none in this organisation at present."""
    held = Person.objects.select_for_update().filter(pk__in=[person.pk for person in since]).order_by("pk")
    going_on = Employment.objects.filter(person__in=list(held.values_list("pk", flat=True)), organisation=organisation, until=None)
    employed = set(going_on.values_list("person", flat=True))
    posts = [Employment(person=one, organisation=organisation, since=day) for one, day in since.items() if one.pk not in employed]
    return keep_posts(by, posts)


def keep_posts(by: Actor, posts: list[Employment]) -> list[Employment]:
    """Store new posts, with their entries; whoever looks at relations is told."""
    Employment.objects.bulk_create(posts)
    record_many(map(_taken_up, posts), by=by)
    for post in posts:
        news.announce(post.person_id)
    return posts


def _taken_up(row: Employment) -> Act:
    private = {"person": row.person.name, "post": row.post}
    facts = {"since": row.since, "until": row.until}
    return Act("people.record_employment", row, about=[row.person, row.organisation], facts=facts, private=private)
