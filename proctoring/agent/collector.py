"""The collector of a venue: samples all cameras at a steady pace, judges them, and puts what is certain into the spool."""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from proctoring.faults.reference import Reference
from proctoring.protocol import FaultItem, Item, SegmentItem

from .capture import Capture
from .clock import Clock
from .config import CameraConfig, Config
from .record import Recorder, adopt_orphans
from .spool import Spool
from .uplink import Uplink
from .watch import Change, Piece, Runs, Watch

log = logging.getLogger("collector")
STATUS_SECONDS = 5.0
FLUSH_SECONDS = 8.0


@dataclass
class _Post:
    camera: CameraConfig
    capture: Capture
    recorder: Recorder | None
    watch: Watch
    runs: Runs


class Collector:
    """Everything of one venue in one process."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._clock = Clock()
        self._spool = Spool(config.state_dir / "spool.sqlite3")
        self._uplink = Uplink(config, self._spool, self._clock)
        self._stopping = threading.Event()
        self._posts = [self._post(camera) for camera in config.cameras]

    def _post(self, camera: CameraConfig) -> _Post:
        recorder = None
        if camera.record and self._config.record_dir is not None:
            recorder = Recorder(camera.id, self._config.record_dir, self._spool, self._clock, self._config.file_ms)
        watch = Watch(self._kept_reference(camera), self._config.learn_ms)
        return _Post(camera, Capture(camera, self._clock, recorder), recorder, watch, Runs(self._config.report_ms))

    def reference_path(self, camera: CameraConfig) -> Path:
        """Where the reference is kept; another source gets another file, for another lens has another picture."""
        source = hashlib.sha256(camera.source.encode()).hexdigest()[:12]
        return self._config.state_dir / f"reference-{camera.id}-{source}.png"

    def _kept_reference(self, camera: CameraConfig) -> Reference | None:
        path = self.reference_path(camera)
        return Reference.load(path) if path.exists() else None

    def stop(self) -> None:
        """End after the present round; may be called from a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Watch until stopped, then flush: judge what is open, close the files, and give the server a chance to take them."""
        adopt_orphans(self._spool)
        self._uplink.start()
        for post in self._posts:
            post.capture.start()
        self._rounds(self._stopping)
        self._flush()

    def learn(self, seconds: float = 60.0) -> list[str]:
        """Learn the references anew from the empty room; the names of cameras whose picture cannot serve as one."""
        for post in self._posts:
            self.reference_path(post.camera).unlink(missing_ok=True)
            post.watch = Watch(None, self._config.learn_ms)
            post.capture.start()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and any(post.watch.scene.reference is None for post in self._posts):
            time.sleep(1 / self._config.fps)
            for post in self._posts:
                self._sample(post)
        for post in self._posts:
            post.capture.stop()
        return [post.camera.name for post in self._posts if post.watch.scene.reference is None]

    def _rounds(self, stopping: threading.Event) -> None:
        step = 1 / self._config.fps
        due = time.monotonic()
        said = 0.0
        while not stopping.is_set():
            items = [item for post in self._posts for item in self._sample(post)]
            if items:
                self._spool.add(items)
                self._uplink.nudge()
            if time.monotonic() - said >= STATUS_SECONDS:
                said = time.monotonic()
                print(self.status(), file=sys.stderr, flush=True)
            due = max(due + step, time.monotonic())
            stopping.wait(due - time.monotonic())

    def _sample(self, post: _Post) -> list[Item]:
        at, grey, damage = post.capture.take()
        changes = post.watch.look(grey, at, damage)
        if post.watch.learned is not None:
            post.watch.learned.save(self.reference_path(post.camera))
            log.info("%s: reference learned, %s", post.camera.name, post.watch.learned.sha256[:12])
            post.watch.learned = None
        items = [self._fault(post, change) for change in changes]
        return items + [self._segment(post, piece) for piece in post.runs.add(post.watch.settled())]

    def _segment(self, post: _Post, piece: Piece) -> Item:
        # the wall clock as it is now, told as of the end of the piece: between the two it only ran, or a step is noted besides
        now = self._clock.read()
        wall, mono = now.wall_ms - now.own_ms + piece.end_ms, self._clock.mono_at(piece.end_ms)
        return SegmentItem(1, post.camera.id, self._clock.epoch, piece.start_ms, piece.end_ms, piece.states, max(0, wall), mono)

    def _fault(self, post: _Post, change: Change) -> Item:
        fault = change.fault
        log.info("%s: %s %s, %s", post.camera.name, fault.state, "began" if change.on else "ended", fault.detail)
        first_bad = min(fault.first_bad, change.at_ms)
        return FaultItem(1, post.camera.id, self._clock.epoch, fault.state, change.on, first_bad, change.at_ms, fault.detail)

    def _flush(self) -> None:
        items: list[Item] = []
        for post in self._posts:
            post.capture.stop()
            items += [self._segment(post, piece) for piece in post.runs.add(post.watch.settled(finish=True), finish=True)]
        self._spool.add(items)
        for post in self._posts:
            post.capture.join(timeout=2)
            if post.recorder is not None:
                post.recorder.close()
        self._uplink.nudge()
        deadline = time.monotonic() + FLUSH_SECONDS
        while self._spool.waiting() and time.monotonic() < deadline:
            time.sleep(0.05)
        self._uplink.stop()
        self._uplink.join(timeout=2)
        print(self.status(), file=sys.stderr, flush=True)
        self._spool.close()

    def status(self) -> str:
        """One line for whoever stands at the machine."""
        bad = [f"{post.camera.name} {'+'.join(post.watch.states)}" for post in self._posts if post.watch.states != ("ok",)]
        healthy = len(self._posts) - len(bad)
        parts = [f"{healthy} of {len(self._posts)} cameras healthy", *bad, f"{self._spool.waiting()} waiting"]
        parts += [f"acknowledged up to {self._uplink.acknowledged}", self._uplink.said]
        if refused := self._spool.refusals():
            parts.append(f"{refused} refused")
        return " · ".join(parts)
