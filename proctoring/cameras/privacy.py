"""Where no camera may look: places of rest, and what a plan marks as private (toilet, changing room, place of rest)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _
from proctoring.geometry import Eye, Point, Pose, screens

BASIS = _("Requirement R-76; regulation on public-safety video (2025), Art. 8")
STEP_MM = 250
HEIGHTS_MM = (100, 1_000, 1_700)
USES = {"waiting"}  # of a whole room
ZONES = {"toilet": _("Toilet"), "changing": _("Changing room"), "rest": _("Place of rest")}


def objections(use: str, plan: Mapping[str, Any], pose: Pose) -> Iterator[Objection]:
    """Why a camera with this pose may not be: the room is private, the camera hangs in a private place, or looks into one."""
    if use in USES:
        text, remedy = _("No camera may watch a place of rest."), _("Watch the way there instead.")
        yield Objection("camera.privacy", text, {}, BASIS, remedy)
    for zone in plan.get("private") or []:
        named = {"zone": ZONES.get(zone.get("use", ""), ZONES["rest"])}
        if _holds(zone, pose.x_mm, pose.y_mm):
            text = _("The camera hangs in a private place (%(zone)s).")
            yield Objection("camera.in_private", text, named, BASIS, _("Hang it elsewhere."))
        elif looks_into(pose, plan, zone):
            yield Objection(
                "camera.sees_private", _("The camera looks into a private place (%(zone)s)."), named, BASIS,
                _("Turn it away, narrow its view, or enter the wall that stands between."),
            )  # fmt: skip


def looks_into(pose: Pose, plan: Mapping[str, Any], zone: Mapping[str, Any]) -> bool:
    """Whether the camera sees any point of the zone, from the floor to the head."""
    eye, blocking = Eye(pose), screens(plan)
    return any(eye.sees(point, blocking) for point in _points(zone))


def _points(zone: Mapping[str, Any]) -> Iterable[Point]:
    """A grid of a quarter of a metre with both edges, just inside them, so that a wall along the edge hides the zone."""
    x, y, w, d = (int(zone[key]) for key in ("x", "y", "w", "d"))
    across = sorted({x + 1, *range(x + STEP_MM, x + w, STEP_MM), x + w - 1})
    along = sorted({y + 1, *range(y + STEP_MM, y + d, STEP_MM), y + d - 1})
    return ((one, other, height) for one in across for other in along for height in HEIGHTS_MM)


def _holds(zone: Mapping[str, Any], x: int, y: int) -> bool:
    return zone["x"] <= x <= zone["x"] + zone["w"] and zone["y"] <= y <= zone["y"] + zone["d"]
