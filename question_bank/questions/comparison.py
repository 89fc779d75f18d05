"""What changed between two texts, word by word, for the eyes of the next reader."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_TOKEN = re.compile(r"[A-Za-z0-9.,]+|\s+|.", re.DOTALL)


def compare(old: str, new: str) -> list[tuple[str, str]]:
    """Runs of (same | gone | new, text) that together tell both texts."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    runs: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(("same", "".join(before[a:b])))
            continue
        if a < b:
            runs.append(("gone", "".join(before[a:b])))
        if c < d:
            runs.append(("new", "".join(after[c:d])))
    return runs


def changes(old: dict[str, str], new: dict[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields that differ, each with its runs."""
    return [(name, compare(old.get(name, ""), text)) for name, text in new.items() if old.get(name, "") != text]
