"""Turns faults during a sitting into incidents of its room record, once each, and tells the incident when the fault ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from exams import clock
from exams.access import SYSTEM
from exams.conduct.actions.reporting import amend_incident, write_incident
from exams.conduct.models import Incident
from exams.sittings.models import Sitting
from proctoring.cameras.states import WORDS
from proctoring.coverage.models import FaultEvent

KIND = {"clock": "clock_offset"}


def moment(ms: int) -> datetime:
    """Milliseconds as a moment."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def report_faults() -> None:
    """Report what is new and finish what is over; safe to call from anywhere, as often as one likes."""
    # only rooms with an open sitting can have an incident: at night nothing is looked at
    rooms = Sitting.objects.filter(state="open").values("room")
    for fault in FaultEvent.objects.filter(incident_id=None, camera__room__in=rooms).select_related("camera__room"):
        _report(fault)
    for fault in FaultEvent.objects.exclude(incident_id=None).exclude(until_ms=None).filter(incident_open=True):
        _finish(fault)


def _report(fault: FaultEvent) -> None:
    with transaction.atomic():
        fault = FaultEvent.objects.select_for_update().select_related("camera__room").get(pk=fault.pk)
        sitting = _sitting(fault)
        if fault.incident_id is not None or sitting is None:
            return
        since = min(max(moment(fault.since_ms), sitting.starts_at - timedelta(hours=1)), clock.now())
        until = max(moment(fault.until_ms), since) if fault.until_ms else None
        text = f"{fault.camera.name}: {WORDS.get(fault.state, fault.state)}"
        incident = write_incident(
            by=SYSTEM, sitting=sitting, kind=KIND.get(fault.state, "camera_fault"), since=since, until=until,
            camera_id=fault.camera_id, text=text, evidence=[fault.detail],
        )  # fmt: skip
        FaultEvent.objects.filter(pk=fault.pk).update(incident_id=incident.pk, incident_open=until is None)


def _finish(fault: FaultEvent) -> None:
    with transaction.atomic():
        if FaultEvent.objects.filter(pk=fault.pk, incident_open=True).exclude(until_ms=None).update(incident_open=False) != 1:
            return
        incident = Incident.objects.select_related("sitting").get(pk=fault.incident_id)
        if incident.state == "open" and incident.sitting.state != "sealed" and fault.until_ms is not None:
            amend_incident.plain(by=SYSTEM, incident=incident, until=max(moment(fault.until_ms), incident.since))


def _sitting(fault: FaultEvent) -> Sitting | None:
    """The open sitting of the room into whose time the fault fell."""
    open_now = Sitting.objects.filter(room=fault.camera.room_id, state="open", ends_at__gt=moment(fault.since_ms))
    until = Q() if fault.until_ms is None else Q(starts_at__lt=moment(fault.until_ms))
    return open_now.filter(until).order_by("starts_at").first()
