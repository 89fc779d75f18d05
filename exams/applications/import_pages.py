"""Pages of the import: the template, the upload, the preview with every fault, the decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exams import clock, wording, workbook
from exams.access import needs
from exams.applications import actions, queries
from exams.applications.forms import WorkbookForm
from exams.applications.models import ImportBatch
from exams.applications.template import template_for
from exams.documents.workbook import make
from exams.errors import Refused
from exams.jobs import actions as jobs
from exams.jobs.queries import OVER, about
from exams.people.models import Organisation
from exams.programme.models import Event

PER_PAGE = 50
# Below this a workbook is read while one waits; above it in the background, with a bar.
AT_ONCE = 60_000


def _event(request: HttpRequest, pk: UUID) -> Event:
    event = queries.events_to_import(request.actor, clock.today()).filter(pk=pk).first()
    if event is None:
        raise Http404
    return event


def _employers(request: HttpRequest) -> Any:
    """An employer's clerk imports for that employer; the body's clerk for any."""
    rows = Organisation.objects.filter(kind="employer").order_by("name")
    return rows.filter(pk=request.actor.organisation_id) if request.actor.capacity == "employer_clerk" else rows


@require_safe
@needs("applications.preview_workbook")
def overview(request: HttpRequest) -> HttpResponse:
    """Events that take applications, and the imports so far."""
    context = {
        "events": queries.events_to_import(request.actor, clock.today()),
        "batches": queries.batches_visible_to(request.actor)[:50],
    }
    return render(request, "exams/applications/imports.html", context)


@require_safe
@needs("applications.preview_workbook")
def upload_form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Template and upload of one event."""
    event = _event(request, pk)
    return render(request, "exams/applications/upload.html", {"event": event, "form": WorkbookForm(employers=_employers(request))})


@require_safe
@needs("applications.preview_workbook")
def template(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The workbook to fill in, made for this event."""
    event = _event(request, pk)
    response = HttpResponse(make(template_for(event, get_language() or "")), content_type=workbook.MEDIA_TYPE)
    response["Content-Disposition"] = (
        f'attachment; filename="applications-{event.number.encode("ascii", "ignore").decode() or "event"}.xlsx"'
    )
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@needs("applications.preview_workbook")
def upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the filled-in workbook; nothing is written yet."""
    event = _event(request, pk)
    form = WorkbookForm(request.POST, request.FILES, employers=_employers(request))
    if not form.is_valid():
        return render(request, "exams/applications/upload.html", {"event": event, "form": form}, status=422)
    file = form.cleaned_data["file"]
    given = {"by": request.actor, "event": event, "employer": form.cleaned_data["employer"], "file_name": file.name}
    try:
        if file.size <= AT_ONCE:
            batch = actions.preview_workbook(file_bytes=file.read(), **given)
        else:
            batch = actions.take_workbook(file_bytes=file.read(), **given)
            jobs.start(request.actor, "applications.preview", file.name, {"batch": str(batch.pk)}, about=batch)
    except Refused as refusal:
        return render(request, "exams/applications/upload.html", {"event": event, "form": form, "refusal": refusal}, status=409)
    return redirect("applications:batch", batch.pk)


def _batch(request: HttpRequest, pk: UUID) -> ImportBatch:
    return get_object_or_404(queries.batches_visible_to(request.actor), pk=pk)


@require_safe
@needs("applications.preview_workbook")
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a workbook would change, and every fault of it; or the bar while it is being read."""
    found = _batch(request, pk)
    if request.GET.get("export") == "xlsx":
        return _faults_workbook(found)
    return _batch_page(request, found)


def _batch_page(request: HttpRequest, found: ImportBatch, **more: Any) -> HttpResponse:
    faults = fault_rows(found)
    number = request.GET.get("page", "")
    first = (max(int(number), 1) - 1) * PER_PAGE if number.isdecimal() and len(number) < 6 else 0
    job = about(found, "applications.import") or about(found, "applications.preview")
    context = {
        "batch": found,
        "good": found.new + found.changed,
        "right": found.new + found.changed + found.same,
        "faults": faults[first : first + PER_PAGE],
        "first": first + 1,
        "last": min(first + PER_PAGE, len(faults)),
        "page": first // PER_PAGE + 1,
        "job": job if job and (job.state not in OVER or job.state == "failed") else None,
        "undoable": found.state == "imported" and found.event.state == "announced" and clock.today() <= found.event.apply_until,
        **more,
    }
    return render(request, "exams/applications/batch.html", context, status=409 if more.get("refusal") else 200)


def fault_rows(found: ImportBatch) -> list[dict[str, Any]]:
    """Every fault with its sentence in the reader's language."""
    return [{**fault, "text": wording.render(fault["message"], fault["params"])} for fault in queries.faults_of(found)]


def _faults_workbook(found: ImportBatch) -> HttpResponse:
    heads = [_("Sheet"), _("Row"), _("Column"), _("What you wrote"), _("What is wrong"), _("What would be right")]
    rows = [[row["sheet"], row["row"], row["column"], row["value"], row["text"], row["example"]] for row in fault_rows(found)]
    response = HttpResponse(workbook.write(heads, rows, sheet=_("Faults")), content_type=workbook.MEDIA_TYPE)
    response["Content-Disposition"] = 'attachment; filename="faults.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@needs("applications.preview_workbook")
def act(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Import, discard or undo."""
    found = _batch(request, pk)
    try:
        if verb == "import":
            return _import(request, found)
        if verb == "undo":
            actions.undo_import(by=request.actor, batch=found)
        elif verb == "discard":
            actions.discard_batch(by=request.actor, batch=found)
        else:
            raise Http404
    except Refused as refusal:
        return _batch_page(request, found, refusal=refusal)
    return redirect("applications:batch", pk)


def _import(request: HttpRequest, found: ImportBatch) -> HttpResponse:
    """Few rows at once, many in the background."""
    mode = "all" if request.POST.get("mode") == "all" else "good"
    if found.new + found.changed <= 50:
        actions.import_workbook(by=request.actor, batch=found, mode=mode)
    else:
        jobs.start(request.actor, "applications.import", found.file_name, {"batch": str(found.pk), "mode": mode}, about=found)
    return redirect("applications:batch", found.pk)
