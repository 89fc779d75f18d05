"""Pages of requests for recusal: filing one, for oneself or for somebody without an account, saying who is meant, deciding."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams import cells
from exams.access import may, needs
from exams.errors import Refused
from exams.listing import Column, Filter, Listing
from exams.people import identity
from exams.people.models import Person
from exams.recusal import actions, forms, queries
from exams.recusal.models import RecusalRequest

# Who files for people that come to the counter.
COUNTER = frozenset({"exam_clerk", "head_of_body", "authority_officer"})


@require_safe
@needs("recusal.requests")
def requests(request: HttpRequest) -> HttpResponse:
    """Requests for recusal one filed or decides."""
    listing = Listing(
        queries.requests_visible_to(request.actor).select_related("person", "body"),
        [
            Column("person", _("Person"), lambda row: _shown_name(request, row), kind="head", link=_request_page),
            Column("body", _("Exam body"), "body.name", sort="body__name"),
            Column("event_text", _("Exam event"), sort="event_text"),
            Column("filed_on", _("Filed on"), kind="day", sort="filed_on"),
            Column("state", _("State"), kind="state", sort="state"),
        ],
        search=["event_text", "body__name"],
        filters=[Filter("state", _("State"), [(id, label) for id, label in _request_states().items()])],
        default_sort="-filed_on",
        name="recusal-requests",
        title=_("Requests for recusal"),
        empty=_("No request. Whoever has an interest may ask that a person steps back."),
        empty_url=reverse("recusal:new_request"),
        empty_link=_("Request recusal"),
    )
    return listing.answer(request, "exams/recusal/requests.html")


def _shown_name(request: HttpRequest, row: RecusalRequest) -> str:
    """The person for those who decide; the name as it was given for whoever filed it."""
    return row.person.name if row.person and row.filed_by_id != request.actor.person_id else row.named


def _request_page(row: RecusalRequest) -> str:
    return reverse("recusal:request", args=[row.pk])


def _request_states() -> dict[str, Any]:
    return dict(cells.lifecycle.LIFECYCLES[RecusalRequest].labels)


@require_http_methods(["GET", "POST"])
@needs("recusal.request")
def new_request(request: HttpRequest) -> HttpResponse:
    """Ask that somebody step back; superiors of the body may order it at once. The answer never says who works for the body."""
    shape = forms.RequestFor if request.actor.capacity in COUNTER else forms.Request
    filed_as = "candidate" if request.actor.capacity == "candidate" else "party"
    start = {"event": request.GET.get("event", ""), "body": request.GET.get("body", ""), "filed_as": filed_as}
    form = shape(request.POST or None, initial=start)
    ordering = "order" in request.POST and bool(may(request.actor, "recusal.order"))
    context: dict[str, Any] = {"form": form, "may_order": may(request.actor, "recusal.order")}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        person = _person_at(given["body"], given["name"])
        if ordering and person is None:
            form.add_error("name", _("Exactly one person of this name must work for the body. File a request and say who is meant."))
            return render(request, "exams/recusal/new_request.html", context, status=409)
        try:
            filed = _order(request, person, given) if ordering else _filed(request, person, given)
        except Refused as refusal:
            return render(request, "exams/recusal/new_request.html", {**context, "refusal": refusal}, status=409)
        messages.success(request, _("The request is filed. Until it is decided the person who is meant does not act."))
        return redirect("recusal:request", pk=filed.pk)
    return render(request, "exams/recusal/new_request.html", context)


def _filed(request: HttpRequest, person: Person | None, given: dict[str, Any]) -> RecusalRequest:
    more = {name: given.get(name, "") for name in ("filed_as", "for_name", "for_contact")}
    return actions.request_recusal(
        by=request.actor, person=person, named=given["name"], body=given["body"], reason=given["reason"], event_id=given["event"], **more
    )


def _order(request: HttpRequest, person: Person | None, given: dict[str, Any]) -> RecusalRequest:
    return actions.order_recusal(
        by=request.actor, person=person, body=given["body"], reason=given["reason"], event_id=given["event"]
    )


def _person_at(body: Any, name: str) -> Person | None:
    """The one person of that name who was ever ruled upon for the body."""
    found = queries.people_of(body).filter(name_match=identity.compared_name(name))[:2]
    return found[0] if len(found) == 1 else None


@require_http_methods(["GET", "POST"])
@needs("recusal.requests")
def request_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One request, and the decision for those who take it."""
    rows = queries.requests_visible_to(request.actor).select_related("person", "body", "decided_by", "filed_by")
    found = get_object_or_404(rows, pk=pk)
    form = forms.Decision(request.POST or None)
    may_decide = found.state == "filed" and bool(may(request.actor, "recusal.decide_request", found))
    decides = bool(may(request.actor, "recusal.decide_request", found))
    context: dict[str, Any] = {"request_row": found, "form": form, "may_decide": may_decide, "decides": decides}
    context["may_name"] = may_decide and found.person_id is None
    context["meant_form"] = forms.Meant(people=queries.people_of(found.body_id)) if context["may_name"] else None
    # Who a name belongs to is not said to whoever filed it: lists of setters are secret.
    context["shown_name"] = found.person.name if found.person and decides else found.named
    context["may_withdraw"] = found.state == "filed" and found.filed_by_id == request.actor.person_id
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.decide_request(by=request.actor, request=found, granted=given["granted"] == "yes", decision=given["decision"])
        except Refused as refusal:
            return render(request, "exams/recusal/request.html", {**context, "refusal": refusal}, status=409)
        return redirect("recusal:request", pk=found.pk)
    return render(request, "exams/recusal/request.html", context)


@require_POST
@needs("recusal.name_person")
def name_person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say whom the request means."""
    found = get_object_or_404(queries.requests_visible_to(request.actor), pk=pk)
    form = forms.Meant(request.POST, people=queries.people_of(found.body_id))
    if form.is_valid():
        actions.name_person(by=request.actor, request=found, person=form.cleaned_data["person"])
    return redirect("recusal:request", pk=pk)


@require_POST
@needs("recusal.withdraw_request")
def withdraw_request(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whoever filed it takes it back."""
    found = get_object_or_404(queries.requests_visible_to(request.actor), pk=pk)
    actions.withdraw_request(by=request.actor, request=found)
    return redirect("recusal:request", pk=found.pk)
