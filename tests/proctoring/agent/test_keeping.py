"""What the collector keeps: signed pages, the ledger of recordings, the disk, the status file, and its clocks."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proctoring.agent import key, ledger
from proctoring.agent.clock import Clock
from proctoring.agent.collector import Collector
from proctoring.agent.config import load
from proctoring.agent.disk import DAY_MS, MIB, Disk
from proctoring.agent.lines import Delay
from proctoring.agent.pages import Turn
from proctoring.agent.record import Closed, keep_file
from proctoring.agent.spool import Spool
from proctoring.agent.status import Status, shown
from proctoring.authorship import page_words
from proctoring.cameras.credentials import signed
from proctoring.protocol import MAX_FRAME_BYTES, MAX_PAGE_CHARACTERS, STATES, Batch, PageItem, SegmentItem, encode

CAMERA, OTHER = str(UUID(int=7)), str(UUID(int=8))


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "state" / "spool.sqlite3")


def segment(start: int, end: int, *states: str, camera: str = CAMERA, epoch: str = "e") -> SegmentItem:
    return SegmentItem(1, camera, epoch, start, end, states or ("ok",), end + 5, end - 900)


def turn(clock: Clock, own: key.Key, **more: object) -> Turn:
    return Turn(clock, own.sign, **{"page_ms": 60_000, **more})  # type: ignore[arg-type]


def pages(spool: Spool) -> list[PageItem]:
    found, seq = [], 0
    while items := spool.after(seq, 1000):
        found, seq = found + items, items[-1].seq
    return [one for one in found if isinstance(one, PageItem)]


def file(spool: Spool, folder: Path, n: int, camera: str = CAMERA, start: int | None = None) -> Path:
    path = folder / f"{camera[-1]}-{n}.mp4"
    path.write_bytes(bytes([n]) * (100 + n))
    start = 10_000 * n if start is None else start
    keep_file(spool, Closed(path, camera, "e", start, start + 10_000))
    return path


# -- pages ---------------------------------------------------------------------------------------------------------------------


def test_a_page_tells_the_runs_and_the_chain_and_is_signed(spool: Spool, tmp_path: Path):
    own, clock = key.new(), Clock()
    clock.epoch = "e"
    spool.add([segment(1000, 21_000), segment(21_000, 31_000), segment(31_000, 32_000, "covered"), segment(33_000, 61_500)])
    for n in (1, 2):
        file(spool, tmp_path, n)
    assert spool.turn(turn(clock, own)) == 1
    assert spool.turn(turn(clock, own)) == 0
    (page,) = pages(spool)
    told = json.loads(page.text)
    assert told["runs"] == [[0, 30_000, "ok"], [30_000, 1000, "covered"], [32_000, 28_500, "ok"]]
    assert (told["from"], told["to"], told["wall"], told["mono"]) == (1000, 61_500, 61_505, 60_600)
    assert (told["files"], told["bytes"], told["head"]) == (2, 203, spool.fact(f"chain {CAMERA}"))
    assert signed(own.public, page_words(page.text), page.sig) and not signed(key.new().public, page_words(page.text), page.sig)
    # six of them for each of four cameras are what a room and a sitting of three hours may cost
    assert len(page.text) + len(page.sig) < 800


def test_pages_are_numbered_and_bound_to_one_another(spool: Spool, tmp_path: Path):
    own, clock = key.new(), Clock()
    clock.epoch = "e"
    for n in range(3):
        spool.add([segment(60_000 * n, 60_000 * (n + 1)), segment(60_000 * n, 60_000 * (n + 1), camera=OTHER)])
        file(spool, tmp_path, n)
        assert spool.turn(turn(clock, own)) == 2
    found = [json.loads(one.text) for one in pages(spool) if one.camera == CAMERA]
    assert [(one["page"], one["files"]) for one in found] == [(1, 1), (2, 1), (3, 1)]
    texts = [one.text for one in pages(spool) if one.camera == CAMERA]
    assert [one["before"] for one in found] == ["0" * 64, *(hashlib.sha256(text.encode()).hexdigest() for text in texts[:-1])]


def test_what_an_earlier_start_left_is_signed_by_the_next(spool: Spool, tmp_path: Path):
    own, clock = key.new(), Clock()
    spool.add([segment(0, 2000), segment(2000, 3000, camera=OTHER)])
    spool.close()
    again = Spool(tmp_path / "state" / "spool.sqlite3")
    again.add([segment(5000, 6000, epoch=clock.epoch)])
    assert again.turn(turn(clock, own)) == 2
    assert [(one.camera, one.epoch) for one in pages(again)] == [(CAMERA, "e"), (OTHER, "e")]
    assert again.turn(turn(clock, own, everything=True)) == 1


def test_a_restless_camera_fills_a_page_that_still_fits(spool: Spool):
    clock, worst = Clock(), tuple(one for one in STATES if one != "ok")
    clock.epoch = "e"
    for n in (0, 60, 120):
        spool.add([segment(1_700_000_000_000 + 1000 * at, 1_700_000_000_999 + 1000 * at, *worst) for at in range(n, min(n + 60, 130))])
        spool.turn(turn(clock, key.new()))
    made = pages(spool)
    assert sum(len(json.loads(one.text)["runs"]) for one in made) == 120 and max(len(one.text) for one in made) <= MAX_PAGE_CHARACTERS
    assert [a.end_ms + 1 for a in made[:-1]] == [b.start_ms for b in made[1:]]


@settings(max_examples=15, deadline=None)
@given(pieces=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5000), st.sampled_from(["ok", "covered"])), min_size=1, max_size=30))
def test_a_page_says_what_the_segments_said(tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[int, int, str]]):
    spool, at, told = Spool(tmp_path_factory.mktemp("p") / "s.sqlite3"), 1000, {}
    for hole, length, state in pieces:
        spool.add([segment(at + hole, at + hole + length, state)])
        told |= dict.fromkeys(range(at + hole, at + hole + length), state)
        at += hole + length
    spool.turn(turn(Clock(), key.new(), everything=True))
    (page,) = pages(spool)
    runs = json.loads(page.text)["runs"]
    assert {page.start_ms + begun + n: state for begun, length, state in runs for n in range(length)} == told
    assert all(a[0] + a[1] < b[0] or a[2] != b[2] for a, b in zip(runs, runs[1:], strict=False))
    spool.close()


def test_a_batch_never_outgrows_a_frame(spool: Spool):
    clock = Clock()
    clock.epoch = "e"
    worst = tuple(one for one in STATES if one != "ok")
    for n in range(0, 600, 60):
        spool.add([segment(1_700_000_000_000 + 1000 * at, 1_700_000_000_999 + 1000 * at, *worst) for at in range(n, n + 60)])
        spool.turn(turn(clock, key.new()))
    seq, seen = 0, 0
    while items := spool.after(seq, 100):
        assert len(encode(Batch(1 << 52, tuple(items), 1 << 52, 1 << 52, 1 << 52)).encode()) + 200 <= MAX_FRAME_BYTES
        seq, seen = items[-1].seq, seen + len(items)
    assert seen == 600 + len(pages(spool))


# -- the ledger ----------------------------------------------------------------------------------------------------------------


def change(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def test_the_recordings_are_compared_with_digests_and_chain(spool: Spool, tmp_path: Path):
    folder = tmp_path / "r"
    folder.mkdir()
    made = [file(spool, folder, n, camera) for n in range(1, 4) for camera in (CAMERA, OTHER)]
    spool.opened(str(folder / "open.mp4"), CAMERA, "e", 0)
    (folder / "open.mp4").write_bytes(b"x")
    assert list(ledger.verified(spool, folder)) == []
    change(made[0])
    made[3].unlink()
    (folder / "stray.mp4").write_bytes(b"x")
    assert sorted(ledger.verified(spool, folder)) == [(made[0].name, "altered"), (made[3].name, "missing"), ("stray.mp4", "unknown")]
    # whoever alters file and ledger breaks the chain
    with spool.reading() as db:
        db.execute("UPDATE file SET sha256 = ? WHERE name = ?", (hashlib.sha256(made[0].read_bytes()).hexdigest(), made[0].name))
    assert (made[0].name, "broken") in ledger.verified(spool, folder)


def test_a_file_taken_out_of_the_ledger_is_missed(spool: Spool, tmp_path: Path):
    for n in (1, 2, 3):
        file(spool, tmp_path, n)
    with spool.reading() as db:
        db.execute("DELETE FROM file WHERE number = 3")
    assert (f"end of the chain of {CAMERA}", "broken") in ledger.verified(spool, tmp_path)


# -- the disk ------------------------------------------------------------------------------------------------------------------


class Room:
    """A disk of a few files: each takes a mebibyte."""

    def __init__(self, folder: Path, whole: int) -> None:
        self.folder, self.whole = folder, whole

    def free(self, _folder: Path) -> int:
        return (self.whole - len(list(self.folder.glob("*.mp4")))) * MIB


def full(spool: Spool, folder: Path, whole: int, files: int, days: int = 1) -> tuple[Disk, list[Path]]:
    folder.mkdir()
    made = [file(spool, folder, n, start=n * DAY_MS) for n in range(files)]
    return Disk(spool, folder, SimpleNamespace(now_ms=lambda: 10 * DAY_MS), 4, days, Room(folder, whole).free), made  # type: ignore[arg-type]


def test_the_oldest_acknowledged_go_first_and_only_as_many_as_needed(spool: Spool, tmp_path: Path):
    disk, made = full(spool, tmp_path / "r", whole=10, files=8)
    spool.acknowledged(8)
    assert disk.look() and not disk.full
    assert [path.exists() for path in made] == [False] * 2 + [True] * 6
    assert list(ledger.verified(spool, tmp_path / "r")) == []


def test_what_the_server_has_not_heard_of_is_never_removed(spool: Spool, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    disk, made = full(spool, tmp_path / "r", whole=10, files=8)
    spool.acknowledged(1)
    assert not disk.look() and disk.full
    assert [path.exists() for path in made] == [False] + [True] * 7
    assert "recording stops" in caplog.text and spool.waiting() == 7
    # acknowledged later, and now there is room again: a quarter more than the least, or it would stop and go
    spool.acknowledged(8)
    assert disk.look() and not disk.full
    assert sum(path.exists() for path in made) == 5


def test_what_must_be_kept_for_some_days_is_kept(spool: Spool, tmp_path: Path):
    disk, made = full(spool, tmp_path / "r", whole=8, files=8, days=7)
    spool.acknowledged(8)
    assert not disk.look()
    assert [path.exists() for path in made] == [False] * 3 + [True] * 5  # the first three ended before the third day


def test_reports_wait_in_memory_while_the_spool_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    key.new().save(tmp_path / "key.pem")
    camera = {"id": CAMERA, "name": "C1", "source": "none.mp4"}
    config = {"server": "ws://127.0.0.1:9/", "token_file": "t", "key_file": "key.pem", "state_dir": "s", "cameras": [camera]}
    (tmp_path / "c.json").write_text(json.dumps(config))
    collector = Collector(load(tmp_path / "c.json"))
    spool = collector._spool
    with spool.reading() as db:
        # as on a disk without a free block
        db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
    items = [segment(1000 + n, 1001 + n, "covered" if n % 2 else "ok") for n in range(2000)]
    collector._put(items[:1000])
    collector._put(items[1000:])
    assert spool.waiting() == 0 and "held in memory" in caplog.text
    with spool.reading() as db:
        db.execute("PRAGMA max_page_count = 1000000")
    collector._put([])
    assert [one.start_ms for one in spool.after(0, 5000)][:300] == list(range(1000, 1300)) and spool.waiting() == 2000


# -- clocks, delay, status ------------------------------------------------------------------------------------------------------


def test_the_own_time_follows_the_boot_clock_and_a_step_is_told_once():
    now = {"wall": 1_700_000_000_000_000_000, "mono": 5_000_000_000}
    clock = Clock(lambda: now["wall"], lambda: now["mono"])
    now["wall"] += 3_000_000_000
    now["mono"] += 3_000_000_000
    assert (clock.now_ms(), clock.step_ms()) == (1_700_000_003_000, 0)
    now["wall"] -= 60_000_000_000
    assert (clock.now_ms(), clock.step_ms(), clock.step_ms()) == (1_700_000_003_000, -60_000, 0)
    read = clock.read()
    assert (read.own_ms - read.wall_ms, read.mono_ms, clock.mono_at(1_700_000_001_000)) == (60_000, 8000, 6000)


def test_a_picture_that_comes_late_is_seen_as_late():
    delay = Delay()
    for n in range(100):
        delay.told(n / 10, 50 + n / 10 + (0.4 if n > 60 else 0.0))
    assert 390 <= delay.ms <= 410
    delay.told(5000.0, 61.0)
    assert delay.ms == 0


def test_the_status_says_what_is_wrong_and_what_to_do(tmp_path: Path):
    path = tmp_path / "status.json"
    assert shown(path)[0] == 3
    camera = {"name": "101-C1", "states": ["ok"], "keys": 2.0, "lag_ms": 40, "problem": ""}
    Status(1000.0, 1, [camera], server="connected").save(path)
    assert shown(path, 1004.0)[0] == 0
    assert shown(path, 1100.0)[0] == 3
    ill = {**camera, "states": ["covered"], "problem": "Connection refused"}
    Status(1000.0, 0, [ill], server="not connected: refused", free_mb=5, recording=False).save(path)
    code, words = shown(path, 1001.0)
    assert code == 1
    assert all(
        one in words for one in ("101-C1: covered", "something is in front of the lens", "Connection refused", "DISK FULL", "server:")
    )
    path.write_text("{}x")
    assert shown(path)[0] == 3
