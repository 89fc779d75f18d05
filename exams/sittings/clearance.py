"""What recusal is asked about for a duty: the day, the item, and exactly those who sit in the room once that is drawn."""

from __future__ import annotations

from exams import spelling
from exams.recusal.facts import Matter
from exams.sittings import queries
from exams.sittings.models import Duty, Place, Sitting, TimeSlot


def matter_of(slot: TimeSlot, sitting: Sitting | None = None, *, besides: str = "") -> Matter:
    """The matter of a duty. Before the draw, and for those who serve the whole slot, everybody admitted counts."""
    qualification = slot.item.qualification
    people = _seated(slot, sitting) or queries.admitted(slot).values_list("person_id", "employer_id")
    pairs = list(people)
    colleagues = Duty.objects.filter(sitting=sitting, live=True).exclude(person_id=besides or None) if sitting else Duty.objects.none()
    return Matter(
        on=spelling.local(slot.starts_at).date(),
        event_id=str(slot.event_id),
        body_id=str(slot.event.body_id),
        family=qualification.family,
        qualification=qualification.code,
        item=qualification.name_zh,
        form=slot.form,
        room=sitting.room.name if sitting else "",
        candidates=frozenset(str(person) for person, _employer in pairs),
        employers=frozenset(str(employer) for _person, employer in pairs if employer),
        colleagues=frozenset(str(pk) for pk in colleagues.values_list("person_id", flat=True)),
    )


def _seated(slot: TimeSlot, sitting: Sitting | None) -> list[tuple]:
    if not queries.draw_in_force(slot):
        return []
    places = Place.objects.filter(slot=slot, state="held")
    if sitting:
        places = places.filter(sitting=sitting)
    return list(places.values_list("application__person_id", "application__employer_id"))
