"""Pages of venues, rooms, their acceptance, and the parameters of the body."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from exams import clock
from exams.access import may, needs
from exams.errors import Refused
from exams.listing import Column, Listing
from exams.people.models import Organisation
from exams.sittings import actions, queries
from exams.sittings import parameters as values
from exams.sittings.drawing import draw
from exams.sittings.forms import AcceptForm, ParameterForm, PlanForm, RoomForm, VenueForm


@needs("sittings.see")
def index(request: HttpRequest) -> HttpResponse:
    """The venues one sees."""
    listing = Listing(
        queries.venues_visible_to(request.actor).select_related("body"),
        [
            Column("name", _("Venue"), kind="head", sort="name", link=lambda row: reverse("sittings:venue", args=[row.pk])),
            Column("address", _("Address")),
            Column("rooms", _("Rooms"), lambda row: row.rooms.count(), kind="number"),
            Column("body", _("Body"), "body.name", sort="body__name"),
        ],
        search=["name", "address"],
        default_sort="name",
        name="venues",
        empty=_("A venue is where examinations are held. Enter the first one."),
        empty_url=reverse("sittings:new_venue"),
        empty_link=_("New venue"),
    )
    return listing.answer(request, "exams/sittings/venues.html")


@needs("sittings.open_venue")
def new(request: HttpRequest) -> HttpResponse:
    """Enter a venue."""
    form, refusal = VenueForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        body = get_object_or_404(Organisation, pk=request.actor.organisation_id)
        try:
            return redirect("sittings:venue", actions.open_venue(by=request.actor, body=body, **form.cleaned_data).pk)
        except Refused as refused:
            refusal = refused
    return render(request, "exams/sittings/form.html", {"form": form, "refusal": refusal, "title": _("New venue"), "verb": _("Add")})


@needs("sittings.see")
def venue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A venue and its rooms."""
    place = get_object_or_404(queries.venues_visible_to(request.actor), pk=pk)
    rooms = place.rooms.prefetch_related("seats")
    context = {"venue": place, "rooms": rooms, "today": clock.today(), "may_edit": may(request.actor, "sittings.edit_venue", place)}
    return render(request, "exams/sittings/venue.html", context)


@needs("sittings.edit_venue")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct a venue."""
    place = get_object_or_404(queries.venues_visible_to(request.actor), pk=pk)
    form, refusal = VenueForm(request.POST or None, initial={"name": place.name, "address": place.address, "way_in": place.way_in}), None
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_venue(by=request.actor, venue=place, **form.cleaned_data)
            return redirect("sittings:venue", place.pk)
        except Refused as refused:
            refusal = refused
    return render(request, "exams/sittings/form.html", {"form": form, "refusal": refusal, "title": place.name, "verb": _("Save")})


@needs("sittings.add_room")
def new_room(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A room from its measures."""
    place = get_object_or_404(queries.venues_visible_to(request.actor), pk=pk)
    form, refusal = RoomForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        plan, spots = form.plan()
        try:
            room = actions.add_room(
                by=request.actor, venue=place, name=form.cleaned_data["name"], plan=plan, seats=spots, use=form.cleaned_data["use"]
            )
            return redirect("sittings:room", room.pk)
        except Refused as refused:
            refusal = refused
    return render(
        request,
        "exams/sittings/form.html",
        {"form": form, "refusal": refusal, "title": _("New room"), "verb": _("Add"), "above": place.name},
    )


@needs("sittings.see")
def room(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The plan of a room, its acceptances, and what it is used for."""
    found = get_object_or_404(queries.rooms_visible_to(request.actor).select_related("venue__body"), pk=pk)
    context = {
        "room": found,
        "drawn": draw(found),
        "acceptances": found.acceptances.select_related("inspected_by"),
        "sittings": found.sittings.select_related("slot__item__qualification", "slot__item__edition")[:20],
        "today": clock.today(),
        "may_edit": may(request.actor, "sittings.accept_room", found),
        "form": AcceptForm(),
    }
    return render(request, "exams/sittings/room.html", context)


@needs("sittings.accept_room")
@require_POST
def accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record an inspection."""
    found = get_object_or_404(queries.rooms_visible_to(request.actor), pk=pk)
    form = AcceptForm(request.POST)
    if form.is_valid():
        actions.accept_room(by=request.actor, room=found, **form.cleaned_data)
    return redirect("sittings:room", found.pk)


@needs("sittings.change_plan")
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct the plan with the tape measure."""
    found = get_object_or_404(queries.rooms_visible_to(request.actor), pk=pk)
    lines = [f"{seat.label} {seat.x_mm} {seat.y_mm}{' spare' if seat.spare else ''}" for seat in found.seats.order_by("label")]
    form = PlanForm(request.POST or None, initial={"plan": json.dumps(found.plan, ensure_ascii=False, indent=1), "seats": "\n".join(lines)})
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_plan(by=request.actor, room=found, **form.cleaned_data)
            return redirect("sittings:room", found.pk)
        except Refused as refused:
            refusal = refused
    title = _("Correct the plan")
    warning = _("The acceptance of the room lapses when its plan changes.")
    return render(
        request,
        "exams/sittings/form.html",
        {"form": form, "refusal": refusal, "title": title, "verb": _("Save"), "above": found.name, "warning": warning},
    )


@needs("sittings.set_parameter")
def parameters(request: HttpRequest) -> HttpResponse:
    """The values in force, each with its source; setting one."""
    form, refusal = ParameterForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        body = get_object_or_404(Organisation, pk=request.actor.organisation_id)
        try:
            actions.set_parameter(by=request.actor, body=body, **form.cleaned_data)
            return redirect("sittings:parameters")
        except Refused as refused:
            refusal = refused
    in_force = values.all_in_force(request.actor.organisation_id, clock.today())
    rows = [{"title": values.KNOWN[code].title, "value": value} for code, value in in_force.items()]
    return render(request, "exams/sittings/parameters.html", {"form": form, "refusal": refusal, "rows": rows})
