"""Pages of recusal: rulings and why, waivers, notices, and the rules themselves."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams import capacities, clock
from exams.access import may, needs, require
from exams.errors import Refused
from exams.interests import events
from exams.journal import queries as journal
from exams.listing import Column, Filter, Listing
from exams.people.session import confirmed_again
from exams.recusal import actions, forms, pages, queries, rules
from exams.recusal.gathering import policy_on
from exams.recusal.models import ObjectionNotice, PolicyValue, Ruling


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
    seen = {name: may(request.actor, f"interests.{name}") for name in ("declarations", "trainings", "names")}
    more = {"waiting": waiting, "seen": seen, "seen_late": may(request.actor, "recusal.late_grounds")}
    return listing.answer(request, "exams/recusal/list.html", more)


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
        "doubted": any(one["id"] == "recusal.match_doubt" for one in found.objections) and may(request.actor, "interests.names"),
        "late": pages.late_of(found, request.actor),
        "may_late": _acted(found) and may(request.actor, "recusal.record_late_ground", found),
    }
    return render(request, "exams/recusal/ruling.html", context)


def _acted(ruling: Ruling) -> bool:
    """Whether the day of the matter has come, so that a ground may have been proved afterwards."""
    return ruling.body_id is not None and date.fromisoformat(ruling.matter["on"]) <= clock.today()


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


# -------------------------------------------------------------------------------------------------------------------- notices


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

