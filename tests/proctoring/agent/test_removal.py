"""Recordings go by a list of the server: exactly those, unaltered, noted in the ledger; anything else stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exams.journal import canonical
from proctoring.agent import ledger, removal
from proctoring.agent.spool import Spool
from proctoring.footage.disposal import digest_of
from tests.proctoring.agent.test_keeping import CAMERA, file


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Spool, Path, list[dict]]:
    """Four recordings, and the files of an order that names two of them."""
    spool, folder = Spool(tmp_path / "spool.sqlite3"), tmp_path / "recordings"
    folder.mkdir()
    made = [file(spool, folder, n) for n in range(4)]
    with spool.reading() as db:
        digests = dict(db.execute("SELECT name, sha256 FROM file").fetchall())
    wanted = [{"camera": "C1", "camera_id": CAMERA, "name": path.name, "sha256": digests[path.name]} for path in made[:2]]
    return spool, folder, wanted


def order(tmp_path: Path, files: list[dict], digest: str = "") -> Path:
    path = tmp_path / "order.json"
    path.write_text(json.dumps({"disposal": "x", "digest": digest or digest_of(files), "files": files}))
    return path


def test_exactly_the_files_of_the_list_go_and_the_ledger_still_holds(kept: tuple, tmp_path: Path):
    spool, folder, wanted = kept
    digest, files = removal.read(order(tmp_path, wanted))
    assert digest == digest_of(wanted)
    assert [word for _name, word in removal.carry_out(spool, folder, files)] == ["removed", "removed"]
    assert len(list(folder.glob("*.mp4"))) == 2
    assert list(ledger.verified(spool, folder)) == []
    assert [word for _name, word in removal.carry_out(spool, folder, files)] == ["gone", "gone"]


def test_another_file_under_the_name_or_of_another_machine_stays(kept: tuple):
    spool, folder, (first, second) = kept
    wanted = [{**first, "sha256": "f" * 64}, {**second, "camera_id": "another"}, {**second, "name": "../spool.sqlite3"}]
    assert [word for _name, word in removal.carry_out(spool, folder, wanted)] == ["other", "elsewhere", "elsewhere"]
    assert len(list(folder.glob("*.mp4"))) == 4


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"digest": 1, "files": 2}', '{"digest": "x", "files": [{"name": "a"}]}'])
def test_rubbish_and_an_altered_list_are_refused(kept: tuple, tmp_path: Path, text: str):
    path = tmp_path / "order.json"
    path.write_text(text)
    with pytest.raises(removal.OrderError):
        removal.read(path)
    with pytest.raises(removal.OrderError):
        removal.read(order(tmp_path, kept[2][:1], digest_of(kept[2])))


def test_both_sides_digest_alike():
    assert canonical.dumps([{"b": 1, "a": "课"}]) == json.dumps([{"a": "课", "b": 1}], ensure_ascii=False, separators=(",", ":")).encode()
