"""What recusal is asked about for a duty: the day, the item, and exactly those who sit in the room once that is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from exams import spelling
from exams.applications.models import ADMITTED_STATES, Application
from exams.recusal.facts import Matter
from exams.recusal.standing import Stand
from exams.sittings.models import Draw, Duty, Place, Sitting, TimeSlot

People = list[tuple[str, str]]  # candidates, each with the employer that sent them (or nothing)


def matter_of(slot: TimeSlot, sitting: Sitting | None = None, *, besides: str = "") -> Matter:
    """The matter of a duty. Before the draw, and for those who serve the whole slot, everybody admitted counts."""
    return Rooms([slot]).matter(slot, sitting, besides)


def with_places(duties: QuerySet[Duty]) -> QuerySet[Duty]:
    """The duties with all that standings need of slots and rooms, each of which is fetched once, however many serve there."""
    slots = TimeSlot.objects.select_related("event", "item__qualification", "item__edition")
    return duties.prefetch_related(Prefetch("slot", slots), Prefetch("sitting", Sitting.objects.select_related("room")))


def stands_of_duties(duties: Sequence[Duty]) -> Iterator[Stand]:
    """Duties as standings, each in its own matter; the number of queries does not depend on how many there are."""
    rooms = Rooms({duty.slot_id: duty.slot for duty in duties}.values())
    for duty in duties:
        person = str(duty.person_id)
        if duty.sitting is not None:
            duty.sitting.slot = duty.slot  # its name is asked for once the ruling is kept
        yield Stand(person, duty.capacity, rooms.matter(duty.slot, duty.sitting, person), duty.sitting or duty.slot)


class Rooms:
    """Who sits and who serves where, for some slots, fetched together."""

    def __init__(self, slots: Iterable[TimeSlot]) -> None:
        slots = list(slots)
        drawn = set(Draw.objects.filter(slot__in=slots, kind="seats", state="drawn").values_list("slot_id", flat=True))
        self._seated = _seated(drawn)
        self._admitted = _admitted([slot for slot in slots if slot.pk not in self._seated])
        self._serving: dict[Any, set[str]] = {}
        duties = Duty.objects.filter(slot__in=slots, live=True, sitting__isnull=False)
        for sitting, person in duties.values_list("sitting_id", "person_id"):
            self._serving.setdefault(sitting, set()).add(str(person))

    def matter(self, slot: TimeSlot, sitting: Sitting | None, besides: str) -> Matter:
        qualification = slot.item.qualification
        people = self._people(slot, sitting)
        return Matter(
            on=spelling.local(slot.starts_at).date(),
            event_id=str(slot.event_id),
            body_id=str(slot.event.body_id),
            family=qualification.family,
            qualification=qualification.code,
            item=qualification.name_zh,
            form=slot.form,
            room=sitting.room.name if sitting else "",
            candidates=frozenset(person for person, _employer in people),
            employers=frozenset(employer for _person, employer in people if employer),
            colleagues=frozenset(self._serving.get(sitting.pk, set()) - {besides}) if sitting else frozenset(),
        )

    def _people(self, slot: TimeSlot, sitting: Sitting | None) -> People:
        rooms = self._seated.get(slot.pk, {})
        if sitting is not None and rooms.get(sitting.pk):
            return rooms[sitting.pk]
        if sitting is None and rooms:
            return [one for people in rooms.values() for one in people]
        return self._admitted_to(slot)

    def _admitted_to(self, slot: TimeSlot) -> People:
        key = (slot.event_id, slot.item_id)
        if key not in self._admitted:
            self._admitted |= _admitted([slot])
        return self._admitted.get(key, [])


def _seated(drawn: set[Any]) -> dict[Any, dict[Any, People]]:
    """By slot and sitting, of slots whose seats are drawn."""
    rooms: dict[Any, dict[Any, People]] = {}
    places = Place.objects.filter(slot__in=drawn, state="held") if drawn else Place.objects.none()
    for slot, sitting, person, employer in places.values_list(
        "slot_id", "sitting_id", "application__person_id", "application__employer_id"
    ):
        rooms.setdefault(slot, {}).setdefault(sitting, []).append((str(person), str(employer or "")))
    return rooms


def _admitted(slots: Sequence[TimeSlot]) -> dict[tuple[Any, Any], People]:
    """By event and item: everybody admitted to them and not gone since."""
    if not slots:
        return {}
    wanted = {(slot.event_id, slot.item_id) for slot in slots}
    items = reduce(or_, (Q(event_id=event, item_id=item) for event, item in wanted))
    rows = Application.objects.filter(items, state__in=ADMITTED_STATES)
    people: dict[tuple[Any, Any], People] = {key: [] for key in wanted}
    for event, item, person, employer in rows.values_list("event_id", "item_id", "person_id", "employer_id"):
        people[event, item].append((str(person), str(employer or "")))
    return people
