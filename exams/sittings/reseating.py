"""What moving a candidate to another seat would change: colleagues side by side, paper forms, cameras, what was granted, who guards him."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from exams.recusal.screening import screen
from exams.recusal.standing import Stand
from exams.sittings import accommodations
from exams.sittings.clearance import stands_of_duties, with_places
from exams.sittings.drawing import PLAN_LAYERS
from exams.sittings.models import Duty, Place, Seat, TimeSlot
from exams.sittings.seating import Chair, form_among, neighbours
from exams.verdicts import Objection


@dataclass(frozen=True)
class Effect:
    """One thing that would be different, in words, and whether that is to the good (ok), to the bad (warn, danger) or neither (off)."""

    tone: str
    words: str


@dataclass(frozen=True)
class Move:
    """A candidate's place, the seat wished for, and the place of whoever sits there now."""

    place: Place
    seat: Seat
    other: Place | None

    @property
    def changes_room(self) -> bool:
        return self.place.seat.room_id != self.seat.room_id

    @property
    def people(self) -> list[UUID]:
        return [one.application.person_id for one in (self.place, self.other) if one]


def of_slot(slot: TimeSlot) -> Any:
    """The places held in a slot with all that a move asks of them."""
    held = Place.objects.filter(slot=slot, state="held")
    return held.select_related("sitting__room", "seat__room", "application__person", "application__employer")


def found(slot: TimeSlot, *, seat_from: Any = None, place: Any = None, seat_to: Any = None) -> Move | None:
    """A move as it is asked for: who sits on a seat (or holds a place), and another seat of the same slot. None where one is gone."""
    held = of_slot(slot)
    moved = held.filter(**({"pk": place} if place else {"seat": seat_from})).first()
    rooms = slot.sittings.filter(live=True).values("room")
    seat = Seat.objects.filter(pk=seat_to, room__in=rooms).select_related("room").first()
    if moved is None or seat is None or moved.seat_id == seat.pk:
        return None
    return Move(moved, seat, held.filter(seat=seat).first())


def against(move: Move) -> list[Objection]:
    """What refuses a move: an arrangement granted would be broken; or staff of a room would guard somebody they may not (R-14)."""
    return [*accommodations.against_move(move.place, move.seat, move.other), *_staff_against(move)]


def effects(move: Move) -> list[Effect]:
    """What would change besides, for whoever asks and for the second person."""
    return [*_side_by_side(move), *_forms(move), *_cameras(move), *_tickets(move)]


def form_of_empty(slot: Any, seat: Seat) -> str:
    """The paper form an empty seat has, so that forms go on alternating with those given out around it."""
    held = Place.objects.filter(slot=slot, seat__room=seat.room_id, state="held").values_list("seat_id", "form")
    return form_among(str(seat.pk), _chairs(seat.room.seats.all()), {str(pk): form for pk, form in held})


def _staff_against(move: Move) -> Iterator[Objection]:
    """Objections that would newly stand against those who serve in the two rooms, once the candidates have changed places."""
    if not move.changes_room:
        return
    rooms = [move.place.seat.room_id, move.seat.room_id]
    duties = Duty.objects.filter(sitting__slot=move.place.slot_id, sitting__room__in=rooms, live=True)
    now = list(stands_of_duties(list(with_places(duties))))
    then = [_after(stand, move) for stand in now]
    answers = [answer for _stand, answer in screen([*now, *then])]
    for before, after in zip(answers[: len(now)], answers[len(now) :], strict=True):
        if not after.allowed and before.allowed:
            yield from (one for number, one in enumerate(after.objections) if number not in after.waived and one not in before.objections)


def _after(stand: Stand, move: Move) -> Stand:
    """The same duty with the candidates of its room as they would sit then."""
    matter, room = stand.matter, stand.about.room_id
    candidates, employers = set(matter.candidates), set(matter.employers)
    first, second = move.place.seat.room_id, move.seat.room_id
    for one, leaves, enters in ((move.place, first, second), (move.other, second, first)):
        if one is None:
            continue
        person, employer = str(one.application.person_id), str(one.application.employer_id or "")
        if room == leaves:
            candidates.discard(person)
        if room == enters:
            candidates.add(person)
            employers |= {employer} if employer else set()
    return replace(stand, matter=replace(matter, candidates=frozenset(candidates), employers=frozenset(employers)))


# ---- colleagues ---------------------------------------------------------------------------------------------------------


def _side_by_side(move: Move) -> Iterator[Effect]:
    rooms = {move.place.seat.room_id: move.place.seat.room, move.seat.room_id: move.seat.room}
    before = {place.seat_id: place for place in of_slot(move.place.slot).filter(seat__room__in=rooms)}
    after = {**before, move.seat.pk: move.place}
    del after[move.place.seat_id]
    if move.other is not None:
        after[move.place.seat_id] = move.other
    chairs = _chairs(seat for room in rooms.values() for seat in room.seats.all())
    was, will = _pairs(before, chairs), _pairs(after, chairs)
    for pair in sorted(will - was):
        yield Effect("warn", _("Colleagues would sit side by side: %(pair)s.") % {"pair": _named(pair, after)})
    for pair in sorted(was - will):
        yield Effect("ok", _("Colleagues would no longer sit side by side: %(pair)s.") % {"pair": _named(pair, before)})
    if was == will:
        yield Effect("off", _("No colleagues come or cease to sit side by side."))


def _chairs(seats: Iterable[Seat]) -> list[Chair]:
    return [Chair(str(seat.pk), str(seat.room_id), seat.x_mm, seat.y_mm) for seat in seats]


def _pairs(held: dict[UUID, Place], chairs: Sequence[Chair]) -> set[tuple[str, str]]:
    """The applications of colleagues on neighbouring seats, each pair once."""
    near = neighbours(list(chairs))
    numbers = {chair.id: number for number, chair in enumerate(chairs)}
    seated = [(numbers[str(pk)], place) for pk, place in held.items()]
    return {
        tuple(sorted((str(one.application_id), str(other.application_id))))  # type: ignore[misc]
        for (a, one), (b, other) in combinations(seated, 2)
        if b in near[a] and one.application.employer_id and one.application.employer_id == other.application.employer_id
    }


def _named(pair: tuple[str, str], held: dict[UUID, Place]) -> str:
    places = {str(place.application_id): (place.application.person.name, str(place.application.employer)) for place in held.values()}
    (one, employer), (other, _same) = places[pair[0]], places[pair[1]]
    return f"{one}, {other} ({employer})"


# ---- forms, cameras, tickets --------------------------------------------------------------------------------------------


def _forms(move: Move) -> Iterator[Effect]:
    to = move.other.form if move.other else form_of_empty(move.place.slot_id, move.seat)
    if to == move.place.form:
        yield Effect("off", _("Paper form %(form)s stays.") % {"form": to})
        return
    for place, form in ((move.place, to), (move.other, move.place.form)):
        if place is not None:
            words = {"person": place.application.person.name, "before": place.form, "after": form}
            yield Effect("warn", _("%(person)s gets paper form %(after)s instead of %(before)s.") % words)


def _cameras(move: Move) -> Iterator[Effect]:
    """Whether cameras see the seats that change hands, as their layers of the plan tell it."""
    for seat, taken in ((move.seat, True), (move.place.seat, move.other is not None)):
        layers = [layer(seat.room, Fraction(1, 10)) for layer in PLAN_LAYERS]
        seen = [name for layer in layers for name in layer.seen.get(seat.pk, ())]
        why = next((layer.unseen[seat.pk] for layer in layers if seat.pk in layer.unseen), "")
        where = {"seat": seat.label, "room": seat.room.name, "cameras": ", ".join(seen), "why": why}
        if taken and seen:
            yield Effect("ok", _("Seat %(seat)s (%(room)s) is seen by %(cameras)s.") % where)
        elif taken and why:
            yield Effect("danger", _("No camera sees seat %(seat)s (%(room)s): %(why)s.") % where)


def _tickets(move: Move) -> Iterator[Effect]:
    if move.place.slot.state == "published":
        names = ", ".join(one.application.person.name for one in (move.place, move.other) if one)
        yield Effect("warn", _("The tickets of %(names)s are replaced, and they are told.") % {"names": names})
