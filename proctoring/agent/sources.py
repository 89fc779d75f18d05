"""Where pictures come from: addresses and how they are opened, files held back to real time, and what OpenCV reads alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from proctoring.faults.detector import HEIGHT, WIDTH, Grey, Heard
from proctoring.faults.liveness import Beacon, brightness, read

from .addresses import device
from .clock import Clock

try:
    import av
    from av.video.reformatter import VideoReformatter
except ImportError:  # OpenCV reads pictures too, but keeps no packets: without PyAV nothing is recorded
    av = VideoReformatter = None  # type: ignore[assignment]

# only so that a thread nobody waits for ends; silence is noticed by our own clock, and a silent connection may still come to life
OPEN_SECONDS, READ_SECONDS = 5.0, 30.0
FAILURES: tuple[type[Exception], ...] = (OSError,) if av is None else (OSError, av.error.FFmpegError)


def address(source: str) -> tuple[str, dict[str, Any]]:
    """The address and options for av.open."""
    if source.startswith(("rtsp://", "rtsps://")):
        # counting frames to guess their rate takes seconds in which nothing would be watched, and the rate is not needed
        return source, {"options": {"rtsp_transport": "tcp", "fpsprobesize": "0"}, "timeout": (OPEN_SECONDS, READ_SECONDS)}
    return source.removeprefix("file:"), {"timeout": (OPEN_SECONDS, READ_SECONDS)} if "://" in source else {}


def small(frame: Any, scaler: Any = None) -> Grey:
    """A decoded frame as the detectors want it; a scaler that is kept need not be set up for each of them."""
    grey = (scaler or VideoReformatter()).reformat(frame, width=WIDTH, height=HEIGHT, format="gray", interpolation="AREA").to_ndarray()
    return np.ascontiguousarray(grey)


def heard(frame: Any, beacon: Beacon | None, connection: int, live: bool) -> Heard:
    """What a decoded frame says besides its picture; the time of a file says nothing of its camera's clock."""
    codes = None if beacon is None else read(beacon.cut(brightness(frame)))
    source_ms = round(frame.time * 1000) if live and frame.time is not None else None
    return Heard(source_ms=source_ms, connection=connection, width=frame.width, codes=codes)


class Pace:
    """Holds a file back to real time."""

    def __init__(self, clock: Clock, stopping: threading.Event) -> None:
        self._clock, self._stopping = clock, stopping
        self._offset: float | None = None

    def wait(self, seconds: float) -> None:
        """Sleep until the picture of this time is due."""
        now = self._clock.now_ms() / 1000
        if self._offset is None:
            self._offset = now - seconds
        due = self._offset + seconds
        if due > now:
            self._stopping.wait(due - now)
        elif now - due > 1.0:
            # the machine slept or was too slow: go on from here instead of racing after the lost time
            self._offset = now - seconds


def cv2_frames(source: str) -> Iterator[Any]:
    """Colour pictures read with OpenCV alone: a USB camera, or a file on a machine without PyAV."""
    number = device(source)
    if number is not None:
        capture = cv2.VideoCapture(number, cv2.CAP_V4L2)
    else:
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(OPEN_SECONDS * 1000), cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(READ_SECONDS * 1000)]
        capture = cv2.VideoCapture(source.removeprefix("file:"), cv2.CAP_FFMPEG, limits)
    try:
        if not capture.isOpened():
            raise OSError("cannot be opened")
        while (read := capture.read())[0]:
            yield read[1]
    finally:
        capture.release()


def cv2_pictures(source: str) -> Iterator[Grey]:
    """Grey pictures read with OpenCV alone."""
    for picture in cv2_frames(source):
        yield shrunk(picture)


def shrunk(picture: Any) -> Grey:
    """A colour picture of OpenCV as the detectors want it."""
    return cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
