"""Time by space in whole milliseconds: which camera was healthy when, which seat was covered when, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Span = tuple[int, int]

OK = "ok"
DOUBT = frozenset({"clock"})
PARTIAL = "partial"
# Reasons that are not states of a camera.
NOT_ARRIVED = "not_arrived"
NOT_RECORDED = "not_recorded"
NOT_PLANNED = "not_planned"
# What the server wrote because it heard nothing: true for the moment, and superseded by whatever the collector says afterwards.
SERVER = "server"


@dataclass(frozen=True)
class Segment:
    """A camera was in these states from start to end; `source` says whether the collector or the server said so.

    `hidden` names seats that were not shown: with them `partial` holds for these seats alone.
    """

    start: int
    end: int
    states: frozenset[str]
    source: str = ""
    hidden: frozenset[str] = frozenset()

    def states_for(self, seat: str | None) -> frozenset[str]:
        """What holds for one seat; for the camera as a whole, if none is named."""
        return self.states if seat is None or not self.hidden or seat in self.hidden else self.states - {PARTIAL}


@dataclass(frozen=True)
class CameraLine:
    """All that is known of one camera; `recordings` is None for a camera whose recording is not the collector's duty."""

    segments: Sequence[Segment]
    recordings: Sequence[Span] | None = None


@dataclass(frozen=True)
class Stretch:
    """From start to end one verdict holds: `ok`, `doubt` or `gap`, with the reasons for what is not ok."""

    start: int
    end: int
    verdict: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """Coverage of a window: stretches per camera and per seat, and the sums in milliseconds."""

    window: Span
    cameras: dict[str, tuple[Stretch, ...]]
    seats: dict[str, tuple[Stretch, ...]]

    def total(self, verdict: str) -> int:
        """Seat-milliseconds under a verdict."""
        return sum(one.end - one.start for line in self.seats.values() for one in line if one.verdict == verdict)

    @property
    def all_ms(self) -> int:
        """Seat-milliseconds in all."""
        return (self.window[1] - self.window[0]) * len(self.seats)

    def longest_gap(self) -> tuple[int, tuple[str, ...]]:
        """The longest time without a break in which a seat was not covered, and the seats it happened to."""
        longest, at = 0, []
        for seat, line in self.seats.items():
            here = max((end - start for start, end in union((s.start, s.end) for s in line if s.verdict == "gap")), default=0)
            if here > longest:
                longest, at = here, []
            if here == longest and here:
                at.append(seat)
        return longest, tuple(at)


def union(spans: Iterable[Span]) -> list[Span]:
    """The spans joined where they touch or overlap, in order."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What is left of the spans outside the holes."""
    left = union(spans)
    for start, end in union(holes):
        left = [part for one in left for part in ((one[0], min(one[1], start)), (max(one[0], end), one[1])) if part[0] < part[1]]
    return left


def camera_line(line: CameraLine, window: Span, seat: str | None = None) -> tuple[Stretch, ...]:
    """The verdict on one camera for every moment of the window, as a whole or as far as it concerns one seat."""
    # files that touch are one: a room's thousand files are not a thousand borders
    recorded = None if line.recordings is None else union(line.recordings)
    cuts = _cuts(window, [(s.start, s.end) for s in line.segments], recorded or [])
    active, at, stretches = _Active(line.segments), 0, []
    for start, end in zip(cuts, cuts[1:], strict=False):
        now = active.at(start)
        while recorded and at < len(recorded) and recorded[at][1] <= start:
            at += 1
        kept = recorded is None or (at < len(recorded) and recorded[at][0] <= start)
        stretches.append(Stretch(start, end, *_verdict(now, kept, seat)))
    return _joined(stretches)


class _Active:
    """The segments at rising moments: each is taken up once and dropped once."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._waiting = sorted(segments, key=lambda one: one.start, reverse=True)
        self._now: list[Segment] = []

    def at(self, moment: int) -> list[Segment]:
        while self._waiting and self._waiting[-1].start <= moment:
            self._now.append(self._waiting.pop())
        self._now = [one for one in self._now if one.end > moment]
        return self._now


def _verdict(now: Sequence[Segment], recorded: bool, seat: str | None) -> tuple[str, tuple[str, ...]]:
    said = [one for one in now if one.source != SERVER]
    if not said:
        states = {state for one in now for state in one.states}
        return "gap", tuple(sorted(states)) or (NOT_ARRIVED,)
    # two segments at the same moment can only come from two starts of the collector; the graver word counts
    bad = {state for one in said for state in one.states_for(seat)} - {OK}
    if bad - DOUBT:
        return "gap", tuple(sorted(bad))
    if not recorded:
        return "gap", (NOT_RECORDED,)
    return ("doubt", tuple(sorted(bad))) if bad else ("ok", ())


def _cuts(window: Span, *groups: Iterable[Span]) -> list[int]:
    start, end = window
    inner = {at for spans in groups for span in spans for at in span if start < at < end}
    return sorted(inner | {start, end}) if end > start else []


def _joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    joined: list[Stretch] = []
    for one in stretches:
        last = joined[-1] if joined else None
        if last and last.end == one.start and (last.verdict, last.reasons) == (one.verdict, one.reasons):
            joined[-1] = Stretch(last.start, one.end, one.verdict, one.reasons)
        else:
            joined.append(one)
    return tuple(joined)


def seat_line(lines: Sequence[tuple[str, Sequence[Stretch]]], window: Span) -> tuple[Stretch, ...]:
    """The verdict on a seat that these cameras see: ok beats doubt, doubt beats gap; a gap names every camera with its reason."""
    if not lines:
        return (Stretch(*window, "gap", (NOT_PLANNED,)),) if window[1] > window[0] else ()
    cuts = _cuts(window, *[[(one.start, one.end) for one in line] for _, line in lines])
    at = [0] * len(lines)
    stretches = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        now = []
        for number, (name, line) in enumerate(lines):
            while line[at[number]].end <= start:
                at[number] += 1
            now.append((name, line[at[number]]))
        stretches.append(Stretch(start, end, *_together(now)))
    return _joined(stretches)


def _together(now: Sequence[tuple[str, Stretch]]) -> tuple[str, tuple[str, ...]]:
    best = min((one.verdict for _, one in now), key=("ok", "doubt", "gap").index)
    if best == "ok":
        return "ok", ()
    said = [f"{name}:{reason}" for name, one in now if one.verdict == best for reason in one.reasons]
    return best, tuple(sorted(said))


def coverage(window: Span, cameras: Mapping[str, CameraLine], seats: Mapping[str, frozenset[str]]) -> Coverage:
    """Coverage of every seat over the window; `seats` says which cameras see it. Seats seen by the same cameras are worked out once."""
    lines = {name: camera_line(line, window) for name, line in cameras.items()}
    zones = {name: hidden for name, line in cameras.items() if (hidden := frozenset().union(*(one.hidden for one in line.segments)))}
    known: dict[frozenset[tuple[str, str | None]], tuple[Stretch, ...]] = {}
    partly: dict[tuple[str, str | None], tuple[Stretch, ...]] = {(name, None): line for name, line in lines.items()}
    result = {}
    for seat, seen_by in seats.items():
        # a seat that was never hidden shares its line with all others that were not ("" is no seat)
        views = frozenset((name, (seat if seat in zones[name] else "") if name in zones else None) for name in seen_by)
        if views not in known:
            for name, view in views - partly.keys():
                partly[name, view] = camera_line(cameras[name], window, view)
            known[views] = seat_line([(name, partly[name, view]) for name, view in sorted(views)], window)
        result[seat] = known[views]
    return Coverage(window, lines, result)


def spare(seats: Mapping[str, frozenset[str]]) -> int:
    """How many seats are still seen whichever single camera fails."""
    return sum(len(seen_by) >= 2 for seen_by in seats.values())
