"""A coverage section made without a database: a room of thirty seats, four cameras and an hour, with faults and ten-second recordings."""

from __future__ import annotations

import hashlib
import random
from dataclasses import asdict
from pathlib import Path
from typing import Any

from proctoring import geometry
from proctoring.coverage import timeline
from proctoring.plugs import dossier, recompute
from proctoring.protocol import GENESIS

HOUR = 3_600_000
PLAN = {
    "outline": [[0, 0], [9000, 0], [9000, 7000], [0, 7000]], "pillars": [{"x": 4300, "y": 3200, "w": 400, "d": 400}],
    "walls": [{"from": [5500, 0], "to": [5500, 2500], "height": 1600}], "ceiling": 3000,
}  # fmt: skip
STATES = ("covered", "offline", "partial", "frozen", "clock")


def _poses() -> dict[str, geometry.Pose]:
    corners = {"C1": (100, 100, 660_000), "C2": (8900, 100, 2_480_000), "C3": (8900, 6900, 3_800_000), "C4": (100, 6900, 5_620_000)}
    return {name: geometry.Pose(x, y, 2800, pan, 350_000, 1_570_796, 2560, 1440) for name, (x, y, pan) in corners.items()}


def _tracks(name: str, chance: random.Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    segments, recordings, at, chain = [], [], 0, GENESIS
    while at < HOUR:
        for state, length in (("ok", chance.randrange(60_000, 400_000)), (chance.choice(STATES), chance.randrange(800, 20_000))):
            end = min(HOUR, at + length)
            if at < end:
                row = {"epoch": "e1", "seq": len(segments), "added_ms": 0, "states": state, "start_ms": at, "end_ms": end}
                segments.append({"camera": name, **row})
            at = end
    for start in range(0, HOUR, 30_000):
        digest = hashlib.sha256(f"{name} {start}".encode()).hexdigest()
        before, chain = chain, hashlib.sha256(bytes.fromhex(chain) + bytes.fromhex(digest)).hexdigest()
        row = {"epoch": "e1", "seq": start, "added_ms": 0, "bytes": 10**6, "name": f"{start}.mp4"}
        row |= {"start_ms": start, "end_ms": start + 30_000}
        recordings.append({"camera": name, **row, "sha256": digest, "chain": chain, "before": before})
    return segments, recordings


def made(seed: int = 4) -> dict[str, bytes]:
    """The files of the section."""
    chance, poses = random.Random(seed), _poses()
    seats = {f"{'ABCDE'[row]}{column}": [1300 + 1250 * column, 1500 + 1100 * row] for row in range(5) for column in range(6)}
    cameras = {
        name: {"pose": asdict(pose), "least_px_per_m": 125, "records": True, "reference_sha256": hashlib.sha256(name.encode()).hexdigest()}
        for name, pose in poses.items()
    }
    plan = {
        "window_ms": [0, HOUR], "plan": PLAN, "seats": seats, "cameras": cameras,
        "parameters": {"standard": dossier.STANDARD, "explain_from_ms": 5000},
    }  # fmt: skip
    told = {name: _tracks(name, chance) for name in poses}
    segments, recordings = ([row for both in told.values() for row in both[which]] for which in (0, 1))
    files = {
        "plan.json": dossier._json(plan), "segments.jsonl": dossier._lines(segments), "recordings.jsonl": dossier._lines(recordings),
        "explanations.json": dossier._json([]), "coverage.json": dossier._json(_counted(plan, told, poses)),
        recompute.SELF: Path(recompute.__file__).read_bytes(),
    }  # fmt: skip
    digest = dossier._digest
    index = {
        "plan_sha256": digest(recompute.canonical(PLAN)), "seats_sha256": digest(recompute.canonical(seats)),
        "cameras": {
            name: {
                "pose_sha256": digest(recompute.canonical(one["pose"])), "reference_sha256": one["reference_sha256"],
                "chain_head": told[name][1][-1]["chain"],
            }
            for name, one in cameras.items()
        },
        "files": {name: digest(content) for name, content in files.items()},
    }  # fmt: skip
    return {**files, "section.json": dossier._json(index)}


def _counted(plan: dict[str, Any], told: dict[str, Any], poses: dict[str, geometry.Pose]) -> dict[str, Any]:
    """The coverage as the project counts it, not as the recomputation does."""
    views = geometry.visibility(PLAN, {label: tuple(place) for label, place in plan["seats"].items()}, poses)
    seen = {seat: frozenset(name for name, one in row.items() if one.enough(125)) for seat, row in views.items()}
    lines = {
        name: timeline.CameraLine(
            [timeline.Segment(row["start_ms"], row["end_ms"], frozenset([row["states"]])) for row in segments],
            [(row["start_ms"], row["end_ms"]) for row in recordings],
        )
        for name, (segments, recordings) in told.items()
    }
    return dossier.counted(timeline.coverage((0, HOUR), lines, seen), views, seen, _gaps(timeline.coverage((0, HOUR), lines, seen), seen))


def _gaps(covered: timeline.Coverage, seen: dict[str, frozenset[str]]) -> list[dict[str, Any]]:
    found = []
    for name, line in sorted(covered.cameras.items()):
        for one in line:
            if one.verdict == "ok":
                continue
            lost = {
                seat: sum(max(0, min(s.end, one.end) - max(s.start, one.start)) for s in covered.seats[seat] if s.verdict == one.verdict)
                for seat, names in seen.items()
                if name in names
            }
            row = {"camera": name, "start_ms": one.start, "end_ms": one.end, "verdict": one.verdict, "reasons": list(one.reasons)}
            cost = {"seats": sorted(seat for seat, ms in lost.items() if ms), "seat_ms": sum(lost.values())}
            found.append({**row, **cost, "must_explain": one.end - one.start >= 5000, "explained": False})
    return found
