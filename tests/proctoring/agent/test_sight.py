"""What is decoded of a stream, and what is not: the pictures kept are those a whole decoding gives; and real RTSP without any camera."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import av
import numpy as np
import pytest

from proctoring.agent.capture import SPARSE, Capture, Encoder, Sight
from proctoring.agent.clock import Clock
from proctoring.agent.config import CameraConfig
from proctoring.agent.record import Recorder
from proctoring.agent.sources import cv2_frames, small
from proctoring.agent.spool import Spool
from proctoring.protocol import FileItem
from tests.bench.rtsp_replay import Film, Server
from tests.proctoring.pictures import decoded, scenes
from tests.proctoring.serving import free_port

CAMERA = str(UUID(int=7))
FPS = 10


def film(path: Path, seconds: int, keys: int, b_frames: int = 0, width: int = 320, height: int = 180) -> Path:
    """A film whose key frames are so many frames apart."""
    options = {"preset": "ultrafast", "g": str(keys), "bf": str(b_frames), "sc_threshold": "0", "b_strategy": "0"}
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _, picture in scenes(seconds, FPS, width=width, height=height):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuv420p")))
        container.mux(stream.encode())
    return path


class Counted:
    """A packet that counts when it is decoded."""

    def __init__(self, packet: av.Packet, told: list[bool]) -> None:
        self._packet, self._told = packet, told
        self.is_keyframe, self.is_corrupt = packet.is_keyframe, packet.is_corrupt

    def decode(self) -> list[Any]:
        self._told.append(self.is_keyframe)
        return self._packet.decode()


def kept(path: Path, period: float, sparse: float) -> tuple[list[tuple[int, np.ndarray]], list[bool], int]:
    sight, found, told, count = Sight(Clock(), period, sparse), [], [], 0
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        for packet in container.demux(stream):
            if packet.size:
                count += 1
                sight.packet(Counted(packet, told), stream, False, float(packet.pts * packet.time_base))
                _at, grey, _damage = sight.take()
                found += [(count - 1, grey)] if grey is not None else []
    return found, told, count


def all_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [small(frame) for frame in container.decode(video=0)]


@pytest.mark.parametrize(
    ("keys", "period", "sparse", "b_frames", "most"),
    [(20, 1.0, 0.0, 0, 0.62), (20, 1.0, SPARSE, 0, 0.22), (20, 0.25, 0.0, 0, 0.97), (40, 1.0, SPARSE, 0, 0.65), (80, 1.0, 0.0, 0, 1.0),
     (20, 1.0, 0.0, 2, 0.8), (20, 1.0, SPARSE, 2, 0.4)],
)  # fmt: skip
def test_no_more_is_decoded_than_is_needed_and_what_is_kept_is_whole(
    tmp_path: Path, keys: int, period: float, sparse: float, b_frames: int, most: float
):
    path = film(tmp_path / "v.mp4", 16, keys, b_frames)
    found, told, count = kept(path, period, sparse)
    assert len(told) <= most * count and sum(told) == 160 // keys
    whole = all_of(path)
    places = [next((n for n, one in enumerate(whole) if np.array_equal(one, picture)), None) for _at, picture in found]
    # each is exactly a picture of the film, in order, and never further apart than is allowed
    assert None not in places and places == sorted(set(places))
    # and fresh: what the decoder held over a part that was skipped is not handed out
    assert max(at - place for (at, _picture), place in zip(found, places, strict=True)) <= 3 + b_frames
    allowed = FPS * max(1.25 * period, sparse) + 2 * b_frames
    assert max(b - a for a, b in zip(places, places[1:], strict=False)) <= allowed


def test_what_the_camera_did_not_send_is_in_no_file(tmp_path: Path):
    path = film(tmp_path / "v.mp4", 10, 20)
    spool = Spool(tmp_path / "s.sqlite3")
    recorder = Recorder(CAMERA, tmp_path / "r", spool, Clock(), 60_000)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        for number, packet in enumerate(container.demux(stream)):
            if packet.size and not 25 <= number < 45:
                recorder.write(packet, stream)
                time.sleep(0.002)
    recorder.close()
    counts = [len(list(decoded(str(tmp_path / "r" / one.name)))) for one in spool.after(0, 10) if isinstance(one, FileItem)]
    # the first file ends with the cut; the next one begins with the next key frame, not within a run
    assert counts == [25, 40]


def test_a_usb_camera_is_recorded_through_the_encoder(tmp_path: Path):
    path = film(tmp_path / "v.mp4", 1, 20)
    spool, encoder = Spool(tmp_path / "s.sqlite3"), Encoder()
    recorder = Recorder(CAMERA, tmp_path / "r", spool, Clock(), 60_000)
    for picture in cv2_frames(str(path)):
        for packet in encoder.packets(picture):
            recorder.write(packet, encoder.stream)
        time.sleep(0.11)
    recorder.close()
    (one,) = spool.after(0, 10)
    assert isinstance(one, FileItem) and len(list(decoded(str(tmp_path / "r" / one.name)))) >= 8


# -- RTSP -----------------------------------------------------------------------------------------------------------------------


class Cameras:
    """The replaying server in a thread; its cameras can be silenced."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.films = {
            "main": Film(film(folder / "main.mp4", 4, 20, width=640, height=360), 1), "sub": Film(film(folder / "sub.mp4", 4, 10), 1)
        }  # fmt: skip
        self.loop = asyncio.new_event_loop()
        self.loop.run_until_complete(Server(self.films).start(self.port))
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def end(self) -> None:
        async def cancelled() -> None:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for one in tasks:
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(cancelled(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)

    def url(self, name: str) -> str:
        return f"rtsp://127.0.0.1:{self.port}/{name}/0"

    def hush(self, silent: bool) -> None:
        for one in self.films.values():
            self.loop.call_soon_threadsafe(setattr, one.phases[0], "silent", silent)


@pytest.fixture
def cameras(tmp_path: Path) -> Iterator[Cameras]:
    made = Cameras(tmp_path)
    yield made
    made.end()


def until(ready: Any, seconds: float, capture: Capture) -> float:
    begun = time.monotonic()
    while not ready():
        assert time.monotonic() - begun < seconds
        capture.mind()
        time.sleep(0.05)
    return time.monotonic() - begun


def test_the_main_stream_is_recorded_and_the_sub_stream_judged(cameras: Cameras, tmp_path: Path):
    spool, clock = Spool(tmp_path / "s.sqlite3"), Clock()
    recorder = Recorder(CAMERA, tmp_path / "r", spool, clock, 3000)
    capture = Capture(CameraConfig(CAMERA, "C1", cameras.url("main"), cameras.url("sub")), clock, recorder, fps=2.0)
    seen: list[int] = []

    def sampled() -> int:
        taken = capture.take()
        seen.extend([taken[0]] if taken is not None and taken[1] is not None else [])
        return len(seen)

    capture.start()
    until(lambda: sampled() >= 6 and recorder.running, 15, capture)
    cameras.hush(True)
    silenced = clock.now_ms()
    # the stream is silent: now and only now there is a sample without a picture
    until(lambda: (taken := capture.take()) is not None and taken[1] is None, 3, capture)
    until(lambda: clock.now_ms() - silenced > 3500, 10, capture)
    count = len(seen)
    cameras.hush(False)
    assert until(lambda: sampled() > count, 3.0, capture) < 3.0
    until(lambda: clock.now_ms() - seen[count] > 3000, 10, capture)
    capture.stop()
    capture.join(3)
    recorder.close()
    files = [one for one in spool.after(0, 50) if isinstance(one, FileItem)]
    assert len(files) >= 2 and all(len(list(decoded(str(tmp_path / "r" / one.name)))) > 0 for one in files)
    # sizes tell which stream was recorded; no file claims the silence
    with av.open(str(tmp_path / "r" / files[0].name)) as container:
        assert container.streams.video[0].width == 640
    print([(one.start_ms - silenced, one.end_ms - silenced) for one in files])
    assert all(one.end_ms <= silenced + 500 or one.start_ms >= silenced + 3400 for one in files)


def test_a_camera_that_is_not_there_is_tried_again_and_again(tmp_path: Path):
    capture = Capture(CameraConfig(CAMERA, "C1", f"rtsp://127.0.0.1:{free_port()}/x"), Clock(), None)
    tried: list[float] = []
    line = capture.main
    line._gone = lambda reader, now, real=line._gone: (tried.append(now), real(reader, now))  # type: ignore[method-assign]
    until(lambda: len(tried) >= 3, 12, capture)
    assert "refused" in line.problem
    capture.stop()
