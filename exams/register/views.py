"""Pages of the register: certificates, bars, and what stands there about oneself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exams import clock
from exams.access import may, needs
from exams.errors import Refused
from exams.listing import Column, Filter, Listing
from exams.register import actions, queries
from exams.register.forms import BarForm
from exams.register.models import Bar, Certificate, IntegrityEntry


@require_safe
@needs("register.view")
def certificates(request: HttpRequest) -> HttpResponse:
    """Certificates of the persons one sees."""
    listing = Listing(
        queries.certificates_visible_to(request.actor),
        [
            Column("number", _("Number"), kind="head", sort="number"),
            Column("person", _("Name"), "person.name", sort="person__name_key"),
            Column("item", _("Item"), "qualification.code", sort="qualification__code"),
            Column("issued_on", _("Issued on"), kind="day", sort="issued_on"),
            Column("valid_until", _("Valid until"), kind="day", sort="valid_until"),
            Column("state", _("State"), kind="state"),
        ],
        search=["number", "person__name", "person__name_key", "qualification__code"],
        filters=[Filter("state", _("State"), _states(Certificate))],
        default_sort="-issued_on",
        name="certificates",
        title=_("Certificates"),
        empty=_("Certificates appear here when the authority has entered them."),
    )
    return listing.answer(request, "exams/register/certificates.html")


def _states(model: Any) -> list[tuple[str, Any]]:
    return list(actions.lifecycle.LIFECYCLES[model].labels.items())


@require_safe
@needs("register.view")
def bars(request: HttpRequest) -> HttpResponse:
    """Bars on applying."""
    listing = Listing(
        queries.bars_visible_to(request.actor),
        [
            Column("person", _("Name"), "person.name", kind="head", sort="person__name_key"),
            Column("kind", _("Kind"), lambda row: row.get_kind_display()),
            Column("since", _("First day"), kind="day", sort="since"),
            Column("until", _("Last day"), kind="day", sort="until"),
            Column("basis", _("Basis")),
            Column("state", _("State"), kind="state"),
        ],
        search=["person__name", "person__name_key", "document_number"],
        filters=[Filter("state", _("State"), _states(Bar))],
        default_sort="-since",
        name="bars",
        title=_("Bars"),
        empty=_("No bar is entered."),
    )
    return listing.answer(request, "exams/register/bars.html", {"may_enter": may(request.actor, "register.enter_bar")})


@needs("register.enter_bar")
def enter_bar(request: HttpRequest) -> HttpResponse:
    """Enter a bar as decided."""
    form = BarForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter_bar(by=request.actor, **form.cleaned_data)
            return redirect("register:bars")
        except Refused as refused:
            refusal = refused
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "exams/register/enter_bar.html", {"form": form, "refusal": refusal}, status=status)


@require_POST
@needs("register.lift_bar")
def lift_bar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a bar before its time."""
    bar = get_object_or_404(queries.bars_visible_to(request.actor), pk=pk)
    actions.lift_bar(by=request.actor, bar=bar, reason=request.POST.get("reason", ""))
    return redirect("register:bars")


@require_safe
@needs("register.own")
def own(request: HttpRequest) -> HttpResponse:
    """What the register has about the person who asks."""
    person = request.actor.person_id
    context = {
        "certificates": Certificate.objects.filter(person_id=person).select_related("qualification"),
        "bars": Bar.objects.filter(person_id=person),
        "entries": IntegrityEntry.objects.filter(person_id=person),
        "today": clock.today(),
    }
    return render(request, "exams/register/own.html", context)
