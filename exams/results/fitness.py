"""Whether a person may handle the scores of a sitting: the recusal rules are asked each time, and their ruling is kept."""

from __future__ import annotations

from exams.access import Actor
from exams.people.models import Person
from exams.recusal import actions as recusal
from exams.sittings.clearance import matter_of
from exams.sittings.models import Sitting


def require_clear(by: Actor, sitting: Sitting) -> None:
    """Raise Refused with every objection if the actor is tied to a candidate of the sitting (trainer, kin, employer, dispute)."""
    person = Person.objects.get(pk=by.person_id)
    matter = matter_of(sitting.slot, sitting, besides=str(person.pk))
    recusal.require_clear(person=person, capacity=by.capacity, matter=matter, by=by, about=sitting)
