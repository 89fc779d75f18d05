"""Questions that must not come in this event, because somebody who knows them has a ground for recusal towards its candidates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils import timezone

from exams.access import Actor
from exams.applications.models import ADMITTED_STATES, Application
from exams.people.models import Person
from exams.recusal.deciding import decide_many, open_objections
from exams.recusal.facts import Matter
from exams.sittings.models import TimeSlot
from question_bank.assembly.models import Paper, PaperSlot
from question_bank.questions.models import Question

Applied = dict[tuple[object, object], list[str]]

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
    return _matter(slots, family, _applied(slots))


def matters_of(papers: Iterable[Paper]) -> Iterator[tuple[Paper, Matter]]:
    """Papers for which a slot is known, each with its matter; two queries for all. A spare paper waits for the slots of its main one."""
    papers = list(papers)
    slots: dict[object, list[TimeSlot]] = {}
    mains = {paper.spare_of_id or paper.pk for paper in papers}
    for row in PaperSlot.objects.filter(paper__in=mains).select_related("slot__event").order_by("slot__starts_at"):
        slots.setdefault(row.paper_id, []).append(row.slot)
    applied = _applied([slot for some in slots.values() for slot in some])
    for paper in papers:
        own = slots.get(paper.spare_of_id or paper.pk)
        if own:
            yield paper, _matter(own, paper.family, applied)


def _matter(slots: Sequence[TimeSlot], family: str, applied: Applied) -> Matter:
    return Matter(
        on=timezone.localtime(slots[0].starts_at).date(),
        body_id=str(slots[0].event.body_id),
        family=family,
        form=slots[0].form,
        candidates=frozenset(person for slot in slots for person in applied.get((slot.event_id, slot.item_id), ())),
    )


def _applied(slots: Iterable[TimeSlot]) -> Applied:
    """Who was accepted, by event and item."""
    items = {(slot.event_id, slot.item_id) for slot in slots}
    rows = Application.objects.filter(event_id__in={event for event, _item in items}, state__in=APPLIED)
    found: Applied = {}
    for event, item, person in rows.values_list("event_id", "item_id", "person_id") if items else ():
        found.setdefault((event, item), []).append(str(person))
    return found


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
