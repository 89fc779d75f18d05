"""The collector of a venue: samples all cameras at a steady pace, judges them, and puts what is certain into the spool."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from proctoring.authorship import fingerprint
from proctoring.faults.reference import Reference
from proctoring.protocol import FaultItem, Item, SegmentItem

from .capture import Capture
from .clock import Clock
from .config import CameraConfig, Config
from .disk import Disk
from .pages import Turn
from .record import Keeper, Recorder, adopt_orphans
from .spool import Spool
from .status import WAY_OUT, Status
from .uplink import Uplink
from .watch import Change, Piece, Runs, Watch, ordered

log = logging.getLogger("collector")
MIND_SECONDS = ROUND_SECONDS = 0.2
STATUS_SECONDS = 5.0
SAID_SECONDS = 60.0
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
        self._key = config.key()
        self._spool = Spool(config.state_dir / "spool.sqlite3")
        self._uplink = Uplink(config, self._spool, self._clock)
        self._keeper = Keeper(self._spool, self._uplink.nudge)
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._posts = [self._post(camera) for camera in config.cameras]
        self._disk: Disk | None = None
        if config.record_dir is not None:
            config.record_dir.mkdir(parents=True, exist_ok=True)
            self._disk = Disk(self._spool, config.record_dir, self._clock, config.keep_free_mb, config.keep_days)
        self._held: list[Item] = []  # could not be written down yet
        self._stepped_ms = -1  # when the wall clock was last found set

    def _post(self, camera: CameraConfig) -> _Post:
        recorder = None
        if camera.record and self._config.record_dir is not None:
            folder, keep = self._config.record_dir, self._keeper.put
            recorder = Recorder(camera.id, folder, self._spool, self._clock, self._config.file_ms, keep)
        watch = Watch(self._kept_reference(camera), self._config.learn_ms, zones=camera.zones, beacon=camera.beacon)
        return _Post(camera, Capture(camera, self._clock, recorder, self._config.fps), recorder, watch, Runs(self._config.report_ms))

    def reference_path(self, camera: CameraConfig) -> Path:
        """Where the reference is kept; another source gets another file, for another lens has another picture."""
        source = hashlib.sha256((camera.sub or camera.source).encode()).hexdigest()[:12]
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
        # what an earlier start left unsigned
        self._spool.turn(Turn(self._clock, self._key.sign, self._config.page_ms))
        self._keeper.start()
        self._uplink.start()
        minder = threading.Thread(target=self._mind, name="minder", daemon=True)
        minder.start()
        self._rounds(self._stopping)
        self._ended.set()
        minder.join(timeout=2)
        self._flush()

    def learn(self, seconds: float = 60.0) -> list[str]:
        """Learn the references anew from the empty room; the names of cameras whose picture cannot serve as one."""
        for post in self._posts:
            self.reference_path(post.camera).unlink(missing_ok=True)
            post.watch = Watch(None, self._config.learn_ms, zones=post.camera.zones, beacon=post.camera.beacon)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and any(post.watch.scene.reference is None for post in self._posts):
            for post in self._posts:
                post.capture.mind()
                self._sample(post)
            time.sleep(1 / self._config.fps)
        for post in self._posts:
            post.capture.stop()
        return [post.camera.name for post in self._posts if post.watch.scene.reference is None]

    def _mind(self) -> None:
        """The watchdogs of all cameras, which wait for nothing."""
        while not self._ended.wait(MIND_SECONDS):
            for post in self._posts:
                post.capture.mind()

    def _rounds(self, stopping: threading.Event) -> None:
        # looked at more often than pictures are due, for each of them has a moment of its own
        step = min(ROUND_SECONDS, 1 / self._config.fps)
        due = time.monotonic()
        told = 0.0
        while not stopping.is_set():
            self._look_at_the_clock()
            self._put([item for post in self._posts for item in self._sample(post)])
            if time.monotonic() - told >= STATUS_SECONDS:
                told = time.monotonic()
                self._upkeep()
            due = max(due + step, time.monotonic())
            stopping.wait(due - time.monotonic())

    def _look_at_the_clock(self) -> None:
        if step := self._clock.step_ms():
            self._stepped_ms = self._clock.now_ms()
            log.warning("the clock of this machine was set by %+.1f s; %s", step / 1000, WAY_OUT["clock"])

    def _put(self, items: list[Item]) -> None:
        """Into the spool, in order; what cannot be written down now is kept in memory and tried again."""
        self._held += items
        if not self._held:
            return
        try:
            self._spool.add(self._held)
        except sqlite3.OperationalError as problem:
            log.error(
                "the spool cannot be written: %s; %d reports are held in memory. Free some space on the disk", problem, len(self._held)
            )
            return
        self._held = []
        self._uplink.nudge()

    def _upkeep(self) -> None:
        """What is done every few seconds: the disk, the pages, the status."""
        try:
            if self._disk is not None:
                self._mind_disk(self._disk)
            if self._spool.turn(Turn(self._clock, self._key.sign, self._config.page_ms)):
                self._uplink.nudge()
            status = self.status()
            status.save(self._config.state_dir / "status.json")
            self._say(status.line())
        except (OSError, sqlite3.OperationalError) as problem:
            log.error("the disk cannot be written: %s", problem)

    _said, _said_at = "", 0.0

    def _say(self, line: str) -> None:
        """On a terminal always, in a log when something is another and once a minute."""
        words = line.split(" · acknowledged")[0].rsplit(" · ", 1)[0]
        now = time.monotonic()
        if sys.stderr.isatty() or words != self._said or now - self._said_at >= SAID_SECONDS:
            self._said, self._said_at = words, now
            print(line, file=sys.stderr, flush=True)

    def _mind_disk(self, disk: Disk) -> None:
        was = disk.full
        enough = disk.look()
        for post in self._posts:
            if post.recorder is not None:
                post.recorder.pause(not enough)
        if was != disk.full:
            now, detail = self._clock.now_ms(), f"{disk.free_mb} MB free"
            posts = [post for post in self._posts if post.recorder is not None]
            self._put([FaultItem(1, post.camera.id, self._clock.epoch, "disk", disk.full, now, now, detail) for post in posts])

    def _sample(self, post: _Post) -> list[Item]:
        taken = post.capture.take()
        if taken is None:
            return []
        at, grey, damage = taken
        changes = post.watch.look(grey, at, heard=replace(post.capture.sight.heard, damaged=damage))
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
        states = piece.states
        if piece.start_ms <= self._stepped_ms <= now.own_ms and "clock" not in states:
            states = ordered({*states, "clock"} - {"ok"})
        return SegmentItem(1, post.camera.id, self._clock.epoch, piece.start_ms, piece.end_ms, states, max(0, wall), mono, piece.hidden)

    def _fault(self, post: _Post, change: Change) -> Item:
        fault, name = change.fault, post.camera.name
        if change.on:
            log.warning("%s: %s began, %s; %s", name, fault.state, fault.detail, WAY_OUT.get(fault.state, ""))
        else:
            log.info("%s: %s ended, %s", name, fault.state, fault.detail)
        first_bad = min(fault.first_bad, change.at_ms)
        return FaultItem(1, post.camera.id, self._clock.epoch, fault.state, change.on, first_bad, change.at_ms, fault.detail)

    def _flush(self) -> None:
        items: list[Item] = []
        for post in self._posts:
            post.capture.stop()
            items += [self._segment(post, piece) for piece in post.runs.add(post.watch.settled(finish=True), finish=True)]
        self._put(items)
        for post in self._posts:
            post.capture.join(2)
            if post.recorder is not None:
                post.recorder.close()
        self._keeper.finish(5)
        self._spool.turn(Turn(self._clock, self._key.sign, self._config.page_ms, everything=True))
        self._uplink.nudge()
        deadline = time.monotonic() + FLUSH_SECONDS
        while self._spool.waiting() and time.monotonic() < deadline:
            time.sleep(0.05)
        self._uplink.stop()
        self._uplink.join(timeout=2)
        print(self.status().line(), file=sys.stderr, flush=True)
        self._spool.close()

    def status(self) -> Status:
        """How all is now."""
        cameras = [
            {
                "name": post.camera.name, "states": list(post.watch.states), "keys": round(post.capture.sight.key_seconds, 1),
                "lag_ms": post.capture.seen.delay.ms, "problem": next((line.problem for line in post.capture.lines if line.problem), ""),
            }
            for post in self._posts
        ]  # fmt: skip
        return Status(
            at=time.time(), healthy=sum(one["states"] == ["ok"] for one in cameras), cameras=cameras, waiting=self._spool.waiting(),
            acknowledged=self._uplink.acknowledged, refused=self._spool.refusals(), server=self._uplink.said,
            free_mb=self._disk.free_mb if self._disk else -1, recording=self._disk is None or not self._disk.full,
            fingerprint=fingerprint(self._key.public),
        )  # fmt: skip
