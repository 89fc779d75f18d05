"""What results fill of the registries: watched tables, the rail, what is open for whom, messages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exams.access import Actor
from exams.agenda import OpenItem, agenda, panel
from exams.journal.projection import watch
from exams.navigation import entry
from exams.results import queries
from exams.results.models import Mark, Result, ResultSheet, ScoreChange
from exams.results.publishing import PUBLISH_SOURCE, publish_by

watch(Mark, "place", "score", "checked_score", "entered_by", "checked_by", "settled_by", "state")
watch(Result, "application", "outcome", "lines", "published_at", "state")
watch(ResultSheet, "event", "digest", "published_at", "state")
watch(ScoreChange, "mark", "old", "new", "asked_by", "first_by", "second_by", "state")

entry(
    "results.index",
    _("Scores and results"),
    "results:index",
    "score_clerk",
    "marker",
    "assessor",
    "score_checker",
    "score_approver",
    order=40,
)
entry("results.mine", _("My results"), "results:mine", "candidate", order=40)


@panel("results.latest", "exams/results/_latest.html", "candidate", order=20)
def latest(actor: Actor) -> dict[str, Any] | None:
    """The candidate's newest published results."""
    rows = queries.results_visible_to(actor).select_related("application__item__qualification").order_by("-published_at")[:3]
    return {"results": list(rows)} if rows else None


@agenda("results.to_mark", "score_clerk", "score_checker", "score_approver", "chief")
def to_mark(actor: Actor) -> Iterator[OpenItem]:
    """Events being marked: what still waits, until when they must be published."""
    for event in queries.events_visible_to(actor).filter(state__in=["running", "marking"]).order_by("ends_on"):
        missing = queries.unmarked(event).count()
        if event.state == "running" and queries.open_sittings(event).exists():
            continue
        due = timezone.make_aware(datetime.combine(publish_by(event), time(23, 59)))
        yield OpenItem(
            "todo" if missing else "wait",
            _("Results of %(event)s: %(n)s without an agreed score") % {"event": event, "n": missing},
            basis=_(PUBLISH_SOURCE),
            due=due,
            url=reverse("results:event", args=[event.pk]),
            group=_("Scores and results"),
        )


@agenda("results.changes", "score_approver", "head_of_body", "chief")
def changes(actor: Actor) -> Iterator[OpenItem]:
    """Changes of score that wait for an approval of somebody who has not given one."""
    open_ones = queries.changes_visible_to(actor).filter(state__in=["asked", "approved_once"]).exclude(asked_by=actor.person_id)
    for change in open_ones.exclude(first_by=actor.person_id).select_related("mark__place"):
        yield OpenItem(
            "todo",
            _("Change of score %(number)s: %(old)s to %(new)s") % {"number": change.number, "old": change.old, "new": change.new},
            why=change.reason,
            url=reverse("results:change", args=[change.pk]),
            group=_("Scores and results"),
        )
