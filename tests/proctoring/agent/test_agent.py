"""The parts of the collector: configuration, spool, samples whose verdict is open, recording, and that it runs on a bare machine."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import UUID

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proctoring.agent import record
from proctoring.agent.addresses import is_file
from proctoring.agent.capture import Capture
from proctoring.agent.clock import Clock
from proctoring.agent.config import CameraConfig, ConfigError, load
from proctoring.agent.record import Recorder, adopt_orphans
from proctoring.agent.spool import Spool
from proctoring.agent.watch import MAX_STEP_MS, Piece, Runs, Watch
from proctoring.faults.detector import Detector
from proctoring.faults.liveness import Beacon
from proctoring.faults.reference import Reference
from proctoring.protocol import GENESIS, FileItem, SegmentItem, chained
from tests.proctoring.pictures import HARMS, decoded, encoded, noisy, room, scenes
from tests.proctoring.serving import ROOT

CAMERA = str(UUID(int=7))
BLOCK = """
import sys
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "channels", "exams", "question_bank", "config"} | BARRED:
            raise ImportError(name + " is not on this machine")
sys.meta_path.insert(0, Wall())
"""


def bare(code: str, barred: str = "set()") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCK.replace("BARRED", barred) + code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )


def test_the_collector_judges_a_video_where_there_is_no_django(tmp_path: Path):
    encoded(scenes(14, harm=HARMS["covered"], since=8, until=11), target=tmp_path / "v.mp4")
    done = bare(f"from proctoring.agent.__main__ import main\nmain(['--judge', {str(tmp_path / 'v.mp4')!r}, '--fps', '4'])")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["from"], one["to"], one["kind"], one["on"]) for one in lines] == [
        ("unknown", "ok", "unknown", False),
        ("ok", "covered", "covered", True),
        ("covered", "ok", "covered", False),
    ]
    assert abs(lines[1]["first_bad"] - 8000) <= 250 and lines[1]["first_bad"] < lines[1]["at"] <= 10_000
    assert 11_000 <= lines[2]["at"] <= 12_500


def test_without_pyav_pictures_still_come(tmp_path: Path):
    encoded(scenes(2), target=tmp_path / "v.mp4")
    done = bare(f"from proctoring.agent.judge import samples\nprint(sum(1 for _ in samples({str(tmp_path / 'v.mp4')!r}, 10)))", "{'av'}")
    assert (done.returncode, done.stdout.strip()) == (0, "10")


# -- configuration ---------------------------------------------------------------------------------------------------------

TOML = """server = "ws://h/ws/ingest/"
token_file = "token"
key_file = "key.pem"
state_dir = "state"
[[cameras]]
id = "{id}"
source = "{source}"
"""


def test_toml_and_json_say_the_same(tmp_path: Path):
    (tmp_path / "a.toml").write_text(TOML.format(id=CAMERA, source="rtsp://h/1"))
    (tmp_path / "a.json").write_text(
        json.dumps(
            {
                "server": "ws://h/ws/ingest/",
                "token_file": "token",
                "key_file": "key.pem",
                "state_dir": "state",
                "cameras": [{"id": CAMERA, "source": "rtsp://h/1"}],
            }
        )
    )
    assert load(tmp_path / "a.toml") == load(tmp_path / "a.json")
    assert load(tmp_path / "a.toml").token_file == tmp_path / "token"


@pytest.mark.parametrize(
    "wrong", [{"fps": 0}, {"fps": "4"}, {"fps": True}, {"server": "http://h"}, {"cameras": []}, {"cameras": [{"id": "x", "source": "y"}]},
              {"cameras": [{"id": CAMERA}]}, {"cameras": [{"id": CAMERA, "source": "y", "at_end": "die"}]}, {"extra": 1},
              {"token_file": None},
              *({"cameras": [{"id": CAMERA, "source": "y", **one}]} for one in (
                  {"zones": {"A1": [[0, 0], [1, 1]]}}, {"zones": [1]}, {"zones": {"A1": "x"}}, {"beacon": {"roi": [0, 0, 1, 1]}},
                  {"beacon": {"roi": [0, 0, 1], "seed": "00" * 16}}, {"beacon": {"roi": [0, 0, 1, 1], "seed": "zz" * 16}},
                  {"beacon": {"roi": [0, 0, 1, "x"], "seed": "00" * 16}}, {"beacon": {"roi": [0, 0, 1, 1], "seed": "00"}})),
              {"cameras": [{"id": CAMERA, "source": "y"}, {"id": CAMERA, "source": "z"}]}]
)  # fmt: skip
def test_a_wrong_configuration_is_refused_before_anything_starts(tmp_path: Path, wrong: dict):
    good = {"server": "ws://h/", "token_file": "t", "key_file": "k", "state_dir": "s", "cameras": [{"id": CAMERA, "source": "y"}]}
    path = tmp_path / "c.json"
    path.write_text(json.dumps({**good, **wrong}))
    with pytest.raises(ConfigError):
        load(path)


def test_zones_and_a_beacon_are_taken_from_the_configuration(tmp_path: Path):
    camera = {"id": CAMERA, "source": "y", "zones": {"A1": [[0.1, 0.1], [0.4, 0.1], [0.4, 0.5]]}}
    camera["beacon"] = {"roi": [0.5, 0.1, 0.7, 0.3], "seed": "0a" * 16, "period_s": 10}
    body = {"server": "ws://h/", "token_file": "t", "key_file": "k", "state_dir": "s", "cameras": [camera]}
    (tmp_path / "c.json").write_text(json.dumps(body))
    [read] = load(tmp_path / "c.json").cameras
    assert read.beacon == Beacon((0.5, 0.1, 0.7, 0.3), b"\n" * 16, 10_000)
    assert list(read.zones) == ["A1"]


def test_what_is_paced_and_what_is_not():
    assert [is_file(one) for one in ("a.mp4", "file:/a.mp4", "rtsp://h/1", "usb:0", "/dev/video1")] == [True, True, False, False, False]


# -- spool -------------------------------------------------------------------------------------------------------------------


def item(n: int) -> SegmentItem:
    return SegmentItem(1, CAMERA, "e", n, n + 1, ("ok",))


def test_numbers_are_never_given_twice(tmp_path: Path):
    spool = Spool(tmp_path / "s.sqlite3")
    spool.add([item(n) for n in range(5)])
    spool.acknowledged(5, [(3, "overlap")])
    assert (spool.bounds(), spool.waiting(), spool.refusals()) == ((6, 5), 0, 1)
    known = spool.id
    spool.close()
    again = Spool(tmp_path / "s.sqlite3")
    again.add([item(9)])
    assert ([one.seq for one in again.after(0, 10)], again.id) == ([6], known)


def test_what_is_added_together_is_kept_together(tmp_path: Path):
    spool = Spool(tmp_path / "s.sqlite3")
    with pytest.raises(AttributeError):
        spool.add([item(1), None])  # type: ignore[list-item]
    assert spool.waiting() == 0


def test_several_threads_share_it(tmp_path: Path):
    spool = Spool(tmp_path / "s.sqlite3")
    threads = [threading.Thread(target=lambda: [spool.add([item(n)]) for n in range(20)]) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.seq for one in spool.after(0, 100)] == list(range(1, 81))


# -- samples -------------------------------------------------------------------------------------------------------------------


def watched(seconds: float, **more: object) -> list[Piece]:
    watch, pieces = Watch(Reference(room(1))), []
    for at, grey in scenes(seconds, seed=1, **more):
        watch.look(grey, 1000 + at)
        pieces += watch.settled()
    return Runs(10**9).add(pieces + watch.settled(finish=True), finish=True)


def test_a_blink_is_no_fault_and_costs_nothing():
    assert watched(16, harm=HARMS["covered"], since=10, until=10.2) == [Piece(1000, 16_800, ("ok",))]


def test_the_time_between_the_last_good_and_the_first_bad_picture_is_bad():
    runs = watched(20, harm=HARMS["covered"], since=10, until=14)
    assert runs == [Piece(1000, 10_800, ("ok",)), Piece(10_800, 15_000, ("covered",)), Piece(15_000, 20_800, ("ok",))]


def test_what_is_in_doubt_at_the_end_is_not_credited():
    assert watched(10.2, harm=HARMS["covered"], since=10)[-1].states == ("covered",)


def test_a_pause_of_the_collector_itself_is_a_gap():
    watch, rng, pieces = Watch(Reference(room(1))), np.random.default_rng(1), []
    for at in [*range(0, 4000, 250), *range(4000 + MAX_STEP_MS + 1000, 14_000, 250)]:
        watch.look(noisy(room(1), rng), at)
        pieces += watch.settled()
    pieces += watch.settled(finish=True)
    bad = [(one.start_ms, one.end_ms, one.states) for one in pieces if one.states != ("ok",)]
    assert bad == [(3750, 4000 + MAX_STEP_MS + 1000, ("stalled",))]


class _Told(Detector):
    state, enter_samples, leave_samples = "covered", 3, 2

    def suspicious(self, grey, at_ms):
        return "x" if grey[0, 0] else ""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.booleans(), min_size=2, max_size=40))
def test_verdicts_agree_with_the_twin_that_sees_the_whole(bad: list[bool]):
    """The twin reads the finished list: runs of three bad begin a fault, two good end it; an interval is good between two good ends."""
    watch = Watch(Reference(room(1)))
    watch.detectors = [_Told()]
    pieces = []
    for n, one in enumerate(bad):
        watch.look(np.full((180, 320), int(one), np.uint8), 1000 * n)
        pieces += watch.settled()
    pieces += watch.settled(finish=True)
    verdict = truth(bad)
    expected = [("covered",) if verdict[n] or verdict[n + 1] else ("ok",) for n in range(len(bad) - 1)]
    assert [piece.states for piece in pieces] == expected
    assert [(piece.start_ms, piece.end_ms) for piece in pieces] == [(1000 * n, 1000 * n + 1000) for n in range(len(bad) - 1)]


def truth(bad: list[bool]) -> list[bool]:
    verdict, n = list(bad), 0
    inside = False
    while n < len(bad):
        run = next((k for k in range(n, len(bad)) if bad[k] != bad[n]), len(bad))
        length, ends = run - n, run == len(bad)
        if bad[n] and not inside:
            # too short to be a fault, unless the end of the watch left it open
            inside = length >= 3
            verdict[n:run] = [inside or ends] * length
        elif not bad[n] and inside:
            inside = length < 2
            verdict[n:run] = [inside] * length
        n = run
    return verdict


def test_runs_are_cut_by_state_and_by_time():
    runs = Runs(3000)
    pieces = [Piece(n, n + 1000, ("ok",) if n < 5000 else ("moved",)) for n in range(0, 8000, 1000)]
    assert runs.add(pieces, finish=True) == [Piece(0, 3000, ("ok",)), Piece(3000, 5000, ("ok",)), Piece(5000, 8000, ("moved",))]


# -- recording ------------------------------------------------------------------------------------------------------------------


def test_a_recording_plays_and_its_files_are_chained(tmp_path: Path):
    encoded(scenes(7), target=tmp_path / "v.mp4")
    spool, clock = Spool(tmp_path / "s.sqlite3"), Clock()
    recorder = Recorder(CAMERA, tmp_path / "r", spool, clock, 1500)
    camera = CameraConfig(CAMERA, "C1", str(tmp_path / "v.mp4"), at_end="hold")
    capture = Capture(camera, clock, recorder)
    capture.start()
    time.sleep(6)
    capture.stop()
    capture.join(5)
    recorder.close()
    files = [one for one in spool.after(0, 50) if isinstance(one, FileItem)]
    assert len(files) >= 2 and spool.orphans() == []
    link = GENESIS
    for one in files:
        path = tmp_path / "r" / one.name
        assert len(list(decoded(str(path)))) > 0
        assert one.bytes == path.stat().st_size
        link = chained(link, one.sha256)
        assert one.chain == link
    assert all(a.end_ms == b.start_ms for a, b in zip(files, files[1:], strict=False))


def test_the_file_of_a_killed_collector_is_adopted_up_to_its_last_whole_fragment(tmp_path: Path):
    encoded(scenes(6), target=tmp_path / "v.mp4")
    with av.open(str(tmp_path / "v.mp4")) as source, av.open(str(tmp_path / "whole.mp4"), "w", format="mp4", options=record.OPTIONS) as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    data = (tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "torn.mp4").write_bytes(data[: len(data) * 3 // 4])
    (tmp_path / "empty.mp4").write_bytes(b"")
    spool = Spool(tmp_path / "s.sqlite3")
    spool.opened(str(tmp_path / "torn.mp4"), CAMERA, "e", 50_000)
    spool.opened(str(tmp_path / "empty.mp4"), CAMERA, "e", 60_000)
    spool.opened(str(tmp_path / "gone.mp4"), CAMERA, "e", 70_000)
    assert adopt_orphans(spool) == 1
    (one,) = spool.after(0, 10)
    assert 2000 <= one.end_ms - one.start_ms <= 6000
    assert spool.orphans() == []


def test_a_loop_leaves_no_hole_in_the_recording(tmp_path: Path):
    encoded(scenes(2), target=tmp_path / "v.mp4")
    spool, clock = Spool(tmp_path / "s.sqlite3"), Clock()
    recorder = Recorder(CAMERA, tmp_path / "r", spool, clock, 60_000)
    capture = Capture(CameraConfig(CAMERA, "C1", str(tmp_path / "v.mp4")), clock, recorder)
    capture.start()
    time.sleep(7)
    capture.stop()
    capture.join(5)
    recorder.close()
    files = [one for one in spool.after(0, 50) if isinstance(one, FileItem)]
    assert len(files) >= 3
    assert all(a.end_ms == b.start_ms for a, b in zip(files, files[1:], strict=False))
    assert all(len(list(decoded(str(tmp_path / "r" / one.name)))) == 10 for one in files[:-1])
