"""Computes the coverage of a sitting again from the files of its dossier, with nothing but the standard library.

In the folder of the dossier: python3 recompute.py. It ends with 0 only if coverage.json and the chains of
the recordings agree with what it finds.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proctoring.coverage.timeline import Coverage

GENESIS = "0" * 64


def result(covered: Coverage, seen: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    """Coverage as it stands in the dossier: sums in seat-milliseconds, and every stretch of every camera and seat."""
    return {
        "window_ms": list(covered.window),
        "seat_ms": {"all": covered.all_ms, **{verdict: covered.total(verdict) for verdict in ("ok", "gap", "doubt")}},
        "seen_by": {seat: sorted(names) for seat, names in sorted(seen.items())},
        "cameras": {name: _stretches(line) for name, line in sorted(covered.cameras.items())},
        "seats": {seat: _stretches(line) for seat, line in sorted(covered.seats.items())},
    }


def _stretches(line: Any) -> list[list[Any]]:
    return [[one.start, one.end, one.verdict, list(one.reasons)] for one in line]


def recompute(folder: Path) -> dict[str, Any]:
    """The result that follows from plan, segments and recordings."""
    sys.path.insert(0, str(folder))
    geometry, timeline = __import__("geometry"), __import__("timeline")
    plan = json.loads((folder / "plan.json").read_text())
    poses = {name: geometry.Pose(**camera["pose"]) for name, camera in plan["cameras"].items()}
    least = {name: camera["least_px_per_m"] for name, camera in plan["cameras"].items()}
    views = geometry.visibility(plan["plan"], {label: tuple(place) for label, place in plan["seats"].items()}, poses)
    seen = {seat: frozenset(name for name, view in row.items() if view.enough(least[name])) for seat, row in views.items()}
    lines = {name: ([], [] if camera["records"] else None) for name, camera in plan["cameras"].items()}
    for row in _rows(folder / "segments.jsonl"):
        source = timeline.SERVER if row["epoch"] == timeline.SERVER else ""
        states = frozenset(row["states"].split(","))
        lines[row["camera"]][0].append(timeline.Segment(row["start_ms"], row["end_ms"], states, source))
    for row in _rows(folder / "recordings.jsonl"):
        if lines[row["camera"]][1] is not None:
            lines[row["camera"]][1].append((row["start_ms"], row["end_ms"]))
    cameras = {name: timeline.CameraLine(*both) for name, both in lines.items()}
    return result(timeline.coverage(tuple(plan["window_ms"]), cameras, seen), seen)


def broken_chains(folder: Path) -> list[str]:
    """Recordings whose link follows neither from the one before them nor from the beginning of a chain."""
    last: dict[str, str] = {}
    broken = []
    for row in _rows(folder / "recordings.jsonl"):
        before = last.get(row["camera"], row["before"])
        follows = row["chain"] in (_link(before, row["sha256"]), _link(GENESIS, row["sha256"]))
        if not follows or before != row["before"]:
            broken.append(row["name"])
        last[row["camera"]] = row["chain"]
    return broken


def _link(before: str, sha256: str) -> str:
    return hashlib.sha256(bytes.fromhex(before) + bytes.fromhex(sha256)).hexdigest()


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def main(folder: Path) -> int:
    """Compare, and say so."""
    found, told = recompute(folder), json.loads((folder / "coverage.json").read_text())
    broken = broken_chains(folder)
    agree = found == told
    print("coverage agrees" if agree else "coverage DIFFERS from coverage.json")  # noqa: T201
    print("chains of recordings hold" if not broken else f"chains of recordings BREAK at {', '.join(broken)}")  # noqa: T201
    print(json.dumps(found["seat_ms"]))  # noqa: T201
    return 0 if agree and not broken else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent))
