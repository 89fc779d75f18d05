"""Random alterations of a video section as somebody would make them who has the files, and perhaps the patience to correct the digests."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from proctoring.plugs import recompute

TARGETS = ("segments.jsonl", "recordings.jsonl", "plan.json")


def mutate(folder: Path, chance: random.Random) -> str:
    """Alter one of the three files in one place; what was done. The file surely reads differently afterwards."""
    name = chance.choice(TARGETS)
    before = (folder / name).read_bytes()
    while True:
        act = chance.choice(ACTS)
        after = act(before, chance)
        if after != before:
            (folder / name).write_bytes(after)
            return f"{act.__name__} in {name}"


def correct_digests(folder: Path) -> None:
    """What a forger would do next: write the new digests into the section, as canonically as it was."""
    index = json.loads((folder / "section.json").read_bytes())
    index["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in index["files"]}
    (folder / "section.json").write_bytes(recompute.canonical(index) + b"\n")


def flip_byte(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]


def drop_line(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    lines.pop(chance.randrange(len(lines)))
    return b"".join(lines)


def double_line(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    return b"".join([*lines[:at], lines[at], *lines[at:]])


def swap_lines(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def respell(content: bytes, chance: random.Random) -> bytes:
    """The same values with other spaces: nothing follows from it, and yet these are not the bytes."""
    at = [place for place, byte in enumerate(content) if byte == ord(",")]
    place = chance.choice(at)
    return content[: place + 1] + b" " + content[place + 1 :]


def change_value(content: bytes, chance: random.Random) -> bytes:
    """One value of one row: a number moved, a word exchanged, a switch thrown."""
    lines = content.splitlines()
    at = chance.randrange(len(lines))
    row = json.loads(lines[at])
    _alter(row, chance)
    lines[at] = recompute.canonical(row)
    return b"".join(line + b"\n" for line in lines)


def _alter(value: Any, chance: random.Random) -> None:
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    if not keys:
        return
    key = chance.choice(keys)
    old = value[key]
    if isinstance(old, dict | list):
        _alter(old, chance)
    elif isinstance(old, bool):
        value[key] = not old
    elif isinstance(old, int):
        value[key] = old + chance.choice((-1, 1)) * chance.choice((1, 7, 250, 10_000))
    elif isinstance(old, str):
        value[key] = chance.choice(("ok", "offline", "C1", "C2", old[::-1] + "0", ""))


ACTS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flip_byte, drop_line, double_line, swap_lines, respell, change_value, change_value, change_value,
)  # fmt: skip
