"""Doubtful clock: the time the source writes into its pictures does not run as the collector's own clock does."""

from __future__ import annotations

from collections import deque
from statistics import median

import numpy as np

from .detector import Detector, Grey, Heard

JUMP_MS = 1_000
DRIFT_PPM = 300
FIT_MS = 120_000  # over less time, the jitter of the network looks like drift
ACCEPT = 12  # samples after which a clock that jumped and runs evenly again is taken as it is


class Clock(Detector):
    """The source's time jumps against the collector's clock, or drifts away from it."""

    state = "clock"
    enter_samples = 1
    leave_samples = 3

    def __init__(self) -> None:
        super().__init__()
        self._source_ms: int | None = None
        self._connection = 0
        self._offsets: deque[tuple[int, int]] = deque(maxlen=600)  # at most one a second: when, and own time minus the source's
        self._jumped: list[tuple[int, int]] = []

    def hear(self, heard: Heard) -> None:
        """The source's time of the next picture."""
        self._source_ms = heard.source_ms
        if heard.connection != self._connection:
            self._connection = heard.connection
            self._offsets.clear()
            self._jumped.clear()

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """The offset left its course, or the course is not level."""
        if grey is None or self._source_ms is None:
            return None
        offset = at_ms - self._source_ms
        if self._offsets:
            usual = median(value for _, value in list(self._offsets)[-10:])
            if abs(offset - usual) > JUMP_MS:
                return self._after_jump(at_ms, offset, usual)
            if at_ms - self._offsets[-1][0] < 1_000:
                return None
        self._jumped.clear()
        self._offsets.append((at_ms, offset))
        return self._drift()

    def _after_jump(self, at_ms: int, offset: int, usual: float) -> str:
        self._jumped.append((at_ms, offset))
        recent = [value for _, value in self._jumped[-ACCEPT:]]
        if len(recent) == ACCEPT and max(recent) - min(recent) < JUMP_MS:
            self._offsets.clear()
            self._offsets.extend(self._jumped[-ACCEPT:])
            self._jumped.clear()
        return f"jumped by {(usual - offset) / 1000:+.1f} s"

    def _drift(self) -> str:
        if len(self._offsets) < 30 or self._offsets[-1][0] - self._offsets[0][0] < FIT_MS:
            return ""
        times, offsets = np.array(self._offsets, dtype=float).T
        ppm = -1e6 * float(np.polyfit(times - times[0], offsets, 1)[0])
        return f"runs {ppm:+.0f} ppm against the collector's clock" if abs(ppm) > DRIFT_PPM else ""
