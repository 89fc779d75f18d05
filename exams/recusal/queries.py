"""Reads of rulings, waivers, requests and notices, each for somebody; and what the separation report counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from exams.access import Actor
from exams.interests.matching import name_index
from exams.people.models import Person
from exams.recusal.deciding import facts_of, is_whole, objections_of, open_objections, replay
from exams.recusal.models import LateGround, ObjectionNotice, RecusalRequest, Ruling, Waiver
from exams.recusal.rules import OVERSIGHT

__all__ = ["facts_of", "is_whole", "objections_of", "open_objections", "replay"]

PLANNERS = frozenset({"head_of_body", "exam_clerk", "chief"})
SUPERVISION = frozenset({"authority_officer", "oversight_inspector"})
# Besides the person: the superiors who decide, and the inspector.
NAMED = frozenset({"head_of_body", "authority_officer", "oversight_inspector"})


def visible_to(actor: Actor) -> QuerySet[Ruling]:
    """One's own; the body's, save rulings about those who inspect it; those of supervised bodies."""
    return Ruling.objects.filter(_of_body(actor, hidden=Q(capacity__in=OVERSIGHT)))


def notices_visible_to(actor: Actor) -> QuerySet[ObjectionNotice]:
    return ObjectionNotice.objects.filter(_of_body(actor, hidden=Q(capacity__in=OVERSIGHT)))


def requests_visible_to(actor: Actor) -> QuerySet[RecusalRequest]:
    """Those one filed, the body's for its head, supervised bodies' for the authority. Not those about oneself: the filer is protected.

    Nor those that name oneself and of which nobody has said yet whom they mean.
    """
    mine = Q(filed_by=actor.person_id) if actor.person_id else Q(pk__in=[])
    if actor.capacity == "head_of_body":
        oneself = Q(person=actor.person_id) | Q(person=None, name_index=name_index(actor.name))
        mine |= Q(body=actor.organisation_id) & ~oneself
    if actor.capacity in SUPERVISION:
        mine |= Q(body__supervised_by=actor.organisation_id)
    return RecusalRequest.objects.filter(mine)


def late_grounds_visible_to(actor: Actor) -> QuerySet[LateGround]:
    """Those about oneself; the body's for its head; supervised bodies' for the authority."""
    mine = Q(person=actor.person_id) if actor.person_id else Q(pk__in=[])
    if actor.capacity == "head_of_body":
        mine |= Q(body=actor.organisation_id) & ~Q(ruling__capacity__in=OVERSIGHT)
    if actor.capacity in SUPERVISION:
        mine |= Q(body__supervised_by=actor.organisation_id)
    return LateGround.objects.filter(mine)


def waivers_visible_to(actor: Actor) -> QuerySet[Waiver]:
    return Waiver.objects.filter(ruling__in=visible_to(actor).values("pk"))


def named_for(actor: Actor, ruling: Ruling) -> bool:
    """Whether the actor may read the named facts (kin, disputes, own words) of a ruling that is visible to the actor."""
    return actor.capacity in NAMED or actor.person_id == ruling.person_id


def people_of(body: Any) -> QuerySet[Person]:
    """Everybody who was ever ruled upon for the body: whom a request for recusal may mean."""
    return Person.objects.filter(pk__in=Ruling.objects.filter(body=body).values("person")).order_by("name_key", "pk")


def latest_about(persons: list[Any], about_type: str, about_ids: list[str]) -> dict[tuple[str, str, str], Ruling]:
    """The last ruling about each person, capacity and thing."""
    rows = Ruling.objects.filter(person__in=persons, about_type=about_type, about_id__in=about_ids).defer("facts")
    return {(str(row.person_id), row.capacity, row.about_id): row for row in rows.order_by("made_at", "id")}


@dataclass
class Separation:
    """What the separation report of an event says: who was checked, what was found, what was decided."""

    checked: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    refused: list[Ruling] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    requests: list[RecusalRequest] = field(default_factory=list)
    late: list[LateGround] = field(default_factory=list)


def separation(event_id: Any) -> Separation:
    """The figures of one event: the last ruling about each person in each capacity, exceptions, later proofs; four queries."""
    newer = Ruling.objects.filter(event_id=event_id, person=OuterRef("person"), capacity=OuterRef("capacity"))
    last = Ruling.objects.filter(event_id=event_id, pk=Subquery(newer.order_by("-made_at", "-id").values("pk")[:1]))
    report = Separation()
    persons = set()
    for ruling in last.select_related("person").defer("facts").order_by("person__name_key", "capacity"):
        persons.add(ruling.person_id)
        report.hits.update({objection["id"] for objection in ruling.objections})
        if not ruling.allowed:
            report.refused.append(ruling)
    report.checked = len(persons)
    waivers = Waiver.objects.filter(ruling__event_id=event_id, state="granted").select_related("ruling__person")
    report.waivers = list(waivers.defer("ruling__facts"))
    report.requests = list(RecusalRequest.objects.filter(event_id=event_id).select_related("person", "decided_by"))
    late = LateGround.objects.filter(event_id=event_id, state="stands").select_related("person", "ruling")
    report.late = list(late.defer("ruling__facts"))
    return report


def _of_body(actor: Actor, hidden: Q) -> Q:
    mine = Q(person=actor.person_id) if actor.person_id else Q(pk__in=[])
    if actor.capacity in PLANNERS:
        mine |= Q(body=actor.organisation_id) & ~hidden
    if actor.capacity in SUPERVISION:
        mine |= Q(body__supervised_by=actor.organisation_id) | Q(body=actor.organisation_id)
    if actor.capacity == "system":
        mine |= ~Q(pk__in=[])
    return mine
