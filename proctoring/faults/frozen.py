"""Frozen picture: the stream goes on, but what it shows has stopped."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np

from .detector import HEIGHT, WIDTH, Detector, Grey
from .reference import per_block

STEP_MS = 900  # between samples that are compared: within one group of pictures an encoder repeats quiet blocks by itself
WINDOW = 8
LONG = 60  # samples that tell how restless this camera's live picture is
FEWEST = 4
YOUNG = 2


@dataclass(frozen=True)
class _Unrest:
    """How a sample differs from the one before."""

    middle: float  # change of the middle block, in grey levels: noise
    most: float  # change of the most changed block: motion
    repeated: float  # correlation of the noise with that of the sample before, exceeded by nine blocks of ten


class Frozen(Detector):
    """The noise of the picture repeats itself and nothing in it moves.

    After H.264 a frozen source is not identical from frame to frame, and a live one in a quiet room is nearly so; but live noise is new
    in every frame, frozen noise is not. The residual of a sample against the recent past (per block, after fitting brightness and
    contrast) is therefore correlated with the residual one step before. What is usual for this camera is learned from its live picture,
    since encoders differ too much for fixed limits; two steps are taken together, since every other one may hold a key frame.
    """

    state = "frozen"
    enter_samples = 3
    enter_ms = 3_000
    leave_samples = 2

    def __init__(self) -> None:
        super().__init__()
        self._past: deque[np.ndarray] = deque(maxlen=WINDOW)  # samples that were alive
        self._usual: deque[_Unrest] = deque(maxlen=LONG)
        self._young: deque[tuple[np.ndarray, _Unrest | None]] = deque()
        self._before: np.ndarray | None = None
        self._last: _Unrest | None = None
        self._times: deque[int] = deque(maxlen=3)
        self._began_ms = 0

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """Less noise, less motion, and more of the noise repeated than live samples had."""
        if grey is None or (self._times and at_ms - self._times[-1] < STEP_MS):
            return None
        now = cv2.resize(grey, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA).astype(np.float32)
        if float(now.std()) < 8:
            self._before = self._last = None
            return ""  # dark or covered: there is no picture that could stand still
        unrest = self._unrest(now)
        why = "" if unrest is None or self._last is None else self._still(unrest, self._last)
        self._learn(now, unrest, bool(why))
        if why and self._since is None:
            # it repeats the two samples before it; the stand-still began anywhere after the one before those
            self._began_ms = self._times[0] + 1
        self._before, self._last = now, unrest
        self._times.append(at_ms)
        return why

    def _learn(self, now: np.ndarray, unrest: _Unrest | None, suspicious: bool) -> None:
        """What was alive becomes the measure, but only when the samples after it were alive too."""
        if suspicious:
            self._young.clear()
            return
        self._young.append((now, unrest))
        if len(self._young) > YOUNG or len(self._past) < 2:
            old, usual = self._young.popleft()
            self._past.append(old)
            self._usual.extend([usual] if usual is not None else [])

    def began(self, at_ms: int) -> int:
        """The earliest moment at which the picture may have stopped."""
        return self._began_ms

    def _unrest(self, now: np.ndarray) -> _Unrest | None:
        if self._before is None or len(self._past) < 2:
            return None
        change = per_block(cv2.absdiff(now, self._before))
        past = sum(self._past) / len(self._past)
        alike = _alike(_residual(now, past), _residual(self._before, past))
        return _Unrest(float(np.median(change)), float(change.max()), float(np.percentile(alike, 10)))

    def _still(self, now: _Unrest, last: _Unrest) -> str:
        most = max(now.most, last.most)
        if most < 0.02:
            return "samples are identical"
        if len(self._usual) < FEWEST:
            return ""
        middle, repeated = (now.middle + last.middle) / 2, (now.repeated + last.repeated) / 2
        calmest = min(one.middle for one in self._usual)
        if most > 0.8 * min(one.most for one in self._usual) or middle > 0.9 * calmest:
            return ""
        if middle < 0.5 * calmest:
            return f"changes by {middle:.2f} grey levels only"
        usual = float(np.percentile([one.repeated for one in self._usual], 90))
        return f"noise repeats, correlation {repeated:.2f}" if repeated > max(0.15, usual + 0.1) else ""


def _residual(sample: np.ndarray, past: np.ndarray) -> np.ndarray:
    """What the sample has beyond the past, after the best fit of contrast and brightness per block: a change of light is not noise."""
    mean_p, mean_s = per_block(past), per_block(sample)
    var = per_block(past * past) - mean_p * mean_p
    gain = (per_block(past * sample) - mean_p * mean_s) / np.maximum(var, 0.01)
    return sample - _spread(gain) * past - _spread(mean_s - gain * mean_p)


def _spread(blocks: np.ndarray) -> np.ndarray:
    return cv2.resize(blocks, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_NEAREST)


def _alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Correlation of the residuals, per block."""
    return per_block(one * other) / np.maximum(np.sqrt(per_block(one * one) * per_block(other * other)), 1e-3)
