"""Pages of looking at footage: requests of candidates, and what each side has drawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams.access import may, needs
from exams.errors import Refused
from exams.lifecycle import label
from exams.listing import Column, Filter, Listing
from exams.programme.models import Event
from exams.sittings.models import Sitting
from proctoring.footage import actions, queries, rules
from proctoring.footage.forms import AskForm, DecideForm, LookForm, ShowForm
from proctoring.footage.models import FootageRequest, SampleDraw, SampleItem

STATES = ("asked", "granted", "shown", "refused", "withdrawn")


@needs("proctoring.see_footage")
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Requests of candidates, what is due first."""
    listing = Listing(
        queries.requests_visible_to(request.actor),
        [
            Column("place", gettext_lazy("Admission ticket"), "place.ticket_number", kind="head", sort="place__ticket_number",
                   link=lambda row: reverse("footage:request", args=[row.pk])),
            Column("room", gettext_lazy("Room"), lambda row: f"{row.place.sitting.room.venue} · {row.place.sitting.room}"),
            Column("asked_at", gettext_lazy("Asked"), kind="when", sort="asked_at"),
            Column("due_on", gettext_lazy("Answer until"), kind="day", sort="due_on"),
            Column("state", gettext_lazy("State"), kind="state", sort="state"),
        ],
        search=["place__ticket_number", "place__sitting__room__name"],
        filters=[Filter("state", gettext_lazy("State"), [(one, label(FootageRequest, one)) for one in STATES])],
        default_sort="due_on", name="footage-requests", title=gettext_lazy("Requests to see footage"),
        empty=gettext_lazy("No candidate has asked to see footage."),
    )  # fmt: skip
    return listing.answer(request, "proctoring/footage/requests.html")


@needs("proctoring.see_footage")
@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One request: decide it, or write the viewing down."""
    row = get_object_or_404(queries.requests_visible_to(request.actor), pk=pk)
    verb = request.POST.get("verb", "")
    form: Any = ShowForm(request.POST or None) if row.state == "granted" else DecideForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        act = {"grant": actions.grant_footage, "refuse": actions.refuse_footage, "show": actions.show_footage}.get(verb)
        try:
            if act is not None:
                act(by=request.actor, request=row, **form.cleaned_data)
                messages.success(request, _("It is on record."))
                return redirect("footage:request", pk=pk)
        except Refused as refused:
            refusal = refused
    mays = {name: bool(may(request.actor, f"proctoring.{name}_footage", row)) for name in ("grant", "show")}
    policy = queries.value(row.place.slot.event.body_id, "FOOTAGE_SHOWN")
    against = rules.against_granting(policy, queries.recordings(row.place.sitting).exists()) if row.state == "asked" else []
    context = {"row": row, "form": form, "may": mays, "refusal": refusal, "against": against, "sitting": row.place.sitting}
    return render(request, "proctoring/footage/request.html", context, status=409 if refusal else 200)


@needs("proctoring.see_own_footage")
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The candidate's own sittings, and what came of asking."""
    asked: dict[Any, FootageRequest] = {}
    for row in queries.requests_visible_to(request.actor).order_by("asked_at"):
        asked[row.place_id] = row
    places = [(place, asked.get(place.pk)) for place in queries.own_places(request.actor)]
    return render(request, "proctoring/footage/own.html", {"places": places})


@needs("proctoring.see_own_footage")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask to see the footage of one's own seat."""
    place = get_object_or_404(queries.own_places(request.actor), pk=pk)
    form, refusal = AskForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_footage(by=request.actor, place=place, **form.cleaned_data)
            messages.success(request, _("Your request was handed in; the answer comes as a message."))
            return redirect("footage:own")
        except Refused as refused:
            refusal = refused
    days = queries.value(place.slot.event.body_id, "FOOTAGE_ANSWER_DAYS")
    context = {"place": place, "form": form, "refusal": refusal, "days": days}
    return render(request, "proctoring/footage/ask.html", context, status=409 if refusal else 200)


@needs("proctoring.see_own_footage")
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(queries.requests_visible_to(request.actor), pk=pk)
    actions.withdraw_footage(by=request.actor, request=row)
    return redirect("footage:own")


@needs("proctoring.see_footage")
@require_safe
def samples(request: HttpRequest) -> HttpResponse:
    """Draws one may see, and the events whose draw is due."""
    listing = Listing(
        queries.draws_visible_to(request.actor),
        [
            Column("event", gettext_lazy("Event"), "event.number", kind="head", sort="event__number",
                   link=lambda row: reverse("footage:sample", args=[row.pk])),
            Column("title", gettext_lazy("Title"), "event.title", sort="event__title"),
            Column("side", gettext_lazy("Drawn for"), lambda row: row.get_side_display(), sort="side"),
            Column("drawn_at", gettext_lazy("Drawn"), kind="when", sort="drawn_at"),
            Column("all", gettext_lazy("Stretches"), kind="number", sort="all"),
            Column("due", gettext_lazy("Still to be looked at"), kind="number", sort="due"),
        ],
        search=["event__number", "event__title"], default_sort="-drawn_at", name="footage-samples",
        filters=[Filter("side", gettext_lazy("Drawn for"), SampleDraw.SIDES)],
        title=gettext_lazy("Footage to be looked at"), empty=gettext_lazy("Nothing has been drawn yet."),
    )  # fmt: skip
    context = {"to_draw": _to_draw(request) if may(request.actor, "proctoring.draw_sample") else []}
    return listing.answer(request, "proctoring/footage/samples.html", context)


def _to_draw(request: HttpRequest) -> list[Event]:
    """Events whose watched sittings are all over and of which this side has not drawn."""
    side = "authority" if request.actor.capacity in queries.AUTHORITY else "body"
    drawn = SampleDraw.objects.filter(side=side).values("event")
    running = Sitting.objects.filter(live=True, room__watch=True).exclude(state__in=queries.OVER).values("slot__event")
    over = queries.sittings_visible_to(request.actor).values("slot__event")
    return list(Event.objects.filter(pk__in=over).exclude(pk__in=drawn).exclude(pk__in=running).order_by("-ends_on")[:20])


@needs("proctoring.draw_sample")
@require_POST
def draw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Draw for one's own side."""
    visible = queries.sittings_visible_to(request.actor).values("slot__event")
    event = get_object_or_404(Event, pk=pk, pk__in=visible)
    drawn = actions.draw_sample(by=request.actor, event=event)
    return redirect("footage:sample", pk=drawn.pk)


@needs("proctoring.see_footage")
@require_safe
def sample(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One draw: how it was drawn, each stretch with what was found."""
    row = get_object_or_404(queries.draws_visible_to(request.actor), pk=pk)
    items = row.items.select_related("sitting__room__venue", "looked_by").order_by("sitting__starts_at", "sitting__room__name", "since")
    mays = {
        "serve": row.served_at is None and bool(may(request.actor, "proctoring.serve_sample", row)),
        "look": bool(may(request.actor, "proctoring.look_at_sample", row)),
    }
    return render(request, "proctoring/footage/sample.html", {"draw": row, "items": items, "may": mays})


@needs("proctoring.serve_sample")
@require_POST
def serve(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(queries.draws_visible_to(request.actor), pk=pk)
    actions.serve_sample(by=request.actor, draw=row)
    return redirect("footage:sample", pk=pk)


@needs("proctoring.look_at_sample")
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down what was found in one stretch."""
    item: SampleItem = get_object_or_404(queries.items_visible_to(request.actor), pk=pk)
    form, refusal = LookForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            actions.look_at_sample(by=request.actor, item=item, **form.cleaned_data)
            messages.success(request, _("It is on record."))
            return redirect("footage:sample", pk=item.draw_id)
        except Refused as refused:
            refusal = refused
    context = {"item": item, "form": form, "refusal": refusal}
    return render(request, "proctoring/footage/look.html", context, status=409 if refusal else 200)
