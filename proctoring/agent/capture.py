"""One camera: its main stream is recorded, its sub-stream judged; decodes as little as it can, hands out the newest picture alone."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from fractions import Fraction
from typing import Any

from proctoring.faults.detector import Grey, Heard
from proctoring.faults.liveness import Beacon

from .addresses import device, is_file
from .clock import Clock
from .config import CameraConfig
from .lines import Line
from .record import Recorder
from .sources import VideoReformatter, av, heard, shrunk, small

log = logging.getLogger("collector")
SPARSE = 2.3  # seconds between two pictures of a main stream that is decoded only because there is no sub-stream
FLAGGED_KEYS = 4.0
FLOWING = 1.0  # a packet no older than this: the stream goes on, although no picture was due


class Capture:
    """The streams of one camera. All methods but those of a taker are called by the collector's own threads."""

    def __init__(self, camera: CameraConfig, clock: Clock, recorder: Recorder | None, fps: float = 4.0) -> None:
        self.camera, self.recorder = camera, recorder
        sparse = 0.0 if camera.sub or is_file(camera.source) else SPARSE
        self.sight = Sight(clock, 1 / fps, sparse, camera.beacon, not is_file(camera.sub or camera.source))
        main = _Main(recorder, None if camera.sub else self.sight, clock, camera)
        self.lines = [Line(camera.name, camera.source, camera.at_end, clock, main)]
        if camera.sub:
            self.lines.append(Line(f"{camera.name} (sub-stream)", camera.sub, camera.at_end, clock, _Sub(self.sight)))

    @property
    def main(self) -> Line:
        """The stream that is recorded."""
        return self.lines[0]

    @property
    def seen(self) -> Line:
        """The stream that is judged."""
        return self.lines[-1]

    def mind(self) -> None:
        """Let the watchdogs look."""
        now = time.monotonic()
        for line in self.lines:
            line.mind(now)

    def take(self) -> tuple[int, Grey | None, int] | None:
        """When, the newest picture since the last call or None if none came, and how much damage the decoder saw.

        Nothing at all if the stream flows and its next picture is not due: that is no absence of one.
        """
        at, grey, damage = self.sight.take()
        if grey is None and self.seen.heard:
            now = time.monotonic()
            if self.seen.silent(now) < FLOWING and self.sight.age(now) < self.sight.due_within() + FLOWING:
                return None
        return at, grey, damage

    def start(self) -> None:
        """Open the streams."""
        self.mind()

    def stop(self) -> None:
        """Ask the readers to end."""
        for line in self.lines:
            line.stop()

    def join(self, seconds: float) -> None:
        """Wait for them."""
        for line in self.lines:
            line.join(seconds)


class Sight:
    """Decodes a stream from each key frame until the last picture that is needed before the next one, and nothing after it.

    A picture is wanted every `period` seconds; pictures may be `sparse` seconds apart where the next key frame brings one by then.
    """

    def __init__(self, clock: Clock, period: float, sparse: float, beacon: Beacon | None = None, live: bool = False) -> None:
        self._beacon, self._live, self._connection = beacon, live, 0
        self.heard = Heard()  # with the newest picture
        self._clock, self._period = clock, period
        self._sparse = max(1.25 * period, sparse)
        self._lock = threading.Lock()
        self._latest: tuple[int, Grey] | None = None
        self._damage = 0
        self._scaler = VideoReformatter() if av is not None else None
        self._stream: Any = None
        self._key_at: float | None = None
        self._kept_at: float | None = None  # in the time of the stream
        self._skipping = False
        self._apart: deque[float] = deque(maxlen=4)
        self._kept = 0.0  # by our own clock

    @property
    def key_seconds(self) -> float:
        """The most between two of the last key frames; 0: not known yet."""
        return max(self._apart, default=0.0)

    def due_within(self) -> float:
        """Seconds after the last picture by which another one must have come if all is well."""
        return max(self._period, self.key_seconds if self.key_seconds <= self._sparse else 0.0)

    def age(self, now: float) -> float:
        """Seconds since the last picture."""
        return now - self._kept

    def take(self) -> tuple[int, Grey | None, int]:
        """The newest picture since the last call, and the damage."""
        with self._lock:
            at, grey = self._latest or (self._clock.now_ms(), None)
            damage, self._latest, self._damage = self._damage if grey is not None else 0, None, 0 if grey is not None else self._damage
        return at, grey, damage

    def packet(self, packet: Any, stream: Any, late: bool, at: float | None) -> None:
        """Decode what must be decoded."""
        if stream is not self._stream:
            self._stream, self._key_at, self._kept_at, self._skipping = stream, None, None, False
            self._apart.clear()
            self._connection += 1
        if packet.is_keyframe:
            self._key(stream, at)
        if packet.is_corrupt:
            self._damaged()
        if self._skipping:
            return
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            self._damaged()
            return
        for frame in () if late else frames:
            self._keep(frame, at)

    def _key(self, stream: Any, at: float | None) -> None:
        """Decoding begins anew here, where it needs nothing from before; what the decoder still held is older than what was skipped."""
        if self._skipping:
            stream.codec_context.flush_buffers()
            self._skipping = False
        if at is not None and self._key_at is not None and 0 < at - self._key_at < 60:
            self._apart.append(at - self._key_at)
        self._key_at = at

    def _damaged(self) -> None:
        with self._lock:
            self._damage += 1

    def _keep(self, frame: Any, at: float | None) -> None:
        # a key frame has to be decoded in any case, and whoever samples with it has the rest of its run to skip
        least = (0.2 if frame.key_frame and self.key_seconds >= self._period else 0.9) * self._period
        damaged = bool(getattr(frame, "is_corrupt", False))
        early = at is not None and self._kept_at is not None and 0 <= at - self._kept_at < least
        if early and not damaged:
            return
        self.heard = heard(frame, self._beacon, self._connection, self._live)
        self.offer(small(frame, self._scaler), damaged)
        self._kept_at = at
        if at is not None and self._key_at is not None and self._apart:
            self._skipping = self._key_at + self.key_seconds <= at + self._sparse

    def offer(self, grey: Grey, damaged: bool = False) -> None:
        """A picture that has just come."""
        with self._lock:
            self._latest = (self._clock.now_ms(), grey)
            self._damage += damaged
        self._kept = time.monotonic()

    @property
    def wanted(self) -> bool:
        """Whether it is time for another picture, for a source that has no times of its own."""
        return self.age(time.monotonic()) >= 0.9 * self._period


class _Main:
    """Takes the main stream: decoded if nothing else is there to judge, then recorded."""

    def __init__(self, recorder: Recorder | None, sight: Sight | None, clock: Clock, camera: CameraConfig) -> None:
        self._recorder, self._sight, self._camera = recorder, sight, camera
        self._encoder = Encoder() if recorder is not None and device(camera.source) is not None else None
        self._stream: Any = None
        self._key_at: float | None = None
        self._flagged = False

    def packet(self, packet: Any, stream: Any, late: bool, at: float | None) -> None:
        if packet.is_keyframe:
            self._mind_keys(at)
        if self._sight is not None:
            self._sight.packet(packet, stream, late, at)
        if self._recorder is not None:
            if stream is not self._stream and self._stream is not None and not is_file(self._camera.source):
                self._recorder.close()  # another connection: what lay between them was not sent
            # the packet is given away, so this comes last
            self._recorder.write(packet, stream, late)
        self._stream = stream

    def _mind_keys(self, at: float | None) -> None:
        apart = at - self._key_at if at is not None and self._key_at is not None else 0.0
        self._key_at = at
        if FLAGGED_KEYS < apart < 60 and not self._flagged:
            self._flagged = True
            log.warning(
                "%s: %.0f s from key frame to key frame; much must be decoded, and much is lost with a cut."
                " Set the camera's I-frame interval to 2 s, or name a sub-stream", self._camera.name, apart,
            )  # fmt: skip

    def picture(self, picture: Any) -> None:
        if self._sight is not None and self._sight.wanted:
            self._sight.offer(shrunk(picture))
        if self._recorder is not None and self._encoder is not None:
            for packet in self._encoder.packets(picture):
                self._recorder.write(packet, self._encoder.stream)

    def ended(self, again: bool) -> None:
        if self._recorder is not None:
            (self._recorder.restart if again else self._recorder.close)()


class _Sub:
    """Takes the sub-stream: judged, not recorded."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def packet(self, packet: Any, stream: Any, late: bool, at: float | None) -> None:
        self._sight.packet(packet, stream, late, at)

    def picture(self, picture: Any) -> None:
        if self._sight.wanted:
            self._sight.offer(shrunk(picture))

    def ended(self, again: bool) -> None:
        """Nothing is recorded of it."""


class Encoder:
    """H.264 for a source that sends pictures alone, at up to ten pictures a second: a USB camera is recorded too."""

    FPS = 10

    def __init__(self) -> None:
        self.stream: Any = None
        self._output: Any = None
        self._due = 0.0
        self._begun = 0.0

    def packets(self, picture: Any) -> list[Any]:
        """What is to be recorded of a picture that came now."""
        now = time.monotonic()
        if self.stream is None:
            self._open(picture, now)
        if now < self._due:
            return []
        self._due = max(self._due + 1 / self.FPS, now)
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts = round((now - self._begun) * 1000)
        return list(self.stream.encode(frame))

    def _open(self, picture: Any, now: float) -> None:
        # the container is only there to give the stream its header; nothing is written to it
        self._output = av.open("/dev/null", "w", format="mp4")
        options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "26", "g": str(2 * self.FPS)}
        self.stream = self._output.add_stream("libx264", rate=self.FPS, options=options)
        self.stream.height, self.stream.width = picture.shape[:2]
        self.stream.pix_fmt = "yuv420p"
        self.stream.codec_context.time_base = Fraction(1, 1000)
        self._output.start_encoding()
        self._begun = self._due = now
