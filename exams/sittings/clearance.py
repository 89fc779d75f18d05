"""What recusal is asked about for a duty: the day, the item, and exactly those who sit in the room once that is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from exams import spelling
from exams.applications.models import ADMITTED_STATES, Application
from exams.keys import KeyText, among
from exams.recusal.facts import Matter
from exams.recusal.standing import Stand
from exams.sittings.models import Draw, Duty, Place, Sitting, TimeSlot

Pairs = list[tuple[str, str | None]]  # candidates, each with the employer that sent them
People = tuple[frozenset[str], frozenset[str]]  # candidates and employers


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


def stands_in_turn(duties: QuerySet[Duty], *, events_at_once: int = 8) -> Iterator[Stand]:
    """The same for the duties of a season, some events at a time, so that a country's candidates are never in memory together."""
    events = list(duties.order_by("slot__event").values_list("slot__event", flat=True).distinct())
    for start in range(0, len(events), events_at_once):
        some = with_places(duties.filter(slot__event__in=events[start : start + events_at_once]))
        yield from stands_of_duties(list(some.only("slot", "sitting", "person", "capacity")))


def guarding(duties: QuerySet[Duty], persons: Iterable[str]) -> Iterator[QuerySet[Duty]]:
    """Those of the duties in whose matter one of the persons is, or may come to be, a candidate."""
    mine = among(persons)
    seats = Place.objects.filter(application__person__in=mine, state="held").order_by()
    yield duties.filter(sitting__in=seats.values("sitting"))
    yield duties.filter(sitting=None, slot__in=seats.values("slot"))
    # Where nothing is drawn, or nobody sits in that room, everybody counts who is admitted to the item: see Rooms.
    items = Application.objects.filter(person__in=mine).exclude(state="draft").order_by().values("item")
    drawn = Exists(Draw.objects.filter(slot=OuterRef("slot"), kind="seats", state="drawn"))
    held = Place.objects.filter(slot=OuterRef("slot"), state="held")
    empty = Q(sitting=None) & ~Exists(held) | Q(sitting__isnull=False) & ~Exists(held.filter(sitting=OuterRef("sitting")))
    yield duties.filter(~drawn | empty, slot__item__in=items)


class Rooms:
    """Who sits and who serves where, for some slots, fetched together."""

    def __init__(self, slots: Iterable[TimeSlot]) -> None:
        slots = list(slots)
        these = among(slot.pk for slot in slots)
        drawn = Draw.objects.filter(slot__in=these, kind="seats", state="drawn").order_by().values_list("slot_id", flat=True)
        self._seated = _seated(drawn)
        self._admitted = _admitted([slot for slot in slots if str(slot.pk) not in self._seated])
        self._candidates: dict[tuple[str, str], People] = {}
        self._serving: dict[str, set[str]] = {}
        duties = Duty.objects.filter(slot__in=these, live=True, sitting__isnull=False).order_by()
        for sitting, person in duties.values_list(KeyText("sitting"), KeyText("person")):
            self._serving.setdefault(sitting, set()).add(person)

    def matter(self, slot: TimeSlot, sitting: Sitting | None, besides: str) -> Matter:
        qualification, room = slot.item.qualification, str(sitting.pk) if sitting else ""
        candidates, employers = self._people(slot, room)
        return Matter(
            on=spelling.local(slot.starts_at).date(),
            event_id=str(slot.event_id),
            body_id=str(slot.event.body_id),
            family=qualification.family,
            qualification=qualification.code,
            item=qualification.name_zh,
            form=slot.form,
            room=sitting.room.name if sitting else "",
            candidates=candidates,
            employers=employers,
            colleagues=frozenset(self._serving.get(room, set()) - {besides}),
        )

    def _people(self, slot: TimeSlot, room: str) -> People:
        """One and the same for all who serve there."""
        place = (str(slot.pk), room)
        if place not in self._candidates:
            them = self._who_sit(slot, room)
            self._candidates[place] = frozenset(person for person, _employer in them), frozenset(one for _person, one in them if one)
        return self._candidates[place]

    def _who_sit(self, slot: TimeSlot, room: str) -> Pairs:
        rooms = self._seated.get(str(slot.pk), {})
        if room and rooms.get(room):
            return rooms[room]
        if not room and rooms:
            return [one for people in rooms.values() for one in people]
        return self._admitted_to(slot)

    def _admitted_to(self, slot: TimeSlot) -> Pairs:
        key = (str(slot.event_id), str(slot.item_id))
        if key not in self._admitted:
            self._admitted |= _admitted([slot])
        return self._admitted.get(key, [])


def _seated(drawn: Iterable[Any]) -> dict[str, dict[str, Pairs]]:
    """By slot and sitting, of slots whose seats are drawn."""
    rooms: dict[str, dict[str, Pairs]] = {}
    places = Place.objects.filter(slot__in=among(drawn), state="held").order_by()
    who = ("slot", "sitting", "application__person", "application__employer")
    for slot, sitting, person, employer in places.values_list(*map(KeyText, who)):
        rooms.setdefault(slot, {}).setdefault(sitting, []).append((person, employer))
    return rooms


def _admitted(slots: Sequence[TimeSlot]) -> dict[tuple[str, str], Pairs]:
    """By event and item: everybody admitted to them and not gone since."""
    people: dict[tuple[str, str], Pairs] = {(str(slot.event_id), str(slot.item_id)): [] for slot in slots}
    rows = Application.objects.filter(item__in=among(item for _event, item in people), state__in=ADMITTED_STATES).order_by()
    for event, item, person, employer in rows.values_list(*map(KeyText, ("event", "item", "person", "employer"))):
        if (event, item) in people:
            people[event, item].append((person, employer))
    return people
