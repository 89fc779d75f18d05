"""Where cameras hang: what is lost without any one of them, and where one more would help most. Integers only; the order decides ties."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isqrt
from typing import Any

from proctoring import geometry
from proctoring.geometry import Eye, Pose

STEP_MM = 1_500  # candidates along a wall stand this far apart
OFF_WALL_MM = 100
BELOW_CEILING_MM = 200
TURNS = 8
# Down by about 23 degrees: the middle of the picture then meets heads some four metres away.
LIKE = Pose(0, 0, 0, 0, 400_000, 1_570_796, 1920, 1080)


@dataclass(frozen=True)
class Suggestion:
    """One more camera: where, which seats it would be the first to see, and which it would be the second to see."""

    pose: Pose
    first: tuple[str, ...]
    second: tuple[str, ...]


def lost_without(seen: Mapping[str, frozenset[str]], cameras: list[str]) -> dict[str, tuple[str, ...]]:
    """For every camera, the seats that nobody sees any more if it fails."""
    return {name: tuple(sorted(seat for seat, by in seen.items() if by == {name})) for name in cameras}


def candidates(plan: Mapping[str, Any], like: Pose = LIKE) -> Iterator[Pose]:
    """Places along the walls just below the ceiling, each looking eight ways; lens and pixels as `like` has them."""
    outline = [(int(x), int(y)) for x, y in plan.get("outline") or []]
    height = int(plan.get("ceiling") or 3000) - BELOW_CEILING_MM
    for x, y in _places(outline):
        if geometry.inside(outline, x, y) and not _in_pillar(plan, x, y):
            for turn in range(TURNS):
                pan = turn * 4 * geometry.HALF_PI_URAD // TURNS
                yield replace(like, x_mm=x, y_mm=y, z_mm=height, pan_urad=pan)


def _places(outline: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Points a little off each wall, on the side that is inside, from corner to corner."""
    for (ax, ay), (bx, by) in pairwise([*outline, *outline[:1]]):
        length = isqrt((bx - ax) ** 2 + (by - ay) ** 2)
        if length <= 2 * OFF_WALL_MM:
            continue
        steps = max(1, length // STEP_MM)
        for k in range(steps + 1):
            along = OFF_WALL_MM + (length - 2 * OFF_WALL_MM) * k // steps
            x, y = ax + (bx - ax) * along // length, ay + (by - ay) * along // length
            aside = (by - ay) * OFF_WALL_MM // length, (bx - ax) * OFF_WALL_MM // length
            inner = [(x - aside[0], y + aside[1]), (x + aside[0], y - aside[1])]
            yield from (place for place in inner if geometry.inside(outline, *place))


def _in_pillar(plan: Mapping[str, Any], x: int, y: int) -> bool:
    return any(p["x"] <= x <= p["x"] + p["w"] and p["y"] <= y <= p["y"] + p["d"] for p in plan.get("pillars") or [])


def suggest(
    plan: Mapping[str, Any],
    seats: Mapping[str, tuple[int, int]],
    seen: Mapping[str, frozenset[str]],
    least_px_per_m: int,
    forbidden: Callable[[Pose], bool] = lambda pose: False,
) -> Suggestion | None:
    """The candidate that first sees most unseen seats, then seconds most seats of a single camera; None if none would help."""
    wanting = {label: place for label, place in seats.items() if len(seen.get(label, ())) < 2}
    blocking = geometry.screens(plan)
    best: Suggestion | None = None
    for pose in candidates(plan) if wanting else ():
        here = _gain(Eye(pose), wanting, seen, least_px_per_m, blocking)
        # asked last: whether a private place is in view takes longest to say
        if _worth(here) > (_worth(best) if best else (0, 0)) and not forbidden(pose):
            best = here
    return best


def _worth(one: Suggestion) -> tuple[int, int]:
    return len(one.first), len(one.second)


def _gain(
    eye: Eye, wanting: Mapping[str, tuple[int, int]], seen: Mapping[str, frozenset[str]], least: int, blocking: list[geometry.Screen]
) -> Suggestion:
    found = []
    for label, (x, y) in wanting.items():
        # most candidates look elsewhere: the head decides that before all eighteen points are asked
        if eye.frames((x, y, geometry.HEAD_MM)) and geometry.view(eye, geometry.seat_points(x, y), blocking).enough(least):
            found.append(label)
    first = tuple(sorted(label for label in found if not seen.get(label)))
    return Suggestion(eye.pose, first, tuple(sorted(set(found) - set(first))))
