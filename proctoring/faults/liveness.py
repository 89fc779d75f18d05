"""The rotating beacon: a code on a screen in view of the camera that nobody who recorded the room earlier could have shown."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np

from .detector import Grey

CODES = 250  # of 4x4 bits: readable from 48 pixels in the camera's own picture
BORDER = 2  # quiet zone around the code, in modules
SMALLEST = 24  # pixels; anything smaller is read wrongly too often


class BeaconError(ValueError):
    """The beacon of a camera cannot be used; the text says why."""


@dataclass(frozen=True)
class Beacon:
    """What is shown where: part of the picture (left, top, right, bottom, each 0..1), the shared secret, and how long a code stands."""

    roi: tuple[float, float, float, float]
    seed: bytes
    period_ms: int = 5_000
    tolerance_ms: int = 2_000  # how much the screen's clock and the way of the picture may differ

    def __post_init__(self) -> None:
        if len(self.roi) != 4:
            raise BeaconError("the place of the beacon is left, top, right, bottom")
        left, top, right, bottom = self.roi
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise BeaconError("the place of the beacon is left, top, right, bottom, each from 0 to 1")
        if len(self.seed) < 16:
            raise BeaconError("the seed of the beacon needs at least 16 bytes")
        if not 1_000 <= self.period_ms <= 600_000 or not 0 <= self.tolerance_ms < self.period_ms:
            raise BeaconError("a code stands for 1 s to 10 min, and the tolerance is less than that")

    def code(self, at_ms: int) -> int:
        """The code that the screen shows at this time; never the same twice in a row."""
        turn = at_ms // self.period_ms
        code = self._drawn(turn)
        return code if code != self._drawn(turn - 1) else (code + 1) % CODES

    def _drawn(self, turn: int) -> int:
        digest = hmac.digest(self.seed, str(turn).encode(), hashlib.sha256)
        return int.from_bytes(digest[:8], "big") % CODES

    def expected(self, at_ms: int) -> set[int]:
        """The codes that a picture of this time may show."""
        return {self.code(at_ms - self.tolerance_ms), self.code(at_ms), self.code(at_ms + self.tolerance_ms)}

    def cut(self, plane: np.ndarray) -> Grey:
        """The beacon's place in the brightness of the camera's own picture."""
        height, width = plane.shape
        left, top, right, bottom = np.multiply(self.roi, (width, height, width, height))
        return np.ascontiguousarray(plane[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))])


def brightness(frame: Any) -> np.ndarray:
    """The brightness of a decoded frame as it lies in memory; nothing is converted or copied."""
    if frame.format.name not in ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "nv12", "gray"):
        return frame.to_ndarray(format="gray")
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]


@cache
def _dictionary() -> Any:
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_250)


@cache
def _reader() -> Any:
    return cv2.aruco.ArucoDetector(_dictionary(), cv2.aruco.DetectorParameters())


def drawn(code: int, pixels: int) -> Grey:
    """The code with its quiet zone, as the screen shows it."""
    module = max(1, pixels // (6 + 2 * BORDER))
    inner = cv2.aruco.generateImageMarker(_dictionary(), code, 6 * module)
    return cv2.copyMakeBorder(inner, *[BORDER * module] * 4, cv2.BORDER_CONSTANT, value=255)


def read(picture: Grey) -> frozenset[int]:
    """The codes to be read in the beacon's place."""
    if min(picture.shape) < SMALLEST:
        return frozenset()
    _, ids, _ = _reader().detectMarkers(picture)
    return frozenset() if ids is None else frozenset(int(one) for one in np.asarray(ids).ravel())
