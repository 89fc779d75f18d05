"""Reads of scores and results; each begins with what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from exams.access import Actor
from exams.applications.models import Application
from exams.conduct.models import CheckIn
from exams.programme.models import Event
from exams.results.grading import PASS
from exams.results.models import Mark, Result, ScoreChange
from exams.sittings.models import Place, Sitting

# Who records scores, who else of the body sees them, and who supervises.
RECORDERS = ("score_clerk", "marker", "assessor")
STAFF = ("exam_clerk", "head_of_body", "chief", *RECORDERS, "score_checker", "score_approver", "archivist")
AUTHORITY = ("authority_officer", "oversight_inspector")
MARKED_STATES = ("running", "marking", "published", "closed")
OVER = ("closed", "sealed")
SETTLED = ("checked", "published", "corrected", "void")


def _events(actor: Actor, path: str) -> Q:
    if actor.capacity == "system":
        return Q()
    if actor.capacity in STAFF:
        return Q(**{f"{path}body": actor.organisation_id})
    if actor.capacity in AUTHORITY:
        return Q(**{f"{path}body__supervised_by": actor.organisation_id})
    return Q(pk=None)


def events_visible_to(actor: Actor) -> QuerySet[Event]:
    """Events whose scores one may look at: those of the own body, or of the bodies one supervises."""
    return Event.objects.filter(_events(actor, ""), state__in=MARKED_STATES)


def visible_to(actor: Actor) -> QuerySet[Mark]:
    return Mark.objects.filter(_events(actor, "place__slot__event__"))


def sittings_visible_to(actor: Actor) -> QuerySet[Sitting]:
    """Sittings that are over; their scores may be recorded."""
    return Sitting.objects.filter(_events(actor, "slot__event__"), live=True)


def changes_visible_to(actor: Actor) -> QuerySet[ScoreChange]:
    return ScoreChange.objects.filter(_events(actor, "mark__place__slot__event__"))


def results_visible_to(actor: Actor) -> QuerySet[Result]:
    """A candidate's own, once published; of others nothing, whoever asks as a candidate."""
    if actor.capacity == "candidate":
        return Result.objects.filter(application__person=actor.person_id, state="published")
    return Result.objects.filter(_events(actor, "application__event__"))


def present(places: QuerySet[Place] | None = None) -> QuerySet[Place]:
    """Places whose candidate was admitted."""
    admitted = CheckIn.objects.filter(place=OuterRef("pk"), undone_at=None, outcome="present")
    return (Place.objects.all() if places is None else places).filter(Exists(admitted))


def held(event: Event) -> QuerySet[Place]:
    """The places of an event that somebody was to take."""
    return Place.objects.filter(slot__event=event, sitting__live=True, state="held")


def unmarked(event: Event) -> QuerySet[Place]:
    """Candidates who sat and have no score that two persons agree on."""
    settled = Mark.objects.filter(place=OuterRef("pk"), state__in=SETTLED)
    return present(held(event)).filter(~Exists(settled)).select_related("sitting__room", "slot")


def unanswered(event: Event) -> QuerySet[Place]:
    """Places about which the door never said anything final: neither present nor absent."""
    answered = CheckIn.objects.filter(place=OuterRef("pk"), undone_at=None).exclude(outcome="hold")
    return held(event).filter(~Exists(answered)).select_related("sitting__room", "slot")


def open_sittings(event: Event) -> QuerySet[Sitting]:
    return Sitting.objects.filter(slot__event=event, live=True).exclude(state__in=OVER).select_related("room", "slot")


def with_counts(sittings: QuerySet[Sitting]) -> QuerySet[Sitting]:
    """Each sitting with how many sat, how many scores are recorded and how many are agreed."""
    sat = Q(places__state="held", places__check_ins__outcome="present", places__check_ins__undone_at=None)
    return sittings.annotate(
        sat=Count("places", filter=sat, distinct=True),
        recorded=Count("places__mark", distinct=True),
        agreed=Count("places__mark", filter=Q(places__mark__state__in=SETTLED), distinct=True),
        differing=Count("places__mark", filter=Q(places__mark__state="differing"), distinct=True),
    )


def carried(applications: Iterable[Application]) -> dict[tuple[object, object], dict[str, date]]:
    """Subjects a person passed earlier in the same qualification, by person and qualification, with the day of publication."""
    people = {application.person_id for application in applications}
    wanted = {application.item.qualification_id for application in applications}
    rows = Result.objects.filter(application__person__in=people, application__item__qualification__in=wanted, state="published").exclude(
        application__in=applications
    )
    found: dict[tuple[object, object], dict[str, date]] = {}
    for result in rows.select_related("application__item"):
        key = (result.application.person_id, result.application.item.qualification_id)
        day = timezone.localtime(result.published_at).date()
        for line in result.lines:
            if line["outcome"] == PASS:
                passed = found.setdefault(key, {})
                passed[line["subject"]] = max(day, passed.get(line["subject"], day))
    return found


def figures(event: Event) -> dict[str, int]:
    """How many of each conclusion."""
    rows = Result.objects.filter(application__event=event).values_list("outcome").annotate(n=Count("id"))
    return dict(rows.order_by("outcome"))


def score_of(text: str) -> Decimal | None:
    """A score as typed, or None if it is none."""
    text = text.strip().replace("．", ".")
    if not text or not text.isascii() or not text.replace(".", "", 1).isdigit() or len(text) > 8:
        return None
    return Decimal(text)
