"""Pages of the applicant, made for a phone first: one's applications, what is open, material, submission."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exams import clock
from exams.access import needs
from exams.applications import actions, letters, queries, submission
from exams.applications.forms import FactsForm, MaterialForm, PerformanceForm, StartForm
from exams.applications.models import Application
from exams.applications.submitting import hindrances_to_submit
from exams.applications.views import LETTER_TITLES, stated_rows
from exams.documents.queries import by_ids
from exams.errors import Refused
from exams.people.models import Organisation, Person

WITHDRAWABLE = ("draft", "submitted", "employer_confirmed", "correction_requested", "accepted")


@require_safe
@needs("applications.own")
def mine(request: HttpRequest) -> HttpResponse:
    """One's applications, and the events one may apply for."""
    context = {"applications": queries.own(request.actor), "events": queries.open_events(clock.today())}
    return render(request, "exams/applications/mine.html", context)


def _employers(request: HttpRequest) -> Any:
    """Where the person is employed today."""
    current = Q(employments__until=None) | Q(employments__until__gte=clock.today())
    return Organisation.objects.filter(current, kind="employer", employments__person=request.actor.person_id).distinct()


@needs("applications.own")
def start(request: HttpRequest, event: UUID) -> HttpResponse:
    """Choose the item and begin."""
    found = queries.open_events(clock.today()).filter(pk=event).first()
    if found is None or request.actor.person_id is None:
        raise Http404
    form = StartForm(request.POST or None, event=found, employers=_employers(request))
    refusal = None
    if request.method == "POST" and form.is_valid():
        person = Person.objects.get(pk=request.actor.person_id)
        try:
            made = actions.start_application(by=request.actor, person=person, **form.cleaned_data)
            return redirect("applications:own", made.pk)
        except Refused as refused:
            refusal = refused
    context = {"event": found, "form": form, "refusal": refusal, "employed": _employers(request).exists()}
    return render(request, "exams/applications/start.html", context, status=409 if refusal else 422 if form.errors else 200)


@require_safe
@needs("applications.own")
def own(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One application of one's own."""
    return _page(request, queries.own_or_404(request.actor, pk))


def _page(request: HttpRequest, application: Application, **more: Any) -> HttpResponse:
    materials = list(application.materials.filter(replaced_at=None))
    editable = application.state in ("draft", "correction_requested")
    edition = application.edition or application.item.edition
    context = {
        "application": application,
        "materials": materials,
        "files": by_ids(row.document_id for row in materials),
        "performance": list(application.performance.all()),
        "stated": stated_rows(application),
        "open": hindrances_to_submit(application) if application.state == "draft" else [],
        "findings": submission.judged(application, edition, clock.today())
        if application.state == "draft"
        else submission.findings_of(application),
        "editable": editable,
        "may_add": application.state in ("draft", "submitted", "correction_requested"),
        "withdrawable": application.state in WITHDRAWABLE,
        "correction": getattr(application, "correction", None),
        "facts": FactsForm(initial=FactsForm.initial_of(application)),
        "material_form": MaterialForm(),
        "performance_form": PerformanceForm(),
        "letters": [(name, LETTER_TITLES[name]) for name in letters.available(application) if name in letters.FOR_APPLICANT],
        **more,
    }
    status = 409 if more.get("refusal") else 422 if more.get("wrong") else 200
    return render(request, "exams/applications/own.html", context, status=status)


@require_POST
@needs("applications.own")
def facts(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down what is stated."""
    application = queries.own_or_404(request.actor, pk)
    form = FactsForm(request.POST)
    if not form.is_valid():
        return _page(request, application, facts=form, wrong=True)
    try:
        actions.state_facts(by=request.actor, application=application, stated=form.stated(), health=form.health())
    except Refused as refusal:
        return _page(request, application, facts=form, refusal=refusal)
    messages.success(request, _("Saved."))
    return redirect("applications:own", pk)


@require_POST
@needs("applications.own")
def performance(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add one inspection."""
    application = queries.own_or_404(request.actor, pk)
    form = PerformanceForm(request.POST)
    if not form.is_valid():
        return _page(request, application, performance_form=form, wrong=True)
    try:
        actions.list_performance(by=request.actor, application=application, **form.cleaned_data)
    except Refused as refusal:
        return _page(request, application, performance_form=form, refusal=refusal)
    return redirect("applications:own", pk)


@require_POST
@needs("applications.own")
def material(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand in one file."""
    application = queries.own_or_404(request.actor, pk)
    form = MaterialForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, application, material_form=form, wrong=True)
    file = form.cleaned_data["file"]
    given = {"kind": form.cleaned_data["kind"], "content": file.read(), "title": file.name}
    try:
        actions.add_material(by=request.actor, application=application, **given)
    except Refused as refusal:
        return _page(request, application, material_form=form, refusal=refusal)
    messages.success(request, _("The file is handed in."))
    return redirect("applications:own", pk)


STEPS = {"submit": actions.submit, "correct": actions.submit_correction, "withdraw": actions.withdraw}


@require_POST
@needs("applications.own")
def step(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Submit, submit the correction, or withdraw."""
    application = queries.own_or_404(request.actor, pk)
    if verb not in STEPS:
        raise Http404
    try:
        STEPS[verb](by=request.actor, application=application)
    except Refused as refusal:
        return _page(request, queries.own_or_404(request.actor, pk), refusal=refusal)
    return redirect("applications:own", pk)
