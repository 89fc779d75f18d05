"""Records what a camera sends, packet by packet and without re-encoding, into fragmented MP4 files bound by a chain of digests."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
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


class Recorder:
    """One camera's recording: a new file at the first key frame after `file_ms`, or whenever the source was opened again."""

    def __init__(self, camera: str, folder: Path, spool: Spool, clock: Clock, file_ms: int) -> None:
        self._camera, self._folder, self._spool, self._clock, self._file_ms = camera, folder, spool, clock, file_ms
        self._output: Any = None
        self._stream: Any = None
        self._path = Path()
        self._start_ms = self._last_ms = 0
        self._offset: int | None = None  # of the source's time against the file's
        self._next = 0  # when the next packet is expected, in the file's time
        self._least = 0  # no packet of the file may come before this
        self._restart = False
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, packet: Any, source: Any, late: bool = False) -> None:
        """Keep one packet, which stays with the decoder; one that comes late does not make the file last until now."""
        if source.codec_context.name not in COPIED or packet.size == 0:
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
            self._last_ms = self._last_ms if late else now
            self._mux(packet)

    def restart(self) -> None:
        """The source begins again at once: the next key frame opens a new file without a hole before it."""
        with self._lock:
            self._restart = True

    def _begin(self, source: Any, packet: Any, now: int) -> None:
        self._path = self._folder / f"{self._camera}-{now}.mp4"
        self._spool.opened(str(self._path), self._camera, self._clock.epoch, now)
        self._output = av.open(str(self._path), "w", format="mp4", options=OPTIONS)
        self._stream = self._output.add_stream_from_template(source)
        self._start_ms, self._restart = now, False
        self._offset, self._next, self._least = None, 0, 0

    def _mux(self, packet: Any) -> None:
        copy = av.Packet(bytes(packet))
        copy.dts, copy.pts = self._times(packet)
        copy.time_base, copy.duration = packet.time_base, packet.duration
        copy.is_keyframe = packet.is_keyframe
        copy.stream = self._stream
        self._output.mux(copy)

    def _times(self, packet: Any) -> tuple[int, int]:
        """Decoding and display time in the file; a live source leaves out the first ones, and may set its clock."""
        known = packet.dts if packet.dts is not None else packet.pts
        if known is not None and (self._offset is None or abs(known - self._offset - self._next) * packet.time_base > JUMP_SECONDS):
            self._offset = known - self._next
        dts = self._next if packet.dts is None else max(packet.dts - (self._offset or 0), self._least)
        pts = dts if packet.pts is None else max(packet.pts - (self._offset or 0), dts)
        self._next, self._least = dts + max(packet.duration or 0, 1), dts + 1
        return dts, pts

    def close(self) -> None:
        """The source ended: close the file with the time of its last packet."""
        with self._lock:
            self._finish(None)

    def _finish(self, next_ms: int | None) -> None:
        if self._output is None:
            return
        output, self._output = self._output, None
        output.close()
        file_item(self._spool, self._path, self._camera, self._clock.epoch, self._start_ms, next_ms or self._last_ms)


def file_item(spool: Spool, path: Path, camera: str, epoch: str, start_ms: int, end_ms: int) -> None:
    """Make a closed file durable, digest it, bind it to the chain and put it into the spool, all or nothing."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    name = f"chain {camera}"
    chain = chained(spool.fact(name, GENESIS), sha256)
    item = FileItem(1, camera, epoch, start_ms, max(end_ms, start_ms + 1), path.stat().st_size, sha256, chain, path.name)
    spool.add([item], {name: chain}, closed=[str(path)])


def adopt_orphans(spool: Spool) -> int:
    """Close the files of a collector that was killed: what their whole fragments hold is evidence too."""
    count = 0
    for path, camera, epoch, start_ms in spool.orphans():
        length = _length_ms(Path(path))
        if length is None:
            log.warning("recording %s holds nothing that can be read; set aside", Path(path).name)
            _set_aside(Path(path))
            spool.add([], closed=[path])
            continue
        file_item(spool, Path(path), camera, epoch, start_ms, start_ms + length)
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
