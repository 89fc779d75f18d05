"""Pages of grounds proved after the sitting: recording one from its ruling, the list, one with its proof, revoking it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams import capacities, cells
from exams.access import may, needs, require
from exams.errors import Refused
from exams.interests import events
from exams.listing import Column, Filter, Listing
from exams.people.session import confirmed_again
from exams.recusal import forms, late, pages, queries, rules
from exams.recusal.models import LateGround


@require_safe
@needs("recusal.late_grounds")
def late_grounds(request: HttpRequest) -> HttpResponse:
    """Grounds that were proved after people had acted."""
    listing = Listing(
        queries.late_grounds_visible_to(request.actor).select_related("person", "ruling", "body").defer("ruling__facts"),
        [
            Column("person", _("Person"), "person.name", kind="head", sort="person__name_key", link=_page),
            Column("rule", _("Rule"), lambda row: pages.title_of(row.rule_id), sort="rule_id"),
            Column("capacity", _("Capacity"), lambda row: _(capacities.title(row.ruling.capacity)), sort="ruling__capacity"),
            Column("about", _("Matter"), "ruling.about_text"),
            Column("body", _("Exam body"), "body.name", sort="body__name"),
            Column("hidden", _("Hidden"), lambda row: _("Yes") if row.hidden else _("No"), sort="hidden"),
            Column("proved_on", _("Proved on"), kind="day", sort="proved_on"),
            Column("state", _("State"), kind="state", sort="state"),
        ],
        search=["person__name", "person__name_key", "decision_number"],
        filters=[
            Filter("state", _("State"), list(cells.lifecycle.LIFECYCLES[LateGround].labels.items())),
            Filter("hidden", _("Hidden"), [("True", _("Yes")), ("False", _("No"))]),
        ],
        default_sort="-proved_on",
        name="late-grounds",
        title=_("Grounds proved after the sitting"),
        empty=_("No ground was proved afterwards. One is recorded from the page of the ruling under which the person acted."),
    )
    return listing.answer(request, "exams/recusal/late_grounds.html")


def _page(row: LateGround) -> str:
    return reverse("recusal:late_ground", args=[row.pk])


@require_http_methods(["GET", "POST"])
@needs("recusal.record_late_ground")
@confirmed_again
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a ground against somebody who acted under this ruling."""
    ruling = get_object_or_404(queries.visible_to(request.actor).select_related("person", "body"), pk=pk)
    require(request.actor, "recusal.record_late_ground", ruling)
    form = forms.LateGround(request.POST or None, request.FILES or None, capacity=ruling.capacity)
    context: dict[str, Any] = {"ruling": ruling, "form": form, "basis": _(late.BASIS)}
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        file = given.pop("evidence")
        given |= {"hidden": given["hidden"] == "yes", "evidence": file.read() if file else None, "evidence_name": file.name if file else ""}
        try:
            ground = late.record_late_ground(by=request.actor, ruling=ruling, **given)
        except Refused as refusal:
            return render(request, "exams/recusal/record_late_ground.html", {**context, "refusal": refusal}, status=409)
        messages.success(request, _("On record. It stands in the report of the event and in every audit of it."))
        return redirect("recusal:late_ground", pk=ground.pk)
    return render(request, "exams/recusal/record_late_ground.html", context)


@require_safe
@needs("recusal.view")
def late_ground(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One ground with its proof, and what follows from it."""
    rows = queries.late_grounds_visible_to(request.actor).select_related("person", "body", "ruling", "concealment", "recorded_by")
    found = get_object_or_404(rows, pk=pk)
    context = {
        "ground": found,
        "title": pages.title_of(found.rule_id),
        "event": events.named(found.event_id) if found.event_id else None,
        "bar": rules.bar_until(found.concealment.proved_on) if found.concealment else None,
        "basis": _(late.BASIS),
        "may_revoke": found.state == "stands" and may(request.actor, "recusal.revoke_late_ground", found),
        "form": forms.Reason(),
    }
    return render(request, "exams/recusal/late_ground.html", context)


@require_POST
@needs("recusal.revoke_late_ground")
@confirmed_again
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The proof did not hold."""
    found = get_object_or_404(queries.late_grounds_visible_to(request.actor).select_related("person", "ruling", "concealment"), pk=pk)
    late.revoke_late_ground(by=request.actor, ground=found, reason=request.POST.get("reason", ""))
    return redirect("recusal:late_ground", pk=pk)
