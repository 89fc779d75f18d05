"""Pages of recusal: rulings and why, waivers, requests, notices, and the rules themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams import capacities, cells, clock
from exams.access import may, needs, require
from exams.errors import Refused
from exams.interests import events
from exams.journal import queries as journal
from exams.listing import Column, Filter, Listing
from exams.people import identity
from exams.people.models import Person
from exams.people.session import confirmed_again
from exams.recusal import actions, forms, pages, queries, rules
from exams.recusal.gathering import policy_on
from exams.recusal.models import ObjectionNotice, PolicyValue, RecusalRequest


@require_safe
@needs("recusal.view")
def rulings(request: HttpRequest) -> HttpResponse:
    """The rulings one may see, the newest first."""
    listing = Listing(
        queries.visible_to(request.actor).select_related("person").defer("facts"),
        [
            Column("number", _("Number of the ruling"), kind="head", link=lambda row: reverse("recusal:ruling", args=[row.pk])),
            Column("person", _("Person"), "person.name", sort="person__name_key"),
            Column("capacity", _("Capacity"), lambda row: _(capacities.title(row.capacity)), sort="capacity"),
            Column("about_text", _("Matter"), sort="about_text"),
            Column("objections", _("Objections"), lambda row: len(row.objections), kind="number"),
            Column("state", _("Answer"), kind="state"),
            Column("made_at", _("Made at"), kind="when", sort="made_at"),
        ],
        search=["person__name", "person__name_key", "about_text"],
        filters=[
            Filter("allowed", _("Answer"), [("True", _("May act")), ("False", _("May not act"))]),
            Filter("capacity", _("Capacity"), [(id, _(row.title)) for id, row in capacities.CAPACITIES.items()]),
        ],
        default_sort="-made_at",
        name="rulings",
        title=_("Rulings on recusal"),
        empty=_("No ruling yet. The rules are asked whenever somebody is appointed or put on duty."),
    )
    waiting = queries.notices_visible_to(request.actor).filter(state="open").count()
    seen = {name: may(request.actor, f"interests.{name}") for name in ("declarations", "trainings")}
    return listing.answer(request, "exams/recusal/list.html", {"waiting": waiting, "seen": seen})


@require_safe
@needs("recusal.view")
def ruling(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Why somebody may act or may not: rules asked, objections, facts as seen. A look at named facts is put on record."""
    found = get_object_or_404(queries.visible_to(request.actor).select_related("person", "body"), pk=pk)
    named = queries.named_for(request.actor, found)
    if named:
        actions.look(by=request.actor, ruling=found)
    facts = queries.facts_of(found)
    answers = pages.answers(found, named)
    waivers = list(found.waivers.select_related("ruling"))
    context = {
        "ruling": found,
        "question": pages.question(found),
        "objections": pages.shown_objections(found, request.actor, named),
        "answers": answers,
        "spoken": [row for row in answers if row.tone != "ok"],
        "silent": [row for row in answers if row.tone == "ok"],
        "facts": pages.facts_seen(facts, named),
        "matter": facts.matter,
        "waivers": waivers,
        "confirmable": {one.pk for one in waivers if pages.may_confirm(request.actor, one)},
        "named": named,
        "event": events.named(found.event_id) if found.event_id else None,
        "lines": journal.history(found),
    }
    return render(request, "exams/recusal/ruling.html", context)


# -------------------------------------------------------------------------------------------------------------------- waivers


@require_http_methods(["GET", "POST"])
@needs("recusal.waive")
@confirmed_again
def waive(request: HttpRequest, pk: UUID, objection_id: str) -> HttpResponse:
    """The form of a waiver; what cannot be waived has no form."""
    found = get_object_or_404(queries.visible_to(request.actor).select_related("person"), pk=pk)
    require(request.actor, "recusal.waive", found)
    objection = next((one for one in queries.objections_of(found) if one.id == objection_id), None)
    form = forms.Waive(request.POST or None, initial={"until": found.matter.get("on")})
    context: dict[str, Any] = {"ruling": found, "objection": objection, "title": pages.title_of(objection_id), "form": form}
    context["named"] = queries.named_for(request.actor, found)
    if request.method == "POST" and form.is_valid():
        try:
            waiver = actions.waive(by=request.actor, ruling=found, objection_id=objection_id, **form.cleaned_data)
        except Refused as refusal:
            return render(request, "exams/recusal/waive.html", {**context, "refusal": refusal}, status=409)
        granted = waiver.state == "granted"
        messages.success(request, _("The objection is set aside.") if granted else _("A second superior must confirm the waiver."))
        return redirect("recusal:ruling", pk=found.pk)
    if objection is None or not rules.waivable(objection_id):
        return render(request, "exams/recusal/waive.html", {**context, "form": None}, status=409)
    return render(request, "exams/recusal/waive.html", context)


@require_POST
@needs("recusal.confirm_waiver")
@confirmed_again
def confirm_waiver(request: HttpRequest, pk: UUID) -> HttpResponse:
    waiver = get_object_or_404(queries.waivers_visible_to(request.actor), pk=pk)
    actions.confirm_waiver(by=request.actor, waiver=waiver)
    messages.success(request, _("The objection is set aside."))
    return redirect("recusal:ruling", pk=waiver.ruling_id)


@require_POST
@needs("recusal.refuse_waiver")
def refuse_waiver(request: HttpRequest, pk: UUID) -> HttpResponse:
    waiver = get_object_or_404(queries.waivers_visible_to(request.actor), pk=pk)
    actions.refuse_waiver(by=request.actor, waiver=waiver, reason=request.POST.get("reason", ""))
    messages.success(request, _("The objection stands."))
    return redirect("recusal:ruling", pk=waiver.ruling_id)


# ---------------------------------------------------------------------------------------------------------- notices, requests


@require_safe
@needs("recusal.view")
def notices(request: HttpRequest) -> HttpResponse:
    """People who stand in an open matter although a ground has appeared."""
    listing = Listing(
        queries.notices_visible_to(request.actor).select_related("person"),
        [
            Column("person", _("Person"), "person.name", kind="head", sort="person__name_key", link=_ruling_of),
            Column("capacity", _("Capacity"), lambda row: _(capacities.title(row.capacity)), sort="capacity"),
            Column("about_text", _("Matter"), sort="about_text"),
            Column("raised_at", _("Since"), kind="when", sort="raised_at"),
            Column("state", _("State"), kind="state", sort="state"),
        ],
        search=["person__name", "person__name_key", "about_text"],
        filters=[Filter("state", _("State"), [("open", _("To be replaced or decided")), ("settled", _("Settled"))])],
        default_sort="-raised_at",
        name="objection-notices",
        title=_("Grounds that appeared later"),
        empty=_("Nobody who stands has become objectionable."),
    )
    return listing.answer(request, "exams/recusal/notices.html")


def _ruling_of(notice: ObjectionNotice) -> str:
    return reverse("recusal:ruling", args=[notice.ruling_id])


@require_safe
@needs("recusal.requests")
def requests(request: HttpRequest) -> HttpResponse:
    """Requests for recusal one filed or decides."""
    listing = Listing(
        queries.requests_visible_to(request.actor).select_related("person", "body"),
        [
            Column("person", _("Person"), "person.name", kind="head", sort="person__name_key", link=_request_page),
            Column("body", _("Exam body"), "body.name", sort="body__name"),
            Column("event_text", _("Exam event"), sort="event_text"),
            Column("filed_on", _("Filed on"), kind="day", sort="filed_on"),
            Column("state", _("State"), kind="state", sort="state"),
        ],
        search=["person__name", "event_text"],
        filters=[Filter("state", _("State"), [(id, label) for id, label in _request_states().items()])],
        default_sort="-filed_on",
        name="recusal-requests",
        title=_("Requests for recusal"),
        empty=_("No request. Whoever has an interest may ask that a person steps back."),
        empty_url=reverse("recusal:new_request"),
        empty_link=_("Request recusal"),
    )
    return listing.answer(request, "exams/recusal/requests.html")


def _request_page(row: RecusalRequest) -> str:
    return reverse("recusal:request", args=[row.pk])


def _request_states() -> dict[str, Any]:
    return dict(cells.lifecycle.LIFECYCLES[RecusalRequest].labels)


@require_http_methods(["GET", "POST"])
@needs("recusal.request")
def new_request(request: HttpRequest) -> HttpResponse:
    """Ask that somebody step back; superiors of the body may order it at once."""
    start = {"event": request.GET.get("event", ""), "body": request.GET.get("body", "")}
    form = forms.Request(request.POST or None, initial=start)
    context: dict[str, Any] = {"form": form, "may_order": may(request.actor, "recusal.order")}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        person = _person_at(given["body"], given["name"])
        if person is None:
            form.add_error("name", _("Exactly one person of this name must work for the body; tell the body more if there are several."))
            return render(request, "exams/recusal/new_request.html", context, status=409)
        act = actions.order_recusal if "order" in request.POST else actions.request_recusal
        try:
            filed = act(by=request.actor, person=person, body=given["body"], reason=given["reason"], event_id=given["event"])
        except Refused as refusal:
            return render(request, "exams/recusal/new_request.html", {**context, "refusal": refusal}, status=409)
        messages.success(request, _("The request is filed. Until it is decided the person does not act."))
        return redirect("recusal:request", pk=filed.pk)
    return render(request, "exams/recusal/new_request.html", context)


def _person_at(body: Any, name: str) -> Person | None:
    """The one person of that name who was ever ruled upon for the body."""
    found = Person.objects.filter(name_match=identity.compared_name(name), rulings__body=body).distinct()[:2]
    return found[0] if len(found) == 1 else None


@require_http_methods(["GET", "POST"])
@needs("recusal.requests")
def request_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One request, and the decision for those who take it."""
    found = get_object_or_404(queries.requests_visible_to(request.actor).select_related("person", "body", "decided_by"), pk=pk)
    form = forms.Decision(request.POST or None)
    may_decide = found.state == "filed" and may(request.actor, "recusal.decide_request", found)
    context: dict[str, Any] = {"request_row": found, "form": form, "may_decide": may_decide}
    context["may_withdraw"] = found.state == "filed" and found.filed_by_id == request.actor.person_id
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.decide_request(
                by=request.actor, request=found, granted=given["granted"] == "yes", decision=given["decision"]
            )
        except Refused as refusal:
            return render(request, "exams/recusal/request.html", {**context, "refusal": refusal}, status=409)
        return redirect("recusal:request", pk=found.pk)
    return render(request, "exams/recusal/request.html", context)


@require_POST
@needs("recusal.withdraw_request")
def withdraw_request(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(queries.requests_visible_to(request.actor), pk=pk)
    actions.withdraw_request(by=request.actor, request=found)
    return redirect("recusal:request", pk=found.pk)


# ---------------------------------------------------------------------------------------------------------------- the rules


@require_safe
@needs("recusal.view")
def rule_book(request: HttpRequest) -> HttpResponse:
    """All rules as they are asked today, with parameters and their sources."""
    policy = policy_on(clock.today())
    rows = [
        {
            "id": entry.id,
            "waivable": entry.waivable,
            "title": _(entry.title),
            "doc": entry.doc,
            "basis": _(entry.basis) % {"years": policy.cooloff_years, "source": policy.cooloff_source, "exclusion": "—"},
            "severity": policy.severity(entry.id, entry.severity),
        }
        for entry in rules.RULES
    ]
    context = {
        "rows": rows,
        "policy": policy,
        "version": rules.VERSION,
        "values": PolicyValue.objects.order_by("-effective_from", "code"),
        "may_set": may(request.actor, "recusal.set_policy"),
    }
    return render(request, "exams/recusal/rules.html", context)


@require_http_methods(["GET", "POST"])
@needs("recusal.set_policy")
def set_policy(request: HttpRequest) -> HttpResponse:
    """The authority sets a parameter with its source."""
    form = forms.Policy(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_policy(by=request.actor, **form.cleaned_data)
        except Refused as refusal:
            return render(request, "exams/recusal/set_policy.html", {"form": form, "refusal": refusal}, status=409)
        return redirect("recusal:rules")
    return render(request, "exams/recusal/set_policy.html", {"form": form})

