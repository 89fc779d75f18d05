"""Pages of the staff: the list, one application with everything that speaks for and against it, the decisions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from exams import clock, lifecycle, workdays
from exams.access import may, needs
from exams.applications import actions, gates, letters, queries, submission
from exams.applications.forms import CorrectionForm, ReasonForm, StampForm, VerifyForm
from exams.applications.models import CATEGORIES, Application, Verification
from exams.catalogue.queries import calendar
from exams.catalogue.rulebook import EDUCATION_LABELS
from exams.documents.queries import by_ids
from exams.errors import Refused
from exams.listing import Column, Filter, Listing
from exams.register.queries import integrity_entries

SHOWN_TO_EMPLOYER = ("submitted",)
# So many applications are confirmed in one transaction; in between others get to write.
PART = 40


def listing_of(request: HttpRequest, **more: Any) -> Listing:
    """Applications the actor sees; one list for clerks, verifiers, employers and the authority."""
    states = [(state, label) for state, label in lifecycle.LIFECYCLES[Application].labels.items() if state != "draft"]
    events = list(queries.visible_to(request.actor).order_by().values_list("event_id", "event__number").distinct())
    items = list(queries.visible_to(request.actor).order_by().values_list("item__qualification__code", flat=True).distinct())
    settings = {
        "columns": [
            Column("number", _("Number"), kind="head", sort="number", link=lambda row: reverse("applications:detail", args=[row.pk])),
            Column("name", _("Name"), "person.name", sort="person__name_key"),
            Column("id_number", _("Identity number"), "person.id_number", kind="masked"),
            Column("item", _("Item"), "item.qualification.code", sort="item__qualification__code"),
            Column("category", _("Category"), lambda row: row.get_category_display(), sort="category"),
            Column("employer", _("Employer"), "employer.name", sort="employer__name_key"),
            Column("submitted_at", _("Submitted at"), kind="day", sort="submitted_at"),
            Column(
                "accept_by",
                _("Decide on acceptance by"),
                lambda row: row.accept_by if row.state == "employer_confirmed" else None,
                kind="day",
                sort="accept_by",
            ),
            Column("state", _("State"), kind="state"),
        ],
        "search": ["number", "person__name", "person__name_key", "employer__name", "item__qualification__code"],
        "filters": [
            Filter("state", _("State"), states),
            Filter("event", _("Event"), [(str(pk), number) for pk, number in events], "event_id"),
            Filter("item", _("Item"), [(code, code) for code in sorted(items)], "item__qualification__code"),
            Filter("category", _("Category"), list(CATEGORIES.items())),
            Filter("recheck", _("Spot re-check"), [("1", _("drawn for the spot re-check"))], "recheck_drawn"),
            Filter("lapse", _("How accepted"), [("1", _("Period over: counts as accepted"))], "accepted_by_lapse"),
        ],
        "default_sort": "-number",
        "name": "applications",
        "title": _("Applications"),
        "empty": _("Applications appear here when employers import them or candidates submit them."),
        **more,
    }
    return Listing(queries.visible_to(request.actor), **settings)


@require_safe
@needs("applications.list")
def application_list(request: HttpRequest) -> HttpResponse:
    """All applications one sees."""
    context = {
        "may_import": may(request.actor, "applications.preview_workbook"),
        "counts": queries.counts(request.actor),
        "may_work": may(request.actor, "applications.work"),
        "may_draw": may(request.actor, "applications.draw_recheck"),
    }
    return listing_of(request).answer(request, "exams/applications/list.html", context)


@require_safe
@needs("applications.list")
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One application: what blocks it, what was stated, handed in, verified and decided."""
    return detail_page(request, queries.visible_or_404(request.actor, pk))


def detail_page(request: HttpRequest, application: Application, **more: Any) -> HttpResponse:
    """The page, also with a refusal or a form that needs correction."""
    rows = list(Verification.objects.filter(application=application).select_related("officer"))
    materials = list(application.materials.all())
    confirmations = list(application.confirmations.select_related("clerk", "employer"))
    ids = [row.document_id for row in materials] + [row.stamp_document_id for row in confirmations] + [row.evidence_id for row in rows]
    context = {
        "application": application,
        "files": by_ids(ids),
        "materials": materials,
        "confirmations": confirmations,
        "verifications": gates.verification_rows(application, rows),
        "findings": submission.findings_of(application),
        "stated": stated_rows(application),
        "performance": list(application.performance.all()),
        "integrity": list(integrity_entries(application.person_id)),
        "correction": getattr(application, "correction", None),
        "open": blockers_of(application, request.actor.person_id),
        "step": {"employer_confirmed": _("Accept application"), "accepted": _("Approve application")}.get(application.state, ""),
        "left": workdays.between(clock.today(), application.accept_by, calendar()) if application.accept_by else None,
        "verify_form": VerifyForm(),
        "correction_form": CorrectionForm(),
        "reason_form": ReasonForm(),
        "stamp_form": StampForm(),
        "may": {name: bool(may(request.actor, f"applications.{name}", application)) for name in SHOWN_ACTS},
        "today": clock.today(),
        "letters": [(name, LETTER_TITLES[name]) for name in letters.available(application)],
        **more,
    }
    status = 409 if more.get("refusal") else 422 if more.get("wrong") else 200
    return render(request, "exams/applications/detail.html", context, status=status)


LETTER_TITLES = {
    "acceptance": gettext_lazy("Acceptance letter"),
    "correction": gettext_lazy("Correction letter"),
    "non-acceptance": gettext_lazy("Non-acceptance letter"),
    "review-sheet": gettext_lazy("Review sheet of the application"),
}

SHOWN_ACTS = (
    "verify",
    "accept",
    "ask_correction",
    "do_not_accept",
    "approve",
    "do_not_approve",
    "confirm_by_employer",
    "return_by_employer",
)


def blockers_of(application: Application, decider: UUID | None) -> list[Any]:
    """What still blocks the next step of the body."""
    if application.state == "employer_confirmed":
        return gates.hindrances_to_accept(application)
    return gates.hindrances_to_approve(application, decider) if application.state == "accepted" else []


def stated_rows(application: Application) -> list[tuple[str, str]]:
    """What the applicant states, in words and in a fixed order."""
    labels = {
        "education": _("Education"),
        "school": _("School"),
        "education_number": _("Number of the education certificate"),
        "graduated_on": _("Graduated on"),
        "major": _("Major"),
        "science": _("Science or engineering"),
        "title": _("Professional title"),
        "title_number": _("Number of the title certificate"),
        "years": _("Years of related work"),
        "employed_since": _("Employed since"),
    }
    words = {
        "education": lambda value: _(EDUCATION_LABELS.get(value, value)),
        "science": lambda value: _("Yes") if value == "yes" else _("No"),
    }
    stated = application.stated
    return [(label, words.get(key, str)(stated[key])) for key, label in labels.items() if stated.get(key)]


@require_safe
@needs("applications.print")
def letter(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """One printed paper of an application: for the staff that sees it, and the letters for the applicant too."""
    application = queries.visible_to(request.actor).filter(pk=pk).first()
    if application is None and name in letters.FOR_APPLICANT:
        application = queries.own(request.actor).filter(pk=pk).first()
    if application is None or name not in letters.available(application):
        raise Http404
    response = HttpResponse(letters.LETTERS[name][0](application), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-{application.number.encode("ascii", "ignore").decode()}.pdf"'
    response["Cache-Control"] = "no-store, private"
    return response


DECISIONS = {
    "accept": actions.accept,
    "approve": actions.approve,
    "do-not-accept": actions.do_not_accept,
    "do-not-approve": actions.do_not_approve,
    "return": actions.return_by_employer,
}
WITH_REASON = ("do-not-accept", "do-not-approve", "return")


@require_POST
@needs("applications.list")
def decide(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Accept, approve, or not, or return; refusals are shown on the page of the application."""
    application = queries.visible_or_404(request.actor, pk)
    if verb not in DECISIONS:
        raise Http404
    given = {"reason": request.POST.get("reason", "")} if verb in WITH_REASON else {}
    try:
        DECISIONS[verb](by=request.actor, application=application, **given)
    except Refused as refusal:
        return detail_page(request, queries.visible_or_404(request.actor, pk), refusal=refusal)
    return redirect("applications:detail", pk)


@require_POST
@needs("applications.verify")
def verify(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record one officer's outcome."""
    application = queries.visible_or_404(request.actor, pk)
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return detail_page(request, application, verify_form=form, wrong=True)
    try:
        actions.verify(by=request.actor, application=application, **form.record())
    except Refused as refusal:
        return detail_page(request, application, verify_form=form, refusal=refusal)
    messages.success(request, _("The outcome is recorded."))
    return redirect("applications:detail", pk)


@require_POST
@needs("applications.ask_correction")
def correction(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask once for everything that is missing."""
    application = queries.visible_or_404(request.actor, pk)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return detail_page(request, application, correction_form=form, wrong=True)
    try:
        actions.ask_correction(by=request.actor, application=application, missing=form.missing())
    except Refused as refusal:
        return detail_page(request, application, correction_form=form, refusal=refusal)
    return redirect("applications:detail", pk)


@require_safe
@needs("applications.confirm_by_employer")
def employer(request: HttpRequest) -> HttpResponse:
    """The employer's candidates who wait for its confirmation and stamp."""
    return _employer_page(request)


def _employer_page(request: HttpRequest, **more: Any) -> HttpResponse:
    waiting = queries.visible_to(request.actor).filter(state="submitted").order_by("number")
    context = {"waiting": waiting, "form": StampForm(), **more}
    return render(
        request, "exams/applications/employer.html", context, status=409 if more.get("refusal") else 422 if more.get("wrong") else 200
    )


@require_POST
@needs("applications.confirm_by_employer")
def confirm_many(request: HttpRequest) -> HttpResponse:
    """Confirm the ticked applications with one stamped scan, in parts, so that no transaction is long; what is refused is named."""
    form = StampForm(request.POST, request.FILES)
    chosen = list(queries.visible_to(request.actor).filter(pk__in=request.POST.getlist("application"), state="submitted"))
    if not form.is_valid() or not chosen:
        return _employer_page(request, form=form, wrong=True, nothing=not chosen)
    stamp = form.cleaned_data["stamp"].read()
    try:
        for start in range(0, len(chosen), PART):
            actions.confirm_many(by=request.actor, applications=chosen[start : start + PART], stamp=stamp)
    except Refused as refusal:
        return _employer_page(request, form=form, refusal=refusal)
    messages.success(request, _("%(n)d applications confirmed and stamped.") % {"n": len(chosen)})
    return redirect("applications:employer")


@require_POST
@needs("applications.confirm_by_employer")
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm and stamp one application."""
    application = get_object_or_404(queries.visible_to(request.actor), pk=pk)
    form = StampForm(request.POST, request.FILES)
    if not form.is_valid():
        return detail_page(request, application, stamp_form=form, wrong=True)
    try:
        actions.confirm_by_employer(by=request.actor, application=application, stamp=form.cleaned_data["stamp"].read())
    except Refused as refusal:
        return detail_page(request, application, stamp_form=form, refusal=refusal)
    return redirect("applications:detail", pk)
