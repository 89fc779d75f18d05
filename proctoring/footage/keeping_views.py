"""Pages of keeping footage: periods, sittings with what holds them, the way to removal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams import clock, spelling
from exams.access import may, needs
from exams.errors import Refused
from exams.lifecycle import label
from exams.listing import Column, Listing
from exams.people.session import confirmed_again
from proctoring.footage import disposal, holding, queries, rules
from proctoring.footage.forms import HoldForm, KeepingForm, RemoveForm, WhyForm
from proctoring.footage.models import CLASSES, Disposal


@needs("proctoring.see_footage")
@require_http_methods(["GET", "HEAD", "POST"])
def keeping(request: HttpRequest) -> HttpResponse:
    """How long footage is kept, and the sittings whose footage exists."""
    form, refusal = KeepingForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            disposal.enter_keeping(by=request.actor, **form.cleaned_data)
            messages.success(request, _("Entered; it counts once a second person has confirmed it."))
            return redirect("footage:keeping")
        except Refused as refused:
            refusal = refused
    found = queries.rules_visible_to(request.actor).select_related("body", "entered_by", "confirmed_by")
    listing = Listing(
        queries.sittings_visible_to(request.actor).select_related("footage_disposal"),
        [
            Column("room", gettext_lazy("Room"), lambda row: f"{row.room.venue} · {row.room}", kind="head", sort="room__name",
                   link=lambda row: reverse("footage:sitting", args=[row.pk])),
            Column("starts_at", gettext_lazy("Time"), kind="when", sort="starts_at"),
            Column("event", gettext_lazy("Event"), "slot.event.number", sort="slot__event__number"),
            Column("way", gettext_lazy("Removal"), _way),
        ],
        search=["room__name", "slot__event__number"], default_sort="starts_at", name="footage-keeping",
        title=gettext_lazy("Keeping of footage"), empty=gettext_lazy("No watched sitting is over yet."),
    )  # fmt: skip
    missing = [title for one, title in CLASSES if not found.filter(of_class=one, state="in_force").exists()]
    context = {
        "rules": [(one, bool(one.state == "entered" and may(request.actor, "proctoring.confirm_keeping", one))) for one in found],
        "missing": missing, "form": form, "refusal": refusal, "may_enter": bool(may(request.actor, "proctoring.enter_keeping")),
    }  # fmt: skip
    return listing.answer(request, "proctoring/footage/keeping.html", context)


def _way(row: Any) -> Any:
    found = getattr(row, "footage_disposal", None)
    return label(Disposal, found.state) if found else spelling.NOTHING


@needs("proctoring.confirm_keeping")
@require_POST
@confirmed_again
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    rule = get_object_or_404(queries.rules_visible_to(request.actor), pk=pk)
    disposal.confirm_keeping(by=request.actor, rule=rule)
    return redirect("footage:keeping")


@needs("proctoring.see_footage")
@require_http_methods(["GET", "HEAD", "POST"])
def sitting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The footage of one sitting: how long, what holds it, its removal and what remains of it."""
    row = get_object_or_404(queries.sittings_visible_to(request.actor), pk=pk)
    form, refusal = HoldForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            disposal.hold_footage(by=request.actor, sitting=row, **form.cleaned_data)
            return redirect("footage:sitting", pk=pk)
        except Refused as refused:
            refusal = refused
    rule, found = queries.rule_of(row), Disposal.objects.filter(sitting=row).select_related("first_by", "second_by").first()
    until, stone = queries.kept_until(row, rule), getattr(found, "tombstone", None)
    holds = [(one, bool(may(request.actor, "proctoring.lift_hold", one))) for one in holding.set_by_hand(row)]
    context = {
        "sitting": row, "rule": rule, "until": until, "holds": holds, "reasons": holding.reasons(row), "disposal": found, "stone": stone,
        "whole": disposal.is_whole(stone) if stone else None, "form": form, "refusal": refusal, "why": WhyForm(), "removal": RemoveForm(),
        "against": rules.against_disposal(until, clock.today(), holding.reasons(row)), "files": queries.recordings(row).count(),
        "may": {
            "hold": bool(may(request.actor, "proctoring.hold_footage", row)),
            "propose": bool(may(request.actor, "proctoring.propose_disposal", row)),
            "approve": bool(may(request.actor, "proctoring.approve_disposal", row)),
            "remove": bool(may(request.actor, "proctoring.remove_footage", row)),
        },
    }  # fmt: skip
    return render(request, "proctoring/footage/sitting.html", context, status=409 if refusal else 200)


@needs("proctoring.propose_disposal")
@require_POST
def propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(queries.sittings_visible_to(request.actor), pk=pk)
    disposal.propose_disposal(by=request.actor, sitting=row)
    return redirect("footage:sitting", pk=pk)


@needs("proctoring.lift_hold")
@require_POST
def lift(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(queries.holds_visible_to(request.actor), pk=pk)
    disposal.lift_hold(by=request.actor, hold=row, why=request.POST.get("why", ""))
    return redirect("footage:sitting", pk=row.sitting_id)


@needs("proctoring.approve_disposal")
@require_POST
@confirmed_again
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(queries.disposals_visible_to(request.actor), pk=pk)
    disposal.approve_disposal(by=request.actor, disposal=row)
    return redirect("footage:sitting", pk=row.sitting_id)


@needs("proctoring.refuse_disposal")
@require_POST
def keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(queries.disposals_visible_to(request.actor), pk=pk)
    disposal.refuse_disposal(by=request.actor, disposal=row, reason=request.POST.get("why", ""))
    return redirect("footage:sitting", pk=row.sitting_id)


@needs("proctoring.remove_footage")
@require_safe
def order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The list of files to be removed at the venue, with its digest; there is none before two persons have approved."""
    row = get_object_or_404(queries.disposals_visible_to(request.actor), pk=pk, state="approved")
    files = disposal.order(row.sitting)
    response = JsonResponse({"disposal": str(row.pk), "digest": disposal.digest_of(files), "files": files})
    response["Content-Disposition"] = f'attachment; filename="remove-{row.pk}.json"'
    return response


@needs("proctoring.remove_footage")
@require_POST
@confirmed_again
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(queries.disposals_visible_to(request.actor), pk=pk)
    given = {name: request.POST.get(name, "") for name in ("digest", "note")}
    disposal.remove_footage(by=request.actor, disposal=row, **given)
    return redirect("footage:sitting", pk=row.sitting_id)
