"""The ledger of recordings: every file ever closed with its digest and its link, also those that were removed since."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from proctoring.protocol import GENESIS, FileItem, chained

if TYPE_CHECKING:
    from .spool import Spool

SCHEMA = """
CREATE TABLE IF NOT EXISTS file (
  camera TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL,
  bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, chain TEXT NOT NULL, seq INTEGER NOT NULL, removed_ms INTEGER,
  PRIMARY KEY (camera, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS file_by_age ON file (start_ms) WHERE removed_ms IS NULL;
"""


@dataclass(frozen=True)
class Kept:
    """One recording of the ledger."""

    camera: str
    number: int
    name: str
    end_ms: int
    bytes: int


def kept(db: sqlite3.Connection, item: FileItem, seq: int) -> None:
    """Enter a closed file under the next number of its camera."""
    db.execute(
        "INSERT INTO file SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ?, NULL FROM file WHERE camera = ?",
        (item.camera, item.name, item.start_ms, item.end_ms, item.bytes, item.sha256, item.chain, seq, item.camera),
    )


def removed(db: sqlite3.Connection, camera: str, number: int, now_ms: int) -> None:
    """Note when a file was removed."""
    db.execute("UPDATE file SET removed_ms = ? WHERE camera = ? AND number = ?", (now_ms, camera, number))


def removable(spool: Spool, before_ms: int, limit: int) -> list[Kept]:
    """The oldest files that ended before a moment and whose digest the server has acknowledged."""
    with spool.reading() as db:
        first = db.execute("SELECT min(seq) FROM item").fetchone()[0]
        rows = db.execute(
            "SELECT camera, number, name, end_ms, bytes FROM file WHERE removed_ms IS NULL AND end_ms < ? AND seq < ?"
            " ORDER BY start_ms LIMIT ?",
            (before_ms, first if first is not None else 1 << 60, limit),
        ).fetchall()
    return [Kept(*row) for row in rows]


def verified(spool: Spool, folder: Path) -> Iterator[tuple[str, str]]:
    """What is wrong with the recordings, as name and word: altered, missing, broken (the chain), unknown; nothing if all is well."""
    with spool.reading() as db:
        rows = db.execute("SELECT camera, name, sha256, chain, removed_ms FROM file ORDER BY camera, number").fetchall()
        heads = dict(db.execute("SELECT substr(name, 7), value FROM fact WHERE name LIKE 'chain %'").fetchall())
        open_now = {Path(path).name for (path,) in db.execute("SELECT path FROM recording")}
    last: dict[str, str] = {}
    for camera, name, sha256, chain, removed_ms in rows:
        if chained(last.get(camera, GENESIS), sha256) != chain:
            yield name, "broken"
        last[camera] = chain
        if removed_ms is None and (word := _wrong(folder / name, sha256)):
            yield name, word
    yield from ((f"end of the chain of {camera}", "broken") for camera, head in heads.items() if last.get(camera) != head)
    known = {name for _camera, name, *_ in rows} | open_now
    yield from ((path.name, "unknown") for path in sorted(folder.glob("*.mp4")) if path.name not in known)


def _wrong(path: Path, sha256: str) -> str:
    if not path.exists():
        return "missing"
    with path.open("rb") as file:
        return "" if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else "altered"
