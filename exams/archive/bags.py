"""Writes BagIt bags that are either whole or not there: built aside, synced, verified, renamed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from exams.archive import verifier

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f%\\:*?\"<>|]")


class BagError(ValueError):
    """A file that cannot go into a bag, or a bag that does not verify after writing."""


@dataclass(frozen=True)
class Written:
    """What a finished bag says of itself; the seal repeats it."""

    path: Path
    tagmanifest: str
    files: int
    bytes: int

    def facts(self) -> dict[str, object]:
        return {"bag": self.path.name, "tagmanifest": self.tagmanifest, "files": self.files, "bytes": self.bytes}


def write(shelf: Path, name: str, files: Iterable[tuple[str, bytes]], info: Mapping[str, str]) -> Written:
    """Put a bag of these files on the shelf; whatever an earlier attempt left under the name is replaced.

    Killed at any moment it leaves either no bag of that name or a whole one; calling it again converges.
    """
    if not _NAME.fullmatch(name):
        raise BagError(f"{name!r} is no name for a bag")
    with alone(shelf, name):
        draft = shelf / f".tmp-{name}"
        remove(draft)
        draft.mkdir()
        listed = {path: _put(draft, path, content) for path, content in _payload(files)}
        if not listed:
            raise BagError("a bag without content seals nothing")
        _tags(draft, name, listed, info)
        sync_tree(draft)
        written = _verified(draft, shelf / name)
        replace_folder(draft, shelf / name)
    return written


def replace_folder(draft: Path, final: Path) -> None:
    """Rename a finished folder into its place; an older one steps aside first and is removed afterwards."""
    old = final.with_name(f".old-{final.name}")
    remove(old)
    if final.exists():
        os.rename(final, old)
    os.rename(draft, final)
    _sync(final.parent)
    remove(old)


def put_file(path: Path, content: bytes) -> None:
    """A new file, on the disk before this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def sync_tree(folder: Path) -> None:
    """Sync every folder below and including this one, deepest first."""
    for path, _, _ in os.walk(folder, topdown=False):
        _sync(Path(path))


@contextmanager
def alone(shelf: Path, name: str) -> Iterator[None]:
    """One writer per bag; the lock goes with the process, so a killed one blocks nobody."""
    shelf.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(shelf / f".lock-{name}", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _payload(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    seen: set[str] = set()
    for path, content in files:
        parts = path.split("/")
        if _FORBIDDEN.search(path) or any(part in ("", ".", "..") or part.endswith((" ", ".")) for part in parts):
            raise BagError(f"{path!r} is no name for a file in a bag")
        key = unicodedata.normalize("NFC", path)
        if key != path or key.casefold() in seen:
            raise BagError(f"{path!r} would collide with another file")
        seen.add(key.casefold())
        yield f"data/{path}", content


def _put(draft: Path, path: str, content: bytes) -> tuple[str, int]:
    target = draft / path
    target.parent.mkdir(parents=True, exist_ok=True)
    put_file(target, content)
    return hashlib.sha256(content).hexdigest(), len(content)


def _tags(draft: Path, name: str, listed: Mapping[str, tuple[str, int]], info: Mapping[str, str]) -> None:
    size = sum(length for _, length in listed.values())
    said = {**info, "External-Identifier": name, "Payload-Oxum": f"{size}.{len(listed)}"}
    if any("\n" in text or "\r" in text for text in said.values()):
        raise BagError("bag-info has one line per item")
    tags = {
        "bagit.txt": verifier.BAGIT,
        "bag-info.txt": "".join(f"{key}: {said[key]}\n" for key in sorted(said)).encode(),
        "manifest-sha256.txt": _lines({path: digest for path, (digest, _) in listed.items()}),
    }
    digests = {}
    for tag, content in tags.items():
        digests[tag] = _put(draft, tag, content)[0]
    put_file(draft / "tagmanifest-sha256.txt", _lines(digests))


def _lines(digests: Mapping[str, str]) -> bytes:
    """Two spaces between digest and name: bagit.py and `sha256sum -c --strict` both read that."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()


def _verified(draft: Path, final: Path) -> Written:
    """Read everything back from the disk, by the same code that the auditor runs."""
    report = verifier.Report()
    try:
        found = verifier.check_bag(draft, report)
    except verifier.Broken as broken:
        raise BagError(str(broken)) from broken
    if report.broken() or found["bag"] != final.name:
        raise BagError(f"the bag does not verify after writing: {report.broken()}")
    return Written(final, str(found["tagmanifest"]), int(str(found["files"])), int(str(found["bytes"])))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
