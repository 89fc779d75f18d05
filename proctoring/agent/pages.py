"""Pages: the states of a camera as runs and the head of the chain of its recordings, in words the machine signs and the archive keeps."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from proctoring.authorship import Sign, base64url, page_words
from proctoring.protocol import MAX_PAGE_CHARACTERS, FileItem, Item, PageItem, SegmentItem

from .clock import Clock

SCHEMA = """
CREATE TABLE IF NOT EXISTS run (
  camera TEXT NOT NULL, epoch TEXT NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, states TEXT NOT NULL,
  wall_ms INTEGER NOT NULL, mono_ms INTEGER NOT NULL, PRIMARY KEY (camera, epoch, start_ms)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS page (
  camera TEXT PRIMARY KEY, number INTEGER NOT NULL, sha256 TEXT NOT NULL, files INTEGER NOT NULL, bytes INTEGER NOT NULL, head TEXT NOT NULL
) WITHOUT ROWID;
"""
RUNS = 60  # a restless camera fills its page sooner
ROOM = MAX_PAGE_CHARACTERS - 1_000  # for runs; the rest is around them
GENESIS = "0" * 64


@dataclass(frozen=True)
class Turn:
    """When and how pages are turned: all that are older than page_ms, all of earlier starts, or simply all."""

    clock: Clock
    sign: Sign
    page_ms: int
    everything: bool = False


def note(db: sqlite3.Connection, item: Item) -> None:
    """Enter an item into the open page of its camera."""
    if isinstance(item, SegmentItem):
        _note_run(db, item)
    elif isinstance(item, FileItem):
        db.execute("INSERT OR IGNORE INTO page VALUES (?, 0, ?, 0, 0, ?)", (item.camera, GENESIS, GENESIS))
        db.execute("UPDATE page SET files = files + 1, bytes = bytes + ?, head = ? WHERE camera = ?", (item.bytes, item.chain, item.camera))


def _note_run(db: sqlite3.Connection, item: SegmentItem) -> None:
    states = ",".join(item.states)
    last = db.execute(
        "SELECT start_ms, end_ms, states FROM run WHERE camera = ? AND epoch = ? ORDER BY start_ms DESC LIMIT 1", (item.camera, item.epoch)
    ).fetchone()
    if last is not None and last[1:] == (item.start_ms, states):
        now = (item.end_ms, item.wall_ms, item.mono_ms, item.camera, item.epoch, last[0])
        db.execute("UPDATE run SET end_ms = ?, wall_ms = ?, mono_ms = ? WHERE camera = ? AND epoch = ? AND start_ms = ?", now)
        return
    row = (item.camera, item.epoch, item.start_ms, item.end_ms, states, item.wall_ms, item.mono_ms)
    db.execute("INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def turned(db: sqlite3.Connection, turning: Turn) -> list[PageItem]:
    """Close what is due, sign it, and begin anew."""
    rows = db.execute("SELECT camera, epoch, min(start_ms), max(end_ms), count(*) FROM run GROUP BY camera, epoch ORDER BY 3").fetchall()
    made: list[PageItem] = []
    for camera, epoch, start, end, runs in rows:
        if turning.everything or epoch != turning.clock.epoch or end - start >= turning.page_ms or runs >= RUNS:
            made += _pages(db, camera, epoch, turning)
    return made


def _pages(db: sqlite3.Connection, camera: str, epoch: str, turning: Turn) -> Iterator[PageItem]:
    """All runs of a camera's epoch, on as many pages as they need."""
    held = db.execute(
        "SELECT start_ms, end_ms, states, wall_ms, mono_ms FROM run WHERE camera = ? AND epoch = ? ORDER BY start_ms", (camera, epoch)
    ).fetchall()
    db.execute("DELETE FROM run WHERE camera = ? AND epoch = ?", (camera, epoch))
    while held:
        fits, size = 0, 0
        while fits < len(held) and (size := size + len(held[fits][2]) + 40) <= ROOM:
            fits += 1
        yield _page(db, camera, epoch, held[:fits], turning)
        held = held[fits:]


def _page(db: sqlite3.Connection, camera: str, epoch: str, runs: list[tuple[int, int, str, int, int]], turning: Turn) -> PageItem:
    number, before, files, size, head = db.execute(
        "SELECT number, sha256, files, bytes, head FROM page WHERE camera = ?", (camera,)
    ).fetchone() or (0, GENESIS, 0, 0, GENESIS)  # fmt: skip
    start, (_, end, _, wall, mono) = runs[0][0], runs[-1]
    body = {
        "v": 1, "camera": camera, "epoch": epoch, "page": number + 1, "before": before, "from": start, "to": end,
        "boot": turning.clock.boot if epoch == turning.clock.epoch else "",
        # how the machine's wall clock and its boot clock stood at the end, against the own time in which all else is told
        "wall": wall, "mono": mono,
        # each run: when it begins after "from", how long it lasts, its states
        "runs": [[begun - start, ended - begun, states] for begun, ended, states, *_ in runs],
        "files": files, "bytes": size, "head": head,
    }  # fmt: skip
    text = json.dumps(body, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    db.execute(
        "INSERT INTO page VALUES (?, ?, ?, 0, 0, ?) ON CONFLICT (camera) DO UPDATE SET number = excluded.number, sha256 = excluded.sha256,"
        " files = 0, bytes = 0",
        (camera, number + 1, digest, head),
    )
    return PageItem(1, camera, epoch, start, end, text, base64url(turning.sign(page_words(text))))
