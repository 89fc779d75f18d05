"""Reads one source for ever: file paced in real time, RTSP over TCP, or a USB camera; hands out the newest picture, never an old one."""

from __future__ import annotations

import contextlib
import logging
import random
import re
import threading
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from proctoring.faults.detector import HEIGHT, WIDTH, Grey

from .clock import Clock
from .config import CameraConfig
from .record import Recorder

try:
    import av
except ImportError:  # OpenCV reads pictures too, but keeps no packets: without PyAV nothing is recorded
    av = None  # type: ignore[assignment]

log = logging.getLogger("collector")
OPEN_SECONDS, READ_SECONDS = 5.0, 3.0
LONGEST_WAIT = 5.0
SILENCE_MS = 2_500  # the first packet after so long is one that the library kept back, not one that the camera sent now
LIVE_WAIT = 1.5  # with the time it takes to open, a camera is back within three seconds of its return
REFUSED_WAIT = 30.0  # many cameras lock an account after some wrong passwords
FAILURES: tuple[type[Exception], ...] = (OSError,) if av is None else (OSError, av.error.FFmpegError)


def is_file(source: str) -> bool:
    """Whether the source ends by itself and must be paced."""
    return not re.match(r"(rtsps?|https?)://|usb:\d+$|/dev/video", source)


def address(source: str) -> tuple[str, dict[str, Any]]:
    """The address and options for av.open."""
    if source.startswith(("rtsp://", "rtsps://")):
        # counting frames to guess their rate takes seconds in which nothing would be watched, and the rate is not needed
        return source, {"options": {"rtsp_transport": "tcp", "fpsprobesize": "0"}, "timeout": (OPEN_SECONDS, READ_SECONDS)}
    if match := re.match(r"usb:(\d+)$", source):
        return f"/dev/video{match[1]}", {"format": "v4l2"}
    if source.startswith("/dev/video"):
        return source, {"format": "v4l2"}
    return source.removeprefix("file:"), {"timeout": (OPEN_SECONDS, READ_SECONDS)} if "://" in source else {}


def without_password(text: object) -> str:
    """The text as it may stand in a log: an address in it keeps its user and loses its password."""
    return re.sub(r"(\w+://[^/\s:@]*):[^/\s]*@", r"\1:***@", str(text))


class Capture(threading.Thread):
    """One camera's reader thread: reconnects for ever, keeps only the newest sample."""

    def __init__(self, camera: CameraConfig, clock: Clock, recorder: Recorder | None) -> None:
        super().__init__(name=f"capture {camera.name}", daemon=True)
        self.camera = camera
        self._clock = clock
        self._recorder = recorder
        self._lock = threading.Lock()
        self._latest: tuple[int, Grey] | None = None
        self._damage = 0
        self._wanted = True
        self._stopping = threading.Event()
        self._file = is_file(camera.source)
        self._heard_ms: int | None = None

    def take(self) -> tuple[int, Grey | None, int]:
        """When, the newest picture since the last call or None, and how much damage the decoder saw."""
        with self._lock:
            at, grey = self._latest or (self._clock.now_ms(), None)
            damage, self._latest, self._damage = self._damage if grey is not None else 0, None, 0 if grey is not None else self._damage
            self._wanted = True
        return at, grey, damage

    def stop(self) -> None:
        """Ask the thread to end."""
        self._stopping.set()

    def run(self) -> None:
        """Open, read, and open again."""
        failures, refused = 0, False
        while not self._stopping.is_set():
            try:
                came, refused = self._read_with_av() if av is not None else self._read_with_cv2(), False
            except Exception as problem:  # a source may fail in any way a library can; it must be opened again
                log.warning("%s: %s", self.camera.name, without_password(problem))
                came, refused = False, av is not None and isinstance(problem, (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError))
            failures = 0 if came else failures + 1
            looping = self._file and came and self.camera.at_end == "loop"
            if self._recorder is not None:
                (self._recorder.restart if looping else self._recorder.close)()
            if not looping:
                self._stopping.wait(LONGEST_WAIT if self._file and came else self._backoff(failures, refused))

    def _backoff(self, failures: int, refused: bool) -> float:
        longest = LONGEST_WAIT if self._file else LIVE_WAIT
        return REFUSED_WAIT if refused else min(longest, 0.5 * 2 ** min(failures, 8)) * (0.75 + random.random() / 2)

    def _read_with_av(self) -> bool:
        """Read until the source ends or fails; whether any picture came. A file that is held keeps its last picture's silence."""
        where, how = address(self.camera.source)
        with av.open(where, **how) as container:
            stream = container.streams.video[0]
            stream.thread_type = "NONE"  # one thread per camera is enough, and two cores are shared by all of them
            pace = _Pace(self._clock, self._stopping) if self._file else None
            self._heard_ms, came = None, False
            for packet in container.demux(stream):
                if self._stopping.is_set():
                    return True
                if packet.size == 0:
                    continue
                # the first packets of a live stream, the key frame among them, may come without any time
                when = packet.pts if packet.pts is not None else packet.dts
                if pace is not None and when is not None:
                    pace.wait(float(when * packet.time_base))
                late = self._late()
                if self._recorder is not None:
                    self._recorder.write(packet, stream, late)
                came = self._decode(packet, late) or came
        if self._file and came and self.camera.at_end == "hold":
            self._stopping.wait()
        return came

    def _late(self) -> bool:
        """Whether this packet says nothing about the present: a dying stream gives out its last picture when its silence ends it."""
        before, self._heard_ms = self._heard_ms, self._clock.now_ms()
        return not self._file and before is not None and self._heard_ms - before > SILENCE_MS

    def _decode(self, packet: Any, late: bool) -> bool:
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            with self._lock:
                self._damage += 1
            return False
        for frame in () if late else frames:
            self._keep(frame)
        return bool(frames) or bool(packet.is_corrupt)

    def _keep(self, frame: Any) -> None:
        damaged = bool(getattr(frame, "is_corrupt", False))
        if not self._wanted and not damaged:
            return
        grey = frame.reformat(width=WIDTH, height=HEIGHT, format="gray", interpolation="AREA").to_ndarray()
        self._offer(grey, damaged)

    def _offer(self, grey: Grey, damaged: bool = False) -> None:
        with self._lock:
            self._latest = (self._clock.now_ms(), np.ascontiguousarray(grey))
            self._damage += damaged
            self._wanted = False

    def _read_with_cv2(self) -> bool:
        for grey in cv2_pictures(self.camera.source):
            if self._stopping.is_set():
                break
            self._offer(grey)
            if self._file:
                self._stopping.wait(0.1)
        return True


class _Pace:
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


def cv2_pictures(source: str) -> Iterator[Grey]:
    """Grey pictures read with OpenCV alone."""
    if match := re.match(r"usb:(\d+)$", source):
        capture = cv2.VideoCapture(int(match[1]))
    else:
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(OPEN_SECONDS * 1000), cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(READ_SECONDS * 1000)]
        capture = cv2.VideoCapture(source.removeprefix("file:"), cv2.CAP_FFMPEG, limits)
    try:
        if not capture.isOpened():
            raise OSError("cannot be opened")
        while (read := capture.read())[0]:
            yield cv2.resize(cv2.cvtColor(read[1], cv2.COLOR_BGR2GRAY), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    finally:
        capture.release()


def pictures(source: str) -> Iterator[tuple[int, Grey]]:
    """All pictures of a source with their milliseconds, as fast as they can be read."""
    if av is None:
        yield from ((number * 100, grey) for number, grey in enumerate(cv2_pictures(source)))
        return
    where, how = address(source)
    with av.open(where, **how) as container:
        for frame in _frames(container):
            if frame.time is not None:
                grey = frame.reformat(width=WIDTH, height=HEIGHT, format="gray", interpolation="AREA").to_ndarray()
                yield int(frame.time * 1000), np.ascontiguousarray(grey)


def _frames(container: Any) -> Iterator[Any]:
    """What can be decoded; a damaged packet does not end the stream."""
    for packet in container.demux(video=0):
        with contextlib.suppress(av.error.InvalidDataError):
            yield from packet.decode()
