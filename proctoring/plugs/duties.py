"""What footage leaves open on the home pages: answers to give, stretches to look at, removals to decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exams.access import Actor
from exams.agenda import OpenItem, agenda
from exams.journal.projection import watch
from proctoring.footage import parameters, queries
from proctoring.footage.models import Disposal, FootageRequest, KeepingRule, SampleDraw, SampleItem

KNOWN = parameters.KNOWN  # imported for the values it makes known

watch(FootageRequest, "place", "asked_at", "due_on", "decided_by", "shown_by", "state")
watch(SampleDraw, "event", "side", "percent", "pool_digest", "served_at")
watch(SampleItem, "draw", "sitting", "outcome", "looked_by", "state")
watch(KeepingRule, "body", "of_class", "days", "source", "entered_by", "confirmed_by", "state")
watch(Disposal, "sitting", "kept_until", "first_by", "second_by", "state")


@agenda("proctoring.footage_requests", "exam_clerk", "head_of_body")
def requests_to_answer(actor: Actor) -> Iterable[OpenItem]:
    """Requests of candidates that wait for a decision."""
    for row in queries.requests_visible_to(actor).filter(state="asked").order_by("due_on")[:20]:
        yield OpenItem(
            "todo", _("Answer the request to see footage of %(ticket)s") % {"ticket": row.place.ticket_number}, row.reason[:80],
            _("Requirement R-77"), due=timezone.make_aware(datetime.combine(row.due_on, time(23, 59))),
            url=reverse("footage:request", args=[row.pk]), group=row.place.slot.event.title,
        )  # fmt: skip


@agenda("proctoring.samples", "exam_clerk", "head_of_body", "authority_officer", "oversight_inspector")
def samples_to_look_at(actor: Actor) -> Iterable[OpenItem]:
    """Drawn stretches of one’s own side that nobody has looked at."""
    side = "authority" if actor.capacity in queries.AUTHORITY else "body"
    for draw in queries.draws_visible_to(actor).filter(side=side, due__gt=0)[:20]:
        yield OpenItem(
            "todo", _("Look at %(n)s stretches of footage") % {"n": draw.due}, basis=_("Requirement R-73"),
            url=reverse("footage:sample", args=[draw.pk]), group=draw.event.title,
        )  # fmt: skip


@agenda("proctoring.disposals", "archivist", "head_of_body")
def removals_to_decide(actor: Actor) -> Iterable[OpenItem]:
    """Footage whose period is over."""
    for row in queries.disposals_visible_to(actor).filter(state__in=("proposed", "once")).exclude(first_by=actor.person_id)[:20]:
        yield OpenItem(
            "todo", _("Decide on the removal of the footage of room %(room)s") % {"room": row.sitting.room}, basis=_("Requirement R-75"),
            url=reverse("footage:sitting", args=[row.sitting_id]), group=row.sitting.slot.event.title,
        )  # fmt: skip
