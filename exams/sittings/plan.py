"""The plan of a room in millimetres: what is wrong with it, and how far apart its seats stand. No Django."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

Point = tuple[int, int]
SEAT_WIDTH, SEAT_DEPTH = 600, 500  # a desk on the plan
LIMIT = 200_000  # no room is 200 m long: more is a slip of the unit


@dataclass(frozen=True)
class Spot:
    """A seat as it is to be entered."""

    label: str
    x: int
    y: int
    spare: bool = False


def outline(plan: dict[str, Any]) -> list[Point]:
    return [(int(x), int(y)) for x, y in plan.get("outline", [])]


def inside(point: Point, polygon: list[Point]) -> bool:
    """Whether a point lies within a polygon or on its edge, in integers."""
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        if cross == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
        if (y1 > y) != (y2 > y) and (cross > 0) == (y2 > y1):
            odd = not odd
    return odd


def faults(plan: dict[str, Any], seats: Iterable[Spot], gap_mm: int) -> list[Objection]:
    """Everything that makes a plan unusable, at once."""
    return [*_shape_faults(plan), *_seat_faults(plan, list(seats), gap_mm)]


def _shape_faults(plan: dict[str, Any]) -> Iterator[Objection]:
    polygon = outline(plan)
    if len(polygon) < 3 or _doubled_area(polygon) == 0:
        yield Objection("plan.no_outline", _("The outline of the room needs at least three corners that enclose an area."))
    if any(not 0 <= value <= LIMIT for point in polygon for value in point):
        yield Objection("plan.unit", _("A corner lies outside 0–200 m. The plan is given in millimetres."))
    if len(plan.get("door", [])) != 2:
        yield Objection("plan.no_door", _("The plan has no door."))
    if not plan.get("desk"):
        yield Objection("plan.no_desk", _("The plan has no front desk."))


def _seat_faults(plan: dict[str, Any], seats: list[Spot], gap_mm: int) -> Iterator[Objection]:
    polygon = outline(plan)
    labels: set[str] = set()
    for seat in seats:
        if seat.label in labels:
            yield Objection("plan.label_twice", _("Seat number %(seat)s is used twice."), {"seat": seat.label})
        labels.add(seat.label)
        if len(polygon) >= 3 and not inside((seat.x, seat.y), polygon):
            yield Objection("plan.seat_outside", _("Seat %(seat)s stands outside the room."), {"seat": seat.label})
        if any(_in_box(seat, pillar) for pillar in plan.get("pillars", [])):
            yield Objection("plan.seat_in_pillar", _("Seat %(seat)s stands in a pillar."), {"seat": seat.label})
    for first, second, distance in too_near(seats, gap_mm):
        params = {"first": first.label, "second": second.label, "cm": distance // 10, "least": gap_mm // 10}
        yield Objection(
            "plan.too_near",
            _("Seats %(first)s and %(second)s are %(cm)s cm apart; %(least)s cm are required."),
            params,
            basis=_("Parameter “seat spacing”"),
            remedy=_("Move one of the seats or take it out."),
        )


def too_near(seats: list[Spot], gap_mm: int) -> Iterator[tuple[Spot, Spot, int]]:
    """Pairs whose clear distance between the desks is smaller than the gap."""
    for index, first in enumerate(seats):
        for second in seats[index + 1 :]:
            clear = max(abs(first.x - second.x) - SEAT_WIDTH, abs(first.y - second.y) - SEAT_DEPTH)
            if clear < gap_mm:
                yield first, second, max(clear, 0)


def _in_box(seat: Spot, box: dict[str, Any]) -> bool:
    return box["x"] <= seat.x <= box["x"] + box["w"] and box["y"] <= seat.y <= box["y"] + box["d"]


def _doubled_area(polygon: list[Point]) -> int:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1], strict=True))


def rows_of(seats: Iterable[Any], slack: int = 300) -> list[list[Any]]:
    """Seats in rows from the front, each from left to right: the order in which a keyboard walks them."""
    rows: list[list[Any]] = []
    start: int | None = None
    for seat in sorted(seats, key=lambda one: (one.y_mm, one.x_mm)):
        if start is None or seat.y_mm - start >= slack:
            rows.append([])
            start = seat.y_mm
        rows[-1].append(seat)
    return [sorted(row, key=lambda one: one.x_mm) for row in rows]


def standing_out(plan: dict[str, Any], seats: Iterable[Any], nearest: int = 3) -> dict[str, list[str]]:
    """The labels of the seats of the front row, and of the `nearest` to the middle of the door."""
    seats = list(seats)
    front = [seat.label for seat in rows_of(seats)[0]] if seats else []
    door = plan.get("door", [])
    if len(door) != 2:
        return {"front": front, "door": []}
    (x1, y1), (x2, y2) = door
    # Doubled, so that the middle stays a whole number.
    ordered = sorted(seats, key=lambda one: ((2 * one.x_mm - x1 - x2) ** 2 + (2 * one.y_mm - y1 - y2) ** 2, one.label))
    return {"front": front, "door": [seat.label for seat in ordered[:nearest]]}


def rectangle(
    width: int, depth: int, rows: int, columns: int, *, across: int = 1400, along: int = 1300
) -> tuple[dict[str, Any], list[Spot]]:
    """A plain room with its seats in rows: a start that the operator then corrects with the tape measure."""
    plan = {
        "outline": [[0, 0], [width, 0], [width, depth], [0, depth]],
        "walls": [],
        "pillars": [],
        "door": [[0, depth - 2000], [0, depth - 1000]],
        "desk": {"x": width // 2 - 700, "y": 400, "w": 1400, "d": 600},
        "ceiling": 3000,
    }
    left = (width - (columns - 1) * across) // 2
    spots = [
        Spot(f"{row * columns + column + 1:02}", left + column * across, 2200 + row * along)
        for row in range(rows)
        for column in range(columns)
    ]
    return plan, spots
