"""Reads of the day: who is at the door, what was answered, the figures of a room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from exams.access import Actor
from exams.conduct.models import Bell, CheckIn, Incident
from exams.sittings import queries as sittings
from exams.sittings.models import Place, Sitting


def visible_to(actor: Actor) -> QuerySet[Sitting]:
    """Sittings whose day one may look at."""
    return sittings.sittings_visible_to(actor).select_related("slot__event__body", "slot__venue", "slot__item__qualification", "room")


def places_with_answers(sitting: Sitting) -> list[Place]:
    """Places in seat order, each with its answer in force as `.answer` (or None); two queries."""
    in_force = CheckIn.objects.filter(undone_at=None).select_related("officer")
    held = sitting.places.filter(state="held").select_related("seat", "application__person", "application__employer")
    places = list(held.order_by("seat__label").prefetch_related(Prefetch("check_ins", in_force, "in_force")))
    for place in places:
        place.answer = next(iter(place.in_force), None)
    return places


def answer_of(place: Place) -> CheckIn | None:
    return CheckIn.objects.filter(place=place, undone_at=None).select_related("officer").first()


def search(sitting: Sitting, words: str) -> list[Place]:
    """Places of the whole slot whose candidate fits every word: name, pinyin, ticket number or seat."""
    found = Place.objects.filter(slot=sitting.slot_id, state="held").select_related("seat", "sitting__room", "application__person")
    if words.isascii() and words.isdigit() and len(words) <= 2:
        return list(found.filter(sitting=sitting, seat__label=words.zfill(2)))
    for word in words.split()[:4]:
        person = Q(application__person__name__icontains=word) | Q(application__person__name_key__icontains=word.lower())
        found = found.filter(person | Q(ticket_number__endswith=word))
    return list(found.order_by("sitting__room__name", "seat__label")[:12])


def last_answers(sitting: Sitting, limit: int = 5) -> QuerySet[CheckIn]:
    held = CheckIn.objects.filter(place__sitting=sitting).select_related("place__seat", "place__application__person", "officer")
    return held.order_by("-at", "-id")[:limit]


def counts(places: list[Place]) -> dict[str, int]:
    """The counters of the door."""
    outcomes = [place.answer.outcome if place.answer else "" for place in places]
    return {
        "expected": len(places),
        "present": outcomes.count("present"),
        "absent": outcomes.count("absent") + outcomes.count("late"),
        "open": sum(1 for outcome in outcomes if outcome in ("", "hold", "mismatch")),
    }


def bells_of(sitting: Sitting) -> dict[str, Bell]:
    return {bell.kind: bell for bell in sitting.bells.all()}


def figures_of(sitting: Sitting, entered: dict[str, Any]) -> dict[str, Any]:
    """The room record: what the system knows, and beside it what the invigilators enter."""
    places = places_with_answers(sitting)
    count = counts(places)
    incidents = list(sitting.incidents.exclude(state="withdrawn").select_related("place__seat", "place__application__person"))
    bells = bells_of(sitting)
    late = [place for place in places if place.answer and place.answer.outcome == "present" and place.answer.at > sitting.starts_at]
    absent = [place for place in places if place.answer and place.answer.outcome in ("absent", "late")]
    return {
        "expected": count["expected"],
        "present": count["present"],
        "absent": count["absent"],
        "absentees": [place.ticket_number for place in absent],
        "late": [[place.ticket_number, place.answer.at.isoformat()] for place in late],
        "started_at": bells["start"].at.isoformat() if "start" in bells else "",
        "ended_at": bells["end"].at.isoformat() if "end" in bells else "",
        "time_reason": " ".join(bell.reason for bell in bells.values() if bell.reason),
        "identity_doubts": sum(1 for place in places if place.answer and place.answer.outcome == "mismatch"),
        "incidents": [incident.number for incident in incidents],
        **{name: entered.get(name) for name in ENTERED},
    }


# Fields of the record that somebody counts or reads off; the rest the system knows.
ENTERED = (
    "bag_number",
    "bag_state",
    "opened_at",
    "opened_by",
    "papers_received",
    "papers_used",
    "papers_spare",
    "papers_damaged",
    "answers_collected",
    "papers_collected",
    "return_seal",
    "other",
    "chief_opinion",
)


def incident_visible_to(actor: Actor, pk: UUID) -> Incident | None:
    return Incident.objects.filter(pk=pk, sitting__in=sittings.sittings_visible_to(actor)).first()
