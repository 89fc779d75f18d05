"""Bags: whole or not there, whatever kills the writer; read by stock tools; names that could deceive are refused."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import bagit
import pytest

from exams.archive import bags, verifier
from exams.archive.bags import BagError

FILES = [
    ("00-index.json", b"{}"),
    ("08-video/segments.jsonl", b"1\n2\n"),
    ("10-marks/marks.json", '{"分":71}'.encode()),
    ("empty.txt", b""),
]
INFO = {"Source-Organization": "临江特种设备考试中心", "Bagging-Date": "2026-05-16"}
ROOT = Path(__file__).parents[3]


def visible(shelf):
    return sorted(path.name for path in shelf.iterdir() if not path.name.startswith("."))


def test_a_bag_says_what_is_in_it(tmp_path):
    written = bags.write(tmp_path, "S-1", FILES, INFO)
    assert written.facts() == {
        "bag": "S-1",
        "tagmanifest": hashlib.sha256((tmp_path / "S-1/tagmanifest-sha256.txt").read_bytes()).hexdigest(),
        "files": 4,
        "bytes": sum(len(content) for _, content in FILES),
    }
    assert visible(tmp_path) == ["S-1"]


def test_bagit_and_sha256sum_both_accept_it(tmp_path):
    bags.write(tmp_path, "S-1", FILES, INFO)
    bag = bagit.Bag(str(tmp_path / "S-1"))
    assert bag.is_valid()
    assert bag.info["Source-Organization"] == "临江特种设备考试中心"
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "--quiet", "manifest-sha256.txt", "tagmanifest-sha256.txt"],
        cwd=tmp_path / "S-1",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_same_files_make_the_same_bag(tmp_path):
    first = bags.write(tmp_path / "a", "S-1", FILES, INFO)
    second = bags.write(tmp_path / "b", "S-1", list(reversed(FILES)), INFO)
    assert first.facts() == second.facts()


def test_an_earlier_attempt_is_replaced(tmp_path):
    bags.write(tmp_path, "S-1", [("old.txt", b"old")], INFO)
    bags.write(tmp_path, "S-1", FILES, INFO)
    report = verifier.Report()
    assert verifier.check_bag(tmp_path / "S-1", report)["files"] == 4
    assert visible(tmp_path) == ["S-1"]


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a b", "卷宗", "a\n"])
def test_names_of_bags_are_plain(tmp_path, name):
    with pytest.raises(BagError):
        bags.write(tmp_path, name, FILES, INFO)


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../up", "a/../b", "a//b", "a/", "a\nb", "a%0A", "a\\b", "a:b", "a\u0301.txt", ".", "a/.", "end ", "end."]
)
def test_names_of_files_that_could_deceive_are_refused(tmp_path, path):
    with pytest.raises(BagError):
        bags.write(tmp_path, "S-1", [("good.txt", b""), (path, b"x")], INFO)
    assert visible(tmp_path) == []


@pytest.mark.parametrize("pair", [("a.txt", "a.txt"), ("A.txt", "a.txt"), ("d/a", "D/A")])
def test_two_files_that_some_disk_would_take_for_one_are_refused(tmp_path, pair):
    with pytest.raises(BagError):
        bags.write(tmp_path, "S-1", [(name, b"") for name in pair], INFO)


def test_an_empty_bag_seals_nothing(tmp_path):
    with pytest.raises(BagError):
        bags.write(tmp_path, "S-1", [], INFO)


def test_bag_info_has_one_line_per_item(tmp_path):
    with pytest.raises(BagError):
        bags.write(tmp_path, "S-1", FILES, {"Source-Organization": "a\nPayload-Oxum: 0.0"})


def test_two_writers_of_one_bag_leave_one_whole_bag(tmp_path):
    failures = []

    def seal(number):
        try:
            for _ in range(5):
                bags.write(tmp_path, "S-1", [*FILES, (f"{number}.txt", b"x" * number)], INFO)
        except Exception as error:
            failures.append(error)

    writers = [threading.Thread(target=seal, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    assert verifier.check_bag(tmp_path / "S-1", report := verifier.Report())["files"] == 5
    assert report.broken() == []


KILLED = """
import os, sys
sys.path.insert(0, {root!r})
from exams.archive import bags
left = int(sys.argv[1])
def deadly(function):
    def step(*arguments, **named):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), 9)
        return function(*arguments, **named)
    return step
for name in ("open", "fsync", "rename", "mkdir", "rmdir", "unlink"):
    setattr(os, name, deadly(getattr(os, name)))
from pathlib import Path
bags.write(Path({shelf!r}), "S-1", {files!r}, {{}})
print("done")
"""


def sealed_or_killed(shelf, steps, files):
    code = KILLED.format(root=str(ROOT), shelf=str(shelf), files=files)
    return subprocess.run([sys.executable, "-c", code, str(steps)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("before", [None, [("old.txt", b"old")]], ids=["first attempt", "over an earlier attempt"])
def test_killed_at_any_step_nothing_half_written_is_seen_and_a_second_run_converges(tmp_path, before):
    expected = bags.write(tmp_path / "whole", "S-1", FILES, {}).facts()
    kills = 0
    for steps in range(0, 200, 3):
        shelf = tmp_path / str(steps)
        if before:
            bags.write(shelf, "S-1", before, {})
        done = sealed_or_killed(shelf, steps, FILES)
        for name in visible(shelf) if shelf.exists() else []:
            verifier.check_bag(shelf / name, report := verifier.Report())
            assert report.broken() == []
        if done.returncode == 0:
            break
        assert done.returncode == -9, done.stderr
        kills += 1
        assert bags.write(shelf, "S-1", FILES, {}).facts() == expected
        assert visible(shelf) == ["S-1"]
        assert sorted(path for path in os.listdir(shelf) if path.startswith((".tmp", ".old"))) == []
    else:
        pytest.fail("the writer never came to its end")
    assert kills > 8
