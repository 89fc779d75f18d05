"""Coverage in time: exactness against a bitmap and against PostgreSQL's multiranges, and what a room costs. No limits.

    .venv/bin/python tests/bench/bench_coverage.py [cases] [seed]

Needs nothing but Python; with DATABASE_URL naming a PostgreSQL database it also compares with multiranges and weighs the rows of one
room (in temporary tables, nothing stays). The baseline of time is a row per camera and second.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from proctoring.coverage.timeline import CameraLine, Coverage, Segment, coverage, union

STATES = [frozenset({one}) for one in ("ok", "ok", "ok", "covered", "clock", "offline", "partial")]
SEATS = ("01", "02", "03")
HOUR_MS = 3_600_000


def drawn(rng: random.Random, length: int) -> tuple[dict[str, CameraLine], dict[str, frozenset[str]]]:
    """Cameras with overlapping segments of several starts, of the server, with hidden seats and with holes in the recordings."""
    cameras = {}
    for name in ("C1", "C2", "C3")[: rng.randint(1, 3)]:
        segments = [_segment(rng, length) for _ in range(rng.randint(0, 7))]
        files = [_span(rng, length) for _ in range(rng.randint(0, 4))]
        cameras[name] = CameraLine(segments, files if rng.random() < 0.5 else None)
    seats = {seat: frozenset(name for name in cameras if rng.random() < 0.6) for seat in SEATS}
    return cameras, seats


def _span(rng: random.Random, length: int) -> tuple[int, int]:
    start = rng.randint(-10, length)
    return start, start + rng.randint(1, length)


def _segment(rng: random.Random, length: int) -> Segment:
    hidden = frozenset(rng.sample(SEATS, rng.choice((0, 0, 1, 2))))
    return Segment(*_span(rng, length), rng.choice(STATES), rng.choice(("", "", "server")), hidden)


def painted(cameras: dict[str, CameraLine], seat: str, seen_by: frozenset[str], length: int) -> int:
    """The twin: one bit for each millisecond in which a camera saw this seat without a fault or a doubt."""
    covered = 0
    for name in seen_by:
        line = cameras[name]
        said = [one for one in line.segments if one.source != "server"]
        good = [one for one in said if _harmless(one, seat)]
        bits = _bits(good, length) & ~_bits([one for one in said if one not in good], length)
        if line.recordings is not None:
            bits &= _bits([Segment(*span, frozenset()) for span in line.recordings], length)
        covered |= bits
    return covered


def _harmless(one: Segment, seat: str) -> bool:
    return one.states == {"ok"} or (one.states == {"partial"} and bool(one.hidden) and seat not in one.hidden)


def _bits(segments: list[Segment], length: int) -> int:
    bits = 0
    for one in segments:
        start, end = max(0, one.start), min(length, one.end)
        if start < end:
            bits |= (1 << end) - (1 << start)
    return bits


def exact(cases: int, seed: int) -> int:
    """How many of so many random cases differ from the bitmap in any millisecond of any seat."""
    rng, wrong = random.Random(seed), 0
    for _ in range(cases):
        length = rng.randint(1, 400)
        cameras, seats = drawn(rng, length)
        found = coverage((0, length), cameras, seats)
        wrong += any(
            _bits([Segment(one.start, one.end, frozenset()) for one in found.seats[seat] if one.verdict == "ok"], length)
            != painted(cameras, seat, seen_by, length)
            for seat, seen_by in seats.items()
        )
    return wrong


def of_a_room(rng: random.Random, cameras: int = 4, segments: int = 100) -> tuple[dict[str, CameraLine], dict[str, frozenset[str]]]:
    """Three hours of a room of thirty seats, each seen by two cameras; every other segment of a camera is a fault."""
    lines = {}
    for number in range(cameras):
        cuts = [0, *sorted(rng.sample(range(1, 3 * HOUR_MS), segments - 1)), 3 * HOUR_MS]
        rows = [Segment(a, b, STATES[0] if n % 2 else STATES[3]) for n, (a, b) in enumerate(zip(cuts, cuts[1:], strict=False))]
        lines[f"C{number}"] = CameraLine(rows, [(n * 10_000, (n + 1) * 10_000) for n in range(1080)])
    pairs = [frozenset({f"C{n % cameras}", f"C{(n + 1) % cameras}"}) for n in range(30)]
    return lines, {f"{n:02}": pair for n, pair in enumerate(pairs)}


def by_seconds(cameras: dict[str, CameraLine], seats: dict[str, frozenset[str]]) -> int:
    """The baseline: a row per camera and second, looked up seat by seat."""
    good = {name: bytearray(3 * 3600) for name in cameras}
    for name, line in cameras.items():
        for one in line.segments:
            if one.states == {"ok"}:
                good[name][one.start // 1000 : one.end // 1000] = b"\x01" * (one.end // 1000 - one.start // 1000)
    return sum(any(good[name][second] for name in seen_by) for seen_by in seats.values() for second in range(3 * 3600))


def cpu_ms(work: Callable[[], object], times: int) -> float:
    """Processor time of one call."""
    begun = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begun) * 1000 / times


def multiranges(cursor: object, cases: int, seed: int) -> int:
    """How many random cases differ from range_agg, whose unions PostgreSQL works out."""
    rng, wrong = random.Random(seed), 0
    for _ in range(cases):
        spans = [_span(rng, 400) for _ in range(rng.randint(1, 12))]
        lines = {"C1": CameraLine([Segment(*span, STATES[0]) for span in spans])}
        found: Coverage = coverage((0, 400), lines, {"01": frozenset({"C1"})})
        ours = union((one.start, one.end) for one in found.seats["01"] if one.verdict == "ok")
        cursor.execute(  # type: ignore[attr-defined]
            "SELECT lower(r), upper(r) FROM unnest((SELECT range_agg(int8range(a, b)) FROM unnest(%s::bigint[], %s::bigint[]) AS t(a, b))"
            " * int8multirange(int8range(0, 400))) AS r ORDER BY 1",
            [[a for a, _ in spans], [b for _, b in spans]],
        )
        wrong += [tuple(row) for row in cursor.fetchall()] != ours  # type: ignore[attr-defined]
    return wrong


def weighed(cursor: object, runs: int, files: int) -> tuple[int, int]:
    """Bytes of table and indexes for the segments and the recordings of four cameras: copies of our tables, with their indexes."""
    sizes = []
    file = "1000000, repeat('a', 64), repeat('b', 64), '123456.mp4'"
    for table, rows, extra in (("segment", runs, "'ok', ''"), ("recording", files, file)):
        cursor.execute(f"CREATE TEMP TABLE bench_{table} (LIKE proctoring_{table} INCLUDING ALL)")  # type: ignore[attr-defined]
        known = "camera_id, epoch, seq, start_ms, end_ms, added_ms"
        names = f"{known}, states, hidden" if table == "segment" else f"{known}, bytes, sha256, chain, name"
        own = "" if table == "segment" else "id, "
        made = "" if table == "segment" else "gen_random_uuid(), "
        for _camera in range(40):  # ten rooms, so that half-filled pages do not count
            numbered = f"c, '2026-05-16T00:00:00Z.abcd', n, n * 10000, n * 10000 + 10000, 0, {extra}"
            source = f"gen_random_uuid() AS c, generate_series(1, {rows}) AS n"
            cursor.execute(f"INSERT INTO bench_{table} ({own}{names}) SELECT {made}{numbered} FROM {source}")  # type: ignore[attr-defined]
        cursor.execute(f"SELECT pg_total_relation_size('bench_{table}')")  # type: ignore[attr-defined]
        sizes.append(cursor.fetchone()[0] // 10)  # type: ignore[attr-defined]
    return sizes[0], sizes[1]


def with_postgresql(seed: int) -> None:
    """What only PostgreSQL can say."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    import django

    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        print(f"against multiranges   {multiranges(cursor, 1000, seed)} of 1,000 cases differ")
        segments, recordings = weighed(cursor, 10, 1080)
        print(f"bytes per room        {segments:,} for 4 x 10 runs; {recordings:,} for the index of 4 x 1,080 files of ten seconds")
        segments, recordings = weighed_again(cursor)
        print(f"                      {segments:,} for 4 x 100 runs; {recordings:,} for 4 x 36 files of five minutes")


def weighed_again(cursor: object) -> tuple[int, int]:
    """With the runs of a bad day and files of five minutes."""
    cursor.execute("DROP TABLE bench_segment, bench_recording")  # type: ignore[attr-defined]
    return weighed(cursor, 100, 36)


def main(cases: int, seed: int) -> None:
    """Print every figure."""
    print(f"against the bitmap    {exact(cases, seed)} of {cases:,} cases differ (seed {seed})")
    rooms = [of_a_room(random.Random(seed + n)) for n in range(20)]
    ours = cpu_ms(lambda: [coverage((0, 3 * HOUR_MS), *room) for room in rooms], 5) / len(rooms)
    theirs = cpu_ms(lambda: by_seconds(*rooms[0]), 1)
    print(f"a room                {ours:.2f} ms of processor time; a row per second {theirs:.1f} ms, {theirs / ours:.1f} times as long")
    bare = [({name: CameraLine(line.segments) for name, line in lines.items()}, seats) for lines, seats in rooms]
    alone = cpu_ms(lambda: [coverage((0, 3 * HOUR_MS), *room) for room in bare], 5) / len(rooms)
    print(f"  without recordings  {alone:.2f} ms, {theirs / alone:.1f} times")
    if "postgres" in os.environ.get("DATABASE_URL", ""):
        with_postgresql(seed)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30))
