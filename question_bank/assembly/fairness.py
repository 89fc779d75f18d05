"""Questions that must not come in this event, because somebody who knows them has a ground for recusal towards its candidates."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from exams.access import Actor
from exams.applications.models import ADMITTED_STATES, Application
from exams.people.models import Person
from exams.recusal.deciding import decide_many, open_objections
from exams.recusal.facts import Matter
from exams.sittings.models import TimeSlot
from question_bank.questions.models import Question

# Whoever is accepted may come to sit; that is early enough to keep somebody's questions away from his kin.
APPLIED = ("accepted", *ADMITTED_STATES)
# Ties with the candidates themselves. Whether the event's declaration is signed is a question for duties, not for old questions.
TIES = frozenset(
    {"recusal.own_candidacy", "recusal.kin_of_candidate", "recusal.trained_candidate", "recusal.trained_for_item", "recusal.training_post"}
)


def matter_of(slots: Sequence[TimeSlot], family: str) -> Matter:
    """The event of these slots with its candidates, as the recusal rules ask about it.

    Without the event itself: the declaration for an event is asked of those on duty in it, not of who once wrote a question.
    """
    return Matter(
        on=timezone.localtime(slots[0].starts_at).date(),
        body_id=str(slots[0].event.body_id),
        family=family,
        form=slots[0].form,
        candidates=frozenset(
            str(person)
            for slot in slots
            for person in Application.objects.filter(event_id=slot.event_id, item_id=slot.item_id, state__in=APPLIED).values_list(
                "person_id", flat=True
            )
        ),
    )


def known_to_the_tied(slots: Sequence[TimeSlot], family: str, organisation_id: object, by: Actor) -> set[str]:
    """Questions of the bank set, reviewed or approved by a person with such a tie; two queries and one ruling for all."""
    hands = _hands(organisation_id, family)
    persons = list(Person.objects.filter(pk__in=hands))
    rulings = decide_many(persons=persons, capacity="setter", matter=matter_of(slots, family), by=by)
    tied = {ruling.person_id for ruling in rulings if any(one.id in TIES for one in open_objections(ruling))}
    return {question for person in tied for question in hands[person]}


def _hands(organisation_id: object, family: str) -> dict[object, set[str]]:
    """Who had a hand in which question of the pool."""
    found: dict[object, set[str]] = {}
    pool = Question.objects.filter(organisation_id=organisation_id, family=family, state="in_bank")
    for pk, setter in pool.values_list("pk", "setter_id"):
        found.setdefault(setter, set()).add(str(pk))
    for pk, person in pool.filter(versions__reviews__isnull=False).values_list("pk", "versions__reviews__person_id"):
        found.setdefault(person, set()).add(str(pk))
    return found
