"""Pages of long work: the list of one's own, one job with its bar, its result."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exams.access import needs
from exams.jobs import actions, queries
from exams.listing import Column, Listing
from exams.verdicts import Objection


@require_safe
@needs("jobs.view")
def job_list(request: HttpRequest) -> HttpResponse:
    """One's own jobs, newest first."""
    listing = Listing(
        queries.visible_to(request.actor),
        [
            Column("title", _("Task"), kind="head", link=lambda row: f"{row.pk}/"),
            Column("state", _("State"), kind="state"),
            Column("done", _("Done"), kind="number"),
            Column("total", _("Total"), kind="number"),
            Column("created_at", _("Started"), kind="when", sort="created_at"),
        ],
        search=["title"],
        name="jobs",
        title=_("Long work"),
        empty=_("Imports, exports and seals that take longer than a moment appear here."),
    )
    return listing.answer(request, "exams/jobs/list.html")


@require_safe
@needs("jobs.view")
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One job; the page may be left and opened again."""
    found = queries.visible_or_404(request.actor, pk)
    errors = [Objection.from_json(error) for error in found.errors]
    return render(request, "exams/jobs/job.html", {"job": found, "errors": errors, "over": found.state in queries.OVER})


@require_safe
@needs("jobs.view")
def state(request: HttpRequest, pk: UUID) -> JsonResponse:
    """How far it is, for the bar."""
    return JsonResponse(queries.as_json(queries.visible_or_404(request.actor, pk)))


@require_safe
@needs("jobs.view")
def result(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file that came of it. Who may have it is asked again now, here and by the file's owner."""
    found = queries.visible_or_404(request.actor, pk)
    if found.state != "done" or not found.result_document_id:
        raise Http404
    return redirect("documents:download", found.result_document_id)


@require_POST
@needs("jobs.cancel")
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask it to stop."""
    found = queries.visible_or_404(request.actor, pk)
    actions.cancel(by=request.actor, job=found)
    return redirect("jobs:job", pk)
