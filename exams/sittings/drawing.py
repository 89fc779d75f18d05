"""The plan of a room as SVG: walls, pillars, door, desk and seats here; what others see in it comes as layers.

PLAN_LAYERS is open to subjects above. A layer is a function `(room, scale) -> Layer`: fragments in the drawing's own units
(millimetres times `scale`, x to the right, y away from the front), and which of its things sees which seat.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from exams.registry import Registry
from exams.sittings.models import Place, Room, Seat
from exams.sittings.plan import rows_of

PLAN_LAYERS = Registry("layers of a room plan")
WIDTH = 1000  # units of the drawing for the room's width, or more where seats would become too small to bear a name
LEAST_PITCH = 132
MARGIN = 40


@dataclass(frozen=True)
class Layer:
    """What a subject above draws below and above the seats, and its answer for each seat."""

    below: SafeString = mark_safe("")
    above: SafeString = mark_safe("")
    seen: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    unseen: dict[UUID, str] = field(default_factory=dict)  # why nothing sees the seat
    legend: SafeString = mark_safe("")


@dataclass(frozen=True)
class Cell:
    """One seat as drawn."""

    seat: Seat
    x: float
    y: float
    w: float
    h: float
    css: str
    name: str
    short: str
    marks: str
    label: str
    place: Place | None = None
    tone: str = ""


@dataclass(frozen=True)
class Drawn:
    """A whole plan, ready for its template."""

    box: str
    walls: str
    door: str
    door_x: float
    door_y: float
    desk: dict[str, float]
    inner: list[str]
    pillars: list[dict[str, float]]
    rows: list[list[Cell]]
    below: SafeString
    above: SafeString
    legend: SafeString
    across: int


def plan_layer(id: str) -> Any:
    """Register a layer of the plan."""
    return PLAN_LAYERS.register(id)


def draw(room: Room, places: Iterable[Place] = (), *, with_layers: bool = True, marks: dict[UUID, tuple[str, str]] | None = None) -> Drawn:
    """Draw a room with the people of a sitting in it. `marks` gives a seat a tone and a word of its own (checked in, absent)."""
    seats = list(room.seats.all())
    scale = _scale(room, seats)
    layers = [layer(room, scale) for layer in PLAN_LAYERS] if with_layers else []
    sitting = {place.seat_id: place for place in places}
    size = _box(seats, scale)
    rows = [
        [
            _cell(seat, sitting.get(seat.pk), scale, size, layers, (marks or {}).get(seat.pk), (row, column))
            for column, seat in enumerate(line, 1)
        ]
        for row, line in enumerate(rows_of(seats), 1)
    ]
    corners = [(float(x * scale), float(y * scale)) for x, y in room.plan.get("outline", [])]
    right, far = max((x for x, _y in corners), default=WIDTH), max((y for _x, y in corners), default=WIDTH)
    door = [(float(x * scale), float(y * scale)) for x, y in room.plan.get("door", [])] or [(0.0, 0.0), (0.0, 0.0)]
    return Drawn(
        box=f"{-MARGIN} {-MARGIN} {right + 2 * MARGIN:g} {far + 2 * MARGIN:g}",
        walls=_path(corners, close=True),
        door=_path(door),
        door_x=min(max(door[0][0], 14), right - 60),
        door_y=(door[0][1] + door[1][1]) / 2,
        desk=_rect(room.plan.get("desk"), scale),
        inner=[_path([_scaled(wall["from"], scale), _scaled(wall["to"], scale)]) for wall in room.plan.get("walls", [])],
        pillars=[_rect(pillar, scale) for pillar in room.plan.get("pillars", [])],
        rows=rows,
        below=_joined(layer.below for layer in layers),
        above=_joined(layer.above for layer in layers),
        legend=_joined(layer.legend for layer in layers),
        across=max((len(row) for row in rows), default=1),
    )


def _scale(room: Room, seats: list[Seat]) -> Fraction:
    width = max((x for x, _y in room.plan.get("outline", [])), default=10_000) or 10_000
    across = _pitch([seat.x_mm for seat in seats])
    scale = Fraction(WIDTH, width)
    return max(scale, Fraction(LEAST_PITCH, across)) if across else scale


def _pitch(values: list[int]) -> int:
    """The shortest distance between two columns (or rows), leaving aside what stands a hand's breadth off."""
    ordered = sorted(set(values))
    return min((b - a for a, b in zip(ordered, ordered[1:], strict=False) if b - a >= 300), default=0)


def _box(seats: list[Seat], scale: Fraction) -> tuple[float, float]:
    across, along = _pitch([seat.x_mm for seat in seats]) or 1400, _pitch([seat.y_mm for seat in seats]) or 1300
    return float(across * scale * Fraction(85, 100)), min(float(along * scale * Fraction(78, 100)), 70.0)


def _cell(
    seat: Seat,
    place: Place | None,
    scale: Fraction,
    size: tuple[float, float],
    layers: list[Layer],
    mark: tuple[str, str] | None,
    at: tuple[int, int],
) -> Cell:
    w, h = size
    seen = [name for layer in layers for name in layer.seen.get(seat.pk, ())]
    why = next((layer.unseen[seat.pk] for layer in layers if seat.pk in layer.unseen), "")
    who = place.application.person.name if place else _("spare") if seat.spare else _("empty")
    watched = any(layer.seen or layer.unseen for layer in layers)
    said = [_("Seat %(seat)s, row %(row)s, column %(column)s") % {"seat": seat.label, "row": at[0], "column": at[1]}, who]
    if watched:
        said.append(_("seen by %(cameras)s") % {"cameras": ", ".join(seen)} if seen else _("no camera") + (f": {why}" if why else ""))
    if mark:
        said.append(mark[1])
    return Cell(
        seat=seat,
        x=float(seat.x_mm * scale) - w / 2,
        y=float(seat.y_mm * scale) - h / 2,
        w=w,
        h=h,
        css=_css(place, seen, watched, mark),
        name=who,
        short=_short(who, w),
        marks=" ".join(seen) or (_("none") if watched else place.form if place else seat.form),
        label=", ".join(said),
        place=place,
        tone=mark[0] if mark else "",
    )


def _css(place: Place | None, seen: list[str], watched: bool, mark: tuple[str, str] | None) -> str:
    if mark:
        return {"ok": "d-ok", "danger": "d-gap", "warn": "d-warn", "wait": "d-wait"}.get(mark[0], "d-none")
    if watched:
        return "d-gap" if not seen else "d-once" if len(seen) == 1 else "d-ok"
    return "d-once" if place else "d-none"


def _short(name: str, width: float) -> str:
    """A name in a drawing: cut at its middle dot only where it would not fit; the whole stands in the label."""
    room = int(width // 17)
    return name if len(name) <= room or "·" not in name else name.split("·")[0] + "·…"


def _scaled(point: Iterable[int], scale: Fraction) -> tuple[float, float]:
    x, y = point
    return float(x * scale), float(y * scale)


def _rect(box: dict[str, Any] | None, scale: Fraction) -> dict[str, float]:
    if not box:
        return {}
    found = {key: float(box[key] * scale) for key in ("x", "y", "w", "d")}
    return {**found, "cx": found["x"] + found["w"] / 2, "cy": found["y"] + found["d"] / 2 + 5}


def _path(points: list[tuple[float, float]], *, close: bool = False) -> str:
    if not points:
        return ""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + ("Z" if close else "")


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(parts))  # each part was made safe by its layer
