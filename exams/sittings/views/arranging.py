"""Pages of events, slots and sittings while they are arranged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from exams.access import may, needs
from exams.errors import Refused
from exams.listing import Column, Filter, Listing
from exams.people.models import Person
from exams.people.session import confirmed_again
from exams.programme.models import Event
from exams.sittings import accommodations, actions, gate, queries
from exams.sittings.actions.duties import eligible
from exams.sittings.drawing import draw as draw_plan
from exams.sittings.forms import DutyForm, MoveForm, ReasonForm, SittingForm, SlotForm
from exams.sittings.models import Duty, Place, Sitting, TimeSlot
from exams.sittings.weighing import SERVING


@needs("sittings.see")
def events(request: HttpRequest) -> HttpResponse:
    """The slots one sees, across events: incidents of planning first by time."""
    rows = queries.slots_visible_to(request.actor).select_related("event__body", "item__qualification", "item__edition", "venue")
    listing = Listing(
        rows,
        [
            Column("starts_at", _("Time"), kind="when", sort="starts_at"),
            Column("what", _("Item and subject"), str, kind="head", sort="item__qualification__code", link=_slot_url),
            Column(
                "event",
                _("Exam event"),
                "event.title",
                sort="event__number",
                link=_event_url if queries.opens_event(request.actor) else None,
            ),
            Column("venue", _("Venue"), "venue.name", sort="venue__name"),
            Column("state", _("State"), kind="state"),
        ],
        search=["event__title", "event__number", "venue__name", "item__qualification__code", "item__qualification__name_zh"],
        filters=[Filter("state", _("State"), [("planned", _("Being arranged")), ("published", _("Published")), ("closed", _("Ended"))])],
        default_sort="starts_at",
        name="slots",
        empty=_("No sittings yet. First set rooms and times."),
    )
    waiting = queries.events_visible_to(request.actor).filter(state__in=["announced", "applications_closed"])
    return listing.answer(request, "exams/sittings/events.html", {"waiting": waiting})


def _event_url(row: TimeSlot) -> str:
    return reverse("sittings:event", args=[row.event_id])


def _slot_url(row: TimeSlot) -> str:
    return reverse("sittings:slot", args=[row.pk])


@needs("sittings.see")
def event(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The arrangement of an event, and what blocks its publication."""
    found = get_object_or_404(queries.events_visible_to(request.actor).select_related("body"), pk=pk)
    objections, met = gate.survey(found) if found.state in ("announced", "applications_closed") else ([], [])
    slots = (
        found.slots.exclude(state="cancelled")
        .select_related("item__qualification", "item__edition", "venue")
        .prefetch_related("sittings", "duties", "places")
    )
    arrangement = getattr(found, "arrangement", None)
    context = {
        "event": found,
        "blockers": gate.as_items(objections),
        "met": met,
        "slots": [_row(one) for one in slots],
        "arrangement": arrangement,
        "may_arrange": may(request.actor, "sittings.schedule_slot", found),
        "may_publish": may(request.actor, "sittings.publish_arrangement", found),
    }
    return render(request, "exams/sittings/event.html", context)


def _row(slot: TimeSlot) -> dict[str, Any]:
    return {
        "slot": slot,
        "rooms": sum(1 for one in slot.sittings.all() if one.live),
        "duties": sum(1 for one in slot.duties.all() if one.live),
        "places": sum(1 for one in slot.places.all() if one.state == "held"),
    }


@needs("sittings.publish_arrangement")
@confirmed_again
@require_POST
def publish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Publish; the gate is asked again."""
    found = get_object_or_404(queries.events_visible_to(request.actor), pk=pk)
    actions.publish_arrangement(by=request.actor, event=found)
    return redirect("sittings:event", found.pk)


@needs("sittings.schedule_slot")
def new_slot(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Schedule a slot; every clash is told at once."""
    found: Event = get_object_or_404(queries.events_visible_to(request.actor), pk=pk)
    form, refusal = SlotForm(request.POST or None, event=found), None
    if request.method == "POST" and form.is_valid():
        starts, ends = form.interval()
        try:
            slot = actions.schedule_slot(
                by=request.actor,
                event=found,
                item=form.item,
                subject=form.subject,
                venue=form.cleaned_data["venue"],
                starts_at=starts,
                ends_at=ends,
            )
            return redirect("sittings:slot", slot.pk)
        except Refused as refused:
            refusal = refused
    return render(
        request,
        "exams/sittings/form.html",
        {"form": form, "refusal": refusal, "title": _("New time slot"), "verb": _("Add"), "above": found.title},
    )


def _slot(request: HttpRequest, pk: UUID) -> TimeSlot:
    rows = queries.slots_visible_to(request.actor).select_related("event__body", "item__qualification", "item__edition", "venue")
    return get_object_or_404(rows, pk=pk)


@needs("sittings.see")
def slot(request: HttpRequest, pk: UUID, refusal: Refused | None = None, form: DutyForm | None = None) -> HttpResponse:
    """A slot: its rooms, its draw, its duties, its changes."""
    found = _slot(request, pk)
    may_arrange = may(request.actor, "sittings.add_sitting", found)
    sittings = found.sittings.filter(live=True).select_related("room").prefetch_related("places", "room__seats")
    duties = found.duties.select_related("person", "ruling", "sitting__room").order_by("-live", "sitting__room__name", "capacity")
    pool = _pool(found) if may_arrange else {}
    draws = list(queries.draws_about(found))
    context = {
        "slot": found,
        "sittings": [_room_row(one) for one in sittings],
        "duties": duties,
        "draw": next((one for one in draws if one.kind == "seats" and one.state == "drawn"), None),
        "draws": draws,
        "waiting": any(one.kind == "seats" and one.state == "open" for one in draws),
        "changes": found.changes.select_related("asked_by", "decided_by"),
        "may_arrange": may_arrange,
        "candidates": queries.admitted(found).count(),
        "refusal": refusal,
        "room_form": SittingForm(slot=found),
        "duty_form": form or DutyForm(slot=found, pool=pool) if may_arrange else None,
        "reason_form": ReasonForm(),
        "capacity": request.actor.capacity,
        "opens_event": queries.opens_event(request.actor),
        "open_rulings": queries.open_rulings(request.actor, duties),
    }
    return render(request, "exams/sittings/slot.html", context, status=409 if refusal else 200)


def _room_row(sitting: Sitting) -> dict[str, Any]:
    return {
        "sitting": sitting,
        "seats": sum(1 for seat in sitting.room.seats.all() if not seat.spare),
        "held": sum(1 for place in sitting.places.all() if place.state == "held"),
    }


def _pool(found: TimeSlot) -> dict[str, list[tuple[str, str]]]:
    """Who is appointed and free, per capacity."""
    return {
        capacity: [(f"{capacity}:{row.person_id}", row.person.name) for row in eligible(found, capacity).order_by("person__name_key")]
        for capacity in sorted(SERVING)
    }


@needs("sittings.add_sitting")
@require_POST
def add_room(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Use a room in the slot."""
    found = _slot(request, pk)
    form = SittingForm(request.POST, slot=found)
    if form.is_valid():
        actions.add_sitting(by=request.actor, slot=found, room=form.cleaned_data["room"])
    return redirect("sittings:slot", found.pk)


@needs("sittings.draw_seats")
@require_POST
def draw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Draw the seats."""
    found = _slot(request, pk)
    actions.draw_seats(by=request.actor, slot=found)
    return redirect("sittings:slot", found.pk)


@needs("sittings.assign_duty")
@require_POST
def assign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put somebody on duty; a refusal is shown above the list, with its reasons."""
    found = _slot(request, pk)
    form = DutyForm(request.POST, slot=found, pool=_pool(found))
    if not form.is_valid():
        return slot(request, pk, form=form)
    capacity, chosen = form.chosen()
    person = get_object_or_404(Person, pk=chosen)
    try:
        actions.assign_duty(by=request.actor, slot=found, sitting=form.cleaned_data["sitting"], person=person, capacity=capacity)
    except Refused as refusal:
        return slot(request, pk, refusal=refusal, form=form)
    return redirect("sittings:slot", found.pk)


@needs("sittings.ask_again")
@require_POST
def ask_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask recusal again for everybody."""
    found = _slot(request, pk)
    actions.ask_again(by=request.actor, slot=found)
    return redirect("sittings:slot", found.pk)


@needs("sittings.withdraw_duty")
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take somebody off a duty."""
    duty: Duty = get_object_or_404(queries.duties_visible_to(request.actor).select_related("slot__event", "sitting", "person"), pk=pk)
    actions.withdraw_duty(by=request.actor, duty=duty, reason=request.POST.get("reason", ""))
    return redirect("sittings:slot", duty.slot_id)


@needs("sittings.see")
def sitting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One sitting: what blocks, its plan, its people, its history."""
    rows = queries.sittings_visible_to(request.actor).select_related(
        "slot__event__body", "slot__item__qualification", "slot__item__edition", "slot__venue", "room"
    )
    found = get_object_or_404(rows, pk=pk)
    places = list(
        found.places.filter(state="held").select_related("seat", "application__person", "application__employer").order_by("seat__label")
    )
    named = may(request.actor, "sittings.arrange") or request.actor.capacity in queries.ON_DUTY
    objections, met = gate.survey(found.slot.event) if found.state == "planned" else ([], [])
    seats = [seat for seat in found.room.seats.all() if not seat.spare]
    duties = queries.staff(found).select_related("person", "ruling", "appointment__organisation")
    context = {
        "sitting": found,
        "slot": found.slot,
        "places": places,
        "drawn": draw_plan(found.room, places if named else ()),
        "seats": len(seats),
        "duties": duties,
        "opens_event": queries.opens_event(request.actor),
        "open_rulings": queries.open_rulings(request.actor, duties),
        "blockers": gate.as_items(objections),
        "met": met,
        "named": named,
        "may_publish": may(request.actor, "sittings.publish_arrangement", found),
        "may_arrange": may(request.actor, "sittings.print_papers", found),
        "draw": queries.draw_in_force(found.slot),
        "move_form": _move_form(request, found, places),
        "accommodations": queries.accommodations_of(request.actor, found),
    }
    return render(request, "exams/sittings/sitting.html", context)


def _move_form(request: HttpRequest, sitting: Sitting, places: list[Place]) -> MoveForm | None:
    """For those who may ask that somebody be moved, as long as the room has not opened: every seat of the slot, room by room."""
    if not places or sitting.state not in ("planned", "published") or not may(request.actor, "sittings.ask_change", sitting.slot):
        return None
    rooms: dict[str, list[tuple[str, str]]] = {sitting.room.name: []}
    for seat in accommodations.seats_of([sitting.slot]):
        rooms.setdefault(seat.room.name, []).append((str(seat.pk), seat.label))
    return MoveForm(seats=list(rooms.items()), places=_names(places))


def _names(places: list[Any]) -> list[tuple[str, str]]:
    return [(str(place.seat_id), f"{place.seat.label} {place.application.person.name}") for place in places]
