"""Reads of collectors and cameras; each begins with what the reader may see."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from django.db.models import QuerySet

from exams.access import Actor
from exams.sittings import queries as sittings
from exams.sittings.models import Room, Seat, Venue
from proctoring import geometry, placing
from proctoring.cameras import privacy
from proctoring.cameras.models import Agent, Camera
from proctoring.geometry import Pose, View
from proctoring.placing import Suggestion

# Those who look after the machines of their body see its venues even without a duty.
KEEPERS = frozenset({"technician", "system_administrator"})


def venues_visible_to(actor: Actor) -> QuerySet[Venue]:
    """Venues of the own body or of those one supervises, and those in which one serves."""
    if actor.capacity in KEEPERS:
        return Venue.objects.filter(body=actor.organisation_id)
    if actor.capacity in sittings.ON_DUTY:
        return Venue.objects.filter(pk__in=sittings.slots_visible_to(actor).values("venue"))
    return sittings.venues_visible_to(actor)


def agents_visible_to(actor: Actor) -> QuerySet[Agent]:
    return Agent.objects.filter(venue__in=venues_visible_to(actor))


def rooms_visible_to(actor: Actor) -> QuerySet[Room]:
    return Room.objects.filter(venue__in=venues_visible_to(actor))


def visible_to(actor: Actor) -> QuerySet[Camera]:
    """Cameras of the venues one sees."""
    return Camera.objects.filter(room__venue__in=venues_visible_to(actor))


def in_use(room: Room) -> list[Camera]:
    """The cameras of a room that count."""
    return list(room.cameras.exclude(state="retired").order_by("name"))


def views(room: Room, cameras: list[Camera] | None = None, seats: list[Seat] | None = None) -> dict[str, dict[str, View]]:
    """For every seat (by label) and camera (by name), how the camera sees the seat."""
    cameras = in_use(room) if cameras is None else cameras
    seats = list(room.seats.all()) if seats is None else seats
    places = tuple((seat.label, seat.x_mm, seat.y_mm) for seat in seats)
    return _views(json.dumps(room.plan, sort_keys=True), places, tuple((camera.name, camera.pose) for camera in cameras))


@lru_cache(maxsize=64)
def _views(plan: str, seats: tuple[tuple[str, int, int], ...], poses: tuple[tuple[str, Pose], ...]) -> dict[str, dict[str, View]]:
    return geometry.visibility(json.loads(plan), {label: (x, y) for label, x, y in seats}, dict(poses))


def seen_by(room: Room, cameras: list[Camera] | None = None, seats: list[Seat] | None = None) -> dict[str, frozenset[str]]:
    """For every seat, the names of the cameras that see it well enough."""
    cameras = in_use(room) if cameras is None else cameras
    least = {camera.name: camera.least_px_per_m for camera in cameras}
    found = views(room, cameras, seats)
    return {label: frozenset(name for name, view in row.items() if view.enough(least[name])) for label, row in found.items()}


def suggested(room: Room, seen: dict[str, frozenset[str]], least_px_per_m: int) -> Suggestion | None:
    """Where one more camera of a usual kind would help most without looking into a private place."""
    places = tuple((seat.label, seat.x_mm, seat.y_mm) for seat in room.seats.all())
    return _suggested(json.dumps(room.plan, sort_keys=True), room.use, places, tuple(sorted(seen.items())), least_px_per_m)


@lru_cache(maxsize=64)
def _suggested(
    plan: str, use: str, seats: tuple[tuple[str, int, int], ...], seen: tuple[tuple[str, frozenset[str]], ...], least: int
) -> Suggestion | None:
    drawn = json.loads(plan)
    places = {label: (x, y) for label, x, y in seats}
    return placing.suggest(drawn, places, dict(seen), least, lambda pose: any(True for _ in privacy.objections(use, drawn, pose)))


def collector_config(agent: Agent, *, server: str, token_file: str, key_file: str, state_dir: str, **more: Any) -> dict[str, Any]:
    """The configuration of a collector, ready to be written as JSON; `server` is the origin, such as wss://exams.example."""
    cameras = [
        {
            "id": str(camera.pk),
            "name": f"{camera.room.name}-{camera.name}",
            "source": camera.source,
            "record": camera.records,
            **({"sub": camera.sub_source} if camera.sub_source else {}),
        }
        for camera in agent.cameras.exclude(state="retired").select_related("room").order_by("room__name", "name")
    ]
    record_dir = more.pop("record_dir", str(PurePath(state_dir) / "recordings"))
    return {
        "server": f"{server.rstrip('/')}/ws/ingest/", "token_file": token_file, "key_file": key_file, "state_dir": state_dir,
        "record_dir": record_dir, **more, "cameras": cameras,
    }  # fmt: skip


def heard_at(agent: Agent) -> datetime | None:
    """When a collector was heard last, in machine time."""
    return datetime.fromtimestamp(agent.heard_ms / 1000, UTC) if agent.heard_ms else None
