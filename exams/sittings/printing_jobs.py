"""Long printing: all tickets of a room, stored as a document that is authorised again when it is fetched."""

from __future__ import annotations

from typing import Any

from exams.access import Actor
from exams.documents.access import document_access
from exams.documents.actions import store
from exams.documents.models import Document
from exams.errors import refuse
from exams.jobs.work import Progress, job
from exams.journal.actions import action, record
from exams.sittings import queries, sheets
from exams.sittings.actions.ticketing import mark_printed
from exams.sittings.models import Sitting
from exams.verdicts import gettext_noop as _


@action("sittings.print_papers", on="sitting")
def print_room_tickets(*, by: Actor, sitting: Sitting) -> Document:
    """Print every ticket of a room; printed by the body they count as printed."""
    places = list(
        sitting.places.filter(state="held")
        .exclude(ticket_state__in=["drafted", "void", "lapsed"])
        .select_related(
            "slot__event__body",
            "slot__venue",
            "slot__item__qualification",
            "slot__item__edition",
            "sitting__room",
            "seat",
            "application__person",
            "application__employer",
        )
        .order_by("seat__label")
    )
    if not places:
        refuse("tickets.none_here", _("There are no tickets to print for this room."), remedy=_("Publish the arrangement first."))
    content = sheets.tickets(places)
    for place in places:
        mark_printed(place)
    document = store(by, content, f"tickets-{sitting.room.name}.pdf", "application/pdf", "sittings.Sitting", sitting.pk)
    record("sittings.print_papers", sitting, by=by, about=[document], tickets=len(places))
    return document


@job("sittings.tickets")
def tickets_of_room(progress: Progress, *, by: Actor, sitting: str) -> dict[str, Any]:
    """All tickets of a room in seat order, as one file to be printed and collated."""
    found = Sitting.objects.select_related("room", "slot__event").get(pk=sitting)
    progress.begin(1, _("Printing tickets"))
    document = print_room_tickets(by=by, sitting=found)
    progress.advance()
    return {"document_id": document.pk, "tickets": found.places.filter(state="held").count()}


@document_access("sittings.Sitting")
def may_fetch_papers(actor: Actor, document: Document) -> bool:
    """Those who see the sitting and arrange it, or serve in it."""
    if actor.capacity in queries.AUTHORITY:
        return False
    return queries.sittings_visible_to(actor).filter(pk=document.owner_id).exists()
