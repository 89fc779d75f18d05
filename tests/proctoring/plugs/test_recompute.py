"""The coverage section and its independent recomputation: they agree bit for bit, and every alteration is found and named."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.archive import bags
from proctoring import geometry
from proctoring.coverage import queries, timeline
from proctoring.geometry import Pose
from proctoring.plugs import dossier, recompute
from tests.proctoring.coverage.test_queries import recorded
from tests.proctoring.plugs.mutations import correct_digests, mutate
from tests.proctoring.room import Watched


@pytest.fixture
def section(watched: Watched, tmp_path: Path) -> Path:
    """The section as it lies in a bag on the shelf."""
    recorded(watched)
    files = [(f"08-video/{name}", content) for name, content in dossier.video(watched.sitting)]
    bags.write(tmp_path, "D-1", files, {})
    folder = tmp_path / "D-1" / "data" / "08-video"
    for path in folder.iterdir():
        path.chmod(0o644)
    return folder


def again(folder: Path) -> subprocess.CompletedProcess[str]:
    """The program of the dossier in a bare interpreter: no packages, no project."""
    return subprocess.run([sys.executable, "-I", "-S", "-B", "recompute.py"], cwd=folder, capture_output=True, text=True, timeout=60)


def named(folder: Path) -> set[str]:
    return {name for name, _ in recompute.differences(folder)}


@pytest.mark.django_db
def test_the_dossier_counts_itself_again_with_the_standard_library(section: Path, watched: Watched):
    done = again(section)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("AGREES in every number")
    total = queries.report(watched.sitting).coverage.total("gap")
    assert json.loads((section / "coverage.json").read_text())["seat_ms"]["gap"] == total > 0


@pytest.mark.django_db
def test_the_section_says_what_it_was_counted_from_and_by(section: Path):
    index = json.loads((section / "section.json").read_bytes())
    assert set(index["files"]) == {path.name for path in section.iterdir()} - {"section.json"}
    assert all(camera["chain_head"] and camera["pose_sha256"] for camera in index["cameras"].values())
    assert index["software"]["version"] and set(index["software"]["counted_by"]) == {"geometry.py", "timeline.py"}
    plan = json.loads((section / "plan.json").read_bytes())
    assert plan["parameters"]["standard"] == "EN 62676-4:2015"
    assert plan["parameters"]["explain_from_ms"] == 5000


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("segments.jsonl", '"states":"covered"', '"states":"ok"', {"COVERAGE"}),
        ("recordings.jsonl", '"sha256":"0a', '"sha256":"0b', {"CHAIN"}),
        ("coverage.json", '"gap"', '"ok"', {"COVERAGE", "NOT-CANONICAL"}),
        ("plan.json", '"hfov_urad":1745000', '"hfov_urad":145000', {"COVERAGE", "POSE-VERSION"}),
        ("plan.json", '"ceiling":3000', '"ceiling":3001', {"PLAN-VERSION"}),
        ("plan.json", '"reference_sha256":""', '"reference_sha256":"ff"', {"REFERENCE"}),
        ("plan.json", '"explain_from_ms":5000', '"explain_from_ms":60000', {"COVERAGE"}),
        ("incidents.jsonl", "", "{}\n", set()),
        ("explanations.json", "[]", "[ ]", {"NOT-CANONICAL"}),
        ("segments.jsonl", '"end_ms":', '"end_ms":1', {"COVERAGE", "OVERLAP"}),
    ],
)
def test_a_forgery_is_named_even_where_the_digests_were_corrected(section: Path, name: str, old: str, new: str, found: set[str]):
    """Digests alone say that a file is another one; recomputing says what the forgery would have gained."""
    path = section / name
    before = path.read_text()
    path.write_text(before.replace(old, new) if old else before + new)
    assert path.read_text() != before
    assert named(section) >= {"FILE-CHANGED", "BAG-MANIFEST"}
    correct_digests(section)
    assert named(section) == found | {"BAG-MANIFEST"}
    assert again(section).returncode == 1


@pytest.mark.django_db
def test_files_that_come_and_go_are_named(section: Path):
    (section / "more.json").write_text("{}\n")
    assert named(section) == {"FILE-ADDED", "BAG-MANIFEST"}
    (section / "more.json").unlink()
    (section / "faults.jsonl").unlink()
    assert named(section) == {"FILE-MISSING"}
    (section / "segments.jsonl").write_text("rubbish")
    done = again(section)
    assert (done.returncode, done.stderr) == (1, "")
    assert "UNREADABLE" in done.stdout


def test_a_folder_that_is_no_section_cannot_be_read(tmp_path: Path):
    shutil.copy(recompute.__file__, tmp_path / "recompute.py")
    assert again(tmp_path).returncode == 3


@pytest.mark.django_db
def test_thirty_random_mutations_are_all_found(section: Path, tmp_path: Path):
    chance = random.Random(411)
    for number in range(30):
        copy = shutil.copytree(section, tmp_path / f"{number}" / "08-video")
        what = mutate(copy, chance)
        try:
            assert named(copy), what
        except recompute.CANNOT_READ:
            continue


coordinates = st.integers(-9_000, 9_000)
poses = st.builds(
    Pose, coordinates, coordinates, st.integers(1, 4_000), st.integers(-7_000_000, 7_000_000), st.integers(-1_600_000, 1_600_000),
    st.integers(50_000, 3_091_592), st.integers(1, 4_000), st.integers(1, 4_000),
)  # fmt: skip
walls = st.builds(
    lambda a, b, c, d, height: {"from": [a, b], "to": [c, d], "height": height},
    coordinates, coordinates, coordinates, coordinates, st.none() | st.integers(1, 3_500),
)  # fmt: skip
pillars = st.builds(lambda x, y, w, d: {"x": x, "y": y, "w": w, "d": d}, coordinates, coordinates, st.integers(1, 900), st.integers(1, 900))
plans = st.builds(
    lambda outline, walls, pillars, ceiling: {"outline": outline, "walls": walls, "pillars": pillars, "ceiling": ceiling},
    st.just([]) | st.lists(st.tuples(coordinates, coordinates).map(list), min_size=3, max_size=8), st.lists(walls, max_size=4),
    st.lists(pillars, max_size=2), st.none() | st.integers(2_000, 4_000),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(plans, st.dictionaries(st.sampled_from(["A1", "A2", "B1"]), st.tuples(coordinates, coordinates), min_size=1), poses, poses)
def test_space_agrees_on_rooms_that_nobody_would_build(plan: dict, seats: dict, first: Pose, second: Pose):
    told = geometry.visibility(plan, seats, {"C1": first, "C2": second})
    section = {
        "plan": plan, "seats": seats, "cameras": {"C1": {"pose": vars(first)}, "C2": {"pose": vars(second)}},
    }  # fmt: skip
    assert recompute.views(section) == {
        seat: {name: [one.seen, one.of, one.px_per_m] for name, one in row.items()} for seat, row in told.items()
    }


spans = st.tuples(st.integers(-5, 60), st.integers(1, 40)).map(lambda pair: (pair[0], pair[0] + pair[1]))
states = st.sampled_from(["ok", "clock", "covered", "covered,clock", "offline", "ok,clock", "partial", "partial,clock"])
hidden_seats = st.sampled_from(["", "", "first", "all,first", "none"])
runs = st.lists(st.tuples(spans, states, st.sampled_from(["server", "e1", "e2"]), hidden_seats), max_size=7)
files = st.lists(spans, max_size=5)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(runs, files, st.booleans()), min_size=1, max_size=3), st.integers(0, 50))
def test_time_agrees_on_everything_that_may_be_said_of_cameras(cameras: list, length: int):
    window = (0, length)
    lines, segments, recordings = {}, [], []
    for number, (told, kept, records) in enumerate(cameras):
        name = f"C{number}"
        runs_of_it = [
            timeline.Segment(a, b, frozenset(s.split(",")), timeline.SERVER if epoch == "server" else "", queries.seats_in(hidden))
            for (a, b), s, epoch, hidden in told
        ]
        lines[name] = timeline.CameraLine(runs_of_it, kept if records else None)
        keys = ("camera", "start_ms", "end_ms", "states", "epoch", "hidden")
        segments += [dict(zip(keys, (name, *span, *words), strict=True)) for span, *words in told]
        recordings += [{"camera": name, "start_ms": a, "end_ms": b} for a, b in kept]
    seats = {"all": frozenset(lines), "first": frozenset({"C0"}), "none": frozenset()}
    covered = timeline.coverage(window, lines, seats)
    plan = {"window_ms": window, "cameras": {f"C{n}": {"records": records} for n, (_, _, records) in enumerate(cameras)}}
    found = recompute.camera_lines(plan, segments, recordings)
    assert found == {name: dossier._stretches(line) for name, line in covered.cameras.items()}
    for seat, names in seats.items():
        mine = recompute.camera_lines(plan, segments, recordings, seat)
        assert recompute.seat_line(window, {name: mine[name] for name in names}) == dossier._stretches(covered.seats[seat])
