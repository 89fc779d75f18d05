"""Pages of exam bodies: the authority's list, one body with all that is asked of it, and what the body itself enters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams import clock
from exams.access import may, needs
from exams.bodies import actions, forms, queries, rules
from exams.bodies.models import InternalCheck, ManagementDocument, OtherBusiness, StaffRecord
from exams.errors import Refused
from exams.listing import Column, Listing
from exams.people.models import Organisation


@require_safe
@needs("bodies.view")
def bodies(request: HttpRequest) -> HttpResponse:
    """The bodies one supervises, each with its entrustment and what its documents lack; the own body at once."""
    rows = queries.visible_to(request.actor)
    if request.actor.capacity in queries.OWN:
        return redirect("bodies:body", pk=request.actor.organisation_id)
    findings = queries.document_findings(rows)
    today = clock.today()
    live = Q(entrustments__state="in_force", entrustments__since__lte=today, entrustments__until__gte=today)
    listing = Listing(
        rows.annotate(live=Count("entrustments", filter=live)),
        [
            Column("name", _("Exam body"), kind="head", sort="name", link=_page),
            Column("credit_code", _("Credit code"), sort="credit_code"),
            Column("live", _("Entrustments in force"), lambda row: row.live, kind="number", sort="live"),
            Column("documents", _("Documents missing or expired"), lambda row: len(findings.get(row.pk, ())), kind="number"),
        ],
        search=["name", "name_key", "credit_code"],
        default_sort="name",
        name="exam-bodies",
        title=_("Exam bodies"),
        empty=_("No exam body is supervised by this authority yet."),
    )
    return listing.answer(request, "exams/bodies/list.html", {"may_set": may(request.actor, "bodies.set_standard")})


def _page(row: Organisation) -> str:
    return reverse("bodies:body", args=[row.pk])


def visible(request: HttpRequest, pk: UUID) -> Organisation:
    found: Organisation = get_object_or_404(queries.visible_to(request.actor), pk=pk)
    return found


@require_safe
@needs("bodies.view")
def body(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One body: entrustment, documents, other business, staff against what is asked, internal checks."""
    found, today = visible(request, pk), clock.today()
    state = queries.state_of(found, today)
    in_force = queries.documents_in_force(found, today)
    lacking = {one.params["document"]: one for one in queries.document_findings([found], today)[found.pk]}
    documents = [
        {"kind": kind, "title": label, "document": in_force.get(kind), "lacks": lacking.get(queries.DOCUMENT_TITLES[kind])}
        for kind, label in ManagementDocument.Kind.choices
    ]
    business = OtherBusiness.objects.filter(body=found).first()
    context = {
        "body": found,
        "entrustments": found.entrustments.select_related("authority"),
        "documents": documents,
        "business": business,
        "state": state,
        "open": list(rules.standing_objections(state, today)),
        "staff": found.staff_records.filter(until=None).select_related("person"),
        "checks": found.internal_checks.all()[:50],
        "can": _can(request, found, business),
    }
    return render(request, "exams/bodies/body.html", context)


def _can(request: HttpRequest, found: Organisation, business: OtherBusiness | None) -> dict[str, Any]:
    """What the actor may do here, for the buttons."""
    names = ("entrust", "file_document", "declare_business", "register_staff", "record_check")
    can: dict[str, Any] = {name: may(request.actor, f"bodies.{name}", found) for name in names}
    can["move"] = can["entrust"]
    waits = business is not None and business.state == "declared"
    can["decide_business"] = waits and may(request.actor, "bodies.decide_business", business)
    return can


def form_page(request: HttpRequest, found: Organisation, form: Any, title: Any, act: Callable[[dict[str, Any]], Any]) -> HttpResponse:
    """A page with one form about a body; what is refused stays with what was typed."""
    context = {"body": found, "form": form, "form_title": title}
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refusal:
            return render(request, "exams/bodies/form.html", {**context, "refusal": refusal}, status=409)
        return redirect("bodies:body", pk=found.pk)
    return render(request, "exams/bodies/form.html", context)


@require_http_methods(["GET", "POST"])
@needs("bodies.file_document")
def file_document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """File a version of a management document."""
    found = visible(request, pk)
    form = forms.Document(request.POST or None, initial={"kind": request.GET.get("kind", "")})
    return form_page(
        request, found, form, _("File a management document"), lambda given: actions.file_document(by=request.actor, body=found, **given)
    )


@require_http_methods(["GET", "POST"])
@needs("bodies.declare_business")
def declare_business(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Declare other business."""
    found = visible(request, pk)
    return form_page(
        request,
        found,
        forms.Business(request.POST if request.method == "POST" else None),
        _("Declare other business"),
        lambda given: actions.declare_business(by=request.actor, body=found, **given),
    )


@require_http_methods(["GET", "POST"])
@needs("bodies.register_staff")
def register_staff(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a person on the list of staff."""
    found = visible(request, pk)

    def act(given: dict[str, Any]) -> None:
        values = {name: given[name] for name in ("person", "full_time", "assessor", "qualification", "years")}
        actions.register_staff(by=request.actor, body=found, **values)

    return form_page(request, found, forms.Staff(request.POST or None), _("Register staff"), act)


@require_POST
@needs("bodies.end_staff")
def end_staff(request: HttpRequest, pk: UUID) -> HttpResponse:
    rows = StaffRecord.objects.filter(body__in=queries.visible_to(request.actor)).select_related("body", "person")
    staff = get_object_or_404(rows, pk=pk)
    actions.end_staff(by=request.actor, staff=staff, until=clock.today())
    return redirect("bodies:body", pk=staff.body_id)


@require_http_methods(["GET", "POST"])
@needs("bodies.record_check")
def record_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a finding of the internal check."""
    found = visible(request, pk)
    return form_page(
        request,
        found,
        forms.Check(request.POST or None),
        _("Record a finding"),
        lambda given: actions.record_check(by=request.actor, body=found, **given),
    )


@require_http_methods(["GET", "POST"])
@needs("bodies.view")
def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One finding: report its correction, accept it, or open it again."""
    rows = InternalCheck.objects.filter(body__in=queries.visible_to(request.actor)).select_related("body")
    found = get_object_or_404(rows, pk=pk)
    form = forms.Correction(request.POST if "correction" in request.POST else None)
    context: dict[str, Any] = {
        "check": found,
        "form": form,
        "may_correct": found.state == "open" and may(request.actor, "bodies.correct_check", found),
        "may_close": found.state == "corrected" and may(request.actor, "bodies.close_check", found),
    }
    try:
        if "correction" in request.POST and form.is_valid():
            actions.correct_check(by=request.actor, check=found, correction=form.cleaned_data["correction"])
            return redirect("bodies:check", pk=pk)
        if "accepted" in request.POST:
            actions.close_check(by=request.actor, check=found, accepted=request.POST["accepted"] == "yes")
            return redirect("bodies:check", pk=pk)
    except Refused as refusal:
        return render(request, "exams/bodies/check.html", {**context, "refusal": refusal}, status=409)
    return render(request, "exams/bodies/check.html", context)
