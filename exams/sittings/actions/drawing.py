"""Seats by lot: drawn once from a recorded seed; a second draw needs two persons and a reason."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from exams import clock
from exams.access import Actor
from exams.applications.models import Application
from exams.errors import refuse
from exams.journal.actions import action, record
from exams.sittings import queries
from exams.sittings.chance import choose, digest, new_seed
from exams.sittings.models import Draw, Place, Seat, Sitting, TimeSlot
from exams.sittings.seating import Candidate, Chair, Seated, colleagues_side_by_side, seat
from exams.verdicts import gettext_noop as _


@action("sittings.draw_seats", on="slot")
def draw_seats(*, by: Actor, slot: TimeSlot, seed: str | None = None) -> Draw:
    """Draw the seats of a slot. Whoever holds pool and seed can repeat it; nobody can choose the seed outside the demo."""
    slot = TimeSlot.objects.select_for_update().get(pk=slot.pk)
    if slot.state != "planned":
        refuse("sittings.published", _("The arrangement is published."), remedy=_("Ask for a change; another person decides."))
    if queries.draw_in_force(slot):
        refuse(
            "sittings.drawn_already",
            _("The seats of this slot are drawn."),
            basis=_("Requirement R-56"),
            remedy=_("Ask for a second draw with a reason; another person decides."),
        )
    if seed and not clock.simulated():
        refuse("sittings.seed_chosen", _("The seed is made by the system; it cannot be chosen."), basis=_("Requirement R-56"))
    return draw_for(by=by, slot=slot, seed=seed or new_seed(), name="sittings.draw_seats")


def draw_for(*, by: Actor, slot: TimeSlot, seed: str, name: str, reason: str = "") -> Draw:
    """Draw inside an action, replacing what was drawn before."""
    applications = {str(row.pk): row for row in _pool(slot, seed)}
    seats = {str(row.pk): row for row in _seats(slot)}
    candidates = [Candidate(pk, str(row.employer_id or "")) for pk, row in applications.items()]
    chairs = [Chair(pk, str(row.room_id), row.x_mm, row.y_mm) for pk, row in seats.items()]
    if not candidates:
        refuse("sittings.nobody", _("Nobody is admitted to this slot."), remedy=_("Check the applications of the item."))
    if len(candidates) > len(chairs):
        refuse(
            "sittings.too_few_seats_to_draw",
            _("%(there)s seats for %(wanted)s candidates."),
            there=len(chairs),
            wanted=len(candidates),
            remedy=_("Add a room."),
        )
    seated = seat(candidates, chairs, seed)
    pool = {
        "candidates": sorted([one.id, one.group] for one in candidates),
        "chairs": sorted([one.id, one.room, one.x, one.y] for one in chairs),
    }
    lines = [[line.candidate, line.chair, line.form] for line in seated]
    Draw.objects.filter(slot=slot, kind="seats", replaced_at=None).update(replaced_at=clock.now())
    draw = Draw.objects.create(
        slot=slot,
        kind="seats",
        seed=seed,
        pool=pool,
        pool_digest=digest(pool),
        result=lines,
        result_digest=digest(lines),
        drawn_at=clock.now(),
        drawn_by=by.name,
    )
    slot.sittings.filter(live=True).update(seed=seed)
    places = _write_places(slot, seated, applications, seats)
    record(
        name,
        draw,
        by=by,
        about=[slot, slot.event, *slot.sittings.filter(live=True)],
        seed=seed,
        pool_digest=draw.pool_digest,
        result_digest=draw.result_digest,
        candidates=len(candidates),
        seats=len(chairs),
        reason=reason,
        side_by_side=colleagues_side_by_side(seated, candidates, chairs),
    )
    for place in places:
        record("sittings.seat", place, by=by, draw=draw.pk)
    return draw


def _pool(slot: TimeSlot, seed: str) -> list[Application]:
    """Whoever is admitted and has no seat in another slot of the same subject; a share of them if further slots are to be drawn."""
    others = (
        TimeSlot.objects.filter(event=slot.event_id, item=slot.item_id, subject=slot.subject).exclude(pk=slot.pk).exclude(state="cancelled")
    )
    seated_elsewhere = Place.objects.filter(slot__in=others, state="held").values("application")
    found = list(queries.admitted(slot).exclude(pk__in=seated_elsewhere).order_by("pk"))
    room = len(_seats(slot))
    drawn = Draw.objects.filter(slot__in=others, kind="seats", replaced_at=None).values("slot")
    if len(found) <= room or not others.exclude(pk__in=drawn).exists():
        return found
    share = set(choose([str(row.pk) for row in found], room, seed, "share"))
    return [row for row in found if str(row.pk) in share]


def _seats(slot: TimeSlot) -> list[Seat]:
    rooms = Sitting.objects.filter(slot=slot, live=True).values("room")
    return list(Seat.objects.filter(room__in=rooms, spare=False).order_by("room", "label"))


def _write_places(slot: TimeSlot, seated: list[Seated], applications: dict[str, Application], seats: dict[str, Seat]) -> list[Place]:
    """A place keeps its identity over a second draw, so that calendars and tickets follow it to the new seat."""
    sittings = {sitting.room_id: sitting for sitting in slot.sittings.filter(live=True)}
    known = {place.application_id: place for place in Place.objects.select_for_update().filter(slot=slot)}
    # Two steps: within one, a seat would be held twice for a moment.
    Place.objects.filter(slot=slot).update(state="void")
    numbers = _ticket_numbers(slot, applications.values())
    places = []
    for line in seated:
        application, chair = applications[line.candidate], seats[line.chair]
        place = known.get(application.pk) or Place(slot=slot, application=application, ticket_number=numbers[application.pk])
        fresh = place._state.adding
        place.sitting, place.seat, place.form, place.state = sittings[chair.room_id], chair, line.form, "held"
        place.revision = 0 if fresh else place.revision + 1
        if place.ticket_state == "void":
            place.ticket_state = "drafted"
        places.append(place)
    new = [place for place in places if place._state.adding]
    Place.objects.bulk_update(
        [place for place in places if not place._state.adding], ["sitting", "seat", "form", "state", "revision", "ticket_state"]
    )
    Place.objects.bulk_create(new)
    return places


def _ticket_numbers(slot: TimeSlot, applications: Any) -> dict[Any, str]:
    """One number per application through the whole event; it says nothing about the seat."""
    numbers = dict(Place.objects.filter(application__event=slot.event_id).values_list("application_id", "ticket_number"))
    prefix = "".join(character for character in slot.event.number if character.isdigit())
    items = list(slot.event.items.order_by("pk").values_list("pk", flat=True))
    stem = f"{prefix}{items.index(slot.item_id) + 1:02d}"
    taken = [int(number[len(stem) :]) for number in numbers.values() if number.startswith(stem) and number[len(stem) :].isdigit()]
    serial = max(taken, default=0)
    for application in sorted(applications, key=lambda row: row.number):
        if application.pk not in numbers:
            serial += 1
            numbers[application.pk] = f"{stem}{serial:04d}"
    return numbers


def move_place(*, by: Actor, place: Place, seat_to: Seat, reason: str) -> Place:
    """Give a candidate another seat inside an action; whoever sits there takes the one that becomes free."""
    sitting = Sitting.objects.select_for_update().get(slot=place.slot_id, room=seat_to.room_id, live=True)
    place = Place.objects.select_for_update().get(pk=place.pk)
    other = Place.objects.select_for_update().filter(slot=place.slot_id, seat=seat_to, state="held").first()
    before = (place.sitting, place.seat)
    with transaction.atomic():
        Place.objects.filter(pk=place.pk).update(state="void")
        if other:
            _put(other, *before)
            record("sittings.seat", other, by=by, about=[place.sitting, sitting, other.application], reason=reason)
        _put(place, sitting, seat_to)
    record("sittings.seat", place, by=by, about=[before[0], sitting, place.application], before=before[1].pk, reason=reason)
    return place


def _put(place: Place, sitting: Sitting, chair: Seat) -> None:
    place.sitting, place.seat, place.form, place.state, place.revision = sitting, chair, chair.form, "held", place.revision + 1
    place.save(update_fields=["sitting", "seat", "form", "state", "revision"])
