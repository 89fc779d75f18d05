"""Pages of reports by workbook: the templates, the upload, the preview with every fault, the decision."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exams import wording, workbook
from exams.access import needs
from exams.documents.workbook import make
from exams.errors import Refused
from exams.interests import forms, importing, queries
from exams.interests.models import ReportBatch
from exams.interests.template import template_for
from exams.jobs import actions as jobs
from exams.jobs.queries import OVER, about
from exams.people.models import Organisation

PER_PAGE = 50
# Below this a workbook is read while one waits; above it in the background, with a bar.
AT_ONCE = 60_000
FEW = 100
NOTES = {
    "courses": gettext_lazy(
        "Three sheets: the courses, who taught in them, who attended. Who trains does not examine; nobody guards or assesses own trainees."
    ),
    "works": gettext_lazy("Books, aids and other material written for an examination, one row for each author."),
    "posts": gettext_lazy("Who holds or held a post in your organisation, with first and last day."),
    "kin": gettext_lazy(
        "Only what a person wrote on a form and signed. The person’s own declaration stays the legal act and takes its place."
    ),
}


@require_safe
@needs("interests.hand_in")
def overview(request: HttpRequest) -> HttpResponse:
    """What can be reported by workbook, and the imports so far."""
    wanted = queries.importable(request.actor)
    context = {
        "kinds": [(kind.value, kind.label, NOTES[kind.value]) for kind in ReportBatch.Kind if kind in wanted],
        "batches": queries.batches_visible_to(request.actor)[:50],
    }
    return render(request, "exams/interests/imports.html", context)


def _kind(request: HttpRequest, kind: str) -> ReportBatch.Kind:
    if kind not in queries.importable(request.actor):
        raise Http404
    return ReportBatch.Kind(kind)


@require_safe
@needs("interests.hand_in")
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The workbook to fill in."""
    found = _kind(request, kind)
    response = HttpResponse(make(template_for(found, get_language() or "")), content_type=workbook.MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{found.value}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@needs("interests.hand_in")
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Take the filled-in workbook; nothing is written yet."""
    found = _kind(request, kind)
    form = forms.Workbook(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"kind": found, "note": NOTES[found.value], "form": form}
    if request.method != "POST":
        return render(request, "exams/interests/upload.html", context)
    if not form.is_valid():
        return render(request, "exams/interests/upload.html", context, status=422)
    try:
        batch = _taken(request, found, form.cleaned_data["file"])
    except Refused as refusal:
        return render(request, "exams/interests/upload.html", {**context, "refusal": refusal}, status=409)
    return redirect("interests:batch", batch.pk)


def _taken(request: HttpRequest, kind: ReportBatch.Kind, file: Any) -> ReportBatch:
    own = get_object_or_404(Organisation, pk=request.actor.organisation_id)
    given = {"by": request.actor, "kind": kind.value, "organisation": own, "file_name": file.name, "file_bytes": file.read()}
    if file.size <= AT_ONCE:
        return importing.preview_workbook(**given)
    batch = importing.take_workbook(**given)
    jobs.start(request.actor, "interests.preview", file.name, {"batch": str(batch.pk)}, about=batch)
    return batch


def _batch(request: HttpRequest, pk: UUID) -> ReportBatch:
    found: ReportBatch = get_object_or_404(queries.batches_visible_to(request.actor), pk=pk)
    return found


@require_safe
@needs("interests.hand_in")
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a workbook would put on record, and every fault of it; or the bar while it is being read."""
    found = _batch(request, pk)
    if request.GET.get("export") == "xlsx":
        return _faults_workbook(found)
    return _batch_page(request, found)


def _batch_page(request: HttpRequest, found: ReportBatch, **more: Any) -> HttpResponse:
    report = json.loads(found.report or "{}")
    faults = _fault_rows(report)
    number = request.GET.get("page", "")
    first = (max(int(number), 1) - 1) * PER_PAGE if number.isdecimal() and len(number) < 6 else 0
    job = about(found, "interests.import") or about(found, "interests.preview")
    names = report.get("names", [])
    context = {
        "batch": found,
        "changes": found.new + found.changed + found.unmatched,
        "names": names[:PER_PAGE],
        "more_names": max(0, len(names) - PER_PAGE),
        "faults": faults[first : first + PER_PAGE],
        "first": first + 1,
        "last": min(first + PER_PAGE, len(faults)),
        "page": first // PER_PAGE + 1,
        "job": job if job and (job.state not in OVER or job.state == "failed") else None,
        **more,
    }
    return render(request, "exams/interests/batch.html", context, status=409 if more.get("refusal") else 200)


def _fault_rows(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Every fault with its sentence in the reader's language."""
    return [{**fault, "text": wording.render(fault["message"], fault["params"])} for fault in report.get("faults", [])]


def _faults_workbook(found: ReportBatch) -> HttpResponse:
    heads = [_("Sheet"), _("Row"), _("Column"), _("What you wrote"), _("What is wrong"), _("What would be right")]
    rows = _fault_rows(json.loads(found.report or "{}"))
    cells = [[row["sheet"], row["row"], row["column"], row["value"], row["text"], row["example"]] for row in rows]
    response = HttpResponse(workbook.write(heads, cells, sheet=_("Faults")), content_type=workbook.MEDIA_TYPE)
    response["Content-Disposition"] = 'attachment; filename="faults.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@needs("interests.import_reports")
def import_batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put it on record: few rows at once, many in the background."""
    found = _batch(request, pk)
    try:
        if found.new + found.changed + found.unmatched <= FEW:
            importing.import_reports(by=request.actor, batch=found)
        else:
            jobs.start(request.actor, "interests.import", found.file_name, {"batch": str(found.pk)}, about=found)
    except Refused as refusal:
        return _batch_page(request, found, refusal=refusal)
    return redirect("interests:batch", pk)


@require_POST
@needs("interests.discard_reports")
def discard_batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put the preview away."""
    importing.discard_batch(by=request.actor, batch=_batch(request, pk))
    return redirect("interests:batch", pk)
