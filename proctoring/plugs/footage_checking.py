"""What an audit asks about footage: looked at, answered, kept no longer than allowed and no shorter, nobody watched where none may be."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from exams import clock
from exams.oversight.registry import Draft, Scope, audit_check
from exams.sittings.models import Room, Sitting
from exams.verdicts import gettext_noop
from proctoring.cameras import privacy
from proctoring.footage import disposal, holding, queries, rules
from proctoring.footage.models import Disposal, FootageRequest, SampleDraw, SampleItem, Tombstone

SAMPLE_BASIS = gettext_noop("Requirement R-73")


def _over(scope: Scope) -> Iterator[Sitting]:
    found = Sitting.objects.filter(slot__event__in=scope.events, state__in=queries.OVER, room__watch=True)
    yield from found.select_related("slot__event", "room").order_by("starts_at")


@audit_check("proctoring.E005", _("Footage of an event nobody drew from"), basis=SAMPLE_BASIS, level="ordinary", block="video")
def undrawn_events(scope: Scope) -> Iterator[Draft]:
    """The body draws from every event whose watched sittings are over."""
    drawn = set(SampleDraw.objects.filter(event__in=scope.events, side="body").values_list("event", flat=True))
    for event in {one.slot.event.pk: one.slot.event for one in _over(scope)}.values():
        if event.pk not in drawn:
            yield Draft(gettext_noop("Event %(event)s: the body has drawn no footage to look at."), {"event": event.number}, about=event)


@audit_check("proctoring.E006", _("Drawn footage that nobody looked at"), basis=SAMPLE_BASIS, level="ordinary", block="video")
def unlooked_samples(scope: Scope) -> Iterator[Draft]:
    """What the body drew has been looked at."""
    due = SampleItem.objects.filter(draw__event__in=scope.events, draw__side="body", state="due").select_related("sitting__room")
    for item in due:
        yield Draft(gettext_noop("Room %(room)s: drawn footage was not looked at."), {"room": item.sitting.room.name}, about=item)


@audit_check("proctoring.E007", _("Late answers to candidates who ask to see footage"), basis=rules.REQUEST_BASIS, block="video")
def late_answers(scope: Scope) -> Iterator[Draft]:
    """Every request is decided within its working days."""
    asked = FootageRequest.objects.filter(place__slot__event__in=scope.events).select_related("place")
    open_late = asked.filter(state="asked", due_on__lt=clock.today())
    for row in [*open_late, *asked.filter(decided_at__date__gt=F("due_on"))]:
        words = {"ticket": row.place.ticket_number, "day": row.due_on}
        yield Draft(gettext_noop("The request of %(ticket)s was not decided by %(day)s."), words, about=row)


@audit_check("proctoring.E008", _("Footage kept beyond its period"), basis=rules.DISPOSAL_BASIS, level="notice", block="video")
def kept_too_long(scope: Scope) -> Iterator[Draft]:
    """Footage whose confirmed period is over and that nothing holds has gone."""
    gone = set(Disposal.objects.filter(sitting__slot__event__in=scope.events, state="done").values_list("sitting", flat=True))
    for sitting in _over(scope):
        until = queries.kept_until(sitting, queries.rule_of(sitting))
        if sitting.pk not in gone and not rules.against_disposal(until, clock.today(), holding.reasons(sitting)):
            words = {"room": sitting.room.name, "day": until}
            yield Draft(gettext_noop("Room %(room)s: the footage was to be kept until %(day)s and is still there."), words, about=sitting)


@audit_check("proctoring.E009", _("Removed footage whose record does not verify"), rules.DISPOSAL_BASIS, "serious", "archive")
def broken_stones(scope: Scope) -> Iterator[Draft]:
    """What remains of removed footage agrees with the index of its files."""
    for stone in Tombstone.objects.filter(disposal__sitting__slot__event__in=scope.events).select_related("disposal__sitting__room"):
        if not disposal.is_whole(stone):
            words = {"room": stone.disposal.sitting.room.name}
            yield Draft(gettext_noop("Room %(room)s: what remains of removed footage does not verify."), words, about=stone.disposal)


@audit_check("proctoring.E010", _("Cameras that look into a private place"), basis=privacy.BASIS, level="serious", block="video")
def private_views(scope: Scope) -> Iterator[Draft]:
    """No camera of the body's rooms hangs in, or looks into, a private place."""
    for room in Room.objects.filter(venue__body=scope.body).prefetch_related("cameras"):
        for camera in room.cameras.exclude(state="retired"):
            if any(privacy.objections(room.use, room.plan, camera.pose)):
                words = {"room": room.name, "camera": camera.name}
                yield Draft(gettext_noop("Room %(room)s, camera %(camera)s: it looks into a private place."), words, about=camera)
