"""Frozen picture: the stream goes on, but what it shows has stopped."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np

from .detector import Detector, Grey
from .reference import BLOCK, per_block

STEP_MS = 1_000  # between samples that are compared: within one group of pictures an encoder repeats quiet blocks by itself
WINDOW = 8
LONG = 60  # samples whose changes tell how restless the quiet parts of this camera's live picture are


class Frozen(Detector):
    """The noise of the picture repeats itself.

    After H.264 a frozen source is not identical from frame to frame, and a live one in a quiet room is nearly so; but live noise is new
    in every frame, frozen noise is not. The residual of a sample against the recent past (per block, after fitting brightness and
    contrast) is therefore correlated with the residuals one and two steps before. Where a generous encoder smooths a still picture so
    far that no noise is left to correlate, the change itself falls far below what this camera's live picture ever showed.
    """

    state = "frozen"
    enter_samples = 5
    enter_ms = 4_000
    leave_samples = 2

    def __init__(self) -> None:
        super().__init__()
        self._past: deque[np.ndarray] = deque(maxlen=WINDOW)  # samples that were alive
        self._recent: deque[np.ndarray] = deque(maxlen=2)
        self._times: deque[int] = deque(maxlen=3)
        self._changes: deque[float] = deque(maxlen=LONG)  # how much live samples differed from the one before
        self._began_ms = 0

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """Nearly all blocks repeat their residual, and change less than live ones did."""
        if grey is None or (self._times and at_ms - self._times[-1] < STEP_MS):
            return None
        if float(np.std(grey)) < 8:
            return ""  # dark or covered: there is no picture that could stand still
        now = cv2.GaussianBlur(grey, (3, 3), 0).astype(np.float32)
        change = _change(now, self._recent[-1]) if self._recent else None
        repeated = self._repeated(now) if len(self._recent) == 2 else ""
        if not repeated:
            self._past.append(now)
            self._changes.extend([change] if change is not None else [])
        elif self._since is None:
            # it repeats samples before it; the stand-still began anywhere after the earliest of them
            self._began_ms = self._times[0] + 1
        self._recent.append(now)
        self._times.append(at_ms)
        return repeated

    def began(self, at_ms: int) -> int:
        """The earliest moment at which the picture may have stopped."""
        return self._began_ms

    def _repeated(self, now: np.ndarray) -> str:
        before, earlier = self._recent[-1], self._recent[-2]
        change = _change(now, before)
        if change < 0.02:
            return "two samples are identical"
        if len(self._changes) < 5:
            return ""
        quiet = float(np.percentile(self._changes, 20))
        if change < 0.35 * quiet:
            return f"changes by {change:.2f} grey levels only"
        # the middle one of the last ones, so that a single jump of the picture does not make all that follows look still
        if change > 0.85 * float(np.median(list(self._changes)[-WINDOW:])):
            return ""
        past = np.mean(self._past, axis=0)
        here = _residual(now, past)
        share = _alike(here, _residual(before, past))
        if share >= 0.8 and change > 0.6 * quiet:
            share = min(share, _alike(here, _residual(earlier, past)))
        return f"noise repeats in {share:.0%} of the picture" if share >= 0.8 else ""


def _change(now: np.ndarray, before: np.ndarray) -> float:
    """How much the quiet parts of the picture changed: the middle block, so that people who move do not count."""
    return float(np.median(per_block(np.abs(now - before)))) / (BLOCK * BLOCK)


def _residual(sample: np.ndarray, past: np.ndarray) -> np.ndarray:
    """What the sample has beyond the past, after the best fit of contrast and brightness per block: a change of light is not noise."""
    n = BLOCK * BLOCK
    sum_p, sum_s = per_block(past), per_block(sample)
    var = per_block(past * past) - sum_p * sum_p / n
    gain = (per_block(past * sample) - sum_p * sum_s / n) / np.maximum(var, 1.0)
    offset = (sum_s - gain * sum_p) / n
    return sample - _spread(gain) * past - _spread(offset)


def _spread(blocks: np.ndarray) -> np.ndarray:
    return blocks.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    """Share of blocks whose residuals correlate."""
    norm = np.sqrt(per_block(one * one) * per_block(other * other))
    correlation = per_block(one * other) / np.maximum(norm, 1e-3)
    return float((correlation > 0.6).mean())
