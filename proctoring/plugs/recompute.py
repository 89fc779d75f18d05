#!/usr/bin/env python3
"""Compute the video coverage of a sealed sitting again, with nothing but Python (重新计算视频覆盖).

    python3 recompute.py [FOLDER]        the folder 08-video of the dossier; by default the one this file lies in
Written apart from the program that counted: other algorithms, the same rules (the manual of `proctoring` has them, with every rounding).
Answers: 0 agrees in every number · 1 something differs, and each difference has a name · 3 cannot be read.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

GENESIS = "0" * 64
GUARD, UNIT = 10**15, 10**9
SELF = "recompute.py"
CANNOT_READ = (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError)
Difference = tuple[str, str]


# --- files: what the section lists, and what the bag around it lists


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files_differ(folder: Path, index: dict[str, Any]) -> Iterator[Difference]:
    """Every file is the one that the section lists, and no other lies there."""
    present = {path.name for path in folder.iterdir()} - {"section.json", "__pycache__"}
    for name in sorted(present - set(index["files"])):
        yield "FILE-ADDED", name
    for name, digest in sorted(index["files"].items()):
        if name not in present:
            yield "FILE-MISSING", name
        elif sha256((folder / name).read_bytes()) != digest:
            yield "FILE-CHANGED", name
    for path in sorted(folder.glob("*.json*")):
        if b"".join(canonical(row) + b"\n" for row in rows(path)) != path.read_bytes():
            yield "NOT-CANONICAL", path.name


def bag_differs(folder: Path) -> Iterator[Difference]:
    """Within a bag: each file of this folder as its manifest has it. That the manifest is the sealed one is for verify.py to say."""
    bag = folder.resolve().parents[1]
    if not (bag / "manifest-sha256.txt").is_file() or folder.resolve().parent.name != "data":
        return
    listed = dict(reversed(line.split("  ", 1)) for line in (bag / "manifest-sha256.txt").read_text("utf-8").splitlines())
    for path in sorted(folder.iterdir()):
        if path.is_file() and listed.get(f"data/{folder.resolve().name}/{path.name}") != sha256(path.read_bytes()):
            yield "BAG-MANIFEST", path.name


# --- space: whole numbers only; what is cut off is cut towards minus infinity


def circle(urad: int) -> tuple[int, int]:
    """Sine and cosine times a thousand million, from their series with fifteen digits."""
    x = urad * GUARD // 10**6
    square = x * x // GUARD
    sums = []
    for term, n in ((x, 1), (GUARD, 0)):
        total = term
        while term not in (0, -1):
            term, n = -term * square // GUARD // ((n + 1) * (n + 2)), n + 2
            total += term
        sums.append(total * UNIT // GUARD)
    return sums[0], sums[1]


def obstacles(plan: dict[str, Any]) -> list[tuple[int, int, int, int, int]]:
    """Upright rectangles from (ax, ay) to (bx, by), from the floor up to a height."""
    ceiling = int(plan.get("ceiling") or 3000)
    rings = [[(int(x), int(y)) for x, y in plan.get("outline") or []]]
    for one in plan.get("pillars") or []:
        x, y, w, d = (int(one[key]) for key in "xywd")
        rings.append([(x, y), (x + w, y), (x + w, y + d), (x, y + d)])
    found = [(*ring[n - 1], *ring[n], ceiling) for ring in rings for n in range(len(ring))]
    for wall in plan.get("walls") or []:
        found.append((*map(int, wall["from"]), *map(int, wall["to"]), int(wall.get("height") or ceiling)))
    return found


def eye(pose: dict[str, int]) -> dict[str, Any]:
    (sp, cp), (st, ct) = circle(pose["pan_urad"]), circle(pose["tilt_urad"])
    return {
        **pose, "at": (pose["x_mm"], pose["y_mm"], pose["z_mm"]), "half": circle(pose["hfov_urad"] // 2),
        "axes": ((ct * cp, ct * sp, -st * UNIT), (-sp * UNIT, cp * UNIT, 0), (st * cp, st * sp, ct * UNIT)),
    }  # fmt: skip


def seen_from(camera: dict[str, Any], point: tuple[int, ...]) -> tuple[int, int, int]:
    """Depth, aside and above of a point, in millimetres times a million million million."""
    ray = [p - a for p, a in zip(point, camera["at"], strict=True)]
    depth, aside, above = (sum(r * axis[n] for n, r in enumerate(ray)) for axis in camera["axes"])
    return depth, aside, above


def in_picture(camera: dict[str, Any], point: tuple[int, ...]) -> bool:
    depth, aside, above = seen_from(camera, point)
    if depth <= 0:
        return False
    sine, cosine = camera["half"]
    across, up = Fraction(abs(aside) * cosine, depth), Fraction(abs(above) * cosine, depth)
    return across <= sine and up <= Fraction(sine * camera["height_px"], camera["width_px"])


def is_hidden(camera: dict[str, Any], point: tuple[int, ...], wall: tuple[int, ...]) -> bool:
    """Whether the line of sight meets the rectangle: on the ground plan inside both lines, and not above its top."""
    (cx, cy, cz), (px, py, pz), (ax, ay, bx, by, height) = camera["at"], point, wall
    slope = (px - cx) * (by - ay) - (py - cy) * (bx - ax)
    if slope == 0:
        return False
    sight = Fraction((ax - cx) * (by - ay) - (ay - cy) * (bx - ax), slope)
    if not 0 < sight < 1 or cz + (pz - cz) * sight > height:
        return False
    return 0 <= Fraction((ax - cx) * (py - cy) - (ay - cy) * (px - cx), slope) <= 1


def sees(camera: dict[str, Any], point: tuple[int, ...], walls: list[tuple[int, ...]]) -> bool:
    return in_picture(camera, point) and not any(is_hidden(camera, point, wall) for wall in walls)


def density(camera: dict[str, Any], points: list[tuple[int, ...]]) -> int:
    """Pixels per metre at the middle of the points, cut off."""
    middle = tuple(sum(one[axis] for one in points) // len(points) for axis in range(3))
    depth = seen_from(camera, middle)[0]
    sine, cosine = camera["half"]
    return 0 if depth <= 0 else camera["width_px"] * 1000 * cosine * UNIT * UNIT // (2 * depth * sine)


def seat_points(x: int, y: int) -> list[tuple[int, ...]]:
    """Nine on the desk (0.75 m high, half a metre wide), nine about the head (1.2 m, 0.3 m)."""
    return [(x + dx, y + dy, z) for half, z in ((250, 750), (150, 1200)) for dx in (-half, 0, half) for dy in (-half, 0, half)]


def views(plan: dict[str, Any]) -> dict[str, dict[str, list[int]]]:
    """For every seat and camera: points seen, points in all, pixels per metre."""
    walls = obstacles(plan["plan"])
    eyes = {name: eye(camera["pose"]) for name, camera in plan["cameras"].items()}
    found: dict[str, dict[str, list[int]]] = {}
    for seat, place in plan["seats"].items():
        points = seat_points(*place)
        found[seat] = {
            name: [sum(sees(one, point, walls) for point in points), len(points), density(one, points)] for name, one in eyes.items()
        }
    return found


def seen_by(plan: dict[str, Any], found: dict[str, dict[str, list[int]]]) -> dict[str, list[str]]:
    """A seat is seen from nine tenths of its points on, at no less than the camera's pixels per metre."""
    least = {name: camera["least_px_per_m"] for name, camera in plan["cameras"].items()}
    return {
        seat: sorted(name for name, (k, n, density) in row.items() if 10 * k >= 9 * n and density >= least[name])
        for seat, row in found.items()
    }


# --- time: every border between two states is taken up once, in order


def sweep(window: tuple[int, int], tracks: Iterable[tuple[int, int, Any]]) -> Iterator[tuple[int, int, Counter]]:
    """Pieces of the window without a border inside, each with what holds during it and how many times."""
    start, end = window
    borders: dict[int, list[tuple[Any, int]]] = {start: [], end: []}
    for since, until, what in tracks:
        since, until = max(since, start), min(until, end)
        if since < until:
            borders.setdefault(since, []).append((what, 1))
            borders.setdefault(until, []).append((what, -1))
    holds: Counter = Counter()
    moments = sorted(borders)
    for at, following in zip(moments, moments[1:], strict=False):
        for what, n in borders[at]:
            holds[what] += n
        yield at, following, +holds


def joined(pieces: Iterable[tuple[int, int, str, list[str]]]) -> list[list[Any]]:
    line: list[list[Any]] = []
    for start, end, verdict, reasons in pieces:
        if line and line[-1][2:] == [verdict, reasons]:
            line[-1][1] = end
        else:
            line.append([start, end, verdict, reasons])
    return line


def charged(states: tuple[str, ...], hidden: tuple[str, ...], seat: str | None) -> set[str]:
    """What counts against one seat: where hidden seats are named, `partial` holds for these alone."""
    return set(states) - ({"partial"} if hidden and seat is not None and seat not in hidden else set())


def camera_verdict(holds: Counter, records: bool, seat: str | None = None) -> tuple[str, list[str]]:
    """The collector's word goes before the server's; the graver word counts; what is not recorded does not count."""
    said = [charged(states, hidden, seat) for kind, states, hidden in holds if kind == "collector"]
    if not said:
        return "gap", sorted({one for kind, states, _ in holds if kind == "server" for one in states}) or ["not_arrived"]
    bad = {one for states in said for one in states} - {"ok"}
    if bad - {"clock"}:
        return "gap", sorted(bad)
    if records and ("file", (), ()) not in holds:
        return "gap", ["not_recorded"]
    return ("doubt", sorted(bad)) if bad else ("ok", [])


def camera_lines(plan: dict[str, Any], segments: list[dict], recordings: list[dict], seat: str | None = None) -> dict[str, list[list[Any]]]:
    tracks: dict[str, list[tuple[int, int, Any]]] = {name: [] for name in plan["cameras"]}
    for row in segments:
        kind = "server" if row["epoch"] == "server" else "collector"
        hidden = tuple(row.get("hidden", "").split(",")) if row.get("hidden") else ()
        tracks[row["camera"]].append((row["start_ms"], row["end_ms"], (kind, tuple(row["states"].split(",")), hidden)))
    for row in recordings:
        tracks[row["camera"]].append((row["start_ms"], row["end_ms"], ("file", (), ())))
    window = tuple(plan["window_ms"])
    return {
        name: joined((a, b, *camera_verdict(holds, plan["cameras"][name]["records"], seat)) for a, b, holds in sweep(window, its))
        for name, its in tracks.items()
    }


def seat_line(window: tuple[int, int], lines: dict[str, list[list[Any]]]) -> list[list[Any]]:
    """One camera that is well is enough; a doubt is better than a gap; what remains is said of every camera."""
    if not lines:
        return [[*window, "gap", ["not_planned"]]] if window[0] < window[1] else []
    tracks = [(a, b, (name, verdict, tuple(why))) for name, line in lines.items() for a, b, verdict, why in line]
    pieces = []
    for a, b, holds in sweep(window, tracks):
        best = next(word for word in ("ok", "doubt", "gap") if any(verdict == word for _, verdict, _ in holds))
        said = [f"{name}:{one}" for name, verdict, why in holds if verdict == best for one in why]
        pieces.append((a, b, best, [] if best == "ok" else sorted(said)))
    return joined(pieces)


def overlap(line: list[list[Any]], gap: list[Any]) -> int:
    return sum(max(0, min(b, gap[1]) - max(a, gap[0])) for a, b, verdict, _ in line if verdict == gap[2])


def gaps(plan: dict[str, Any], cameras: dict, seats: dict, seen: dict, explanations: list[dict]) -> list[dict[str, Any]]:
    """What is not ok, camera by camera: what it cost, whether it must be explained, and whether all of it is."""
    found = []
    for name, line in sorted(cameras.items()):
        for gap in line:
            if gap[2] == "ok":
                continue
            lost = {seat: overlap(seats[seat], gap) for seat, names in seen.items() if name in names}
            told = [(one["since_ms"], one["until_ms"], "told") for one in explanations if one["camera"] == name]
            found.append(
                {
                    "camera": name, "start_ms": gap[0], "end_ms": gap[1], "verdict": gap[2], "reasons": gap[3],
                    "seats": sorted(seat for seat, ms in lost.items() if ms), "seat_ms": sum(lost.values()),
                    "must_explain": gap[1] - gap[0] >= plan["parameters"]["explain_from_ms"],
                    "explained": all(holds for _, _, holds in sweep((gap[0], gap[1]), told)),
                }
            )  # fmt: skip
    return found


def recompute(folder: Path) -> dict[str, Any]:
    """The coverage that follows from plan, segments, recordings and explanations."""
    plan, explanations = read(folder / "plan.json"), read(folder / "explanations.json")
    found = views(plan)
    seen = seen_by(plan, found)
    told = rows(folder / "segments.jsonl"), rows(folder / "recordings.jsonl")
    cameras, window = camera_lines(plan, *told), tuple(plan["window_ms"])
    hidden = {seat for row in told[0] for seat in row.get("hidden", "").split(",")}  # "": all seats that never were
    lines = {seat: camera_lines(plan, *told, seat) for seat in hidden | {""}}
    seats = {seat: seat_line(window, {name: lines.get(seat, lines[""])[name] for name in names}) for seat, names in seen.items()}
    sums = Counter()
    for line in seats.values():
        for a, b, verdict, _ in line:
            sums[verdict] += b - a
    return {
        "window_ms": list(window), "views": found, "seen_by": seen, "cameras": cameras, "seats": seats,
        "seat_ms": {"all": (window[1] - window[0]) * len(seats), **{word: sums[word] for word in ("ok", "gap", "doubt")}},
        "spare_seats": sum(len(names) >= 2 for names in seen.values()), "gaps": gaps(plan, cameras, seats, seen, explanations),
    }  # fmt: skip


# --- what differs, by name


def versions_differ(plan: dict[str, Any], index: dict[str, Any]) -> Iterator[Difference]:
    """The versions of plan, seats and poses have the digests that the section names."""
    if index["plan_sha256"] != sha256(canonical(plan["plan"])):
        yield "PLAN-VERSION", "plan"
    if index["seats_sha256"] != sha256(canonical(plan["seats"])):
        yield "PLAN-VERSION", "seats"
    for name in sorted(plan["cameras"].keys() | index["cameras"].keys()):
        camera, listed = plan["cameras"].get(name), index["cameras"].get(name)
        if not camera or not listed or listed["pose_sha256"] != sha256(canonical(camera["pose"])):
            yield "POSE-VERSION", name
        elif listed["reference_sha256"] != camera["reference_sha256"]:
            yield "REFERENCE", name


def chains_differ(recordings: list[dict], index: dict[str, Any]) -> Iterator[Difference]:
    """Each recording's link follows from the one before it or begins a chain, and the last one is the head that the section names."""
    last: dict[str, str] = {}
    for row in recordings:
        before = last.get(row["camera"], row["before"])
        links = [sha256(bytes.fromhex(start) + bytes.fromhex(row["sha256"])) for start in (before, GENESIS)]
        if row["chain"] not in links or row["before"] != before:
            yield "CHAIN", f"{row['camera']} {row['name']}"
        last[row["camera"]] = row["chain"]
    for name, camera in sorted(index["cameras"].items()):
        if camera["chain_head"] != last.get(name, ""):
            yield "CHAIN-HEAD", name


def segments_differ(segments: list[dict]) -> Iterator[Difference]:
    """No start of a collector says two things about one moment, and the rows stand in their order."""
    last: dict[tuple[str, str], int] = {}
    order = [(row["camera"], row["start_ms"]) for row in segments]
    if order != sorted(order):
        yield "ORDER", "segments.jsonl"
    for row in sorted(segments, key=lambda row: row["start_ms"]):
        key = (row["camera"], row["epoch"])
        if row["start_ms"] < last.get(key, row["start_ms"]) or row["end_ms"] <= row["start_ms"]:
            yield "OVERLAP", f"{row['camera']} {row['epoch']} {row['start_ms']}"
        last[key] = row["end_ms"]


def coverage_differs(found: dict[str, Any], told: dict[str, Any]) -> Iterator[Difference]:
    for key in sorted(found.keys() | told.keys()):
        yield from _parts_differ(key, found.get(key), told.get(key))


def _parts_differ(key: str, ours: Any, theirs: Any) -> Iterator[Difference]:
    if ours == theirs:
        return
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        yield "COVERAGE", f"{key}: told {_short(theirs)}, follows {_short(ours)}"
        return
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            yield "COVERAGE", f"{key} of {name}: told {_short(theirs.get(name))}, follows {_short(ours.get(name))}"


def _short(value: Any) -> str:
    text = canonical(value).decode()
    return text if len(text) <= 120 else f"{text[:117]}…"


def read(path: Path) -> Any:
    return json.loads(path.read_bytes())


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def differences(folder: Path) -> Iterator[Difference]:
    """Everything that does not agree, in order: files, versions, chains, coverage."""
    index = read(folder / "section.json")
    yield from files_differ(folder, index)
    yield from bag_differs(folder)
    yield from versions_differ(read(folder / "plan.json"), index)
    yield from segments_differ(rows(folder / "segments.jsonl"))
    yield from chains_differ(rows(folder / "recordings.jsonl"), index)
    yield from coverage_differs(recompute(folder), read(folder / "coverage.json"))


def main(folder: Path) -> int:
    """Compare, and say so."""
    count = 0
    try:
        for name, what in differences(folder):
            count += 1
            print(f"DIFFERS  {name:22} {what}")
    except CANNOT_READ as error:
        print(f"DIFFERS  {'UNREADABLE':22} {type(error).__name__}: {error}")
        return 1 if (folder / "section.json").is_file() else 3
    if not count:
        told = read(folder / "coverage.json")["seat_ms"]
        print(f"AGREES in every number: {json.dumps(told)}\n全部一致，逐毫秒相符。")
    else:
        print(f"{count} differences: this is not the record that was counted.\n共{count}处不符。")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent))
