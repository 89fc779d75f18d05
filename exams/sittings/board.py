"""The calendar of duties of an event: rooms in rows, time slots in columns, posts with their people, and those who could take one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from exams import spelling
from exams.appointments.models import Appointment
from exams.people.models import Person
from exams.programme.models import Event
from exams.recusal.models import ObjectionNotice
from exams.sittings import parameters
from exams.sittings.models import Duty, Room, Sitting, TimeSlot, Venue
from exams.sittings.weighing import MOVABLE, SERVING

# In this order in every cell.
CAPACITIES = ("chief", "roving_invigilator", "invigilator", "assessor", "video_monitor", "identity_officer", "technician")
WHOLE_SLOT = ("chief", "roving_invigilator", "video_monitor", "identity_officer", "technician")
ONE_ROOM = ("invigilator", "assessor", "video_monitor", "identity_officer", "technician")


@dataclass(frozen=True)
class Post:
    """One position at a place; without a duty it is vacant. `objected`: a new fact speaks against the person, or no ruling does for him."""

    capacity: str
    number: int
    duty: Duty | None = None
    objected: bool = False

    @property
    def movable(self) -> bool:
        return self.duty is not None and self.duty.state in MOVABLE


@dataclass(frozen=True)
class At:
    """A place to serve at: a slot in one room, or the whole slot."""

    slot: TimeSlot
    sitting: Sitting | None
    posts: tuple[Post, ...]

    @property
    def key(self) -> UUID:
        return self.sitting.pk if self.sitting else self.slot.pk

    @property
    def open(self) -> bool:
        return self.slot.state in ("planned", "published")

    @property
    def capacities(self) -> list[str]:
        """What may be served as here: what is vacant first."""
        vacant = [post.capacity for post in self.posts if post.duty is None]
        return list(dict.fromkeys([*vacant, *(ONE_ROOM if self.sitting else WHOLE_SLOT)]))


@dataclass
class Row:
    """A room, or all that is not of one room (no room); its places under each column."""

    room: Room | None
    cells: list[list[At]]


@dataclass
class Block:
    """The rows of one venue."""

    venue: Venue
    rows: list[Row]


@dataclass(frozen=True)
class Column:
    """One interval; slots of the same interval share it."""

    starts_at: datetime
    ends_at: datetime

    @property
    def day(self) -> date:
        return spelling.local(self.starts_at).date()


@dataclass(frozen=True)
class Entry:
    """Somebody who could be put on duty in a capacity; `load` counts duties held in the event, `label` tells people of one name apart."""

    person: Person
    capacity: str
    load: int
    label: str


@dataclass
class Board:
    """A whole calendar, ready for its page."""

    columns: list[Column]
    blocks: list[Block]
    people: list[Entry]
    most: int  # duties of one person in the event, at most; 0: no limit
    duties: int = 0
    vacant: int = 0
    days: list[date] = field(default_factory=list)
    venues: list[Venue] = field(default_factory=list)

    @property
    def by_day(self) -> list[tuple[date, int]]:
        """The days with the number of columns each has."""
        return list(Counter(column.day for column in self.columns).items())


def draw_up(event: Event, *, day: date | None = None, venue: UUID | None = None) -> Board:
    """The calendar of an event, of one of its days, or of one venue; the number of queries does not depend on its size."""
    slots = list(slots_of(event))
    shown = [slot for slot in slots if (day is None or _day(slot) == day) and (venue is None or slot.venue_id == venue)]
    sittings = list(Sitting.objects.filter(slot__in=[slot.pk for slot in shown], live=True).select_related("room"))
    held = Duty.objects.filter(slot__event=event, live=True).select_related("person", "ruling").defer("ruling__facts")
    duties = list(held.order_by("person__name_key", "pk"))
    values = parameters.all_in_force(event.body_id, event.starts_on)
    places = _Places(shown, sittings, duties, values, _objected(duties))
    columns = sorted({Column(slot.starts_at, slot.ends_at) for slot in shown}, key=lambda one: (one.starts_at, one.ends_at))
    blocks = [_block(owner, shown, sittings, columns, places) for owner in _venues(shown)]
    every = [post for block in blocks for row in block.rows for cell in row.cells for at in cell for post in at.posts]
    return Board(
        columns=columns,
        blocks=blocks,
        people=people_of(event, duties),
        most=values["DUTIES_PER_EVENT"].value,
        duties=sum(1 for post in every if post.duty),
        vacant=sum(1 for post in every if not post.duty),
        days=sorted({_day(slot) for slot in slots}),
        venues=_venues(slots),
    )


def slots_of(event: Event) -> QuerySet[TimeSlot]:
    """The slots of an event with all that its calendar says of them."""
    rows = TimeSlot.objects.filter(event=event).exclude(state="cancelled")
    return rows.select_related("event__body", "item__qualification", "item__edition", "venue").order_by("starts_at", "ends_at", "pk")


def people_of(event: Event, duties: Iterable[Duty]) -> list[Entry]:
    """Everybody appointed for a duty in the days of the event, least burdened first; one query."""
    first, last = event.starts_on, event.ends_on
    rows = Appointment.objects.filter(Q(until=None) | Q(until__gte=first), capacity__in=SERVING, state="in_force", since__lte=last)
    rows = rows.filter(organisation=event.body_id).select_related("person").order_by("person__name_key", "person_id", "capacity")
    load = Counter(duty.person_id for duty in duties)
    labels = _labels(row.person for row in rows)
    seen: dict[tuple[Any, str], Entry] = {}
    for row in rows:
        entry = Entry(row.person, row.capacity, load[row.person_id], labels[row.person_id])
        seen.setdefault((row.person_id, row.capacity), entry)
    return sorted(seen.values(), key=lambda entry: (CAPACITIES.index(entry.capacity), entry.load))


def _labels(people: Iterable[Person]) -> dict[UUID, str]:
    """Names; where several share one, counted in the order of their appearance."""
    labels: dict[UUID, str] = {}
    times: Counter[str] = Counter()
    for person in people:
        if person.pk not in labels:
            times[person.name] += 1
            labels[person.pk] = person.name if times[person.name] == 1 else f"{person.name} ({times[person.name]})"
    return labels


class _Places:
    """The posts of each place: those held, and those that must be held and are not."""

    def __init__(
        self, slots: Sequence[TimeSlot], sittings: Sequence[Sitting], duties: Sequence[Duty], values: dict[str, Any], objected: set[Any]
    ) -> None:
        self._duties: dict[tuple[Any, Any], list[Duty]] = {}
        for duty in duties:
            self._duties.setdefault((duty.slot_id, duty.sitting_id), []).append(duty)
        self._rooms = Counter(sitting.slot_id for sitting in sittings)
        self._invigilators = values["MIN_INVIGILATORS_PER_ROOM"].value
        self._rooms_per_roving = values["ROOMS_PER_ROVING"].value
        self._objected = objected

    def at(self, slot: TimeSlot, sitting: Sitting | None) -> At:
        held = self._duties.get((slot.pk, sitting.pk if sitting else None), [])
        least = self._least(slot, sitting)
        kinds = [capacity for capacity in CAPACITIES if capacity in least or any(duty.capacity == capacity for duty in held)]
        return At(slot, sitting, tuple(post for capacity in kinds for post in self._posts(capacity, held, least.get(capacity, 0))))

    def _least(self, slot: TimeSlot, sitting: Sitting | None) -> dict[str, int]:
        if slot.state not in ("planned", "published"):
            return {}
        if sitting is not None:
            return {"invigilator": self._invigilators}
        return {"chief": 1, "roving_invigilator": -(-self._rooms[slot.pk] // self._rooms_per_roving)}

    def _posts(self, capacity: str, held: list[Duty], least: int) -> Iterator[Post]:
        mine = [duty for duty in held if duty.capacity == capacity]
        for number, duty in enumerate(mine, 1):
            yield Post(capacity, number, duty, duty.ruling is None or not duty.ruling.allowed or duty.pk in self._objected)
        for number in range(len(mine) + 1, least + 1):
            yield Post(capacity, number)


def _objected(duties: Sequence[Duty]) -> set[UUID]:
    """Duties about which a notice is open: a fact came up after the ruling."""
    notices = ObjectionNotice.objects.filter(state="open", person__in={duty.person_id for duty in duties})
    about = set(notices.values_list("person_id", "about_id"))
    return {duty.pk for duty in duties if {(duty.person_id, str(duty.sitting_id)), (duty.person_id, str(duty.slot_id))} & about}


def _block(venue: Venue, slots: Sequence[TimeSlot], sittings: Sequence[Sitting], columns: Sequence[Column], places: _Places) -> Block:
    here = {slot.pk: slot for slot in slots if slot.venue_id == venue.pk}
    mine = [sitting for sitting in sittings if sitting.slot_id in here]
    rooms = sorted({sitting.room for sitting in mine}, key=lambda room: (room.name, str(room.pk)))

    def whole(column: Column) -> list[At]:
        return [places.at(slot, None) for slot in here.values() if Column(slot.starts_at, slot.ends_at) == column]

    def one(room: Room, column: Column) -> list[At]:
        there = [(here[sitting.slot_id], sitting) for sitting in mine if sitting.room_id == room.pk]
        return [places.at(slot, sitting) for slot, sitting in there if Column(slot.starts_at, slot.ends_at) == column]

    rows = [Row(None, [whole(column) for column in columns])]
    rows += [Row(room, [one(room, column) for column in columns]) for room in rooms]
    return Block(venue, rows)


def _venues(slots: Iterable[TimeSlot]) -> list[Venue]:
    return sorted({slot.venue for slot in slots}, key=lambda venue: (venue.name, str(venue.pk)))


def _day(slot: TimeSlot) -> date:
    return spelling.local(slot.starts_at).date()
