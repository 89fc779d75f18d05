"""Printed papers: single sheets at once, a whole room's tickets as a job."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exams.access import needs
from exams.jobs import actions as jobs
from exams.sittings import queries, sheets


def pdf(content: bytes, name: str) -> HttpResponse:
    """A document to be looked at and printed; nothing of it stays in a cache."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@needs("sittings.see")
def sheet(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Door notice, labels, attendance sheet or seating chart."""
    rows = queries.sittings_visible_to(request.actor)
    if request.actor.capacity in queries.AUTHORITY and kind == "labels":
        raise Http404
    found = get_object_or_404(
        rows.select_related("slot__event__body", "slot__item__qualification", "slot__item__edition", "slot__venue", "room"), pk=pk
    )
    if kind not in sheets.SHEETS:
        raise Http404
    return pdf(sheets.SHEETS[kind][0](found), f"{kind}-{found.pk.hex[-6:]}")


@needs("sittings.see")
def roster(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The staff sign-in sheet."""
    rows = queries.slots_visible_to(request.actor).select_related("event__body", "item__qualification", "item__edition", "venue")
    return pdf(sheets.roster(get_object_or_404(rows, pk=pk)), "roster")


@needs("sittings.see")
def draw_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The record of a draw."""
    rows = queries.draws_visible_to(request.actor).exclude(state__in=["open", "abandoned"])
    chosen = rows.select_related("event__body", "slot__event__body", "slot__item__qualification", "slot__item__edition")
    return pdf(sheets.draw_record(get_object_or_404(chosen, pk=pk)), "draw")


@needs("sittings.print_papers")
@require_POST
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All tickets of a room, made in the background."""
    found = get_object_or_404(queries.sittings_visible_to(request.actor).select_related("room", "slot__event"), pk=pk)
    job = jobs.start(
        request.actor, "sittings.tickets", _("Tickets of %(room)s") % {"room": found.room.name}, {"sitting": str(found.pk)}, about=found
    )
    return redirect("jobs:job", job.pk)
