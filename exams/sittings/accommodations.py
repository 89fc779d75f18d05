"""What candidates were granted about their seats, as the draw, every later move and the gate must keep it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from exams.applications.models import Application
from exams.programme.models import Event
from exams.sittings import seating
from exams.sittings.lots import candidates, chairs
from exams.sittings.models import Accommodation, Place, Seat, Sitting, TimeSlot
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

GRANTED = _("Arrangement granted by the exam body")


class Granted:
    """Arrangements in force that bind the seats of some applications (a list of ids, or a query of them); two queries."""

    def __init__(self, applications: Any) -> None:
        rows = Accommodation.objects.filter(application__in=applications, state="granted").exclude(where="any")
        self.rows = {row.application_id: row for row in rows.select_related("room", "application__person").prefetch_related("seats")}

    def allows(self, application: UUID, seat: Seat) -> bool:
        """Whether the candidate may sit here; whether somebody else was granted the room alone is another question."""
        row = self.rows.get(application)
        if row is None:
            return True
        return seat.room_id == row.room_id if row.where == "alone" else seat in row.seats.all()

    def alone_in(self) -> dict[UUID, set[UUID]]:
        """Rooms granted to somebody alone, each with the applications they were granted to."""
        rooms: dict[UUID, set[UUID]] = {}
        for row in self.rows.values():
            if row.room_id is not None:
                rooms.setdefault(row.room_id, set()).add(row.application_id)
        return rooms


@dataclass(frozen=True)
class Fixed:
    """What goes into a draw of seats, or why it cannot be drawn; `later` are left to another slot of the subject."""

    pool: dict[str, Any]
    later: list[Application]
    objections: list[Objection]


def fix(people: Sequence[Application], seats: Sequence[Seat], seats_later: Sequence[Seat]) -> Fixed:
    """The pool of a draw: each candidate with the seats granted; of a room granted to somebody alone one seat only, the first.

    Whoever was granted seats of another slot still to be drawn waits for that one. An arrangement that cannot be kept is named.
    """
    granted = Granted([row.pk for row in people])
    offered = _offered(seats, granted)
    only = {pk: frozenset(str(seat.pk) for seat in offered if granted.allows(pk, seat)) for pk in granted.rows}
    absent = [row for row in people if row.pk in only and not only[row.pk]]
    later = [row for row in absent if any(granted.allows(row.pk, seat) for seat in seats_later)]
    here = [row for row in people if row not in later]
    pool = {
        "candidates": sorted([str(row.pk), str(row.employer_id or ""), sorted(only.get(row.pk, ()))] for row in here),
        "chairs": sorted([str(seat.pk), str(seat.room_id), seat.x_mm, seat.y_mm] for seat in offered),
        "take": min(len(here), len(offered)),
    }
    nowhere = [row for row in absent if row not in later]
    rivals = set(seating.contested(candidates(pool), chairs(pool)))
    objections = [_nowhere(granted.rows[row.pk]) for row in nowhere]
    objections += [_too_few(granted.rows[row.pk]) for row in here if str(row.pk) in rivals]
    return Fixed(pool, later, objections)


def _offered(seats: Sequence[Seat], granted: Granted) -> list[Seat]:
    """The seats given out: of a room granted to somebody alone only the first."""
    alone = granted.alone_in()
    first: dict[UUID, Seat] = {}
    for seat in sorted(seats, key=lambda one: one.label):
        first.setdefault(seat.room_id, seat)
    return [seat for seat in seats if seat.room_id not in alone or seat == first[seat.room_id]]


def against_move(place: Place, seat: Seat, other: Place | None) -> Iterator[Objection]:
    """What was granted speaks against a candidate taking this seat, or against whoever sits there taking his."""
    granted = Granted(Place.objects.filter(slot=place.slot_id, state="held").values("application"))
    alone = granted.alone_in()
    for moved, to in ((place, seat), (other, place.seat)):
        if moved is None:
            continue
        application = moved.application
        if not granted.allows(application.pk, to):
            yield _broken(granted.rows[application.pk], to)
        elif alone.get(to.room_id, {application.pk}) != {application.pk}:
            yield _not_alone(to)


def broken(event: Event, sitting: Sitting | None = None) -> Iterator[Objection]:
    """Every candidate of the event (or of one sitting) whose seat does not keep what was granted; four queries."""
    granted = Granted(Application.objects.filter(event=event))
    if not granted.rows:
        return
    places = Place.objects.filter(slot__event=event, state="held", application__in=granted.rows).select_related("seat__room")
    if sitting is not None:
        places = places.filter(sitting=sitting)
    crowds = _crowds(event, granted)
    for place in places.order_by("slot", "pk"):
        row = granted.rows[place.application_id]
        if not granted.allows(place.application_id, place.seat):
            yield _broken(row, place.seat)
        elif row.where == "alone" and crowds[place.sitting_id] > 1:
            yield _not_alone(place.seat)


def _crowds(event: Event, granted: Granted) -> Counter[UUID]:
    """How many sit in each of the rooms granted to somebody alone."""
    held = Place.objects.filter(slot__event=event, state="held", seat__room__in=granted.alone_in())
    return Counter(held.values_list("sitting_id", flat=True))


def of_sitting(sitting: Sitting) -> list[tuple[Place, Accommodation]]:
    """What holds in a room: seat by seat, arrangements of every kind; two queries."""
    places = {place.application_id: place for place in sitting.places.filter(state="held").select_related("seat", "application__person")}
    rows = Accommodation.objects.filter(application__in=places, state="granted")
    return sorted(((places[row.application_id], row) for row in rows), key=lambda pair: pair[0].seat.label)


def seats_of(slots: Iterable[TimeSlot]) -> list[Seat]:
    """The seats that slots may give out."""
    rooms = Sitting.objects.filter(slot__in=slots, live=True).values("room")
    return list(Seat.objects.filter(room__in=rooms, spare=False).select_related("room").order_by("room", "label"))


def _nowhere(row: Accommodation) -> Objection:
    return Objection(
        "sittings.accommodation_elsewhere",
        _("%(person)s (%(number)s): none of the seats granted is in a room of this slot."),
        _who(row),
        GRANTED,
        _("Add the room to the slot, or grant another arrangement."),
    )


def _too_few(row: Accommodation) -> Objection:
    return Objection(
        "sittings.accommodation_contested",
        _("%(person)s (%(number)s): there are fewer seats than candidates to whom they were granted."),
        _who(row),
        GRANTED,
        _("Grant further seats, or add a room."),
    )


def _broken(row: Accommodation, seat: Seat) -> Objection:
    return Objection(
        "sittings.accommodation_broken",
        _("Seat %(seat)s in room %(room)s is not what was granted to application %(number)s."),
        {"number": row.application.number, "seat": seat.label, "room": seat.room.name},
        GRANTED,
        _("Ask that the candidate be moved to a seat that was granted, or grant another arrangement."),
    )


def _not_alone(seat: Seat) -> Objection:
    return Objection(
        "sittings.accommodation_not_alone",
        _("Room %(room)s was granted to one candidate alone."),
        {"room": seat.room.name},
        GRANTED,
        _("Choose a seat in another room."),
    )


def _who(row: Accommodation) -> dict[str, str]:
    return {"person": row.application.person.name, "number": row.application.number}
