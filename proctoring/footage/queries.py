"""Reads of footage; each begins with what the reader may see. A draw of the authority does not exist for the body before it is served."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from exams import clock
from exams.access import Actor
from exams.sittings import parameters
from exams.sittings.models import Place, Sitting
from exams.sittings.queries import AUTHORITY
from exams.spelling import local
from proctoring.coverage.models import Recording
from proctoring.coverage.queries import milliseconds
from proctoring.footage.models import Disposal, FootageRequest, Hold, KeepingRule, SampleDraw, SampleItem

DECIDERS = ("head_of_body", "exam_clerk")
KEEPERS = ("archivist", "head_of_body")
SHOWERS = ("exam_clerk", "technician", "video_monitor", "head_of_body")
OVER = ("closed", "sealed")


def _events(actor: Actor, path: str) -> Q:
    """The events whose footage concerns the actor: of the own body, or of those one supervises."""
    if actor.capacity == "system":
        return Q()
    if actor.capacity in {*DECIDERS, *KEEPERS, *SHOWERS}:
        return Q(**{f"{path}body": actor.organisation_id})
    if actor.capacity in AUTHORITY:
        return Q(**{f"{path}body__supervised_by": actor.organisation_id})
    return Q(pk=None)


def sittings_visible_to(actor: Actor) -> QuerySet[Sitting]:
    """Watched sittings that are over."""
    over = Sitting.objects.filter(_events(actor, "slot__event__"), state__in=OVER, room__watch=True)
    return over.select_related("room__venue", "slot__event__body")


def requests_visible_to(actor: Actor) -> QuerySet[FootageRequest]:
    """One's own, or those that concern one's footage."""
    if actor.capacity == "candidate":
        found = FootageRequest.objects.filter(place__application__person=actor.person_id)
    else:
        found = FootageRequest.objects.filter(_events(actor, "place__slot__event__"))
    return found.select_related("place__application__person", "place__seat", "place__sitting__room__venue", "place__slot__event__body")


visible_to = requests_visible_to


def own_places(actor: Actor) -> QuerySet[Place]:
    """The candidate's own seats in watched sittings that are over."""
    own = Place.objects.filter(application__person=actor.person_id, state="held", sitting__state__in=OVER, sitting__room__watch=True)
    return own.select_related("sitting__room__venue", "slot__event__body", "slot__item__qualification", "seat").order_by("-slot__starts_at")


def draws_visible_to(actor: Actor) -> QuerySet[SampleDraw]:
    """Both sides' for the authority; for the body its own, and the authority's once it was served."""
    found = SampleDraw.objects.filter(_events(actor, "event__")).select_related("event__body")
    if actor.capacity not in (*AUTHORITY, "system"):
        found = found.exclude(served_at=None)
    return found.annotate(all=Count("items"), due=Count("items", filter=Q(items__state="due")))


def items_visible_to(actor: Actor) -> QuerySet[SampleItem]:
    return SampleItem.objects.filter(draw__in=draws_visible_to(actor).values("pk")).select_related("draw__event", "sitting__room")


def rules_visible_to(actor: Actor) -> QuerySet[KeepingRule]:
    if actor.capacity in AUTHORITY:
        return KeepingRule.objects.filter(body__supervised_by=actor.organisation_id)
    return KeepingRule.objects.filter(body=actor.organisation_id)


def disposals_visible_to(actor: Actor) -> QuerySet[Disposal]:
    found = Disposal.objects.filter(_events(actor, "sitting__slot__event__"))
    return found.select_related("sitting__room__venue", "sitting__slot__event__body", "rule", "first_by", "second_by")


def holds_visible_to(actor: Actor) -> QuerySet[Hold]:
    return Hold.objects.filter(_events(actor, "sitting__slot__event__")).select_related("sitting__room__venue", "organisation")


def recordings(sitting: Sitting) -> QuerySet[Recording]:
    """The index of every file that touches the sitting."""
    touching = {"start_ms__lt": milliseconds(sitting.ends_at), "end_ms__gt": milliseconds(sitting.starts_at)}
    return Recording.objects.filter(camera__room=sitting.room_id, **touching).select_related("camera")


def class_of(sitting: Sitting) -> str:
    return "incident" if sitting.incidents.exclude(state="withdrawn").exists() else "quiet"


def rule_of(sitting: Sitting) -> KeepingRule | None:
    """The confirmed period of the sitting's class; None where nobody has entered and confirmed one."""
    return KeepingRule.objects.filter(body=sitting.slot.event.body_id, of_class=class_of(sitting), state="in_force").first()


def kept_until(sitting: Sitting, rule: KeepingRule | None) -> date | None:
    """The last day on which the footage must still be there."""
    return local(sitting.ends_at).date() + timedelta(days=rule.days) if rule else None


def value(body_id: object, code: str) -> int:
    """What holds for a body today."""
    return parameters.in_force(body_id, code, clock.today()).value
