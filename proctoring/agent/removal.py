"""Removing recordings by an order of the server: only what two persons approved, file by file, and only if it is the file they meant."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .spool import Spool


class OrderError(ValueError):
    """A list that cannot be worked through."""


def read(path: Path) -> tuple[str, list[dict[str, Any]]]:
    """The digest and the files of an order; raises OrderError if it is none, or if it was altered since the server wrote it."""
    try:
        body = json.loads(path.read_bytes())
        digest, files = body["digest"], body["files"]
        names = [(one["camera_id"], one["name"], one["sha256"]) for one in files]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise OrderError(f"{path}: not a list of files to be removed ({problem})") from problem
    said = json.dumps(files, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    if hashlib.sha256(said).hexdigest() != digest or not all(isinstance(part, str) for one in names for part in one):
        raise OrderError(f"{path}: the list was altered; download it again")
    return digest, files


def carry_out(spool: Spool, folder: Path, files: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Remove each file of the list and say what became of it: removed, gone (earlier), elsewhere (not of this machine), other (kept)."""
    for one in files:
        yield one["name"], _remove(spool, folder, one)


def _remove(spool: Spool, folder: Path, wanted: dict[str, Any]) -> str:
    with spool.reading() as db:
        found = db.execute(
            "SELECT number, sha256, removed_ms FROM file WHERE camera = ? AND name = ?", (wanted["camera_id"], wanted["name"])
        ).fetchone()
    if found is None:
        return "elsewhere"
    number, sha256, removed_ms = found
    if sha256 != wanted["sha256"]:
        return "other"
    path = folder / wanted["name"]
    if removed_ms is not None and not path.exists():
        return "gone"
    # noted before the deed, as when the disk fills
    spool.gone(wanted["camera_id"], number, int(time.time() * 1000))
    path.unlink(missing_ok=True)
    return "removed"
