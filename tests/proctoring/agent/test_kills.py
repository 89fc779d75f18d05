"""kill -9 on both sides with a real server: what was acknowledged is stored once, what was spooled arrives once."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from proctoring.agent.__main__ import main
from proctoring.authorship import page_words
from proctoring.cameras.credentials import signed
from tests.proctoring.pictures import HARMS, encoded, scenes
from tests.proctoring.serving import Server, agent

pytestmark = pytest.mark.slow

MAKE = """
import json
from django.utils import timezone
from exams.people.models import Organisation
from exams.sittings.models import Venue, Room
from exams.access import SYSTEM
from proctoring import authorship
from proctoring.agent import key
from proctoring.cameras import actions, queries
from proctoring.geometry import Pose
body = Organisation.objects.create(kind="exam_body", name="body", credit_code="91110000MA00000002")
venue = Venue.objects.create(body=body, name="venue", address="a")
room = Room.objects.create(venue=venue, name="101", plan={})
made, code = actions.enrol_agent(by=SYSTEM, venue=venue, name="c")
own = key.new()
proof = authorship.base64url(own.sign(authorship.claim_words(str(made.pk), code, own.public)))
token = actions.claim_agent(by=SYSTEM, agent=made, code=code, public_key=own.public, proof=proof)
actions.confirm_key(by=SYSTEM, agent=made, fingerprint=authorship.fingerprint(own.public))
for n, source in enumerate(SOURCES, 1):
    pose = Pose(0, 0, 2800, 700000, 400000, 1570000, 1920, 1080)
    actions.place_camera(by=SYSTEM, room=room, name=f"C{n}", agent=made, source=source, pose=pose)
quick = {"fps": 4, "report_ms": 1000, "file_ms": 3000}
files = {"token_file": "token", "key_file": "key.pem", "state_dir": "state"}
config = queries.collector_config(made, server=ORIGIN, **files, **quick)
answer = {"token": token, "key.pem": own.pem().decode(), "config.json": json.dumps(config)}
"""
LOOK = """
from proctoring.coverage.models import *
answer = {
    "position": Position.objects.get().seq,
    "segments": [[str(s.camera_id), s.epoch, s.start_ms, s.end_ms, s.states] for s in Segment.objects.exclude(epoch="server")],
    "files": [[str(r.camera_id), r.sha256, r.chain] for r in Recording.objects.order_by("seq")],
    "pages": [[p.text, p.signature, p.key.public_key] for p in Page.objects.select_related("key").order_by("camera", "id")],
    "faults": list(FaultEvent.objects.values_list("state", flat=True)),
    "rejections": Rejection.objects.count(),
}
"""


def spooled(state: Path) -> dict[str, int]:
    with sqlite3.connect(f"file:{state / 'spool.sqlite3'}?mode=ro", uri=True) as db:
        last = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'item'").fetchone()
        return {"last": last[0] if last else 0, "waiting": db.execute("SELECT count(*) FROM item").fetchone()[0]}


def test_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path):
    sources = [tmp_path / "one.mp4", tmp_path / "two.mp4"]
    encoded(scenes(20, fps=5, seed=1), fps=5, target=sources[0])
    encoded(scenes(20, fps=5, seed=2, harm=HARMS["covered"], since=7, until=13), fps=5, target=sources[1])
    server = Server(tmp_path / "server")
    server.folder.mkdir()
    server.manage("migrate", "--run-syncdb", "-v", "0")
    made = server.python(f"SOURCES = {[str(one) for one in sources]!r}\nORIGIN = 'ws://127.0.0.1:{server.port}'\n{MAKE}")
    for name, text in made.items():
        (tmp_path / name).write_text(text)
    config = tmp_path / "config.json"
    process = None
    try:
        server.start()
        for round_number in range(3):
            process = agent(config, tmp_path / "agent.log")
            time.sleep(9)
            if round_number == 1:
                server.kill()
                time.sleep(1.5)
                server.start()
                time.sleep(1)
            process.kill()
            process.wait()
        server.kill()
        server.start()
        process = agent(config, tmp_path / "agent.log")
        time.sleep(12)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        if process is not None and process.poll() is None:
            process.kill()
        server.kill()
    told = server.python(LOOK)
    left = spooled(tmp_path / "state")
    assert left["waiting"] == 0
    # every number ever given was stored, and nothing of it twice: no two segments of an epoch overlap (the guard), none was refused
    assert told["position"] == left["last"]
    assert told["rejections"] == 0
    assert told["position"] > 40
    assert len({epoch for _camera, epoch, *_ in told["segments"]}) >= 3
    assert "covered" in told["faults"]
    authored(told)
    # the machine's own ledger agrees with what lies there
    assert main(["--config", str(config), "--verify"]) == 0
    assert len({chain for _camera, _sha, chain in told["files"]}) == len(told["files"]) >= 8
    assert kept(tmp_path) == {sha for _camera, sha, _chain in told["files"]}


def authored(told: dict) -> None:
    """Every moment that is stored was signed, kill or not, and the last page of a camera names the head of its chain."""
    runs: dict[tuple[str, str], list[tuple[int, int]]] = {}
    heads: dict[str, str] = {}
    for text, signature, public_key in told["pages"]:
        page = json.loads(text)
        assert signed(public_key, page_words(text), signature)
        spans = [(page["from"] + at, page["from"] + at + length) for at, length, _states in page["runs"]]
        runs.setdefault((page["camera"], page["epoch"]), []).extend(spans)
        heads[page["camera"]] = page["head"]
    length = sum(end - start for spans in runs.values() for start, end in spans)
    stored = sum(end - start for _camera, _epoch, start, end, _states in told["segments"])
    assert abs(length - stored) <= 100 * len(runs)
    assert heads == {camera: chain for camera, _sha, chain in told["files"]}


def kept(folder: Path) -> set[str]:
    import hashlib

    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "state" / "recordings").glob("*.mp4")}
