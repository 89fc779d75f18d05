"""A person's own interests: declarations to sign, training, authorship, disputes; and the body's list of who has declared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from exams import cells, clock
from exams.access import may, needs
from exams.errors import Refused
from exams.interests import actions, events, forms, queries, rules
from exams.interests.models import Attendance, Declaration
from exams.interests.name_pages import what_of
from exams.listing import Column, Filter, Listing
from exams.people import relations
from exams.people.models import Person
from exams.people.sections import sections_for


def _myself(request: HttpRequest) -> Person:
    found: Person = get_object_or_404(Person, pk=request.actor.person_id)
    return found


@require_safe
@needs("interests.mine")
def mine(request: HttpRequest) -> HttpResponse:
    """All that is on record about one's own interests."""
    person = _myself(request)
    context = {
        "declarations": Declaration.objects.filter(person=person).exclude(state="updated"),
        "trainings": person.training_engagements.select_related("organisation"),
        "attended": Attendance.objects.filter(trainee=person).select_related("engagement__organisation", "course__organisation"),
        "works": person.authorships.all(),
        "disputes": queries.disputes_visible_to(request.actor).select_related("other_person", "other_organisation"),
        "concealments": person.concealments.all(),
        "names": [{"row": row, "said": queries.told(row), "what": what_of(row)} for row in queries.own_names(person)],
        "relatives": _relatives(person),
        "sections": sections_for(request.actor, person, without="interests.record"),
    }
    return render(request, "exams/interests/mine.html", context)


def _relatives(person: Person) -> list[dict[str, Any]]:
    rows = person.kin.filter(withdrawn_on=None).select_related("reported_by")
    return [{"edge": edge, "relation": _(relations.TITLES.get(edge.relation, edge.relation))} for edge in rows]


@require_http_methods(["GET", "POST"])
@needs("interests.sign_declaration")
def declare(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Sign the declaration for an event; a second one supplements the first."""
    person, event = _myself(request), events.named(event_id)
    if event is None:
        raise Http404
    signed = Declaration.objects.filter(person=person, event_id=event_id, state="signed").first()
    form = forms.Declaration(request.POST if request.method == "POST" else None, initial=queries.answers(signed) if signed else None)
    context: dict[str, Any] = {"event": event, "form": form, "signed": signed, "consequence": rules.CONSEQUENCE}
    if request.method == "POST" and form.is_valid():
        try:
            actions.sign_declaration(by=request.actor, person=person, event_id=event_id, answers=form.cleaned_data)
        except Refused as refusal:
            return render(request, "exams/interests/declare.html", {**context, "refusal": refusal}, status=409)
        messages.success(request, _("The declaration is signed."))
        return redirect("interests:mine")
    return render(request, "exams/interests/declare.html", context)


@require_safe
@needs("interests.declarations")
def declarations(request: HttpRequest) -> HttpResponse:
    """Who has declared for which event and who has not."""
    listing = Listing(
        queries.declarations_visible_to(request.actor).exclude(state="updated").select_related("person", "body"),
        [
            Column("person", _("Person"), "person.name", kind="head", sort="person__name_key", link=_declaration_page),
            Column("event_text", _("Exam event"), sort="event_text"),
            Column("due_on", _("Due on"), kind="day", sort="due_on"),
            Column("signed_at", _("Signed at"), kind="when", sort="signed_at"),
            Column("version", _("Version"), kind="number"),
            Column("state", _("State"), kind="state", sort="state"),
        ],
        search=["person__name", "person__name_key", "event_text"],
        filters=[Filter("state", _("State"), list(cells.lifecycle.LIFECYCLES[Declaration].labels.items()))],
        default_sort="-signed_at",
        name="declarations",
        title=_("Declarations of interest"),
        empty=_("Nobody was asked to declare yet."),
    )
    return listing.answer(request, "exams/interests/declarations.html")


def _declaration_page(row: Declaration) -> str:
    return reverse("interests:declaration", args=[row.pk])


@require_safe
@needs("interests.mine")
def declaration(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One declaration; its words only for the person, the superior who decides and the inspector."""
    found = get_object_or_404(queries.declarations_visible_to(request.actor).select_related("person", "body"), pk=pk)
    shown = queries.words_shown(request.actor, found)
    context = {
        "declaration": found,
        "shown": shown,
        "grounds": [_(text) for text in queries.grounds(found)] if shown else [],
        "whole": queries.is_whole(found),
        "own": request.actor.person_id == found.person_id,
    }
    return render(request, "exams/interests/declaration.html", context)


def _own_form(request: HttpRequest, form: Any, title: Any, note: Any, act: Any) -> HttpResponse:
    """A page with one form about oneself; what is refused stays with what was typed."""
    person = _myself(request)
    context = {"form": form, "form_title": title, "note": note}
    if request.method == "POST" and form.is_valid():
        try:
            act(person, form.cleaned_data)
        except Refused as refusal:
            return render(request, "exams/interests/own_form.html", {**context, "refusal": refusal}, status=409)
        return redirect("interests:mine")
    return render(request, "exams/interests/own_form.html", context)


@require_http_methods(["GET", "POST"])
@needs("interests.declare_training")
def declare_training(request: HttpRequest) -> HttpResponse:
    """Declare own training work."""

    def act(person: Person, given: dict[str, Any]) -> None:
        actions.declare_training(by=request.actor, person=person, **given)

    note = _("Who trains does not examine. What is declared here counts in every ruling from now on.")
    return _own_form(request, forms.OwnTraining(request.POST or None), _("Declare own training"), note, act)


@require_http_methods(["GET", "POST"])
@needs("interests.record_authorship")
def declare_authorship(request: HttpRequest) -> HttpResponse:
    """Declare own books and aids."""

    def act(person: Person, given: dict[str, Any]) -> None:
        actions.record_authorship(by=request.actor, person=person, **given)

    note = _("Books, aids and other material written for an examination.")
    return _own_form(request, forms.Work(request.POST or None), _("Declare own material"), note, act)


@require_http_methods(["GET", "POST"])
@needs("interests.record_dispute")
def declare_dispute(request: HttpRequest) -> HttpResponse:
    """Declare a dispute."""

    form = forms.Dispute(request.POST or None)

    def act(person: Person, given: dict[str, Any]) -> None:
        actions.record_dispute(by=request.actor, person=person, **form.given())

    note = _("Disputes, lawsuits and complaints, also earlier ones. Only you, the superior who decides and the inspector see this.")
    return _own_form(request, form, _("Declare a dispute"), note, act)


@require_http_methods(["GET", "POST"])
@needs("interests.end_dispute")
def dispute(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One dispute: ended with its last day, or taken back with the reason."""
    rows = queries.disputes_visible_to(request.actor).select_related("person", "other_person", "other_organisation", "reported_by")
    found = get_object_or_404(rows, pk=pk)
    taking_back = "reason" in request.POST
    end_form = forms.Ending(request.POST if request.method == "POST" and not taking_back else None, initial={"until": clock.today()})
    back_form = forms.Reason(request.POST if taking_back else None)
    context: dict[str, Any] = {"dispute": found, "end_form": end_form, "back_form": back_form}
    context["may_change"] = not found.withdrawn_on and may(request.actor, "interests.withdraw_dispute", found)
    try:
        if taking_back and back_form.is_valid():
            actions.withdraw_dispute(by=request.actor, dispute=found, reason=back_form.cleaned_data["reason"])
            return redirect("interests:dispute", pk)
        if request.method == "POST" and end_form.is_valid():
            actions.end_dispute(by=request.actor, dispute=found, until=end_form.cleaned_data["until"])
            return redirect("interests:dispute", pk)
    except Refused as refusal:
        return render(request, "exams/interests/dispute.html", {**context, "refusal": refusal}, status=409)
    return render(request, "exams/interests/dispute.html", context)
