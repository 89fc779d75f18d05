"""What goes into the draw of a duty roster: the vacant posts of an event, who may be drawn for them, and whom which rule keeps out.

Read once and then fixed; the draw itself (exams.sittings.roster) sees nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q

from exams import spelling
from exams.appointments.models import Appointment
from exams.people.models import Employment
from exams.programme.models import Event
from exams.recusal.facts import years_before
from exams.recusal.gathering import policy_on
from exams.recusal.screening import screen
from exams.recusal.standing import Stand
from exams.sittings import parameters
from exams.sittings.clearance import Rooms
from exams.sittings.models import Duty, Sitting, TimeSlot
from exams.sittings.posts import Colleague, Limits, Load, Member, Pool, Post, pair_of

NOT_APPOINTED = "sittings.not_appointed"


@dataclass(frozen=True)
class Wanted:
    """How many are wanted: for each room, and for each slot at a venue."""

    invigilators: int = 0
    assessors: int = 0  # practical and oral sittings only
    chief: bool = True
    roving: bool = True

    def in_room(self, slot: TimeSlot) -> dict[str, int]:
        return {"invigilator": self.invigilators, "assessor": self.assessors if slot.form in ("practical", "oral") else 0}

    def in_slot(self, rooms: int, rooms_per_roving: int) -> dict[str, int]:
        return {"chief": int(self.chief), "roving_invigilator": -(-rooms // rooms_per_roving) if self.roving and rooms else 0}


@dataclass
class Field:
    """The slots to be filled, with what is known about them; read in a constant number of queries."""

    event: Event
    slots: list[TimeSlot]
    sittings: list[Sitting]
    duties: list[Duty]
    blocks: dict[Any, str]

    @classmethod
    def of(cls, event: Event) -> Field:
        """The planned slots of the event."""
        rows = event.slots.filter(state="planned").select_related("event", "item__qualification", "venue").order_by("starts_at", "pk")
        slots = list(rows)
        sittings = list(Sitting.objects.filter(slot__in=slots, live=True).select_related("room").order_by("starts_at", "room__name", "pk"))
        duties = list(Duty.objects.filter(slot__event=event, live=True).select_related("slot"))
        return cls(event, slots, sittings, duties, _blocks(slots))

    def slots_by_text(self) -> dict[str, TimeSlot]:
        return {str(slot.pk): slot for slot in self.slots}


def posts(field: Field, wanted: Wanted) -> list[Post]:
    """The posts nobody holds yet; their ids say where they are and stay the same from one reading to the next."""
    held: dict[tuple[Any, Any, str], int] = {}
    for duty in field.duties:
        key = (duty.slot_id, duty.sitting_id, duty.capacity)
        held[key] = held.get(key, 0) + 1
    least = parameters.in_force(field.event.body_id, "ROOMS_PER_ROVING", field.event.starts_on).value
    found: list[Post] = []
    for slot in field.slots:
        rooms = [one for one in field.sittings if one.slot_id == slot.pk]
        for sitting in rooms:
            for capacity, number in wanted.in_room(slot).items():
                found += _vacant(field, slot, sitting, capacity, number - held.get((slot.pk, sitting.pk, capacity), 0))
        for capacity, number in wanted.in_slot(len(rooms), least).items():
            found += _vacant(field, slot, None, capacity, number - held.get((slot.pk, None, capacity), 0))
    return found


def _vacant(field: Field, slot: TimeSlot, sitting: Sitting | None, capacity: str, number: int) -> list[Post]:
    room = str(sitting.room_id) if sitting else ""
    return [
        Post(
            id=f"{slot.pk}/{room}/{capacity}/{place}",
            slot=str(slot.pk),
            room=room,
            capacity=capacity,
            block=field.blocks[slot.pk],
            day=_day(slot.starts_at).isoformat(),
            place=str(slot.venue_id),
        )
        for place in range(1, number + 1)
    ]


def pool(field: Field, vacant: Sequence[Post]) -> Pool:
    """Everybody appointed for one of the posts, with employers, load, and what keeps them out where."""
    capacities = {post.capacity for post in vacant}
    appointments = list(_appointments(field, capacities))
    persons = {str(row.person_id) for row in appointments}
    employers = _employers(field, persons | {str(duty.person_id) for duty in field.duties})
    loads = _loads(field, persons)
    members = tuple(
        Member(
            id=person,
            capacities=frozenset(row.capacity for row in appointments if str(row.person_id) == person),
            employers=employers.get(person, frozenset()),
            load_before=loads.get(person, Load()),
        )
        for person in sorted(persons)
    )
    return Pool(members, _bars(field, vacant, appointments), _together(field, persons), _standing(field, employers))


def limits(field: Field) -> Limits:
    """The body's limits of load, and how often two may serve together by the recusal rules in force."""
    values = parameters.all_in_force(field.event.body_id, field.event.starts_on)
    return Limits(
        max_total=values["DUTIES_PER_EVENT"].value,
        max_per_day=values["DUTIES_PER_DAY"].value,
        pair_limit=policy_on(field.event.starts_on).rotation_times,
        mixed_employers=True,
    )


def _appointments(field: Field, capacities: set[str]) -> Iterable[Appointment]:
    first, last = field.event.starts_on, field.event.ends_on
    rows = Appointment.objects.filter(capacity__in=capacities, organisation=field.event.body_id, state="in_force", since__lte=last)
    return rows.filter(Q(until=None) | Q(until__gte=first)).order_by("person_id", "capacity")


def _bars(field: Field, vacant: Sequence[Post], appointments: Sequence[Appointment]) -> dict[tuple[str, str], tuple[str, ...]]:
    """For each person and place: not appointed for it, or what recusal says with exactly those who sit and serve there."""
    rooms, slots = Rooms(field.slots), field.slots_by_text()
    sittings = {(str(one.slot_id), str(one.room_id)): one for one in field.sittings}
    groups = {post.group: post for post in vacant}
    asked: dict[tuple[str, str], Stand] = {}
    for row in appointments:
        for group, post in groups.items():
            slot, person = slots[post.slot], str(row.person_id)
            if row.capacity == post.capacity and _covers(row, slot):
                matter = rooms.matter(slot, sittings.get((post.slot, post.room)), person)
                asked[person, group] = Stand(person, post.capacity, matter, slot)
    bars = {
        (str(row.person_id), group): (NOT_APPOINTED,)
        for row in appointments
        for group, post in groups.items()
        if row.capacity == post.capacity and (str(row.person_id), group) not in asked
    }
    for key, (_stand, answer) in zip(asked, screen(asked.values()), strict=True):
        if not answer.allowed:
            bars[key] = tuple(sorted({one.id for one in answer.objections if one.severity != "disclose"}))
    return bars


def _covers(row: Appointment, slot: TimeSlot) -> bool:
    day = _day(slot.starts_at)
    in_time = row.since <= day and (row.until is None or day <= row.until)
    return in_time and (not row.families or slot.item.qualification.family in row.families)


def _employers(field: Field, persons: set[str]) -> dict[str, frozenset[str]]:
    """Where they are employed on the first day; the exam body itself does not count."""
    on = field.event.starts_on
    rows = Employment.objects.filter(Q(until=None) | Q(until__gte=on), person__in=persons, since__lte=on)
    found: dict[str, set[str]] = {}
    for person, organisation in rows.exclude(organisation=field.event.body_id).values_list("person_id", "organisation_id"):
        found.setdefault(str(person), set()).add(str(organisation))
    return {person: frozenset(organisations) for person, organisations in found.items()}


def _loads(field: Field, persons: set[str]) -> dict[str, Load]:
    """Duties held in this event, and the times at which a duty anywhere keeps them busy."""
    found: dict[str, Load] = {}
    for duty in field.duties:
        person, day = str(duty.person_id), _day(duty.starts_at).isoformat()
        before = found.get(person, Load())
        found[person] = Load(before.total + 1, {**before.days, day: before.days.get(day, 0) + 1}, before.blocks)
    if not field.slots:
        return found
    first, last = min(slot.starts_at for slot in field.slots), max(slot.ends_at for slot in field.slots)
    busy = Duty.objects.filter(person__in=persons, live=True, starts_at__lt=last, ends_at__gt=first)
    for person_id, starts_at, ends_at in busy.values_list("person_id", "starts_at", "ends_at"):
        before = found.get(str(person_id), Load())
        taken = {field.blocks[slot.pk] for slot in field.slots if slot.starts_at < ends_at and starts_at < slot.ends_at}
        found[str(person_id)] = Load(before.total, before.days, before.blocks | taken)
    return found


def _together(field: Field, persons: set[str]) -> dict[tuple[str, str, str], int]:
    """How often two of them served in one room at one of these venues within the twelve months before."""
    on = field.event.starts_on
    rows = Duty.objects.filter(person__in=persons, capacity__in=("invigilator", "assessor"), live=True, slot__venue__in=_venues(field))
    rows = rows.filter(starts_at__date__gte=years_before(on, 1), starts_at__date__lt=on)
    both = rows.filter(sitting__duties__live=True, sitting__duties__capacity=F("capacity"), sitting__duties__person__in=persons).exclude(
        sitting__duties__person=F("person")
    )
    seen: dict[tuple[str, str, str], set[Any]] = {}
    for one, other, venue, sitting in both.values_list("person_id", "sitting__duties__person_id", "slot__venue_id", "sitting_id"):
        seen.setdefault(pair_of(str(one), str(other), str(venue)), set()).add(sitting)
    return {pair: len(sittings) for pair, sittings in seen.items()}


def _standing(field: Field, employers: dict[str, frozenset[str]]) -> dict[str, tuple[Colleague, ...]]:
    rooms = {one.pk: one.room_id for one in field.sittings}
    found: dict[str, list[Colleague]] = {}
    for duty in field.duties:
        if duty.sitting_id in rooms and duty.capacity in ("invigilator", "assessor"):
            where = f"{duty.slot_id}/{rooms[duty.sitting_id]}"
            found.setdefault(where, []).append(Colleague(str(duty.person_id), employers.get(str(duty.person_id), frozenset())))
    return {where: tuple(staff) for where, staff in found.items()}


def _venues(field: Field) -> set[Any]:
    return {slot.venue_id for slot in field.slots}


def _blocks(slots: Sequence[TimeSlot]) -> dict[Any, str]:
    """Slots that overlap in time, directly or through others, are one block, named by its first moment."""
    blocks: dict[Any, str] = {}
    name, until = "", None
    for slot in slots:
        if until is None or slot.starts_at >= until:
            name, until = slot.starts_at.isoformat(), slot.ends_at
        blocks[slot.pk] = name
        until = max(until, slot.ends_at)
    return blocks


def _day(moment: datetime) -> date:
    return spelling.local(moment).date()
