"""Tickets in the hands of candidates: printed within the window, lapsed after it; calendar addresses."""

from __future__ import annotations

from exams import clock, lifecycle
from exams.access import SYSTEM, Actor
from exams.errors import refuse
from exams.journal.actions import action, record
from exams.messages.actions import send
from exams.sittings.models import Arrangement, CalendarFeed, Place
from exams.verdicts import gettext_noop as _


@action("sittings.print_ticket", on="place")
def print_ticket(*, by: Actor, place: Place) -> Place:
    """The candidate prints a ticket; only inside the window, and never one that is void."""
    arrangement = Arrangement.objects.filter(event=place.slot.event_id).first()
    now = clock.now()
    if arrangement is None or place.state == "void" or place.ticket_state in ("drafted", "void"):
        refuse("tickets.none", _("There is no ticket for this examination."), remedy=_("Ask the exam body."))
    if now < arrangement.tickets_from:
        refuse("tickets.too_early", _("Tickets can be printed from %(from)s."), **{"from": arrangement.tickets_from})
    if place.ticket_state == "lapsed" or (now > arrangement.tickets_until and place.ticket_state == "issued"):
        refuse(
            "tickets.lapsed",
            _("The ticket was not printed by %(until)s and has lapsed."),
            until=arrangement.tickets_until,
            basis=_("Requirement R-44"),
            remedy=_("Ask the exam body; a replacement needs two persons and a reason."),
        )
    mark_printed(place)
    record("sittings.print_ticket", place, by=by, about=[place.sitting, place.application], issue=place.ticket_issue)
    return place


def mark_printed(place: Place) -> None:
    """Whoever printed it, the ticket is out; printing it again changes nothing."""
    if place.ticket_state == "issued":
        lifecycle.move(place, "print", printed_at=clock.now())


@action("sittings.lapse_tickets")
def lapse_tickets(*, by: Actor = SYSTEM) -> int:
    """Let tickets lapse that nobody printed within the window."""
    due = Place.objects.filter(
        ticket_state="issued",
        slot__event__arrangement__tickets_until__lt=clock.now(),
        slot__event__ticket_until__isnull=False,
        slot__starts_at__gt=clock.now(),
    )
    places = list(due.select_related("application", "slot"))
    for place in places:
        lifecycle.move(place, "lapse")
        send(
            person_id=place.application.person_id,
            kind="ticket.lapsed",
            params={"subject": place.slot.subject, "number": place.ticket_number},
        )
        record("sittings.lapse_tickets", place, by=by, about=[place.application])
    if not places:
        record("sittings.lapse_tickets", None, by=by, lapsed=0)
    return len(places)


@action("sittings.make_feed")
def make_feed(*, by: Actor) -> CalendarFeed:
    """Make one's calendar address, or a new one that kills the old."""
    feed, made = CalendarFeed.objects.get_or_create(person_id=by.person_id)
    if not made:
        feed.version += 1
        feed.save(update_fields=["version"])
    record("sittings.make_feed", feed, by=by, version=feed.version)
    return feed
