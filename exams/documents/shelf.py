"""Where the encrypted bytes lie: a folder below DATA_DIR, names drawn at random."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings


def folder() -> Path:
    """The folder of all files; read anew each time, so that tests may move it."""
    return Path(settings.DATA_DIR) / "files"


def put(sealed: bytes) -> str:
    """Write the bytes under a new random name; they are on the disk when this returns."""
    name = secrets.token_hex(20)
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("xb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    return name


def get(name: str) -> bytes:
    """The bytes as they were put. Raises FileNotFoundError."""
    return _path(name).read_bytes()


def drop(name: str) -> None:
    """Remove the bytes; nothing if they are gone already."""
    _path(name).unlink(missing_ok=True)


def names_before(moment: datetime) -> Iterator[str]:
    """The names of all files written before the moment."""
    for path in folder().glob("*/*"):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < moment:
            yield path.name


def _path(name: str) -> Path:
    return folder() / name[:2] / name
