"""The coverage of a room from files, without any database: a plan with seats and cameras, and the segments of a sitting if there are any.

The plan is the `plan.json` of a dossier, and may be written by hand:

    {"plan": {"outline": [[0, 0], [9000, 0], [9000, 8000], [0, 8000]], "ceiling": 3000,
              "walls": [{"from": [4000, 2000], "to": [4000, 4000], "height": 1600}],
              "pillars": [{"x": 4000, "y": 3000, "w": 400, "d": 400}],
              "door": [[8000, 0], [8900, 0]], "desk": {"x": 4000, "y": 300, "w": 1400, "d": 700}},
     "seats": {"A1": [1500, 2000], "A2": [3000, 2000]},
     "standard": {"name": "EN 62676-4:2015, recognise", "px_per_m": 125},
     "cameras": {"C1": {"pose": {"x_mm": 200, "y_mm": 200, "z_mm": 2800, "pan_urad": 785398, "tilt_urad": 350000,
                                 "hfov_urad": 1570796, "width_px": 1920, "height_px": 1080},
                        "least_px_per_m": 125, "records": false}},
     "window_ms": [1778891400000, 1778902200000]}

Millimetres, microradians and milliseconds, all whole numbers. `least_px_per_m` of a camera, if given, takes the place of the standard's.
`records` says that a camera's time counts only where a recording covers it. The segments are an object, or a list of segments alone:

    {"window_ms": [1778891400000, 1778902200000],
     "segments": [{"camera": "C1", "start_ms": 1778891400000, "end_ms": 1778895000000, "states": ["ok"]}],
     "recordings": [{"camera": "C1", "start_ms": 1778891400000, "end_ms": 1778895000000}]}

`hidden` names the seats that a `partial` view does not show; without it such a view shows no seat. `source: "server"` marks a segment that
the server wrote because it heard nothing; what the collector says takes its place. Without a window the time from the first segment to the
last is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from exams import wording
from exams.verdicts import gettext_noop as _
from proctoring import geometry, placing
from proctoring.coverage import timeline
from proctoring.geometry import Pose
from proctoring.protocol import STATES

FURTHEST = 1_000_000  # mm: no room is a kilometre long, more is a slip of the unit
LAST_MS = 1 << 53
MOST_PX = 100_000
UNREADABLE = _("The file cannot be read: %(why)s.")


@dataclass(frozen=True)
class Fault:
    """What is wrong at one place of a file: the file, the JSON path, and a message id with parameters."""

    file: str
    path: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        return f"{self.file}: {self.path}: {wording.render(self.message, self.params)}"


class Faulty(Exception):
    """The files are no plan with segments; carries every fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(f"{one.file}: {one.path}: {one.message}" for one in self.faults))


@dataclass(frozen=True)
class Camera:
    """A camera of the plan, the pixels per metre that count for it, and whether it must record."""

    pose: Pose
    least_px_per_m: int
    records: bool


@dataclass
class Case:
    """A plan with what was said of its cameras; `window` is None where only the space is asked about."""

    plan: dict[str, Any]
    seats: dict[str, tuple[int, int]]
    cameras: dict[str, Camera]
    standard: str
    window: timeline.Span | None = None
    lines: dict[str, timeline.CameraLine] = field(default_factory=dict)


def read(plan: bytes, segments: bytes | None = None, names: tuple[str, str] = ("PLAN", "SEGMENTS")) -> Case:
    """The case in the files. Raises Faulty with every fault of both."""
    reader = _Reader(names[0])
    case = _case(reader, reader.parsed(plan))
    if segments is not None:
        reader.file = names[1]
        _told(reader, reader.parsed(segments), case)
    if reader.faults:
        raise Faulty(reader.faults)
    return case


def answer(case: Case) -> dict[str, Any]:
    """Who sees what, what is lost with any one camera, and over the window what was covered: plain values, whole numbers."""
    poses = {name: camera.pose for name, camera in case.cameras.items()}
    views = geometry.visibility(case.plan, case.seats, poses)
    seen = {
        seat: frozenset(name for name, view in row.items() if view.enough(case.cameras[name].least_px_per_m)) for seat, row in views.items()
    }
    found: dict[str, Any] = {
        "standard": {"name": case.standard, "px_per_m": {name: camera.least_px_per_m for name, camera in case.cameras.items()}},
        "seats": {
            seat: {
                "seen_by": sorted(seen[seat]),
                "views": {name: {"seen": view.seen, "of": view.of, "px_per_m": view.px_per_m} for name, view in row.items()},
            }
            for seat, row in views.items()
        },
        "unseen": sorted(seat for seat, names in seen.items() if not names),
        "without": {name: list(seats) for name, seats in placing.lost_without(seen, sorted(case.cameras)).items()},
        "zones": {zone: {"seen": k, "of": n} for zone, (k, n) in geometry.zones_seen(case.plan, poses).items()},
    }
    if case.window is not None:
        found["time"] = _over_time(timeline.coverage(case.window, case.lines, seen))
    return found


def _over_time(covered: timeline.Coverage) -> dict[str, Any]:
    longest, at = covered.longest_gap()
    return {
        "window_ms": list(covered.window),
        "seat_ms": {"all": covered.all_ms, **{verdict: covered.total(verdict) for verdict in ("ok", "gap", "doubt")}},
        "longest_gap": {"ms": longest, "seats": sorted(at)},
        "cameras": {name: _stretches(line) for name, line in sorted(covered.cameras.items())},
        "seats": {seat: _stretches(line) for seat, line in sorted(covered.seats.items())},
    }


def _stretches(line: Iterable[timeline.Stretch]) -> list[list[Any]]:
    return [[one.start, one.end, one.verdict, list(one.reasons)] for one in line]


# -- reading -----------------------------------------------------------------------------------------------------------


class _Reader:
    """Takes values by their JSON path and keeps every fault; what is missing or wrong comes back as None."""

    def __init__(self, file: str) -> None:
        self.file, self.faults = file, []

    def wrong(self, path: str, message: str, **params: Any) -> None:
        self.faults.append(Fault(self.file, path, message, params))

    def parsed(self, content: bytes) -> Any:
        try:
            return json.loads(content, parse_constant=_no_number)
        except (ValueError, RecursionError) as problem:
            line, column = getattr(problem, "lineno", 1), getattr(problem, "colno", 1)
            self.wrong("$", _("This is not JSON (line %(line)s, column %(column)s)."), line=line, column=column)
            return None

    def kind(self, value: Any, path: str, kind: type, message: str) -> Any:
        if isinstance(value, kind):
            return value
        self.wrong(path, message)
        return None

    def object(self, value: Any, path: str) -> dict[str, Any]:
        return self.kind(value, path, dict, _("An object is needed here.")) or {}

    def list(self, value: Any, path: str) -> list[Any]:
        return self.kind(value, path, list, _("A list is needed here.")) or []

    def number(self, value: Any, path: str, low: int, high: int) -> int | None:
        if type(value) is int and low <= value <= high:
            return value
        self.wrong(path, _("A whole number from %(low)s to %(high)s is needed here."), low=low, high=high)
        return None

    def point(self, value: Any, path: str) -> tuple[int, int] | None:
        pair = value if isinstance(value, list) and len(value) == 2 else None
        if pair is None:
            self.wrong(path, _("A point is a list of two whole numbers, in millimetres."))
            return None
        x, y = (self.number(one, f"{path}[{n}]", -FURTHEST, FURTHEST) for n, one in enumerate(pair))
        return None if x is None or y is None else (x, y)

    def span(self, value: Any, path: str) -> timeline.Span | None:
        pair = value if isinstance(value, list) and len(value) == 2 else None
        if pair is None:
            self.wrong(path, _("A time is a list of two whole numbers, in milliseconds."))
            return None
        return self.times(*pair, path, (f"{path}[0]", f"{path}[1]"))

    def times(self, start: Any, end: Any, path: str, paths: tuple[str, str]) -> timeline.Span | None:
        start, end = self.number(start, paths[0], 0, LAST_MS), self.number(end, paths[1], 0, LAST_MS)
        if start is None or end is None:
            return None
        if end <= start:
            self.wrong(path, _("It ends before it begins."))
            return None
        return start, end


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _case(reader: _Reader, given: Any) -> Case:
    body = reader.object(given, "$")
    if not body:
        return Case({}, {}, {}, "")
    plan = reader.object(body.get("plan"), "$.plan")
    _check_plan(reader, plan)
    standard = reader.object(body.get("standard", {}), "$.standard")
    least = reader.number(standard["px_per_m"], "$.standard.px_per_m", 0, MOST_PX) if "px_per_m" in standard else 0
    seats = {label: reader.point(place, f"$.seats.{label}") for label, place in reader.object(body.get("seats"), "$.seats").items()}
    cameras = {
        name: _camera(reader, one, f"$.cameras.{name}", least or 0) for name, one in reader.object(body.get("cameras"), "$.cameras").items()
    }
    if not body.get("seats"):
        reader.wrong("$.seats", _("The plan has no seats: nothing could be uncovered."))
    window = reader.span(body["window_ms"], "$.window_ms") if "window_ms" in body else None
    return Case(
        plan=plan,
        seats={label: place for label, place in seats.items() if place is not None},
        cameras={name: one for name, one in cameras.items() if one is not None},
        standard=str(standard.get("name", "")),
        window=window,
    )


def _check_plan(reader: _Reader, plan: Mapping[str, Any]) -> None:
    """The shapes of the plan that the geometry relies on."""
    corners = reader.list(plan.get("outline", []), "$.plan.outline")
    for number, corner in enumerate(corners):
        reader.point(corner, f"$.plan.outline[{number}]")
    if 0 < len(corners) < 3:
        reader.wrong("$.plan.outline", _("The outline of a room has at least three corners."))
    if plan.get("ceiling") is not None:
        reader.number(plan["ceiling"], "$.plan.ceiling", 1, FURTHEST)
    for number, wall in enumerate(reader.list(plan.get("walls") or [], "$.plan.walls")):
        path = f"$.plan.walls[{number}]"
        wall = reader.object(wall, path)
        for end in ("from", "to"):
            reader.point(wall.get(end), f"{path}.{end}")
        if wall.get("height") is not None:
            reader.number(wall["height"], f"{path}.height", 1, FURTHEST)
    for number, pillar in enumerate(reader.list(plan.get("pillars") or [], "$.plan.pillars")):
        _check_box(reader, pillar, f"$.plan.pillars[{number}]")
    if plan.get("desk") is not None:
        _check_box(reader, plan["desk"], "$.plan.desk")
    if plan.get("door") is not None:
        ends = reader.list(plan["door"], "$.plan.door")
        if len(ends) != 2:
            reader.wrong("$.plan.door", _("A door is given by its two ends."))
        for number, end in enumerate(ends):
            reader.point(end, f"$.plan.door[{number}]")


def _check_box(reader: _Reader, value: Any, path: str) -> None:
    box = reader.object(value, path)
    for side, low in (("x", -FURTHEST), ("y", -FURTHEST), ("w", 1), ("d", 1)):
        reader.number(box.get(side), f"{path}.{side}", low, FURTHEST)


_LIMITS = {"hfov_urad": (50_000, 2 * geometry.HALF_PI_URAD - 50_000), "width_px": (1, MOST_PX), "height_px": (1, MOST_PX)}
_TURNS = (-4 * geometry.HALF_PI_URAD, 4 * geometry.HALF_PI_URAD)


def _camera(reader: _Reader, given: Any, path: str, least: int) -> Camera | None:
    body = reader.object(given, path)
    pose = reader.object(body.get("pose"), f"{path}.pose")
    values = {}
    for one in fields(Pose):
        low, high = _LIMITS.get(one.name) or (_TURNS if one.name.endswith("_urad") else (-FURTHEST, FURTHEST))
        values[one.name] = reader.number(pose.get(one.name), f"{path}.pose.{one.name}", low, high)
    own = reader.number(body["least_px_per_m"], f"{path}.least_px_per_m", 0, MOST_PX) if "least_px_per_m" in body else least
    records = body.get("records", False)
    reader.kind(records, f"{path}.records", bool, _("This is true or false."))
    if own is None or any(value is None for value in values.values()):
        return None
    return Camera(Pose(**values), own, bool(records))


def _told(reader: _Reader, given: Any, case: Case) -> None:
    body = {"segments": given} if isinstance(given, list) else reader.object(given, "$")
    if not body:
        return
    segments: dict[str, list[timeline.Segment]] = {name: [] for name in case.cameras}
    for camera, span, row, path in _rows(reader, body, "segments", case):
        states = _states(reader, row.get("states"), f"{path}.states")
        hidden = _hidden(reader, row, f"{path}.hidden", case)
        if states:
            segments[camera].append(timeline.Segment(*span, states, str(row.get("source", "")), hidden))
    files: dict[str, list[timeline.Span]] = {name: [] for name in case.cameras}
    for camera, span, _row, _path in _rows(reader, body, "recordings", case):
        files[camera].append(span)
    if "window_ms" in body:
        case.window = reader.span(body["window_ms"], "$.window_ms")
    if case.window is None:
        spans = [(one.start, one.end) for line in segments.values() for one in line]
        if spans:
            case.window = min(start for start, _end in spans), max(end for _start, end in spans)
        elif not reader.faults:
            reader.wrong("$", _("There is neither a window_ms nor a segment: no time to look at."))
    case.lines = {
        name: timeline.CameraLine(segments[name], files[name] if camera.records else None) for name, camera in case.cameras.items()
    }


def _rows(reader: _Reader, body: Mapping[str, Any], name: str, case: Case) -> Iterable[tuple[str, timeline.Span, dict[str, Any], str]]:
    for number, given in enumerate(reader.list(body.get(name, []), f"$.{name}")):
        path = f"$.{name}[{number}]"
        row = reader.object(given, path)
        span = reader.times(row.get("start_ms"), row.get("end_ms"), path, (f"{path}.start_ms", f"{path}.end_ms"))
        if str(row.get("camera")) not in case.cameras:
            reader.wrong(f"{path}.camera", _("The plan has no camera %(name)s."), name=str(row.get("camera")))
        elif span is not None:
            yield row["camera"], span, row, path


def _hidden(reader: _Reader, row: Mapping[str, Any], path: str, case: Case) -> frozenset[str]:
    seats = reader.list(row.get("hidden", []), path)
    for number, seat in enumerate(seats):
        if not isinstance(seat, str) or seat not in case.seats:
            reader.wrong(f"{path}[{number}]", _("The plan has no seat %(name)s."), name=str(seat))
            return frozenset()
    return frozenset(seats)


def _states(reader: _Reader, value: Any, path: str) -> frozenset[str]:
    states = reader.list(value, path)
    for number, state in enumerate(states):
        if state not in STATES:
            reader.wrong(f"{path}[{number}]", _("The states are %(names)s."), names=", ".join(STATES))
            return frozenset()
    if not states:
        reader.wrong(path, _("A segment has at least one state."))
    return frozenset(states)
