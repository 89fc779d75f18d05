"""Pages of the programme for the staff: events with their stages, planning, publication, the separation report, plans."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams import cells, spelling
from exams.access import may, needs
from exams.errors import Refused, refuse
from exams.listing import Column, Filter, Listing
from exams.people.models import Organisation
from exams.programme import actions, forms, pages, queries, words
from exams.programme.models import AnnualPlan, Event, ProgrammeParameter
from exams.recusal import queries as recusal
from exams.verdicts import gettext_noop

ASKING = ("announced", "applications_closed", "arranged")


@require_safe
@needs("programme.view")
def event_list(request: HttpRequest) -> HttpResponse:
    """The exam events one has to do with."""
    listing = Listing(
        queries.with_items(queries.visible_to(request.actor)),
        [
            Column("number", _("Number"), kind="head", sort="number", link=lambda row: reverse("programme:event", args=[row.pk])),
            Column("title", _("Title"), sort="title"),
            Column("items", _("Items"), lambda row: ", ".join(item.qualification.code for item in row.items.all())),
            Column("body", _("Exam body"), "body.name", sort="body__name"),
            Column("apply_until", _("Applications until"), kind="day", sort="apply_until"),
            Column("starts_on", _("First day"), kind="day", sort="starts_on"),
            Column("state", _("State"), kind="state", sort="state"),
        ],
        search=["number", "title", "body__name", "items__qualification__code", "items__qualification__name_zh"],
        filters=[Filter("state", _("State"), list(cells.lifecycle.LIFECYCLES[Event].labels.items()))],
        default_sort="-starts_on",
        name="events",
        title=_("Exam events"),
        empty=_("No exam event yet. Plan one first."),
        empty_url=reverse("programme:plan") if may(request.actor, "programme.plan_event") else "",
        empty_link=_("Plan an event"),
    )
    return listing.answer(request, "exams/programme/events.html", {"may_plan": may(request.actor, "programme.plan_event")})


def _event(request: HttpRequest, pk: UUID) -> Event:
    found: Event = get_object_or_404(queries.with_items(queries.visible_to(request.actor)), pk=pk)
    return found


@require_safe
@needs("programme.view")
def event(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One event: its stages, what blocks the next one, its notice and its ways on."""
    found = _event(request, pk)
    planned = found.state == "draft"
    publishes = planned and bool(may(request.actor, "programme.publish_notice", found))
    context = {
        "event": found,
        "stages": pages.stages(found),
        "items": pages.notice_items(found),
        "categories": pages.categories(found),
        "blockers": queries.blockers_of_notice(found) if planned else [],
        "words": _words(found) if planned else [],
        "looked_at": found.words_accepted.all(),
        "may_accept": planned and may(request.actor, "programme.accept_words", found),
        "consent": getattr(found, "late_consent", None),
        "may_publish": publishes,
        "may_edit": planned and may(request.actor, "programme.change_event", found),
        "may_ask": planned and may(request.actor, "programme.ask_late_consent", found),
        "declarations": queries.declarations_of(found),
        "may_ask_staff": found.state in ASKING and may(request.actor, "programme.ask_declarations", found),
        "may_close": found.state == "announced" and may(request.actor, "programme.close_applications", found),
        "may_correct": found.published_at and may(request.actor, "programme.correct_notice", found),
        "may_cancel": cells.lifecycle.can(found, "cancel") and may(request.actor, "programme.cancel_event", found),
        "may_report": may(request.actor, "programme.separation"),
    }
    return render(request, "exams/programme/event.html", context)


@require_http_methods(["GET", "POST"])
@needs("programme.plan_event")
def plan(request: HttpRequest) -> HttpResponse:
    """Plan an event of the own body."""
    body = get_object_or_404(Organisation, pk=request.actor.organisation_id)
    form = forms.Plan(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            planned = actions.plan_event(by=request.actor, body=body, **form.given())
        except Refused as refusal:
            return render(request, "exams/programme/plan.html", {"form": form, "refusal": refusal}, status=409)
        return redirect("programme:event", pk=planned.pk)
    return render(request, "exams/programme/plan.html", {"form": form})


@require_http_methods(["GET", "POST"])
@needs("programme.change_event")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Edit what is still planned."""
    found = _event(request, pk)
    start = {name: getattr(found, name) for name in forms.Notice.base_fields}
    form = forms.Notice(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_event(by=request.actor, event=found, **form.cleaned_data)
        except Refused as refusal:
            return render(request, "exams/programme/edit.html", {"form": form, "event": found, "refusal": refusal}, status=409)
        return redirect("programme:event", pk=pk)
    return render(request, "exams/programme/edit.html", {"form": form, "event": found})


@require_POST
@needs("programme.publish_notice")
def publish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Publish the notice; refused with everything that still blocks it."""
    actions.publish_notice(by=request.actor, event=_event(request, pk))
    messages.success(request, _("The notice is published."))
    return redirect("programme:event", pk=pk)


@require_POST
@needs("programme.close_applications")
def close_applications(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.close_applications(by=request.actor, event=_event(request, pk))
    return redirect("programme:event", pk=pk)


@require_POST
@needs("programme.ask_declarations")
def ask_declarations(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the staff to declare for this event."""
    asked = actions.ask_declarations(by=request.actor, event=_event(request, pk))
    messages.success(request, ngettext("%(n)d person was asked to declare.", "%(n)d people were asked to declare.", asked) % {"n": asked})
    return redirect("programme:event", pk=pk)


def _one_form(request: HttpRequest, pk: UUID, form: Any, title: Any, button: Any, act: Any, note: Any = "") -> HttpResponse:
    """A page with one form about an event; what is refused stays on the page with what was typed."""
    found = _event(request, pk)
    context = {"event": found, "form": form, "form_title": title, "button": button, "note": note}
    if request.method == "POST" and form.is_valid():
        try:
            act(found, form.cleaned_data)
        except Refused as refusal:
            return render(request, "exams/programme/form.html", {**context, "refusal": refusal}, status=409)
        return redirect("programme:event", pk=pk)
    return render(request, "exams/programme/form.html", context)


def _words(event: Event) -> list[Any]:
    """What a superior still has to look at."""
    return [objection for objection in queries.word_objections(event) if objection.id == "programme.words_to_look_at"]


@require_http_methods(["GET", "POST"])
@needs("programme.accept_words")
def accept_words(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A superior says why nothing is made compulsory by the words."""

    def act(found: Event, given: dict[str, Any]) -> None:
        actions.accept_words(by=request.actor, event=found, reason=given["reason"])

    note = " ".join(objection.text() for objection in _words(_event(request, pk)))
    return _one_form(request, pk, forms.Reason(request.POST or None), _("Nothing is made compulsory"), _("Put on record"), act, note)


@require_http_methods(["GET", "POST"])
@needs("programme.words")
def word_list(request: HttpRequest) -> HttpResponse:
    """The words looked for in texts: where everybody starts from, the authority's, one's own."""
    own = get_object_or_404(Organisation, pk=request.actor.organisation_id)
    form = forms.Word(request.POST or None)
    rows = queries.word_rows(request.actor)
    context: dict[str, Any] = {"start": words.start_list(), "rows": rows, "own": own, "form": form}
    context["may_set"] = may(request.actor, "programme.set_word", own)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_word(by=request.actor, organisation=own, **form.cleaned_data)
        except Refused as refusal:
            return render(request, "exams/programme/words.html", {**context, "refusal": refusal}, status=409)
        return redirect("programme:words")
    return render(request, "exams/programme/words.html", context)


@require_POST
@needs("programme.withdraw_word")
def withdraw_word(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back a word of the own organisation."""
    actions.withdraw_word(by=request.actor, word=get_object_or_404(queries.word_rows(request.actor), pk=pk))
    return redirect("programme:words")


@require_http_methods(["GET", "POST"])
@needs("programme.correct_notice")
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Publish a correction."""

    def act(found: Event, given: dict[str, Any]) -> None:
        actions.correct_notice(by=request.actor, event=found, **given)

    title, note = _("Publish a correction"), _("The notice stays as it was; the correction stands beside it.")
    return _one_form(request, pk, forms.Correction(request.POST or None), title, _("Publish correction"), act, note)


@require_http_methods(["GET", "POST"])
@needs("programme.ask_late_consent")
def ask_late(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the authority to consent to a late notice."""

    def act(found: Event, given: dict[str, Any]) -> None:
        actions.ask_late_consent(by=request.actor, event=found, reason=given["reason"])

    return _one_form(request, pk, forms.Reason(request.POST or None), _("Ask for consent to a late notice"), _("Ask the authority"), act)


@require_http_methods(["GET", "POST"])
@needs("programme.decide_late_consent")
def decide_late(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The authority consents, or does not."""
    consent = getattr(_event(request, pk), "late_consent", None)

    def act(found: Event, given: dict[str, Any]) -> None:
        if consent is None:
            refuse("programme.no_consent_asked", gettext_noop("Nobody has asked for consent."))
        given = {"granted": given["granted"] == "yes", "document_number": given["document_number"]}
        actions.decide_late_consent(by=request.actor, consent=consent, **given)

    note = consent.reason if consent else ""
    return _one_form(request, pk, forms.Consent(request.POST or None), _("Decide on a late notice"), _("Decide"), act, note)


@require_http_methods(["GET", "POST"])
@needs("programme.cancel_event")
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Cancel the event with its reason."""

    def act(found: Event, given: dict[str, Any]) -> None:
        actions.cancel_event(by=request.actor, event=found, reason=given["reason"])

    note = _("This cannot be undone. The notice stays readable and says that the event is cancelled.")
    return _one_form(request, pk, forms.Reason(request.POST or None), _("Cancel event"), _("Cancel event"), act, note)


@require_safe
@needs("programme.separation")
def separation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The separation report: who was checked, what was found, what was decided, and every exception."""
    found = _event(request, pk)
    report = recusal.separation(found.pk)
    context = {"event": found, "report": report, "hits": pages.hits(report.hits), "late": pages.late(report.late, request.actor)}
    return render(request, "exams/programme/separation.html", context)


# ------------------------------------------------------------------------------------------------- annual plans, parameters


@require_safe
@needs("programme.plans")
def plans(request: HttpRequest) -> HttpResponse:
    """The annual plans one may see."""
    listing = Listing(
        queries.plans_visible_to(request.actor).select_related("body"),
        [
            Column("year", _("Year"), kind="head", sort="year", link=lambda row: reverse("programme:plan_page", args=[row.pk])),
            Column("document_number", _("Number of the notice"), sort="document_number"),
            Column("body", _("Exam body"), "body.name", sort="body__name"),
            Column("state", _("State"), kind="state", sort="state"),
        ],
        search=["document_number", "body__name"],
        default_sort="-year",
        name="annual-plans",
        title=_("Annual plans"),
        empty=_("No annual plan yet."),
    )
    return listing.answer(request, "exams/programme/plans.html", {"may_plan": may(request.actor, "programme.plan_year")})


@require_http_methods(["GET", "POST"])
@needs("programme.plan_year")
def new_plan(request: HttpRequest) -> HttpResponse:
    """Draw up the plan of a year."""
    body = get_object_or_404(Organisation, pk=request.actor.organisation_id)
    form = forms.AnnualPlan(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.plan_year(by=request.actor, body=body, items=given.pop("lines"), **given)
        except Refused as refusal:
            return render(request, "exams/programme/new_plan.html", {"form": form, "refusal": refusal}, status=409)
        return redirect("programme:plan_page", pk=made.pk)
    return render(request, "exams/programme/new_plan.html", {"form": form})


def _plan(request: HttpRequest, pk: UUID) -> AnnualPlan:
    found: AnnualPlan = get_object_or_404(queries.plans_visible_to(request.actor).select_related("body"), pk=pk)
    return found


@require_safe
@needs("programme.plans")
def plan_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _plan(request, pk)
    items = [{"row": row, "name": spelling.named(row.qualification)} for row in found.items.select_related("qualification")]
    may_publish = found.state == "draft" and may(request.actor, "programme.publish_plan", found)
    return render(request, "exams/programme/plan_page.html", {"plan": found, "items": items, "may_publish": may_publish})


@require_POST
@needs("programme.publish_plan")
def publish_plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.publish_plan(by=request.actor, plan=_plan(request, pk))
    return redirect("programme:plan_page", pk=pk)


@require_http_methods(["GET", "POST"])
@needs("programme.set_parameter")
def parameters(request: HttpRequest) -> HttpResponse:
    """Parameters of the programme with their sources."""
    form = forms.Parameter(request.POST or None)
    context: dict[str, Any] = {"form": form, "values": ProgrammeParameter.objects.order_by("code", "-effective_from")}
    context["lead_days"], context["lead_source"] = queries.lead_time()
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_parameter(by=request.actor, **form.cleaned_data)
        except Refused as refusal:
            return render(request, "exams/programme/parameters.html", {**context, "refusal": refusal}, status=409)
        return redirect("programme:parameters")
    return render(request, "exams/programme/parameters.html", context)
