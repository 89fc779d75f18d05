"""Publication: the gate that the page shows, asked once more; then tickets, duties, messages, all in one transaction."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time

from django.db.models import QuerySet
from django.utils import timezone

from exams import clock, lifecycle
from exams.access import Actor
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.messages.actions import send
from exams.programme.models import Event
from exams.sittings import gate, parameters
from exams.sittings.actions.duties import ask_all_again
from exams.sittings.models import Arrangement, Duty, Place, TimeSlot
from exams.sittings.tickets import NONCE
from exams.verdicts import gettext_noop as _


@action("sittings.publish_arrangement", on="event")
def publish_arrangement(*, by: Actor, event: Event) -> Arrangement:
    """Release times, seats and duties. After this a change needs two persons and a reason."""
    event = Event.objects.select_for_update().get(pk=event.pk)
    if event.state != "applications_closed":
        refuse(
            "sittings.applications_open",
            _("The arrangement is published after applications are closed, and once."),
            remedy=_("Close the applications of the event first."),
        )
    objections = gate.open_points(event)
    if objections:
        raise Refused(objections)
    duties = Duty.objects.filter(slot__event=event, live=True)
    ask_all_again(by=by, duties=duties)
    slots = list(TimeSlot.objects.filter(event=event, state="planned").select_related("venue", "item__qualification"))
    places = list(Place.objects.filter(slot__in=slots, state="held").select_related("application", "slot__venue", "sitting__room", "seat"))
    first = min(slot.starts_at for slot in slots)
    arrangement = Arrangement.objects.create(
        event=event,
        published_at=clock.now(),
        tickets_from=_tickets_from(event),
        tickets_until=_tickets_until(event, max(s.ends_at for s in slots)),
        parameters={
            value.code: [value.value, str(value.source)] for value in parameters.all_in_force(event.body_id, event.starts_on).values()
        },
    )
    for slot in slots:
        lifecycle.move(slot, "publish")
        for sitting in slot.sittings.filter(live=True):
            lifecycle.move(sitting, "publish")
    for place in places:
        issue_ticket(place)
    _release(by, duties)
    _tell_candidates(places)
    lifecycle.move(event, "arrange")
    record(
        "sittings.publish_arrangement",
        event,
        by=by,
        about=[arrangement, *slots],
        slots=len(slots),
        places=len(places),
        duties=duties.count(),
        first=first,
        parameters=arrangement.parameters,
    )
    return arrangement


def issue_ticket(place: Place) -> None:
    """A fresh nonce makes the code of any earlier ticket dead."""
    nonce = secrets.token_hex(NONCE)
    if place.ticket_state in ("drafted", "issued"):
        place.ticket_state = "issued"
    else:
        place.ticket_state = "replaced"
    place.ticket_nonce, place.ticket_issue = nonce, place.ticket_issue + 1
    place.save(update_fields=["ticket_state", "ticket_nonce", "ticket_issue"])
    if lifecycle.can(place.application, "issue_ticket"):
        lifecycle.move(place.application, "issue_ticket")


def _release(by: Actor, duties: list[Duty]) -> None:
    for duty in duties.select_related("slot__venue", "slot__item__qualification", "sitting__room", "person"):
        if lifecycle.can(duty, "release"):
            lifecycle.move(duty, "release")
            record("sittings.release_duty", duty, by=by)
        send(person_id=duty.person_id, kind="duty.released", params=_duty_words(duty))


def _duty_words(duty: Duty) -> dict[str, str]:
    return {
        "capacity": duty.capacity,
        "starts_at": duty.starts_at.isoformat(),
        "venue": duty.slot.venue.name,
        "room": duty.sitting.room.name if duty.sitting else "",
    }


def _tell_candidates(places: list[Place]) -> None:
    for place in places:
        send(
            person_id=place.application.person_id,
            kind="ticket.issued",
            params={
                "subject": place.slot.subject,
                "starts_at": place.slot.starts_at.isoformat(),
                "venue": place.slot.venue.name,
                "room": place.sitting.room.name,
                "seat": place.seat.label,
                "number": place.ticket_number,
            },
        )


def _tickets_from(event: Event) -> datetime:
    return _start_of(event.ticket_from) if event.ticket_from else clock.now()


def _tickets_until(event: Event, last: datetime) -> datetime:
    """The last moment of the last day; without a window in the notice, as long as the event lasts."""
    if event.ticket_until is None:
        return last
    return timezone.make_aware(datetime.combine(event.ticket_until, time(23, 59, 59)))


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def renew_tickets(slot: TimeSlot, places: QuerySet[Place]) -> None:
    """Whoever holds a ticket gets a new one and is told; before publication there is nothing to renew."""
    if slot.state != "published":
        return
    for place in places.select_related("application", "slot__venue", "sitting__room", "seat"):
        issue_ticket(place)
        send(
            person_id=place.application.person_id,
            kind="ticket.replaced",
            params={
                "subject": slot.subject,
                "starts_at": place.slot.starts_at.isoformat(),
                "venue": place.slot.venue.name,
                "room": place.sitting.room.name,
                "seat": place.seat.label,
                "number": place.ticket_number,
            },
        )
