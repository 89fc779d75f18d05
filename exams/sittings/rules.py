"""What an arrangement needs before it may be released: staff per room and slot, seats, acceptance. No Django."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

STAFF_BASIS = _("Requirement R-57; parameters “invigilators per room” and “rooms per roving invigilator”")


@dataclass(frozen=True)
class RoomPlan:
    """One sitting of a slot as the rules need it."""

    room: str
    invigilators: int
    accepted_until: date | None
    seats: int
    placed: int


@dataclass(frozen=True)
class SlotPlan:
    """One time slot as the rules need it."""

    name: str
    on: date
    chiefs: int
    roving: int
    rooms: tuple[RoomPlan, ...]
    candidates: int
    drawn: bool
    unseated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Least:
    """The least numbers in force, with the source of each."""

    invigilators: int
    rooms_per_roving: int
    sources: dict[str, str] = field(default_factory=dict)


def staff_missing(slot: SlotPlan, least: Least) -> Iterator[Objection]:
    """Who is still missing: two invigilators in each room, a chief for the slot, one roving invigilator per so many rooms."""
    where = {"slot": slot.name}
    if slot.chiefs < 1:
        yield Objection("sittings.no_chief", _("%(slot)s has no chief."), where, STAFF_BASIS, _("Assign a chief."))
    wanted = -(-len(slot.rooms) // least.rooms_per_roving) if slot.rooms else 0
    if slot.roving < wanted:
        yield Objection(
            "sittings.no_roving",
            _("%(slot)s has %(there)s of %(wanted)s roving invigilators."),
            {**where, "there": slot.roving, "wanted": wanted},
            STAFF_BASIS,
            _("Assign a roving invigilator."),
        )
    for room in slot.rooms:
        if room.invigilators < least.invigilators:
            yield Objection(
                "sittings.too_few_invigilators",
                _("Room %(room)s (%(slot)s) has %(there)s of %(wanted)s invigilators."),
                {**where, "room": room.room, "there": room.invigilators, "wanted": least.invigilators},
                STAFF_BASIS,
                _("Assign an invigilator, or draw one."),
            )


def rooms_unusable(slot: SlotPlan) -> Iterator[Objection]:
    """Rooms without an acceptance that holds on the day."""
    for room in slot.rooms:
        params = {"room": room.room, "slot": slot.name, "until": room.accepted_until}
        if room.accepted_until is None:
            yield Objection(
                "sittings.room_not_accepted",
                _("Room %(room)s (%(slot)s) has not been accepted."),
                params,
                _("Requirement R-55"),
                _("Inspect the room and record its acceptance."),
            )
        elif room.accepted_until < slot.on:
            yield Objection(
                "sittings.acceptance_over",
                _("The acceptance of room %(room)s ends on %(until)s, before %(slot)s."),
                params,
                _("Requirement R-55"),
                _("Inspect the room again."),
            )


def seats_open(slot: SlotPlan) -> Iterator[Objection]:
    """Whether everybody admitted has a seat that was drawn."""
    params = {"slot": slot.name, "there": sum(room.seats for room in slot.rooms), "wanted": slot.candidates}
    if not slot.rooms:
        yield Objection("sittings.no_room", _("%(slot)s has no room."), params, remedy=_("Add a room."))
        return
    if slot.candidates == 0:
        yield Objection("sittings.no_candidates", _("Nobody is admitted to %(slot)s."), params, remedy=_("Cancel the slot."))
    if params["there"] < slot.candidates:
        yield Objection(
            "sittings.too_few_seats", _("%(slot)s has %(there)s seats for %(wanted)s candidates."), params, remedy=_("Add a room.")
        )
    if not slot.drawn:
        yield Objection(
            "sittings.not_drawn", _("The seats of %(slot)s have not been drawn."), params, _("Requirement R-56"), _("Draw the seats.")
        )
    elif slot.unseated:
        yield Objection(
            "sittings.unseated",
            _("%(n)s candidates of %(slot)s have no seat: %(names)s."),
            {**params, "n": len(slot.unseated), "names": ", ".join(slot.unseated[:5])},
            _("Requirement R-56"),
            _("Ask for a second draw."),
            private=("names",),
        )


def over_capacity(rooms: Iterable[RoomPlan], cap: int) -> Iterator[Objection]:
    """Rooms in which more candidates sit than the body allows."""
    for room in rooms:
        if room.placed > cap:
            yield Objection(
                "sittings.room_too_full",
                _("%(placed)s candidates sit in room %(room)s; %(cap)s are allowed."),
                {"room": room.room, "placed": room.placed, "cap": cap},
                _("Parameter “candidates per room”"),
                _("Add a room and ask for a second draw."),
            )
