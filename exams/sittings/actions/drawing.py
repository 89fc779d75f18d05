"""Seats by lot: drawn once from a chance nobody chose; a second draw needs two persons and a reason."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from exams import clock
from exams.access import Actor
from exams.applications.models import Application
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.sittings import accommodations, lots, queries
from exams.sittings.actions.draws import CARRIED_OUT, abandon, in_force_or_open, open_draw
from exams.sittings.actions.publishing import renew_tickets
from exams.sittings.models import Draw, Place, Seat, Sitting, TimeSlot
from exams.sittings.reseating import form_of_empty
from exams.sittings.seating import Seated, colleagues_side_by_side
from exams.verdicts import gettext_noop as _


@action("sittings.draw_seats", on="slot")
def draw_seats(*, by: Actor, slot: TimeSlot, seed: str | None = None) -> Draw:
    """Open the draw of a slot's seats. Whoever holds pool and seed can repeat it; nobody can choose the seed outside the demo."""
    slot = TimeSlot.objects.select_for_update().get(pk=slot.pk)
    if slot.state != "planned":
        refuse("sittings.published", _("The arrangement is published."), remedy=_("Ask for a change; another person decides."))
    if in_force_or_open("seats", slot):
        refuse(
            "sittings.drawn_already",
            _("The seats of this slot are drawn."),
            basis=_("Requirement R-56"),
            remedy=_("Ask for a second draw with a reason; another person decides."),
        )
    if seed and not clock.simulated():
        refuse("sittings.seed_chosen", _("The seed is made by the system; it cannot be chosen."), basis=_("Requirement R-56"))
    draw = open_seats(by=by, slot=slot, seed=seed or "")
    record("sittings.draw_seats", draw, by=by, about=[slot, slot.event], state=draw.state)
    return draw


def draw_again(*, by: Actor, slot: TimeSlot, reason: str, asked_by: str) -> Draw:
    """A new draw inside the decision of a second person; one that still waits is abandoned, one in force stays until this is drawn."""
    before = in_force_or_open("seats", slot)
    if before is not None and before.state == "open":
        abandon(by=by, draw=before, reason=reason, asked_by=asked_by)
    return open_seats(by=by, slot=slot, reason=reason)


def open_seats(*, by: Actor, slot: TimeSlot, seed: str = "", reason: str = "") -> Draw:
    """Fix inside an action who is to be seated where; whoever has a seat in another slot of the subject is left out."""
    others = _others(slot)
    seated_elsewhere = Place.objects.filter(slot__in=others, state="held").values("application")
    people = list(queries.admitted(slot).exclude(pk__in=seated_elsewhere).order_by("pk"))
    if not people:
        refuse("sittings.nobody", _("Nobody is admitted to this slot."), remedy=_("Check the applications of the item."))
    drawn = Draw.objects.filter(slot__in=others, kind="seats", state__in=["open", "drawn"]).values("slot")
    undrawn = list(others.exclude(pk__in=drawn))
    fixed = accommodations.fix(people, accommodations.seats_of([slot]), accommodations.seats_of(undrawn))
    if fixed.objections:
        raise Refused(fixed.objections)
    wanted, there = len(fixed.pool["candidates"]), len(fixed.pool["chairs"])
    if not wanted:
        refuse("sittings.all_wait", _("Everybody admitted was granted seats of another slot."), remedy=_("Draw that slot first."))
    if wanted > there and not undrawn:
        refuse(
            "sittings.too_few_seats_to_draw",
            _("%(there)s seats for %(wanted)s candidates."),
            there=there,
            wanted=wanted,
            remedy=_("Add a room."),
        )
    return open_draw(by=by, kind="seats", about=slot, pool=fixed.pool, seed=seed, reason=reason)


def _seat_drawn(by: Actor, draw: Draw) -> None:
    """Give out the seats as drawn. Whoever is admitted no longer gets none; a room taken away meanwhile asks for a new draw."""
    slot = TimeSlot.objects.select_for_update().get(pk=draw.slot_id)
    again = draw.reason != ""
    if slot.state != "planned" and not again:
        refuse("sittings.published", _("The arrangement is published."), remedy=_("Ask for a change; another person decides."))
    applications = {str(row.pk): row for row in queries.admitted(slot)}
    seats = {str(row.pk): row for row in accommodations.seats_of([slot])}
    seated = [Seated(*line) for line in draw.result if line[0] in applications]
    if any(line.chair not in seats for line in seated):
        refuse(
            "sittings.rooms_changed",
            _("A room of this draw is no longer used by the slot."),
            remedy=_("Ask for a new draw with a reason; another person decides."),
        )
    slot.sittings.filter(live=True).update(seed=draw.seed)
    held = {line.candidate: applications[line.candidate] for line in seated}
    for place in _write_places(slot, seated, held, seats):
        record("sittings.seat", place, by=by, draw=draw.pk)
    renew_tickets(slot, Place.objects.filter(slot=slot, state="held"))


CARRIED_OUT["seats"] = _seat_drawn


def side_by_side(draw: Draw) -> int:
    """How many pairs of colleagues the rooms did not let part: said on the draw record."""
    return colleagues_side_by_side([Seated(*line) for line in draw.result], lots.candidates(draw.pool), lots.chairs(draw.pool))


def _others(slot: TimeSlot) -> Any:
    """The other slots of the same subject."""
    same = TimeSlot.objects.filter(event=slot.event_id, item=slot.item_id, subject=slot.subject)
    return same.exclude(pk=slot.pk).exclude(state="cancelled")


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
    before = (place.sitting, place.seat, place.form)
    form = other.form if other else form_of_empty(place.slot_id, seat_to)
    with transaction.atomic():
        Place.objects.filter(pk=place.pk).update(state="void")
        if other:
            _put(other, *before)
            record("sittings.seat", other, by=by, about=[place.sitting, sitting, other.application], reason=reason)
        _put(place, sitting, seat_to, form)
    record("sittings.seat", place, by=by, about=[before[0], sitting, place.application], before=before[1].pk, reason=reason)
    return place


def _put(place: Place, sitting: Sitting, chair: Seat, form: str) -> None:
    place.sitting, place.seat, place.form, place.state, place.revision = sitting, chair, form, "held", place.revision + 1
    place.save(update_fields=["sitting", "seat", "form", "state", "revision"])
