"""Watches one camera: runs all detectors on its samples and says which time was healthy, without ever crediting a moment in doubt."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from proctoring.faults.detector import Detector, Fault, Grey, Heard
from proctoring.faults.discovery import detectors
from proctoring.faults.liveness import Beacon
from proctoring.faults.partial import Partial
from proctoring.faults.reference import Learner, Reference, Scene, Zones
from proctoring.faults.zones import Zone
from proctoring.protocol import STATES

HOLD_MS = 5_000  # a fault may turn out to have begun this much before the sample that raised the suspicion
MAX_STEP_MS = 2_500  # two samples further apart than this prove nothing about the time between them


@dataclass(frozen=True)
class Piece:
    """A stretch of time with its states.

    `hidden` names the zones that were not shown. With zones, `partial` holds for these seats alone; without, for all of the view.
    """

    start_ms: int
    end_ms: int
    states: tuple[str, ...]
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """A fault that became certain, or ended."""

    fault: Fault
    on: bool
    at_ms: int


@dataclass(frozen=True)
class _Hidden:
    """Stands among the states of a sample for one zone that it did not show."""

    zone: str


_Mark = str | _Hidden


@dataclass
class _Sample:
    at_ms: int
    bad: set[_Mark] = field(default_factory=set)
    open: set[_Mark] = field(default_factory=set)


def ordered(states: set[str]) -> tuple[str, ...]:
    """States by gravity; nothing wrong is `ok`."""
    return tuple(sorted(states, key=STATES.index)) or ("ok",)


class Watch:
    """One camera's detectors, its reference, and the samples whose verdict is still open."""

    def __init__(
        self, reference: Reference | None = None, learn_ms: int = 2_000, learn_samples: int = 8,
        zones: Zones | None = None, beacon: Beacon | None = None,
    ) -> None:  # fmt: skip
        self.scene = Scene(reference, zones, beacon)
        self.detectors = detectors(self.scene)
        self.learned: Reference | None = None
        self._learner = Learner(learn_samples, learn_ms)
        self._samples: deque[_Sample] = deque()
        self._before: _Sample | None = None
        self._now_ms = self._settled_ms = 0
        self._on: dict[str, Fault] = {}

    @property
    def states(self) -> tuple[str, ...]:
        """What is certain now."""
        return ordered(set(self._on) | ({"unknown"} if self.scene.reference is None else set()))

    def look(self, grey: Grey | None, at_ms: int, damaged: int = 0, heard: Heard | None = None) -> list[Change]:
        """Take a sample (grey is None: no picture came) and say which faults began or ended with it."""
        self._now_ms = at_ms
        heard = heard or Heard(damaged)
        if grey is not None and self.scene.reference is None:
            self._learn(grey, at_ms)
        sample = _Sample(at_ms)
        silent = False
        self.scene.hear(heard)
        for detector in self.detectors:
            detector.hear(heard)
            detector.look(grey, at_ms)
            silent = silent or (grey is None and detector.state in ("stalled", "offline") and detector.since is not None)
        for mark, detector in self._counted():
            self._note(mark, detector, sample)
        if self.scene.reference is None:
            sample.bad.add("unknown")
        elif grey is not None and all(one.since is None for one in self._alarming()):
            self.scene.settle(grey, at_ms, at_ms - self._settled_ms)
        self._settled_ms = at_ms
        if grey is not None or silent:
            self._samples.append(sample)
        return self._changes(at_ms)

    def _alarming(self) -> Iterator[Detector]:
        for detector in self.detectors:
            yield detector
            yield from zones_of(detector)

    def _counted(self) -> Iterator[tuple[_Mark, Detector]]:
        """What the time is charged with: a view that is told apart by zones is charged seat by seat."""
        for detector in self.detectors:
            zones = zones_of(detector)
            yield from ((_Hidden(zone.id), zone) for zone in zones)
            if not zones:
                yield detector.state, detector

    def _learn(self, grey: Grey, at_ms: int) -> None:
        self.learned = self.scene.reference = self._learner.add(grey, at_ms)

    def _note(self, mark: _Mark, detector: Detector, sample: _Sample) -> None:
        fault = detector.fault
        if not detector.certain:
            since = detector.since if fault is None and detector.since is not None else sample.at_ms
            for one in (*self._samples, sample):
                if one.at_ms >= since:
                    one.open.add(mark)
            return
        for one in (*self._samples, sample):
            one.open.discard(mark)
            if fault is not None and one.at_ms >= fault.first_bad:
                one.bad.add(mark)

    def _changes(self, at_ms: int) -> list[Change]:
        now: dict[str, Fault] = {}
        for one in self._alarming():
            if one.fault is not None:
                now.setdefault(one.state, one.fault)
        changes = [Change(fault, True, at_ms) for state, fault in now.items() if state not in self._on]
        changes += [Change(fault, False, at_ms) for state, fault in self._on.items() if state not in now]
        self._on = now
        return changes

    def settled(self, finish: bool = False) -> list[Piece]:
        """The time whose verdict can no longer change; at the end everything, with what is in doubt counted as bad."""
        pieces = []
        while self._samples:
            sample = self._samples[0]
            if finish:
                sample.bad |= sample.open
            elif sample.open or sample.at_ms > self._now_ms - HOLD_MS:
                break
            self._samples.popleft()
            if self._before is not None and sample.at_ms > self._before.at_ms:
                pieces.append(self._piece(self._before, sample))
            self._before = sample
        return pieces

    def _piece(self, before: _Sample, after: _Sample) -> Piece:
        # healthy only between two healthy samples, close enough to vouch for what lies between
        marks = before.bad | after.bad
        states = {one for one in marks if isinstance(one, str)}
        hidden = tuple(sorted(one.zone for one in marks if isinstance(one, _Hidden)))
        if hidden:
            states.add("partial")
        if after.at_ms - before.at_ms > MAX_STEP_MS:
            states.add("stalled")
        return Piece(before.at_ms, after.at_ms, ordered(states), hidden)


def zones_of(detector: Detector) -> list[Zone]:
    """The zones a detector tells apart."""
    return detector.zones if isinstance(detector, Partial) else []


class Runs:
    """Joins pieces of equal state and hands them out in slices: at once when the state changes, else every `report_ms`."""

    def __init__(self, report_ms: int) -> None:
        self.report_ms = report_ms
        self._open: Piece | None = None

    def add(self, pieces: list[Piece], finish: bool = False) -> list[Piece]:
        """Take pieces in order; what is ready to be sent."""
        ready = []
        for piece in pieces:
            joined = self._join(piece)
            if joined is None and self._open is not None:
                ready.append(self._open)
            self._open = joined or piece
            if self._open.end_ms - self._open.start_ms >= self.report_ms:
                ready.append(self._open)
                self._open = None
        if finish and self._open is not None:
            ready.append(self._open)
            self._open = None
        return ready

    def _join(self, piece: Piece) -> Piece | None:
        held = self._open
        if held is None or (held.states, held.hidden, held.end_ms) != (piece.states, piece.hidden, piece.start_ms):
            return None
        return Piece(held.start_ms, piece.end_ms, piece.states, piece.hidden)
