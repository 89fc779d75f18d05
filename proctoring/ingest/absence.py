"""What the server writes when a collector falls silent during a sitting: offline from its last word on. Later data stand beside it."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from exams import clock
from exams.sittings.models import Sitting
from proctoring.cameras.models import Agent, Camera
from proctoring.coverage.models import FaultEvent, Segment
from proctoring.coverage.queries import milliseconds
from proctoring.coverage.timeline import SERVER
from proctoring.ingest.storing import machine_ms, note_fault

SILENT_MS = 5_000
SERVER_SAID = "nothing heard from the room collector"


def note_absences() -> int:
    """Write or extend the absence of every silent collector whose cameras are needed now; safe in two processes at once."""
    now = clock.now()
    needed = Sitting.objects.filter(state="open", starts_at__lte=now + timedelta(minutes=60), ends_at__gte=now - timedelta(minutes=30))
    cameras = Camera.objects.filter(room__in=needed.values("room")).exclude(state="retired")
    written = 0
    for agent in Agent.objects.filter(cameras__in=cameras).distinct():
        with transaction.atomic():
            agent = Agent.objects.select_for_update().get(pk=agent.pk)
            mine = list(cameras.filter(agent=agent))
            if machine_ms() - agent.heard_ms > SILENT_MS:
                written += _absent(agent, mine)
            else:
                _back(mine)
    return written


def _absent(agent: Agent, cameras: list[Camera]) -> int:
    now = machine_ms() + clock.shift_ms()
    # never heard at all: absent since the first sitting that needed it opened its doors
    since = agent.heard_ms + clock.shift_ms() if agent.heard_ms else None
    for camera in cameras:
        begun = since if since is not None else _first_needed(camera, now)
        if begun >= now:
            continue
        last = Segment.objects.filter(camera=camera, epoch=SERVER).order_by("-end_ms").first()
        if last is not None and last.start_ms == begun and last.end_ms < now:
            Segment.objects.filter(pk=last.pk, end_ms=last.end_ms).update(end_ms=now)
        elif last is None or last.end_ms <= begun:
            Segment.objects.create(camera=camera, epoch=SERVER, start_ms=begun, end_ms=now, states="offline")
        if not FaultEvent.objects.filter(camera=camera, state="offline", until_ms=None).exists():
            note_fault(camera, "offline", True, begun, now, SERVER_SAID)
    return len(cameras)


def _first_needed(camera: Camera, now: int) -> int:
    starts = Sitting.objects.filter(room=camera.room_id, state="open").order_by("starts_at").values_list("starts_at", flat=True).first()
    begun = Segment.objects.filter(camera=camera, epoch=SERVER).order_by("-end_ms").values_list("start_ms", flat=True).first()
    return begun if begun is not None else min(milliseconds(starts) if starts else now, now - SILENT_MS)


def _back(cameras: list[Camera]) -> None:
    """Heard again: what the server alone called offline is over; what the collector calls offline stays its own word."""
    now = machine_ms() + clock.shift_ms()
    FaultEvent.objects.filter(camera__in=cameras, state="offline", detail=SERVER_SAID, until_ms=None).update(until_ms=now)
