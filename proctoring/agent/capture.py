"""One camera: its main stream is recorded, its sub-stream judged; decodes as little as it can, hands out the newest picture alone."""

from __future__ import annotations

import logging
import threading
import time
from fractions import Fraction
from typing import Any

from proctoring.faults.detector import Grey

from .clock import Clock
from .config import CameraConfig
from .lines import Line
from .record import Recorder
from .sources import av, device, is_file, shrunk, small

log = logging.getLogger("collector")
LONGEST_KEYS = 2.3  # seconds between key frames up to which they alone are enough pictures of a main stream
FLAGGED_KEYS = 4.0
FLOWING = 1.0  # a packet no older than this: the stream goes on, although no picture was decoded


class Capture:
    """The streams of one camera. All methods but those of a taker are called by the collector's own threads."""

    def __init__(self, camera: CameraConfig, clock: Clock, recorder: Recorder | None, fps: float = 4.0) -> None:
        self.camera, self.recorder = camera, recorder
        self.sight = Sight(camera.name, clock, LONGEST_KEYS if not camera.sub and not is_file(camera.source) else 1.0 / fps)
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

        Nothing at all if the stream flows and its next key frame is not due: that is no absence of a picture.
        """
        at, grey, damage = self.sight.take()
        if grey is None and self.sight.keys_only and self.seen.heard and self.seen.silent(time.monotonic()) < FLOWING:
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
    """Decodes a stream: key frames alone where they come often enough, everything where they do not."""

    def __init__(self, name: str, clock: Clock, longest_keys: float) -> None:
        self._name, self._clock, self._longest = name, clock, longest_keys
        self._lock = threading.Lock()
        self._latest: tuple[int, Grey] | None = None
        self._damage = 0
        self._wanted = True
        self._stream: Any = None
        self._key_at: float | None = None
        self.keys_only = False
        self.key_seconds = 0.0  # between the last two key frames; 0: not known yet

    def take(self) -> tuple[int, Grey | None, int]:
        """The newest picture since the last call, and the damage."""
        with self._lock:
            at, grey = self._latest or (self._clock.now_ms(), None)
            damage, self._latest, self._damage = self._damage if grey is not None else 0, None, 0 if grey is not None else self._damage
            self._wanted = True
        return at, grey, damage

    def packet(self, packet: Any, stream: Any, late: bool) -> None:
        """Decode what must be decoded."""
        if stream is not self._stream:
            self._stream, self._key_at, self.keys_only, self.key_seconds = stream, None, False, 0.0
        if packet.is_keyframe:
            self._key(packet)
        if packet.is_corrupt:
            self._damaged()
        if self.keys_only and not packet.is_keyframe:
            return
        try:
            frames = packet.decode()
            if self.keys_only and not frames:
                frames = _flushed(stream)
        except av.error.InvalidDataError:
            self._damaged()
            return
        for frame in () if late else frames:
            self._keep(frame)

    def _key(self, packet: Any) -> None:
        """Learn from the distance of key frames whether they are enough; changes only here, where the decoder needs nothing from before."""
        when = packet.pts if packet.pts is not None else packet.dts
        if when is None:
            return
        at = float(when * packet.time_base)
        if self._key_at is not None and 0 < at - self._key_at < 60:
            self.key_seconds = at - self._key_at
            self.keys_only = self.key_seconds <= self._longest
        self._key_at = at

    def _damaged(self) -> None:
        with self._lock:
            self._damage += 1

    def _keep(self, frame: Any) -> None:
        damaged = bool(getattr(frame, "is_corrupt", False))
        if self._wanted or damaged:
            self.offer(small(frame), damaged)

    def offer(self, grey: Grey, damaged: bool = False) -> None:
        """A picture that has just come."""
        with self._lock:
            self._latest = (self._clock.now_ms(), grey)
            self._damage += damaged
            self._wanted = False

    @property
    def wanted(self) -> bool:
        """Whether the last picture was taken, so that another one is worth its making."""
        return self._wanted


def _flushed(stream: Any) -> list[Any]:
    """What the decoder holds back: a key frame alone may wait in it for a next picture that is never given to it."""
    frames = stream.codec_context.decode(None)
    stream.codec_context.flush_buffers()
    return list(frames)


class _Main:
    """Takes the main stream: decoded if nothing else is there to judge, then recorded."""

    def __init__(self, recorder: Recorder | None, sight: Sight | None, clock: Clock, camera: CameraConfig) -> None:
        self._recorder, self._sight, self._camera = recorder, sight, camera
        self._encoder = Encoder() if recorder is not None and device(camera.source) is not None else None
        self._stream: Any = None
        self._key_at: float | None = None
        self._flagged = False

    def packet(self, packet: Any, stream: Any, late: bool) -> None:
        if packet.is_keyframe:
            self._mind_keys(packet)
        if self._sight is not None:
            self._sight.packet(packet, stream, late)
        if self._recorder is not None:
            if stream is not self._stream and self._stream is not None and not is_file(self._camera.source):
                self._recorder.close()  # another connection: what lay between them was not sent
            # the packet is given away, so this comes last
            self._recorder.write(packet, stream, late)
        self._stream = stream

    def _mind_keys(self, packet: Any) -> None:
        if packet.pts is None:
            return
        at = float(packet.pts * packet.time_base)
        apart = at - self._key_at if self._key_at is not None else 0.0
        self._key_at = at
        if FLAGGED_KEYS < apart < 60 and not self._flagged:
            self._flagged = True
            log.warning(
                "%s: %.0f s from key frame to key frame; every picture must be decoded and much is lost with a cut."
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

    def packet(self, packet: Any, stream: Any, late: bool) -> None:
        self._sight.packet(packet, stream, late)

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
        self._begun = self._due = now
