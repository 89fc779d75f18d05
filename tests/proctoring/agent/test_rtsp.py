"""The collector on a real RTSP camera: H.264 over TCP that is stopped, killed, silenced and covered while a real server listens."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import av
import pytest

from proctoring.agent.addresses import without_password
from proctoring.agent.capture import Capture
from proctoring.agent.clock import Clock
from proctoring.agent.config import CameraConfig
from proctoring.agent.lines import LIVE_WAIT, REFUSED_WAIT, Line, Reader, backoff
from proctoring.agent.record import Recorder
from proctoring.agent.sources import address
from proctoring.agent.spool import Spool
from proctoring.protocol import GENESIS, chained
from tests.proctoring.agent.rtsp_camera import FPS, Camera, lacking
from tests.proctoring.agent.test_kills import MAKE
from tests.proctoring.pictures import decoded, encoded, scenes
from tests.proctoring.serving import ROOT, Server, agent, free_port

CAMERA = str(UUID(int=7))
NOTICED, BACK = 3.0, 3.0  # seconds
LOOK = """
from proctoring.coverage.models import *
own = Segment.objects.exclude(epoch="server")
answer = {
    "segments": list(own.order_by("start_ms").values("start_ms", "end_ms", "states")),
    "files": list(Recording.objects.order_by("seq").values("name", "bytes", "sha256", "chain", "start_ms", "end_ms")),
    "rejections": Rejection.objects.count(),
}
"""


@pytest.fixture(scope="module")
def able() -> None:
    if why := lacking():
        pytest.skip(f"no RTSP server on this machine: {why}")


@pytest.fixture
def camera(able: None, tmp_path: Path) -> Iterator[Camera]:
    # four seconds from key frame to key frame: whoever loses the first one is late
    made = Camera(free_port(), tmp_path, "--every", str(4 * FPS))
    made.start()
    yield made
    made.kill()


class Report:
    """What the collector says while it runs, with the seconds since it was asked for."""

    def __init__(self, log: Path) -> None:
        self._log, self._read = log, 0

    def wait(self, text: str, limit: float) -> float:
        begun = time.monotonic()
        while time.monotonic() - begun < limit:
            said = self._log.read_text() if self._log.exists() else ""
            if (found := said.find(text, self._read)) >= 0:
                self._read = found + len(text)
                return time.monotonic() - begun
            time.sleep(0.02)
        raise AssertionError(f"no {text!r} within {limit} s after:\n{said[self._read :]}")

    def count(self, text: str) -> int:
        return self._log.read_text().count(text)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Outages:
    """Takes the picture away in several ways and keeps when."""

    def __init__(self, camera: Camera, report: Report) -> None:
        self.camera, self.report = camera, report
        self.dark: list[tuple[int, int]] = []
        self.figures: dict[str, tuple[float, float]] = {}

    def go(self, name: str, seconds: float, take: object, give: object) -> None:
        since, begun = now_ms(), time.monotonic()
        take()
        self.report.wait("C1: stalled began", 6)
        noticed = time.monotonic() - begun
        time.sleep(max(0.0, seconds - noticed))
        assert self.report.count("C1: stalled ended") == len(self.figures), name
        # what the camera holds back or loses until here cannot have been seen
        self.dark.append((since, now_ms()))
        give()
        back = self.report.wait("C1: stalled ended", 12)
        self.figures[name] = (round(noticed, 2), round(back, 2))
        time.sleep(2)

    def all(self) -> None:
        camera = self.camera
        stop, cont = lambda: camera.signal(signal.SIGSTOP), lambda: camera.signal(signal.SIGCONT)
        self.go("stopped for 4 s", 4, stop, cont)
        self.go("stopped for 9 s", 9, stop, cont)
        self.go("killed for 4 s", 4, camera.kill, camera.start)
        self.go("killed for 12 s", 12, camera.kill, camera.start)
        self.go("silent for 4 s", 4, lambda: camera.tell("hush"), lambda: camera.tell("clear"))
        self.go("silent for 10 s", 10, lambda: camera.tell("hush"), lambda: camera.tell("clear"))


@pytest.mark.slow
def test_a_lost_stream_is_noticed_at_once_and_never_credited(camera: Camera, tmp_path: Path):
    server = Server(tmp_path / "server")
    server.folder.mkdir()
    server.manage("migrate", "--run-syncdb", "-v", "0")
    made = server.python(f"SOURCES = {[camera.url]!r}\nORIGIN = 'ws://127.0.0.1:{server.port}'\n{MAKE}")
    for name, text in made.items():
        (tmp_path / name).write_text(text)
    report, process = Report(tmp_path / "agent.log"), None
    try:
        server.start()
        begun = time.monotonic()
        process = agent(tmp_path / "config.json", tmp_path / "agent.log")
        report.wait("C1: reference learned", 20)
        learned = time.monotonic() - begun
        report.wait("1 of 1 cameras healthy", 10)
        outages = Outages(camera, report)
        outages.all()
        camera.tell("covered")
        covered = report.wait("C1: covered began", 6)
        camera.tell("clear")
        report.wait("C1: covered ended", 6)
        time.sleep(2)
        spent = cpu_seconds(process.pid)
        lived = time.monotonic() - begun
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, (tmp_path / "agent.log").read_text()[-2000:]
    finally:
        if process is not None and process.poll() is None:
            process.kill()
        server.kill()
    told = server.python(LOOK)
    print(f"learned after {learned:.1f} s, covered after {covered:.1f} s, CPU {100 * spent / lived:.1f} %, {len(told['files'])} files")
    print("noticed, back:", outages.figures)
    assert all(noticed <= NOTICED and back <= BACK for noticed, back in outages.figures.values()), outages.figures
    assert told["rejections"] == 0
    credited(told["segments"], outages.dark)
    # after the long ones the stream had to be opened again: no file claims to hold what was not sent
    long = [(since, until) for since, until in outages.dark if until - since > 8000]
    assert len(long) == 3
    assert all(one["end_ms"] <= since + 500 or one["start_ms"] >= until - 500 for one in told["files"] for since, until in long)
    recorded(told["files"], tmp_path / "state" / "recordings")
    asked = [line for line in camera.log.read_text().splitlines() if line.startswith("SETUP")]
    assert len(asked) >= 5 and all("RTP/AVP/TCP" in line and "interleaved" in line for line in asked)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def credited(segments: list[dict], dark: list[tuple[int, int]]) -> None:
    healthy = [(one["start_ms"], one["end_ms"]) for one in segments if one["states"] == "ok"]
    assert sum(end - start for start, end in healthy) > 10_000
    for since, until in dark:
        # the picture on its way when the camera stopped may count once
        wrong = [min(end, until) - max(start, since) for start, end in healthy if start < until and end > since]
        assert sum(wrong) <= 500, (since, until, wrong)


def recorded(files: list[dict], folder: Path) -> None:
    """Every file is bound to the one before it, is what it says, and plays; an outage is a hole between files and never within one."""
    assert len(files) >= 8 and {one["name"] for one in files} == {path.name for path in folder.glob("*.mp4")}
    link = GENESIS
    for one in files:
        data = (folder / one["name"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (one["bytes"], one["sha256"])
        link = chained(link, one["sha256"])
        assert one["chain"] == link
        times = [at for at, _ in decoded(str(folder / one["name"]))]
        assert len(times) >= 2 and times == sorted(set(times)) and times[-1] <= 1000 * 9
        with av.open(str(folder / one["name"])) as container:
            assert container.streams.video[0].codec_context.name == "h264"
    assert all(a["end_ms"] <= b["start_ms"] for a, b in zip(files, files[1:], strict=False))


class Judge:
    """`--judge` in a process of its own, its lines read as they come."""

    def __init__(self, url: str) -> None:
        command = [sys.executable, "-m", "proctoring.agent", "--judge", url, "--fps", "4"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines: list[dict] = []
        self._reader = threading.Thread(target=lambda: self.lines.extend(map(json.loads, iter(self.process.stdout.readline, ""))))
        self._reader.start()

    def faults(self, count: int, limit: float = 12) -> list[tuple[str, bool]]:
        deadline = time.monotonic() + limit
        while len(self.lines) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        return [(one["kind"], one["on"]) for one in self.lines if one["kind"] != "unknown"]

    def end(self, limit: float) -> tuple[int, list[str], str]:
        try:
            status = self.process.wait(limit)
            self._reader.join(5)
            return status, [one["to"] for one in self.lines], self.process.stderr.read()
        finally:
            self.process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["killed", "stopped", "asked"])
def test_a_live_source_is_judged_until_it_ends(camera: Camera, ending: str):
    judge = Judge(camera.url)
    try:
        time.sleep(6)
        camera.tell("covered")
        assert judge.faults(2) == [("covered", True)]
        camera.tell("clear")
        assert judge.faults(3) == [("covered", True), ("covered", False)]
        time.sleep(1)
    finally:
        camera.kill() if ending == "killed" else camera.signal(signal.SIGSTOP) if ending == "stopped" else judge.process.terminate()
        status, states, said = judge.end(15)
    assert states == ["ok", "covered", "ok"]
    assert (status, bool(said)) == ((1, True) if ending == "stopped" else (0, False)), said


# -- what needs no camera ----------------------------------------------------------------------------------------------------


def timed(folder: Path, times: list[tuple[int | None, int | None]]) -> list[tuple[int, int]]:
    """What a recorder makes of packets with these decoding and display times, each a tenth of a second long."""
    recorder = Recorder(CAMERA, folder / "r", Spool(folder / "s.sqlite3"), Clock(), 1000)
    return [recorder._times(SimpleNamespace(dts=dts, pts=pts, duration=9000, time_base=Fraction(1, 90_000))) for dts, pts in times]


def test_packets_without_times_keep_their_places(tmp_path: Path):
    assert timed(tmp_path, [(None, None), (8801, 8801), (17154, 17154)]) == [(0, 0), (9000, 9000), (17353, 17353)]


def test_pictures_shown_out_of_order_keep_their_order(tmp_path: Path):
    made = timed(tmp_path, [(90_000, 108_000), (99_000, 135_000), (108_000, 117_000), (117_000, 126_000)])
    assert made == [(0, 18_000), (9000, 45_000), (18_000, 27_000), (27_000, 36_000)]


def test_a_camera_that_sets_its_clock_tears_no_file(tmp_path: Path):
    made = timed(tmp_path, [(0, 0), (9000, 9000), (90_000_000, 90_000_000), (90_009_000, 90_009_000), (5000, 5000), (5000, 5000)])
    assert made == [(at, at) for at in (0, 9000, 18_000, 27_000, 36_000, 36_001)]


def test_a_first_key_frame_without_times_is_seen_and_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As FFmpeg hands out the first packet of an RTSP stream."""
    encoded(scenes(2), target=tmp_path / "v.mp4")

    class Timeless:
        def __init__(self, container: object) -> None:
            self.streams, self._container = container.streams, container

        def demux(self, stream: object) -> Iterator[av.Packet]:
            for number, packet in enumerate(self._container.demux(stream)):
                if number == 0:
                    packet.dts = packet.pts = None
                yield packet

    clock, spool = Clock(), Spool(tmp_path / "s.sqlite3")
    recorder = Recorder(CAMERA, tmp_path / "r", spool, clock, 60_000)
    capture = Capture(CameraConfig(CAMERA, "C1", str(tmp_path / "v.mp4"), at_end="loop"), clock, recorder)
    seen: list[object] = []
    monkeypatch.setattr(capture.sight, "_keep", lambda frame, *_: seen.append(frame))
    real = av.open

    class Opened:
        def __init__(self, *args: object, **more: object) -> None:
            self._container = real(*args, **more)

        def __enter__(self) -> Timeless:
            return Timeless(self._container)

        def __exit__(self, *_: object) -> None:
            self._container.close()

    with monkeypatch.context() as patched:
        patched.setattr(av, "open", lambda path, *args, **more: (Opened if not args else real)(path, *args, **more))
        assert Reader(capture.main, time.monotonic())._read_packets()
        recorder.close()
    (one,) = spool.after(0, 10)
    assert len(seen) == 10 == len(list(decoded(str(tmp_path / "r" / one.name))))


def test_the_picture_a_dying_stream_kept_back_is_no_news():
    line = Line("C1", "rtsp://h/1", "loop", Clock(), SimpleNamespace())
    reader = Reader(line, 0.0)
    assert [line.received(reader, at) for at in (1.0, 1.1, 7.1, 7.2)] == [False, False, True, False]


def test_of_two_connections_the_first_that_brings_packets_counts():
    line = Line("C1", "rtsp://h/1", "loop", Clock(), SimpleNamespace())
    old, new = Reader(line, 0.0), Reader(line, 4.0)
    assert line.received(old, 1.0) is False
    # the new one is first, and what the old one had kept back does not win the line over
    assert [line.received(new, 9.0), line.received(old, 9.1)] == [False, True]
    assert line.received(old, 9.2) is None
    # the other way round: the old one goes on as if nothing had been, the new one comes too late
    line = Line("C1", "rtsp://h/1", "loop", Clock(), SimpleNamespace())
    old, new = Reader(line, 0.0), Reader(line, 4.0)
    assert [line.received(old, at) for at in (1.0, 9.0, 9.1)] == [False, True, False]
    assert line.received(new, 9.3) is None


def test_a_camera_is_tried_often_unless_it_refuses_the_password():
    waits = [backoff(failures, refused=False, file=False) for failures in range(50)]
    assert max(waits) <= 1.25 * LIVE_WAIT and backoff(1, refused=True, file=False) >= 0.75 * REFUSED_WAIT
    assert address("rtsp://h/1")[1]["options"]["rtsp_transport"] == "tcp"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("refused: 'rtsp://admin:pa@ss@10.0.0.1/main'", "refused: 'rtsp://admin:***@10.0.0.1/main'"),
        ("rtsp://10.0.0.1:554/a@b", "rtsp://10.0.0.1:554/a@b"),
        ("rtsp://admin@10.0.0.1:554/a", "rtsp://admin@10.0.0.1:554/a"),
    ],
)
def test_no_password_is_logged(text: str, shown: str):
    assert without_password(text) == shown
