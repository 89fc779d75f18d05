"""Judges one source from beginning to end, as fast as it can be read: what `--judge` prints and the bench measures."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from proctoring.faults.detector import Grey, Heard
from proctoring.faults.reference import Reference

from .addresses import is_file, without_password
from .sources import FAILURES, OPEN_SECONDS, address, av, cv2_pictures, small
from .watch import Watch

LEARN_SAMPLES, LEARN_MS = 5, 2_000  # a clip has no time to lose: at one sample per second the reference stands after five
GAP_MS = 1_500  # pictures of a file further apart than this were not sent
LONGEST_GAP_MS = 600_000  # beyond this the clock of the source was set
REFERENCE_MS = 30_000
QUIET_SECONDS = 3.0


class Unusable(ValueError):
    """The source or the reference cannot be judged; the text says why."""


@dataclass(frozen=True)
class Sample:
    """One picture, or the lack of one, at its time since the source began."""

    at_ms: int
    grey: Grey | None
    heard: Heard = Heard()


def judge(source: str, fps: float, reference: Path | None) -> int:
    """Print one JSON line per change of state; 0 at the end of a file, 1 if the source failed underway, 2 if nothing could be judged."""
    seen = False
    try:
        learned = None if reference is None else reference_of(reference)
        pictures = samples(source, fps)
        first = _first(pictures)
        seen = True
        for line in judged(chain([first], pictures), learned):
            print(json.dumps(line), flush=True)
    except Unusable as problem:
        print(problem, file=sys.stderr)
        return 2
    except FAILURES as problem:
        # what was seen before the source failed was seen
        print(f"{without_password(source)!r} cannot be read: {problem.strerror or without_password(problem)}", file=sys.stderr)
        return 1 if seen else 2
    except KeyboardInterrupt:
        pass
    return 0


def _first(pictures: Iterator[Sample]) -> Sample:
    first = next(pictures, None)
    if first is None:
        raise Unusable("no picture came from the source")
    return first


def judged(pictures: Iterator[Sample], reference: Reference | None = None) -> Iterator[dict[str, Any]]:
    """A line for every fault that begins or ends (the lack of a reference is one), with the gravest state before and after."""
    watch = Watch(reference, LEARN_MS, LEARN_SAMPLES)
    for sample in pictures:
        before = watch.states
        changes = watch.look(sample.grey, sample.at_ms, heard=sample.heard)
        line = {"at": sample.at_ms, "from": before[0], "to": watch.states[0]}
        if "unknown" in before and "unknown" not in watch.states:
            yield {**line, "first_bad": 0, "kind": "unknown", "on": False, "detail": "reference learned"}
        for change in changes:
            fault = change.fault
            yield {**line, "first_bad": max(0, fault.first_bad), "kind": fault.state, "on": change.on, "detail": fault.detail}


def samples(source: Any, fps: float) -> Iterator[Sample]:
    """Samples at this rate; silence in a file becomes samples without a picture."""
    due = last = damage = 0
    for frame in _frames(source):
        damage += frame.damaged
        step = round(1000 / fps)
        for at in range(last + step, frame.at_ms, step) if frame.at_ms - last > max(GAP_MS, step) else ():
            yield Sample(at, None)
            due = at + step
        last = frame.at_ms
        if frame.at_ms + 1 < due:
            continue
        yield Sample(frame.at_ms, frame.grey(), Heard(damage, frame.source_ms, width=frame.width))
        # keeps to the grid of its first picture, however unevenly the pictures come
        due, damage = max(due + step, frame.at_ms), 0


@dataclass(frozen=True)
class _Frame:
    at_ms: int
    source_ms: int | None
    damaged: int
    width: int
    picture: Any

    def grey(self) -> Grey:
        return self.picture if isinstance(self.picture, np.ndarray) else small(self.picture)


def _frames(source: Any) -> Iterator[_Frame]:
    """What can be decoded, at its time since the first one; a clock that was set does not tear the time apart."""
    if av is None:
        yield from (_Frame(number * 100, None, 0, 640, grey) for number, grey in enumerate(cv2_pictures(source)))
        return
    where, how = address(source) if isinstance(source, str) else (source, {})
    live = isinstance(source, str) and not is_file(source)
    if "timeout" in how:
        how["timeout"] = (OPEN_SECONDS, QUIET_SECONDS)  # nobody reconnects here: a source that falls silent has ended
    with av.open(where, **how) as container:
        if not container.streams.video:
            raise Unusable("the source holds no video")
        stream = container.streams.video[0]
        nominal = 40.0 if not stream.average_rate else 1000 / float(stream.average_rate)
        start = at = before = None
        for frame, damaged in _decoded(container, stream):
            own = None if frame.time is None else frame.time * 1000
            start = own if start is None else start
            if own is None or before is None or not 0 <= own - before <= LONGEST_GAP_MS:
                at = 0.0 if at is None else at + nominal
            else:
                at = at + own - before
            before = own if own is not None else before
            source_ms = None if own is None or live else round(own - start)
            yield _Frame(round(at), source_ms, damaged, frame.width, frame)


def _decoded(container: Any, stream: Any) -> Iterator[tuple[Any, int]]:
    """Frames with the damage met since the one before; a damaged packet does not end the stream."""
    damaged = 0
    for packet in container.demux(stream):
        damaged += bool(packet.is_corrupt)
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            damaged += 1
            continue
        for frame in frames:
            yield frame, damaged + bool(getattr(frame, "is_corrupt", False))
            damaged = 0


def reference_of(path: Path) -> Reference:
    """The reference in a picture of any size, or the median of the first pictures of a video of the empty room."""
    if not path.is_file():
        raise Unusable(f"the reference {path} is not a file")
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) if cv2.haveImageReader(str(path)) else None
    reference = Reference.of(_median(path) if picture is None else picture)
    if not reference.usable:
        raise Unusable(f"the reference {path.name} shows too little to recognise a room by")
    return reference


def _median(path: Path) -> Grey:
    greys = []
    with contextlib.suppress(Unusable, *FAILURES):
        for sample in samples(str(path), 1.0):
            if sample.at_ms > REFERENCE_MS:
                break
            greys.extend([] if sample.grey is None else [sample.grey])
    if not greys:
        raise Unusable(f"the reference {path.name} is neither a picture nor a video")
    return np.median(greys, axis=0).astype(np.uint8)
