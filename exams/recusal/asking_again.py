"""Asks the rules again about everybody whom news of a person concerns, and raises a notice where somebody may no longer act."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from exams import clock, lifecycle
from exams.access import SYSTEM, Actor
from exams.journal.actions import record
from exams.messages.actions import send
from exams.people.models import Person
from exams.recusal import screening
from exams.recusal.deciding import Answer, weigh
from exams.recusal.gathering import declared_around
from exams.recusal.keeping import keep
from exams.recusal.models import ObjectionNotice, Ruling
from exams.recusal.screening import screen
from exams.recusal.standing import Stand, stands_of

Key = tuple[str, str, str, str]  # person, capacity, type and id of what it is about


def reask(*news_of: Any, by: Actor = SYSTEM) -> list[ObjectionNotice]:
    """Put every open standing that these persons may concern to the rules again; the new open notices are returned.

    To be called in, or right after, the transaction that brought the news: facts about persons, or persons accepted as
    candidates. A ruling is kept only where the answer differs from the one in force, so that quiet news leave the record quiet.
    """
    persons = _concerned({str(pk) for pk in news_of})
    with transaction.atomic():
        stands = list(stands_of(persons))
        notices = _open_notices(persons | {stand.person_id for stand in stands})
        news = [stand for stand, answer in screen(stands) if _differs(answer, notices.get(_key(stand)))]
        raised = [notice for answer in weigh(news) for notice in _follow(answer, notices.get(_key(answer.stand)), by)]
        for stand in stands:
            notices.pop(_key(stand), None)
        for notice in notices.values():
            if str(notice.person_id) in persons:
                _settle(notice, by)
    return raised


def settle(person_id: Any, capacity: str, about: Any, by: Actor = SYSTEM) -> None:
    """The person stands no longer, replaced or because the thing is over: the notice about it is settled. Within a transaction."""
    rows = ObjectionNotice.objects.filter(person=person_id, capacity=capacity, about_type=about._meta.label, about_id=str(about.pk))
    for notice in rows.filter(state="open").select_related("person"):
        _settle(notice, by)


def _concerned(news_of: set[str]) -> frozenset[str]:
    """These persons, and all whom declarations of kinship connect with them."""
    keys = set(Person.objects.filter(pk__in=news_of).values_list("id_index", flat=True))
    near = {key for edge in declared_around(keys) for key in (edge.person, edge.relative)} - keys
    kin = Person.objects.filter(id_index__in=near).values_list("pk", flat=True) if near else ()
    return frozenset(news_of.union(str(pk) for pk in kin))


def _key(stand: Stand) -> Key:
    return stand.person_id, stand.capacity, stand.about._meta.label, str(stand.about.pk)


def _open_notices(persons: frozenset[str]) -> dict[Key, ObjectionNotice]:
    rows = ObjectionNotice.objects.filter(state="open", person__in=persons).select_related("ruling", "person").defer("ruling__facts")
    return {(str(row.person_id), row.capacity, row.about_type, row.about_id): row for row in rows}


def _differs(answer: screening.Answer, notice: ObjectionNotice | None) -> bool:
    """Whether the answer is another than the one in force; only then the facts are written out and kept."""
    if notice is None:
        return not answer.allowed
    return answer.allowed or notice.ruling.objections != [one.as_json() for one in answer.objections]


def _follow(answer: Answer, notice: ObjectionNotice | None, by: Actor) -> list[ObjectionNotice]:
    """What a new answer changes: a notice is raised, brought up to date, or settled."""
    stand = answer.stand
    if answer.allowed:
        if notice is not None:
            keep(answer.ruling(by), by=by, about=stand.about, name="recusal.reask")
            _settle(notice, by)
        return []
    if notice is not None:
        ruling = keep(answer.ruling(by), by=by, about=stand.about, name="recusal.reask")
        ObjectionNotice.objects.filter(pk=notice.pk).update(ruling=ruling)
        return []
    try:
        with transaction.atomic():
            return [_raise(stand, answer.ruling(by), by)]
    except IntegrityError:  # somebody else raised the same notice at this moment: one is enough
        return []


def _raise(stand: Stand, ruling: Ruling, by: Actor) -> ObjectionNotice:
    keep(ruling, by=by, about=stand.about, name="recusal.reask")
    notice = ObjectionNotice.objects.create(
        person_id=ruling.person_id,
        ruling=ruling,
        capacity=stand.capacity,
        body_id=ruling.body_id,
        about_type=ruling.about_type,
        about_id=ruling.about_id,
        about_text=ruling.about_text,
        raised_at=clock.now(),
    )
    objections = [objection["id"] for objection in ruling.objections]
    record("recusal.reask", notice, by=by, about=[ruling.person, stand.about], capacity=stand.capacity, objections=objections)
    send(person_id=ruling.person_id, kind="recusal.affected", params={"capacity": stand.capacity, "about": ruling.about_text})
    return notice


def _settle(notice: ObjectionNotice, by: Actor) -> None:
    lifecycle.move(notice, "settle", settled_at=clock.now())
    record("recusal.reask", notice, by=by, about=[notice.person], capacity=notice.capacity, settled=True)
