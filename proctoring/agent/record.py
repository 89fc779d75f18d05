"""Records what a camera sends, packet by packet and without re-encoding, into fragmented MP4 files bound by a chain of digests."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proctoring.protocol import GENESIS, FileItem, chained

from .clock import Clock
from .spool import Spool

try:
    import av
except ImportError:
    av = None  # type: ignore[assignment]

log = logging.getLogger("collector")
# An index at the end would be lost with a kill; fragments are whole as soon as they are written.
OPTIONS = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"}
SEAM_MS = 1_000
JUMP_SECONDS = 10.0  # no stream is silent for so long without being opened again: its clock was set
COPIED = ("h264", "hevc", "mpeg4", "av1")


@dataclass(frozen=True)
class Closed:
    """A file that nobody writes to any more, on its way into the chain."""

    path: Path
    camera: str
    epoch: str
    start_ms: int
    end_ms: int


class Recorder:
    """One camera's recording: a new file at the first key frame after `file_ms`, or whenever the source was opened again."""

    def __init__(
        self, camera: str, folder: Path, spool: Spool, clock: Clock, file_ms: int, keep: Callable[[Closed], None] | None = None,
    ) -> None:  # fmt: skip
        self._camera, self._folder, self._spool, self._clock, self._file_ms = camera, folder, spool, clock, file_ms
        self._keep = keep or (lambda closed: keep_file(spool, closed))
        self._output: Any = None
        self._stream: Any = None
        self._path = Path()
        self._start_ms = self._last_ms = 0
        self._base = 1 / 90_000
        self._offset: int | None = None  # of the source's time against the file's
        self._next = 0  # when the next packet is expected, in the file's time
        self._least = 0  # no packet of the file may come before this
        self._restart, self._empty = False, True
        self._paused = False
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def running(self) -> bool:
        """Whether a file is open."""
        return self._output is not None

    def write(self, packet: Any, source: Any, late: bool = False) -> None:
        """Keep one packet, which is given away with this; one that comes late does not make the file last until now."""
        if self._paused or source.codec_context.codec.canonical_name not in COPIED or packet.size == 0:
            return
        with self._lock:
            now = self._clock.now_ms()
            due = self._output is None or self._restart or now - self._start_ms >= self._file_ms
            if packet.is_keyframe and due:
                # a file lasts until the next one begins, unless the source was silent in between
                self._finish(now if now - self._last_ms <= SEAM_MS else None)
                self._begin(source, packet, now)
            if self._output is None or self._restart:
                return
            if self._hole(packet):
                # what the camera did not send is not in this file: it ends with what was sent, the next one begins with a key frame
                self._finish(None)
                return
            self._last_ms = self._last_ms if late else now
            self._mux(packet)

    def restart(self) -> None:
        """The source begins again at once: the next key frame opens a new file without a hole before it."""
        with self._lock:
            self._restart = True

    def pause(self, paused: bool) -> None:
        """Stop writing, or go on with the next key frame."""
        if paused and not self._paused:
            self._paused = True
            self.close()
        self._paused = paused

    def _begin(self, source: Any, packet: Any, now: int) -> None:
        self._path = self._folder / f"{self._camera}-{now}.mp4"
        self._spool.opened(str(self._path), self._camera, self._clock.epoch, now)
        self._output = av.open(str(self._path), "w", format="mp4", options=OPTIONS)
        self._stream = self._output.add_stream_from_template(source)
        self._start_ms = self._last_ms = now
        self._base = float(packet.time_base)
        self._restart, self._empty = False, True
        self._offset, self._next, self._least = None, 0, 0

    def _mux(self, packet: Any) -> None:
        packet.dts, packet.pts = self._times(packet)
        packet.stream = self._stream
        self._output.mux(packet)
        self._empty = False

    def _times(self, packet: Any) -> tuple[int, int]:
        """Decoding and display time in the file; a live source leaves out the first ones, and may set its clock."""
        known = packet.dts if packet.dts is not None else packet.pts
        if known is not None and (self._offset is None or abs(known - self._offset - self._next) * self._base > JUMP_SECONDS):
            self._offset = known - self._next
        dts = self._next if packet.dts is None else max(packet.dts - (self._offset or 0), self._least)
        pts = dts if packet.pts is None else max(packet.pts - (self._offset or 0), dts)
        self._next, self._least = dts + max(packet.duration or 0, 1), dts + 1
        return dts, pts

    def _hole(self, packet: Any) -> bool:
        """Whether the camera's own times leave more out than a seam; a clock that was set tells nothing."""
        known = packet.dts if packet.dts is not None else packet.pts
        if known is None or self._offset is None:
            return False
        ahead = (known - self._offset - self._next) * self._base
        return ahead > SEAM_MS / 1000 and (ahead <= JUMP_SECONDS or self._clock.now_ms() - self._last_ms > SEAM_MS)

    def close(self) -> None:
        """The source ended: close the file with the time of its last packet."""
        with self._lock:
            self._finish(None)

    def _finish(self, next_ms: int | None) -> None:
        if self._output is None:
            return
        output, self._output = self._output, None
        if self._empty:
            self._path.unlink(missing_ok=True)
            self._spool.add([], closed=[str(self._path)])
            return
        try:
            output.close()
        except (OSError, av.error.FFmpegError) as problem:
            # a full disk tears the last fragment; what came before it counts
            log.warning("recording %s was not closed cleanly: %s", self._path.name, problem)
        self._keep(Closed(self._path, self._camera, self._clock.epoch, self._start_ms, next_ms or self._last_ms))


class Keeper(threading.Thread):
    """Makes closed files durable, one after another: a camera's reader must not wait for the disk."""

    def __init__(self, spool: Spool, wake: Callable[[], None]) -> None:
        super().__init__(name="keeper", daemon=True)
        self._spool, self._wake = spool, wake
        self._queue: queue.Queue[Closed | None] = queue.Queue()

    def put(self, closed: Closed) -> None:
        """A file to be kept."""
        self._queue.put(closed)

    def finish(self, seconds: float) -> None:
        """Keep what is there, then end."""
        self._queue.put(None)
        self.join(seconds)

    def run(self) -> None:
        """Take files in the order they were closed, for the chain has no other."""
        while (closed := self._queue.get()) is not None:
            try:
                keep_file(self._spool, closed)
            except Exception as problem:  # the file stays an orphan and is adopted at the next start
                log.error("recording %s was not entered: %s; it will be at the next start", closed.path.name, problem)
            self._wake()


def keep_file(spool: Spool, closed: Closed) -> None:
    """Make a closed file durable, digest it, bind it to the chain and put it into the spool, all or nothing."""
    with closed.path.open("rb") as file:
        os.fsync(file.fileno())
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    name = f"chain {closed.camera}"
    chain = chained(spool.fact(name, GENESIS), sha256)
    end_ms = max(closed.end_ms, closed.start_ms + 1)
    item = FileItem(1, closed.camera, closed.epoch, closed.start_ms, end_ms, closed.path.stat().st_size, sha256, chain, closed.path.name)
    spool.add([item], {name: chain}, closed=[str(closed.path)])


def adopt_orphans(spool: Spool) -> int:
    """Close the files of a collector that was killed: what their whole fragments hold is evidence too."""
    count = 0
    for path, camera, epoch, start_ms in spool.orphans():
        length = _length_ms(Path(path))
        if length is None:
            log.warning("recording %s holds nothing that can be read: lost, and set aside as .torn", Path(path).name)
            _set_aside(Path(path))
            spool.add([], closed=[path])
            continue
        log.info("recording %s was left open; %.1f s of it are whole and entered", Path(path).name, length / 1000)
        keep_file(spool, Closed(Path(path), camera, epoch, start_ms, start_ms + length))
        count += 1
    return count


def _set_aside(path: Path) -> None:
    """Killed before its first whole fragment: not a recording, but not ours to delete either."""
    if path.exists():
        path.rename(path.with_suffix(".torn"))


def _length_ms(path: Path) -> int | None:
    """How long the readable part is; None if nothing is."""
    if not path.exists() or av is None:
        return None
    end = 0.0
    # a torn file ends in an error; what came before it counts
    with contextlib.suppress(av.error.FFmpegError, IndexError), av.open(str(path)) as container:
        for packet in container.demux(video=0):
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base)) if packet.pts is not None else end
    return int(end * 1000) or None
