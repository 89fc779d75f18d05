"""The spool: numbered items in SQLite, durable before they are sent, kept until the server has acknowledged them."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from proctoring.protocol import MAX_FRAME_BYTES, FileItem, Item, PageItem, item_body, item_from

from . import ledger, pages
from .pages import Turn

SCHEMA = """
CREATE TABLE IF NOT EXISTS item (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refused (seq INTEGER PRIMARY KEY, code TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recording (
  path TEXT PRIMARY KEY, camera TEXT NOT NULL, epoch TEXT NOT NULL, start_ms INTEGER NOT NULL
) WITHOUT ROWID;
"""
BATCH_BYTES = MAX_FRAME_BYTES - 4_000  # what is around the items has room in the rest


class Spool:
    """Safe to use from several threads; one connection under one lock, each change one transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.execute("PRAGMA journal_mode=WAL")
        # an item is promised to the record once it is here: it must survive a power cut
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(SCHEMA + ledger.SCHEMA + pages.SCHEMA)
        self._db.execute("INSERT OR IGNORE INTO fact VALUES ('spool', ?)", (str(uuid4()),))
        self.id = self.fact("spool")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for a read of several rows that belong together."""
        with self._lock:
            yield self._db

    def fact(self, name: str, default: str = "") -> str:
        """A small remembered value."""
        with self._lock:
            row = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return row[0] if row else default

    def add(self, items: Iterable[Item], facts: dict[str, str] | None = None, closed: Iterable[str] = ()) -> None:
        """Number and keep items; facts to remember and recordings that are closed go into the same transaction."""
        with self._changing() as db:
            for item in items:
                _insert(db, item)
                pages.note(db, item)
            for name, value in (facts or {}).items():
                db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))
            db.executemany("DELETE FROM recording WHERE path = ?", [(one,) for one in closed])

    def turn(self, turning: Turn) -> int:
        """Sign the pages that are full, or all that begun before this start; how many."""
        with self._changing() as db:
            made = pages.turned(db, turning)
            for item in made:
                _insert(db, item)
        return len(made)

    def opened(self, path: str, camera: str, epoch: str, start_ms: int) -> None:
        """Remember a recording that has begun, so that a kill does not orphan the file."""
        with self._changing() as db:
            db.execute("INSERT OR REPLACE INTO recording VALUES (?, ?, ?, ?)", (path, camera, epoch, start_ms))

    def orphans(self) -> list[tuple[str, str, str, int]]:
        """Recordings that were never closed: path, camera, epoch, start."""
        with self._lock:
            return list(self._db.execute("SELECT path, camera, epoch, start_ms FROM recording ORDER BY start_ms"))

    def after(self, seq: int, limit: int) -> list[Item]:
        """The next unsent items, no more than one frame holds."""
        with self._lock:
            rows = self._db.execute("SELECT seq, body FROM item WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit)).fetchall()
        items, size = [], 0
        for number, body in rows:
            size += len(body.encode()) + 24
            if items and size > BATCH_BYTES:
                break
            items.append(item_from({**json.loads(body), "seq": number}))
        return items

    def acknowledged(self, seq: int, refused: Iterable[tuple[int, str]] = ()) -> None:
        """Forget what the server has; keep what it would not take, with its reason."""
        with self._changing() as db:
            for number, code in refused:
                db.execute("INSERT OR IGNORE INTO refused SELECT seq, ?, body FROM item WHERE seq = ?", (code, number))
            db.execute("DELETE FROM item WHERE seq <= ?", (seq,))

    def gone(self, camera: str, number: int, now_ms: int) -> None:
        """Note that a recording was removed; its digest stays, for the chain goes through it."""
        with self._changing() as db:
            ledger.removed(db, camera, number, now_ms)

    def bounds(self) -> tuple[int, int]:
        """First number kept and last number ever given; first is last + 1 when nothing is kept."""
        with self._lock:
            row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'item'").fetchone()
            first = self._db.execute("SELECT min(seq) FROM item").fetchone()[0]
        last = row[0] if row else 0
        return (first or last + 1, last)

    def waiting(self) -> int:
        """How many items are unacknowledged."""
        with self._lock:
            return int(self._db.execute("SELECT count(*) FROM item").fetchone()[0])

    def refusals(self) -> int:
        """How many items the server refused."""
        with self._lock:
            return int(self._db.execute("SELECT count(*) FROM refused").fetchone()[0])


def _insert(db: sqlite3.Connection, item: Item) -> None:
    body = item_body(item)
    del body["seq"]
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")) if isinstance(item, PageItem) else json.dumps(body)
    seq = db.execute("INSERT INTO item (body) VALUES (?)", (text,)).lastrowid
    if isinstance(item, FileItem):
        ledger.kept(db, item, seq or 0)


def numbered(items: Iterable[Item], first: int) -> list[Item]:
    """The same items under consecutive numbers."""
    return [replace(item, seq=number) for number, item in enumerate(items, first)]
