"""What the authority enters about the bodies it supervises: entrustments, decisions on other business, what it asks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exams.access import needs
from exams.bodies import actions, forms, queries
from exams.bodies.models import BodyStandard, Entrustment, OtherBusiness
from exams.bodies.views import form_page, visible
from exams.errors import Refused

MOVES = {"suspend": actions.suspend, "resume": actions.resume, "end": actions.end}


@require_http_methods(["GET", "POST"])
@needs("bodies.entrust")
def entrust(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Entrust a body."""
    found = visible(request, pk)
    return form_page(
        request,
        found,
        forms.Entrustment(request.POST or None),
        _("Entrust"),
        lambda given: actions.entrust(by=request.actor, body=found, **given),
    )


@require_http_methods(["GET", "POST"])
@needs("bodies.decide_business")
def decide_business(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide whether other business may stand beside examinations."""
    found = visible(request, pk)
    business = get_object_or_404(OtherBusiness.objects.select_related("body"), body=found)

    def act(given: dict[str, Any]) -> None:
        actions.decide_business(
            by=request.actor, business=business, allowed=given["allowed"] == "yes", conditions=given["conditions"]
        )

    return form_page(request, found, forms.Decision(request.POST or None), _("Decide on other business"), act)


@require_http_methods(["GET", "POST"])
@needs("bodies.suspend")
def move(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Suspend, resume or end an entrustment, with the reason."""
    rows = Entrustment.objects.filter(body__in=queries.visible_to(request.actor)).select_related("body")
    entrustment = get_object_or_404(rows, pk=pk)
    if verb not in MOVES:
        raise Http404
    titles = {"suspend": _("Suspend entrustment"), "resume": _("Resume entrustment"), "end": _("End entrustment")}
    return form_page(
        request,
        entrustment.body,
        forms.Reason(request.POST or None),
        titles[verb],
        lambda given: MOVES[verb](by=request.actor, entrustment=entrustment, reason=given["reason"]),
    )


@require_http_methods(["GET", "POST"])
@needs("bodies.set_standard")
def set_standard(request: HttpRequest) -> HttpResponse:
    """What the authority asks of all its bodies from a day on."""
    form = forms.Standard(request.POST or None)
    standards = BodyStandard.objects.filter(authority=request.actor.organisation_id)
    context: dict[str, Any] = {"form": form, "standards": standards}
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_standard(by=request.actor, **form.cleaned_data)
        except Refused as refusal:
            return render(request, "exams/bodies/standard.html", {**context, "refusal": refusal}, status=409)
        return redirect("bodies:set_standard")
    return render(request, "exams/bodies/standard.html", context)
