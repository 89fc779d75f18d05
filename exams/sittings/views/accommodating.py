"""Pages of arrangements granted to candidates: who has one, granting, withdrawing, and the reason for a stated purpose."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams.access import may, needs
from exams.applications.models import ENDED_STATES, Application
from exams.errors import Refused, Stale
from exams.listing import Column, Filter, Listing
from exams.programme.models import Event
from exams.sittings import actions, queries
from exams.sittings.forms import AccommodationForm, CandidateForm, ReasonForm
from exams.sittings.models import Accommodation


@require_safe
@needs("sittings.grant_accommodation")
def index(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was granted in an event; the reasons are not among it."""
    event = _event(request, pk)
    rows = queries.accommodations_visible_to(request.actor).filter(application__event=event)
    listing = Listing(
        rows.select_related("application__person", "application__item__qualification", "room", "granted_by"),
        [
            Column("name", _("Name"), "application.person.name", kind="head", sort="application__person__name_key", link=_page),
            Column("number", _("Application"), "application.number", sort="application__number"),
            Column("measure", _("What is to be done")),
            Column("where", _("Where"), "get_where_display", sort="where"),
            Column("minutes", _("More minutes"), kind="number", sort="minutes"),
            Column("granted_by", _("Granted by"), "granted_by.name"),
            Column("granted_at", _("Granted on"), kind="when", sort="granted_at"),
            Column("state", _("State"), kind="state"),
        ],
        search=["application__person__name", "application__person__name_key", "application__number"],
        filters=[Filter("state", _("State"), [("granted", _("Granted")), ("withdrawn", _("Withdrawn"))])],
        default_sort="number",
        name="accommodations",
        empty=_("No arrangement has been granted."),
    )
    people = Application.objects.filter(event=event).exclude(state__in=[*ENDED_STATES, "draft"]).exclude(accommodations__state="granted")
    choice = CandidateForm(applications=people.select_related("person", "item__qualification").order_by("person__name_key", "number"))
    return listing.answer(request, "exams/sittings/accommodations.html", {"event": event, "choice": choice})


def _page(row: Accommodation) -> str:
    return reverse("sittings:accommodation", args=[row.pk])


@require_safe
@needs("sittings.grant_accommodation")
def choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From the name chosen to the form for it."""
    event = _event(request, pk)
    found = get_object_or_404(Application, event=event, number=request.GET.get("application", "").split(" ")[0])
    return redirect("sittings:grant", found.pk)


@require_http_methods(["GET", "POST"])
@never_cache
@needs("sittings.grant_accommodation")
def grant(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Grant one candidate an arrangement."""
    rows = Application.objects.filter(event__in=queries.events_visible_to(request.actor))
    found = get_object_or_404(rows.select_related("person", "event__body", "item__qualification"), pk=pk)
    form, refusal = AccommodationForm(request.POST or None, application=found), None
    if request.method == "POST" and form.is_valid():
        try:
            actions.grant_accommodation(by=request.actor, application=found, **form.given())
            return redirect("sittings:accommodations", found.event_id)
        except Refused as refused:
            refusal = refused
    context = {"application": found, "form": form, "refusal": refusal}
    return render(request, "exams/sittings/grant.html", context, status=409 if refusal else 200)


@require_safe
@never_cache
@needs("sittings.grant_accommodation")
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One arrangement: what, where, on what basis, by whom."""
    return _shown(request, _found(request, pk))


@require_POST
@needs("sittings.withdraw_accommodation")
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End an arrangement."""
    found = _found(request, pk)
    try:
        actions.withdraw_accommodation(by=request.actor, accommodation=found, why=request.POST.get("reason", ""))
    except Refused as refused:
        return _shown(request, found, refusal=refused)
    except Stale:
        pass  # somebody else withdrew it: the page says so
    return redirect("sittings:accommodation", found.pk)


@require_POST
@never_cache
@needs("sittings.read_reason")
def reason(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The reason, once its purpose is on record; the page is not kept by the browser."""
    found = _found(request, pk)
    try:
        words = actions.read_reason(by=request.actor, accommodation=found, purpose=request.POST.get("reason", ""))
    except Refused as refused:
        return _shown(request, found, refusal=refused)
    return _shown(request, found, words=words)


def _event(request: HttpRequest, pk: UUID) -> Event:
    return get_object_or_404(queries.events_visible_to(request.actor).select_related("body"), pk=pk)


def _found(request: HttpRequest, pk: UUID) -> Accommodation:
    rows = queries.accommodations_visible_to(request.actor)
    related = ("application__person", "application__event__body", "application__item__qualification", "room", "granted_by")
    return get_object_or_404(rows.select_related(*related), pk=pk)


def _shown(request: HttpRequest, found: Accommodation, *, words: str = "", refusal: Refused | None = None) -> HttpResponse:
    context = {
        "accommodation": found,
        "application": found.application,
        "seats": found.seats.select_related("room").order_by("room__name", "label"),
        "words": words,
        "refusal": refusal,
        "may_read": may(request.actor, "sittings.read_reason", found),
        "withdraw_form": ReasonForm(auto_id="withdraw_%s"),
    }
    return render(request, "exams/sittings/accommodation.html", context, status=409 if refusal else 200)
