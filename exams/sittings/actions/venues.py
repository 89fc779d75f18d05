"""Venues and rooms: opened, drawn to scale, accepted for use, measured against the parameters of the body."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from exams import clock
from exams.access import Actor
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.people.models import Organisation
from exams.sittings import parameters
from exams.sittings.chance import digest
from exams.sittings.models import Acceptance, Parameter, Room, Seat, Sitting, Venue
from exams.sittings.plan import Spot, faults
from exams.sittings.seating import Chair, alternate
from exams.verdicts import gettext_noop as _


@action("sittings.open_venue", on="body")
def open_venue(*, by: Actor, body: Organisation, name: str, address: str, way_in: str = "") -> Venue:
    """Enter a place where the body holds examinations."""
    if Venue.objects.filter(body=body, name=name.strip()).exists():
        refuse("sittings.venue_twice", _("There is a venue named “%(name)s” already."), name=name, remedy=_("Use the venue that is there."))
    venue = Venue.objects.create(body=body, name=name.strip(), address=address.strip(), way_in=way_in.strip())
    record("sittings.open_venue", venue, by=by, about=[body], name=venue.name, address=venue.address)
    return venue


@action("sittings.edit_venue", on="venue")
def edit_venue(*, by: Actor, venue: Venue, name: str, address: str, way_in: str = "", is_open: bool = True) -> Venue:
    """Correct the name, the address or the way in."""
    before = {"name": venue.name, "address": venue.address, "way_in": venue.way_in, "is_open": venue.is_open}
    venue.name, venue.address, venue.way_in, venue.is_open = name.strip(), address.strip(), way_in.strip(), is_open
    try:
        with transaction.atomic():
            venue.save(update_fields=["name", "address", "way_in", "is_open"])
    except IntegrityError:
        refuse("sittings.venue_twice", _("There is a venue named “%(name)s” already."), name=name, remedy=_("Use the venue that is there."))
    record("sittings.edit_venue", venue, by=by, before=before, name=venue.name, address=venue.address)
    return venue


@action("sittings.add_room", on="venue")
def add_room(
    *,
    by: Actor,
    venue: Venue,
    name: str,
    plan: dict[str, Any],
    seats: Iterable[Any],
    use: str = "exam",
    watch: bool = True,
    equipment: dict[str, Any] | None = None,
) -> Room:
    """Enter a room with its plan and seats in millimetres; seats are (label, x, y[, spare]) or {"label", "x", "y"}."""
    spots = [spot_of(seat) for seat in seats]
    _require_sound(venue, plan, spots, use)
    if Room.objects.filter(venue=venue, name=name.strip()).exists():
        refuse("sittings.room_twice", _("The venue has a room named “%(name)s” already."), name=name, remedy=_("Choose another name."))
    room = Room.objects.create(venue=venue, name=name.strip(), plan=plan, use=use, watch=watch, equipment=equipment or {})
    _place_seats(room, spots)
    record("sittings.add_room", room, by=by, about=[venue], name=room.name, seats=len(spots), plan_digest=plan_digest(room))
    return room


@action("sittings.change_plan", on="room")
def change_plan(*, by: Actor, room: Room, plan: dict[str, Any], seats: Iterable[Any]) -> Room:
    """Redraw a room. Its acceptance lapses, for what was inspected is no longer there."""
    spots = [spot_of(seat) for seat in seats]
    room = Room.objects.select_for_update().get(pk=room.pk)
    _require_sound(room.venue, plan, spots, room.use)
    if Sitting.objects.filter(room=room, live=True, state__in=["planned", "published", "open"], places__state="held").exists():
        refuse(
            "sittings.plan_in_use",
            _("Seats of room %(room)s are drawn for a coming sitting."),
            room=room.name,
            remedy=_("Change the plan after that sitting, or cancel the sitting first."),
        )
    room.plan, room.accepted_until = plan, None
    room.save(update_fields=["plan", "accepted_until"])
    Acceptance.objects.filter(room=room, lapsed_at=None).update(lapsed_at=clock.now())
    kept = _replace_seats(room, spots)
    record("sittings.change_plan", room, by=by, about=[room.venue], seats=len(spots), kept=kept, plan_digest=plan_digest(room))
    return room


@action("sittings.accept_room", on="room")
def accept_room(*, by: Actor, room: Room, valid_until: date, note: str = "") -> Acceptance:
    """Record that the room was inspected today and may be used until a day."""
    today = clock.today()
    if valid_until < today:
        refuse(
            "sittings.acceptance_past",
            _("The acceptance would end on %(until)s, before today."),
            until=valid_until,
            remedy=_("Enter the last day on which the room may be used."),
        )
    room = Room.objects.select_for_update().get(pk=room.pk)
    spots = [Spot(seat.label, seat.x_mm, seat.y_mm, seat.spare) for seat in room.seats.all()]
    _require_sound(room.venue, room.plan, spots, room.use)
    acceptance = Acceptance.objects.create(
        room=room, accepted_on=today, valid_until=valid_until, inspected_by_id=by.person_id, plan_digest=plan_digest(room), note=note
    )
    room.accepted_until = valid_until
    room.save(update_fields=["accepted_until"])
    record("sittings.accept_room", room, by=by, about=[acceptance, room.venue], valid_until=valid_until, plan_digest=acceptance.plan_digest)
    return acceptance


@action("sittings.set_parameter", on="body")
def set_parameter(*, by: Actor, body: Organisation, code: str, value: int, source: str, effective_from: date) -> Parameter:
    """Set a value of the body from a day on, with its source; what held before stays on record."""
    known = parameters.KNOWN[code]
    if not known.least <= value <= known.most:
        refuse(
            "sittings.parameter_range", _("“%(code)s” lies between %(least)s and %(most)s."), code=code, least=known.least, most=known.most
        )
    if not source.strip():
        refuse("sittings.parameter_source", _("A parameter needs the document it comes from."), remedy=_("Name the rule and its clause."))
    if effective_from < clock.today():
        refuse("sittings.parameter_past", _("A parameter cannot be set for the past."), remedy=_("Choose today or a later day."))
    before = parameters.in_force(body.pk, code, effective_from)
    row, _made = Parameter.objects.update_or_create(
        body=body,
        code=code,
        effective_from=effective_from,
        defaults={"value": value, "source": source.strip(), "set_by_id": by.person_id},
    )
    record(
        "sittings.set_parameter",
        row,
        by=by,
        about=[body],
        code=code,
        value=value,
        before=before.value,
        source=row.source,
        effective_from=effective_from,
    )
    return row


def spot_of(seat: Any) -> Spot:
    """A seat as it may be given: a Spot, a dictionary, or a list of label, x, y and perhaps spare."""
    if isinstance(seat, Spot):
        return seat
    if isinstance(seat, dict):
        return Spot(str(seat["label"]), int(seat.get("x", seat.get("x_mm"))), int(seat.get("y", seat.get("y_mm"))), bool(seat.get("spare")))
    label, x, y, *spare = seat
    return Spot(str(label), int(x), int(y), bool(spare and spare[0]))


def plan_digest(room: Room) -> str:
    """What an acceptance vouches for: the plan and every seat on it."""
    seats = [[seat.label, seat.x_mm, seat.y_mm, seat.spare] for seat in room.seats.order_by("label")]
    return digest({"plan": room.plan, "seats": seats})


def _require_sound(venue: Venue, plan: dict[str, Any], spots: list[Spot], use: str) -> None:
    gap = parameters.in_force(venue.body_id, "SEAT_GAP_CM", clock.today()).value * 10
    found = faults(plan, spots, gap) if use == "exam" or spots else []
    if use == "exam" and not spots:
        refuse("plan.no_seats", _("The room has no seats."))
    if found:
        raise Refused(found)


def _place_seats(room: Room, spots: list[Spot]) -> None:
    forms = alternate(Chair(spot.label, "", spot.x, spot.y) for spot in spots)
    Seat.objects.bulk_create(
        Seat(room=room, label=spot.label, x_mm=spot.x, y_mm=spot.y, spare=spot.spare, form=forms[spot.label]) for spot in spots
    )


def _replace_seats(room: Room, spots: list[Spot]) -> int:
    """Move seats that keep their number, add the new ones, drop those nobody ever sat on; returns how many stayed."""
    there = {seat.label: seat for seat in room.seats.all()}
    forms = alternate(Chair(spot.label, "", spot.x, spot.y) for spot in spots)
    gone = [seat for label, seat in there.items() if label not in forms]
    used = [seat.label for seat in gone if seat.places.exists()]
    if used:
        refuse(
            "sittings.seat_used",
            _("Seats that were sat on cannot be taken out: %(seats)s."),
            seats=", ".join(sorted(used)),
            remedy=_("Mark them as spare instead."),
        )
    Seat.objects.filter(pk__in=[seat.pk for seat in gone]).delete()
    for spot in spots:
        values = {"x_mm": spot.x, "y_mm": spot.y, "spare": spot.spare, "form": forms[spot.label]}
        Seat.objects.update_or_create(room=room, label=spot.label, defaults=values)
    return len(there) - len(gone)
