"""Which camera sees which seat: exact integer geometry of a room plan, so that any recomputation agrees bit for bit.

Lengths are millimetres, angles microradians. The plan's axes are x to the right and y as drawn; pan is measured from +x towards +y,
tilt is positive downwards. Sines come from an integer series, lines of sight are tested with rational numbers only: nothing here
depends on a processor's rounding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

SCALE = 1_000_000_000
MICRO = 1_000_000
HALF_PI_URAD = 1_570_796
NEEDED = (9, 10)  # a seat counts as seen from nine tenths of its points on
DESK_MM, HEAD_MM = 750, 1_200

Point = tuple[int, int, int]


@dataclass(frozen=True)
class Pose:
    """Where a camera hangs, where it looks, how wide, and how many pixels it has."""

    x_mm: int
    y_mm: int
    z_mm: int
    pan_urad: int
    tilt_urad: int
    hfov_urad: int
    width_px: int
    height_px: int

    def __post_init__(self) -> None:
        if not 50_000 <= self.hfov_urad <= 2 * HALF_PI_URAD - 50_000:
            raise ValueError("the horizontal field of view is between 0.05 and 3.09 radians")
        if self.width_px < 1 or self.height_px < 1:
            raise ValueError("a picture has pixels")


@dataclass(frozen=True)
class Screen:
    """A vertical rectangle that hides what is behind it: a wall, a partition, one side of a pillar."""

    ax: int
    ay: int
    bx: int
    by: int
    height: int


@dataclass(frozen=True)
class View:
    """How one camera sees one thing: k of n points, and pixels per metre at its middle."""

    seen: int
    of: int
    px_per_m: int

    def enough(self, least_px_per_m: int) -> bool:
        """Whether this counts as seeing it."""
        return self.seen * NEEDED[1] >= self.of * NEEDED[0] and self.px_per_m >= least_px_per_m


def sine(urad: int) -> int:
    """Sine times SCALE."""
    return _series(urad, odd=True)


def cosine(urad: int) -> int:
    """Cosine times SCALE."""
    return _series(urad, odd=False)


@lru_cache(maxsize=4096)
def _series(urad: int, odd: bool) -> int:
    """The Taylor series of sine or cosine in integers, with digits to spare."""
    guard = 10**15
    x = urad * guard // MICRO
    square = x * x // guard
    term = total = x if odd else guard
    n = 1 if odd else 0
    # floor division of a negative number stops at -1, never at zero
    while term not in (0, -1):
        term = -term * square // guard // ((n + 1) * (n + 2))
        total += term
        n += 2
    return total * SCALE // guard


def screens(plan: Mapping[str, Any]) -> list[Screen]:
    """Everything in the plan that blocks a view."""
    ceiling = int(plan.get("ceiling") or 3000)
    found = []
    outline = plan.get("outline") or []
    for a, b in zip(outline, [*outline[1:], *outline[:1]], strict=True):
        found.append(Screen(int(a[0]), int(a[1]), int(b[0]), int(b[1]), ceiling))
    for wall in plan.get("walls") or []:
        (ax, ay), (bx, by) = wall["from"], wall["to"]
        found.append(Screen(int(ax), int(ay), int(bx), int(by), int(wall.get("height") or ceiling)))
    for pillar in plan.get("pillars") or []:
        found.extend(_sides(int(pillar["x"]), int(pillar["y"]), int(pillar["w"]), int(pillar["d"]), ceiling))
    return found


def _sides(x: int, y: int, w: int, d: int, height: int) -> list[Screen]:
    corners = [(x, y), (x + w, y), (x + w, y + d), (x, y + d)]
    return [Screen(*a, *b, height) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)]


def seat_points(x: int, y: int) -> list[Point]:
    """The eighteen points of a seat: nine on the desk, nine about the head."""
    desk = [(x + dx, y + dy, DESK_MM) for dx in (-250, 0, 250) for dy in (-250, 0, 250)]
    head = [(x + dx, y + dy, HEAD_MM) for dx in (-150, 0, 150) for dy in (-150, 0, 150)]
    return desk + head


def zone_points(plan: Mapping[str, Any]) -> dict[str, list[Point]]:
    """Places beside the seats that must be seen too: the door, the invigilators' desk, the floor as a grid of half a metre."""
    zones: dict[str, list[Point]] = {}
    if door := plan.get("door"):
        (ax, ay), (bx, by) = door
        zones["door"] = [((ax * (4 - k) + bx * k) // 4, (ay * (4 - k) + by * k) // 4, HEAD_MM) for k in (1, 2, 3)]
    if desk := plan.get("desk"):
        x, y, w, d = desk["x"], desk["y"], desk["w"], desk["d"]
        zones["desk"] = [(x + w * i // 2, y + d * j // 2, DESK_MM) for i in (0, 1, 2) for j in (0, 1, 2)]
    if outline := plan.get("outline"):
        zones["floor"] = _floor(outline, plan.get("pillars") or [])
    return zones


def _floor(outline: Sequence[Sequence[int]], pillars: Sequence[Mapping[str, int]]) -> list[Point]:
    xs, ys = [int(x) for x, _ in outline], [int(y) for _, y in outline]
    points = []
    for x in range(min(xs) + 250, max(xs), 500):
        for y in range(min(ys) + 250, max(ys), 500):
            free = not any(p["x"] <= x <= p["x"] + p["w"] and p["y"] <= y <= p["y"] + p["d"] for p in pillars)
            if free and inside(outline, x, y):
                points.append((x, y, HEAD_MM))
    return points


def inside(outline: Sequence[Sequence[int]], x: int, y: int) -> bool:
    """Whether a point lies inside the outline (a ray to the right crosses it an odd number of times)."""
    odd = False
    for (ax, ay), (bx, by) in zip(outline, [*outline[1:], *outline[:1]], strict=True):
        if (ay > y) == (by > y):
            continue
        # the crossing lies right of x: compare without dividing
        side = (x - ax) * (by - ay) - (bx - ax) * (y - ay)
        odd ^= (side < 0) == (by > ay)
    return odd


class Eye:
    """A camera with its axes worked out once: forward, right and up, each times SCALE (up times SCALE twice)."""

    def __init__(self, pose: Pose) -> None:
        self.pose = pose
        sp, cp = sine(pose.pan_urad), cosine(pose.pan_urad)
        st, ct = sine(pose.tilt_urad), cosine(pose.tilt_urad)
        self.forward = (ct * cp, ct * sp, -st * SCALE)
        self.right = (-sp, cp, 0)
        self.up = (st * cp, st * sp, ct * SCALE)
        self.sin_half, self.cos_half = sine(pose.hfov_urad // 2), cosine(pose.hfov_urad // 2)

    def depth(self, point: Point) -> int:
        """Distance along the optical axis, in mm times SCALE squared."""
        x, y, z = point
        pose = self.pose
        return (x - pose.x_mm) * self.forward[0] + (y - pose.y_mm) * self.forward[1] + (z - pose.z_mm) * self.forward[2]

    def frames(self, point: Point) -> bool:
        """Whether the point falls inside the picture."""
        depth = self.depth(point)
        if depth <= 0:
            return False
        pose = self.pose
        dx, dy, dz = point[0] - pose.x_mm, point[1] - pose.y_mm, point[2] - pose.z_mm
        aside = abs(dx * self.right[0] + dy * self.right[1]) * SCALE
        above = abs(dx * self.up[0] + dy * self.up[1] + dz * self.up[2])
        reach = depth * self.sin_half
        return aside * self.cos_half <= reach and above * self.cos_half * pose.width_px <= reach * pose.height_px

    def sees(self, point: Point, blocking: Iterable[Screen]) -> bool:
        """Inside the picture, and nothing in between."""
        return self.frames(point) and not any(self._hides(screen, point) for screen in blocking)

    def _hides(self, screen: Screen, point: Point) -> bool:
        pose = self.pose
        dx, dy = point[0] - pose.x_mm, point[1] - pose.y_mm
        ex, ey = screen.bx - screen.ax, screen.by - screen.ay
        across = dx * ey - dy * ex
        if across == 0:
            return False  # along the screen: it has no thickness to hide behind
        wx, wy = screen.ax - pose.x_mm, screen.ay - pose.y_mm
        along, on = wx * ey - wy * ex, wx * dy - wy * dx
        if across < 0:
            across, along, on = -across, -along, -on
        # strictly between camera and point: a camera mounted on the wall looks away from it, a seat may touch it
        if not (0 < along < across and 0 <= on <= across):
            return False
        return pose.z_mm * across + (point[2] - pose.z_mm) * along <= screen.height * across

    def px_per_m(self, point: Point) -> int:
        """Pixels per metre across the picture at the depth of the point, cut off."""
        depth = self.depth(point)
        if depth <= 0:
            return 0
        return self.pose.width_px * 1000 * self.cos_half * SCALE * SCALE // (2 * depth * self.sin_half)


def view(eye: Eye, points: Sequence[Point], blocking: Sequence[Screen]) -> View:
    """How a camera sees a set of points."""
    seen = sum(eye.sees(point, blocking) for point in points)
    n = len(points)
    middle = (sum(p[0] for p in points) // n, sum(p[1] for p in points) // n, sum(p[2] for p in points) // n)
    return View(seen, n, eye.px_per_m(middle))


def visibility(plan: Mapping[str, Any], seats: Mapping[str, tuple[int, int]], poses: Mapping[str, Pose]) -> dict[str, dict[str, View]]:
    """For every seat and camera, how the camera sees the seat."""
    blocking = screens(plan)
    eyes = {name: Eye(pose) for name, pose in poses.items()}
    points = {label: seat_points(*place) for label, place in seats.items()}
    return {label: {name: view(eye, its, blocking) for name, eye in eyes.items()} for label, its in points.items()}


def zones_seen(plan: Mapping[str, Any], poses: Mapping[str, Pose]) -> dict[str, tuple[int, int]]:
    """For every zone, how many of its points at least one camera sees, and of how many."""
    blocking = screens(plan)
    eyes = [Eye(pose) for pose in poses.values()]
    found = {}
    for name, points in zone_points(plan).items():
        found[name] = (sum(any(eye.sees(p, blocking) for eye in eyes) for p in points), len(points))
    return found


def cone(pose: Pose, reach_mm: int = 2_500) -> list[tuple[int, int]]:
    """The outline of a camera's field of view on the plan, for drawing: apex and the two ends of its edges."""
    ends = []
    for edge in (pose.pan_urad - pose.hfov_urad // 2, pose.pan_urad, pose.pan_urad + pose.hfov_urad // 2):
        ends.append((pose.x_mm + reach_mm * cosine(edge) // SCALE, pose.y_mm + reach_mm * sine(edge) // SCALE))
    return [(pose.x_mm, pose.y_mm), *ends]
