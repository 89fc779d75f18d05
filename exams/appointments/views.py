"""The home page, the choice of capacity, and the pages on which appointments are given and ended."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from exams import capacities, clock, navigation, spelling
from exams.access import Actor, may, needs
from exams.agenda import OpenItem, open_items, panels_for
from exams.appointments import actions, queries
from exams.appointments.forms import AppointForm, PurposeForm
from exams.appointments.models import Appointment
from exams.catalogue import queries as catalogue
from exams.errors import Refused
from exams.listing import Column, Filter, Listing
from exams.people import queries as people
from exams.people import session, signin
from exams.people.models import Organisation


@needs("home")
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """What blocks the next step, for the capacity acted in; before anything else, the capacity."""
    if not request.session.get("capacity_chosen") and not _settled(request):
        return redirect("appointments:choose")
    if not request.actor.capacity:
        return redirect("appointments:choose")
    items = open_items(request.actor)
    count = sum(item.state != "done" for item in items)
    context = {"groups": _grouped(items), "count": count, "places": _places(request.actor), "panels": panels_for(request.actor)}
    return render(request, "exams/appointments/home.html", context)


# Pages that are not on every rail and yet are for everybody whom they let in.
_ALSO = (
    ("people.list", gettext_lazy("Persons"), "people:persons"),
    ("people.organisations", gettext_lazy("Organisations"), "people:organisations"),
    ("appointments.list", gettext_lazy("Appointments"), "appointments:list"),
    ("messages.inbox", gettext_lazy("Notices"), "messages:inbox"),
    ("people.declare_kin", gettext_lazy("My declared relatives"), "people:kin"),
    ("people.own_account", gettext_lazy("My account"), "people:account"),
    ("appointments.choose", gettext_lazy("Change capacity"), "appointments:choose"),
)


def _places(actor: Actor) -> list[dict[str, Any]]:
    """Where one can go from here beside the open items: what no rail shows, and the candidate's own pages."""
    rail = navigation.rail(actor.capacity)
    shown = {place.url_name for place in rail}
    own = [place for place in rail if place.url_name != "home"] if actor.capacity == "candidate" else []
    also = [{"title": title, "url_name": name} for permission, title, name in _ALSO if name not in shown and may(actor, permission)]
    return [*({"title": place.title, "url_name": place.url_name} for place in own), *also]


def _settled(request: HttpRequest) -> bool:
    """Take the only capacity there is, or the one asked for; False if the person has to choose."""
    wanted = request.session.pop("wanted_capacity", "")
    choices = queries.choices_of(request.actor.person_id)
    if wanted == "candidate" or not choices:
        request.session["capacity_chosen"] = True
        return True
    fitting = [one for one in choices if one.capacity == wanted] or choices
    if not request.actor.verified or (len(fitting) > 1 and not wanted):
        return False
    _act_as(request, fitting[0])
    request.actor = queries.actor_of(request)
    return True


def _grouped(items: list[OpenItem]) -> list[dict[str, Any]]:
    """What belongs to one event stands together, in the order of its most urgent item."""
    order: dict[str, int] = {}
    for item in items:
        order.setdefault(str(item.group), len(order))
    ordered = sorted(items, key=lambda item: order[str(item.group)])
    together = [list(rows) for _group, rows in groupby(ordered, key=lambda item: str(item.group))]
    return [{"heading": rows[0].group, "url": rows[0].group_url, "rows": rows} for rows in together]


@needs("appointments.choose")
@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """In which capacity, for whom; or for one's own matters."""
    choices = queries.choices_of(request.actor.person_id)
    if request.method == "POST":
        return _chosen(request, {str(one.pk): one for one in choices}, request.POST.get("appointment", ""))
    rows = [{"appointment": one, "current": one.pk == request.actor.appointment_id} for one in choices]
    has_factor = signin.authenticator_of(request.user) is not None
    return render(request, "exams/appointments/choose.html", {"rows": rows, "has_factor": has_factor})


def _chosen(request: HttpRequest, choices: dict[str, Appointment], wanted: str) -> HttpResponse:
    if wanted == "own":
        _act_as(request, None)
        return redirect("home")
    if wanted not in choices:
        return redirect("appointments:choose")
    if not request.actor.verified:
        request.session["wanted_capacity"] = choices[wanted].capacity
        return redirect("people:enrol" if signin.authenticator_of(request.user) is None else "people:verify")
    _act_as(request, choices[wanted])
    return redirect("home")


def _act_as(request: HttpRequest, appointment: Appointment | None) -> None:
    """The choice changes what the session may do, so its key changes too."""
    actions.choose(by=request.actor, appointment=appointment)
    request.session.cycle_key()
    request.session["capacity_chosen"] = True
    if appointment is None:
        request.session.pop("appointment_id", None)
    else:
        request.session["appointment_id"] = str(appointment.pk)


# -- giving and ending -------------------------------------------------------------------------------------------------


@needs("appointments.list")
def appointments(request: HttpRequest) -> HttpResponse:
    """Who acts as what, for whom, from when to when."""
    found = queries.visible_to(request.actor).select_related("person", "organisation")
    titles = catalogue.families()
    columns = [
        Column(
            "person",
            _("Person"),
            "person.name",
            kind="head",
            sort="person__name_key",
            link=lambda row: reverse("appointments:appointment", args=[row.pk]),
        ),
        Column("capacity", _("Capacity"), lambda row: _(capacities.title(row.capacity)), sort="capacity"),
        Column("organisation", _("For"), "organisation.name", sort="organisation__name"),
        Column("families", _("Item families"), lambda row: ", ".join(_titled(row, titles)) or spelling.NOTHING),
        Column("since", _("From"), kind="day", sort="since"),
        Column("until", _("Until"), kind="day", sort="until"),
        Column("state", _("State"), kind="state", sort="state"),
    ]
    states = [("in_force", _("In force")), ("ended", _("Ended")), ("revoked", _("Revoked"))]
    titles = [(id, _(row.title)) for id, row in capacities.CAPACITIES.items()]
    listing = Listing(
        found, columns, search=["person__name", "person__name_key", "organisation__name"],
        filters=[Filter("state", _("State"), states), Filter("capacity", _("Capacity"), titles)],
        default_sort="person", name="appointments",
        empty=_("Nobody is appointed yet."), empty_url=reverse("appointments:appoint"), empty_link=_("Appoint"),
    )  # fmt: skip
    return listing.answer(request, "exams/appointments/list.html", {"may_appoint": may(request.actor, "appointments.appoint")})


@needs("appointments.appoint")
@never_cache
@session.confirmed_again
def appoint(request: HttpRequest) -> HttpResponse:
    """Appoint; every objection comes out at once, beside what was typed."""
    form, refusal = _form(request), None
    if request.method == "POST" and form.is_valid():
        try:
            given = actions.appoint(by=request.actor, **form.cleaned_data)
        except Refused as error:
            refusal = form.blame(error)
        else:
            messages.success(request, _("Appointed. The person has been told."))
            return redirect("appointments:appointment", given.pk)
    status = 409 if refusal or form.errors else 200
    return render(request, "exams/appointments/appoint.html", {"form": form, "refusal": refusal}, status=status)


def _form(request: HttpRequest) -> AppointForm:
    by = request.actor
    return AppointForm(
        request.POST or None,
        by=by,
        persons=people.persons_visible_to(by).exclude(pk=by.person_id),
        organisations=_organisations(request),
        families=list(catalogue.families().items()),
        initial={"since": clock.today(), "organisation": by.organisation_id, "person": request.GET.get("person")},
    )


def _organisations(request: HttpRequest) -> Any:
    """Those for which the actor may appoint, as the permission says."""
    by = request.actor
    if by.capacity == "security_administrator":
        return Organisation.objects.all()
    below = Q(supervised_by=by.organisation_id) | Q(kind="training_body") if by.capacity == "authority_officer" else Q(kind="employer")
    return Organisation.objects.filter(Q(pk=by.organisation_id) | below)


@needs("appointments.list")
def appointment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One appointment with its ruling and its history."""
    shown = _visible(request, pk)
    context = {
        "appointment": shown,
        "families": _titled(shown, catalogue.families()),
        "may_revoke": shown.state == "in_force" and may(request.actor, "appointments.revoke", shown),
        "form": PurposeForm(),
    }
    return render(request, "exams/appointments/appointment.html", context)


def _titled(row: Appointment, titles: dict[str, str]) -> list[str]:
    """Its item families by title; by id where the catalogue knows no such family."""
    return [titles.get(family, family) for family in row.families]


def _visible(request: HttpRequest, pk: UUID) -> Appointment:
    return get_object_or_404(queries.visible_to(request.actor).select_related("person", "organisation", "ruling"), pk=pk)


@needs("appointments.revoke")
@session.confirmed_again
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End an appointment, with the reason; it works at once."""
    shown = _visible(request, pk)
    form, refusal = PurposeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke(by=request.actor, appointment=shown, reason=form.cleaned_data["purpose"])
        except Refused as error:
            refusal = form.blame(error)
        else:
            return redirect("appointments:appointment", pk)
    return render(
        request, "exams/appointments/revoke.html", {"appointment": shown, "form": form, "refusal": refusal}, status=409 if refusal else 200
    )
