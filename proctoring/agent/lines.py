"""One stream of a camera, opened for ever: the collector's own clock notices its silence, and no time-out of a library is waited for."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from .addresses import device, is_file, without_password
from .clock import Clock
from .sources import Pace, address, av, cv2_frames

log = logging.getLogger("collector")
PATIENCE = 2.5  # seconds without a packet after which another connection is tried beside the silent one
SILENCE = 2.5  # the first packet after so long is one that the library kept back, not one that the camera sent now
MOST_READERS = 3
LIVE_WAIT, FILE_WAIT = 1.0, 5.0  # with the time it takes to open, a camera is back within three seconds of its return
REFUSED_WAIT = 30.0  # many cameras lock an account after some wrong passwords


class Taker(Protocol):
    """Who gets what a line brings."""

    def packet(self, packet: Any, stream: Any, late: bool, at: float | None) -> None:
        """One packet of the compressed stream and its seconds in it; late ones say nothing about the present."""

    def picture(self, picture: Any) -> None:
        """One picture of a source that has no packets, such as a USB camera."""

    def ended(self, again: bool) -> None:
        """The stream was cut, or (again) a film ended that begins anew at once."""


class Line:
    """Keeps a source open. Several readers may wait for the same silent camera; the first that brings packets is the one that counts."""

    def __init__(self, name: str, source: str, at_end: str, clock: Clock, taker: Taker) -> None:
        self.name, self.source, self.at_end, self.clock, self.taker = name, source, at_end, clock, taker
        self.file = is_file(source)
        self.stopping = threading.Event()
        self.heard = 0.0  # when the last packet came that was no late one; 0: none yet
        self.problem = ""
        self.delay = Delay()
        self._lock = threading.Lock()
        self._current: Reader | None = None
        self._readers: list[Reader] = []
        self._failures, self._next_try = 0, 0.0

    def silent(self, now: float) -> float:
        """Seconds since anything came; since the line began if nothing ever did."""
        return now - self.heard if self.heard else 0.0

    def mind(self, now: float) -> None:
        """The watchdog: look several times a second whether a reader must be started. Never waits for anything."""
        if self.stopping.is_set():
            return
        with self._lock:
            for reader in [one for one in self._readers if one.done]:
                self._readers.remove(reader)
                self._gone(reader, now)
            waiting = max((one.begun for one in self._readers), default=0.0)
            quiet = not self._readers or now - max(self.heard, waiting) > PATIENCE
            most = 1 if self.file or device(self.source) is not None else MOST_READERS
            if quiet and now >= self._next_try and len(self._readers) < most:
                self._readers.append(Reader(self, now))
                self._readers[-1].start()

    def _gone(self, reader: Reader, now: float) -> None:
        if reader is not self._current and self._current is not None:
            return  # one that waited beside the one that counts
        self._current = None
        self._failures = 0 if reader.brought else self._failures + 1
        self._next_try = now + backoff(self._failures, reader.refused, self.file)
        if reader.problem and reader.problem != self.problem:
            log.warning("%s: %s", self.name, reader.problem)
        self.problem = reader.problem

    def received(self, reader: Reader, now: float) -> bool | None:
        """Whether the packet is late (True) or fresh (False); None if the reader is not wanted any more."""
        with self._lock:
            late = reader.heard > 0 and now - reader.heard > SILENCE and not self.file
            reader.heard = now
            if reader is not self._current and not late:
                if self._current is not None and now - self.heard < SILENCE:
                    return None
                self._current, self.problem = reader, ""
            if reader is not self._current:
                return late
            if not late:
                self.heard = now
        return late

    def stop(self) -> None:
        """Ask all readers to end."""
        self.stopping.set()

    def join(self, seconds: float) -> None:
        """Wait for the readers; one that hangs in a library is left behind."""
        end = time.monotonic() + seconds
        for reader in self._readers:
            reader.join(max(0.0, end - time.monotonic()))


class Reader(threading.Thread):
    """One connection to the source; ends with it, or as soon as another one is preferred."""

    def __init__(self, line: Line, now: float) -> None:
        super().__init__(name=f"reader {line.name}", daemon=True)
        self._line, self.begun, self.heard = line, now, 0.0
        self.brought, self.refused, self.done, self.problem = False, False, False, ""

    def run(self) -> None:
        """Read until nothing more comes."""
        line = self._line
        try:
            while self._read() and line.at_end == "loop" and line.file and not line.stopping.is_set():
                line.taker.ended(again=True)
        except Exception as problem:  # a source may fail in any way a library can; it must be opened again
            self.problem = without_password(problem)
            self.refused = av is not None and isinstance(problem, (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError))
        if self is line._current or line._current is None:
            line.taker.ended(again=False)
        self.done = True

    def _read(self) -> bool:
        """Read once from the beginning to the end; whether anything came."""
        packets = av is not None and device(self._line.source) is None
        came = self._read_packets() if packets else self._read_pictures()
        if self._line.file and came and self._line.at_end == "hold":
            self._line.stopping.wait()
        return came

    def _read_packets(self) -> bool:
        line, came = self._line, False
        where, how = address(line.source)
        with av.open(where, **how) as container:
            stream = container.streams.video[0]
            if stream.codec_context.width == 0:
                # opened between two key frames of a camera that tells its parameters only with them: no file could be made of it
                raise OSError("the stream did not tell its parameters yet")
            stream.thread_type = "NONE"  # one thread per stream is enough, and the cores are shared by all of them
            pace = Pace(line.clock, line.stopping) if line.file else None
            base = float(stream.time_base)  # fractions are slow, and this is done with every packet
            for packet in container.demux(stream):
                # the first packets of a live stream, the key frame among them, may come without any time
                when = packet.pts if packet.pts is not None else packet.dts
                at = when * base if when is not None else None
                if pace is not None and at is not None and packet.size:
                    pace.wait(at)
                if line.stopping.is_set():
                    return True
                if packet.size == 0:
                    continue
                now = time.monotonic()
                late = line.received(self, now)
                if late is None:
                    return came
                if at is not None and not line.file:
                    line.delay.told(at, now)
                came = self.brought = True
                line.taker.packet(packet, stream, late, at)
        return came

    def _read_pictures(self) -> bool:
        line = self._line
        for picture in cv2_frames(line.source):
            if line.stopping.is_set() or line.received(self, time.monotonic()) is None:
                break
            self.brought = True
            line.taker.picture(picture)
            if line.file:
                line.stopping.wait(0.1)
        return self.brought


class Delay:
    """How far the stream lags behind the least delay of the last minute, in milliseconds; that least one cannot be known from here."""

    def __init__(self) -> None:
        self._least: deque[tuple[float, float]] = deque()  # increasing: the first is the least of all that are young enough
        self.ms = 0

    def told(self, seconds: float, now: float) -> None:
        """A packet of this time of the stream came now."""
        behind = now - seconds
        if self._least and abs(behind - self._least[-1][1]) > 30:
            self._least.clear()  # another connection, or a camera that set its clock
        while self._least and self._least[-1][1] >= behind:
            self._least.pop()
        self._least.append((now, behind))
        while now - self._least[0][0] > 60 and len(self._least) > 1:
            self._least.popleft()
        self.ms = round(1000 * (behind - self._least[0][1]))


def backoff(failures: int, refused: bool, file: bool, chance: Callable[[], float] = random.random) -> float:
    """Seconds until the next attempt: soon at first, never much longer, never at the same moment for all cameras."""
    longest = FILE_WAIT if file else LIVE_WAIT
    return REFUSED_WAIT if refused else min(longest, 0.25 * 2 ** min(failures, 8)) * (0.75 + chance() / 2)
