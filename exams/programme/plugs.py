"""What the programme puts into lower registries: how an event is called, and the closing of applications at the deadline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams import clock
from exams.access import SYSTEM, Actor
from exams.agenda import OpenItem, agenda
from exams.errors import Stale
from exams.interests.events import EVENTS, EventName
from exams.journal.projection import watch
from exams.navigation import entry
from exams.programme import actions, queries
from exams.programme.models import Event, LateConsent
from exams.ticks import tick

watch(Event, "body", "number", "starts_on", "ends_on", "apply_from", "apply_until", "published_at")
watch(LateConsent, "event", "state")

entry(
    "programme.events",
    gettext_lazy("Exam events"),
    "programme:events",
    "head_of_body",
    "exam_clerk",
    "chief",
    "verifier",
    "application_approver",
    "authority_officer",
    "oversight_inspector",
    order=10,
)


@EVENTS.register("programme.event")
def event_named(event_id: Any) -> EventName | None:
    """The event with that id."""
    try:
        key = event_id if isinstance(event_id, UUID) else UUID(str(event_id))
    except ValueError:
        return None
    event = Event.objects.filter(pk=key).prefetch_related("items__qualification").first()
    if event is None:
        return None
    families = tuple(sorted({item.qualification.family for item in event.items.all()}))
    return EventName(event.pk, str(event), event.body_id, event.starts_on, families)


@tick("programme.close_applications", every=60)
def close_at_deadline() -> None:
    """Close the applications of every event whose last day has passed; whoever was first wins."""
    for event in Event.objects.filter(state="announced", apply_until__lt=clock.today()):
        try:
            actions.close_applications(by=SYSTEM, event=event)
        except Stale:
            continue


@agenda("programme.notices", "exam_clerk", "head_of_body")
def notices_to_publish(actor: Actor) -> Iterator[OpenItem]:
    """Planned events whose notice must still appear, by the last day on which it may."""
    days, source = queries.lead_time()
    for event in queries.visible_to(actor).filter(state="draft").order_by("starts_on"):
        last = event.starts_on - timedelta(days=days)
        late = last < clock.today()
        yield OpenItem(
            "refused" if late else "todo",
            _("Publish the notice of %(event)s") % {"event": event.title},
            why=_("It must appear %(days)s days before the first day (%(source)s).") % {"days": days, "source": source},
            basis=_("Administrative Licensing Law, Art. 54"),
            due=timezone.make_aware(datetime.combine(last, time(23, 59))),
            url=reverse("programme:event", args=[event.pk]),
            link=_("Open the event"),
            group=str(event),
        )


@agenda("programme.late_consents", "authority_officer")
def consents_to_decide(actor: Actor) -> Iterator[OpenItem]:
    """Bodies that ask for consent to a late notice."""
    rows = LateConsent.objects.filter(state="asked", event__body__supervised_by=actor.organisation_id).select_related("event__body")
    for consent in rows:
        yield OpenItem(
            "todo",
            _("Decide on the late notice of %(event)s") % {"event": consent.event.title},
            why=consent.reason,
            who=consent.event.body.name,
            url=reverse("programme:decide_late", args=[consent.event_id]),
            link=_("Decide"),
            group=str(consent.event),
        )
