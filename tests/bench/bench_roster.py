"""What a lawful, full and even roster costs: the draw against one bare greedy pass of the same run; then whether it is fair. No limits.

.venv/bin/python tests/bench/bench_roster.py [number of seeds for the fairness, 10,000 if not given]
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from exams.sittings.chance import Stream, digest  # noqa: E402
from exams.sittings.posts import Limits, Member, Pool, Post  # noqa: E402
from exams.sittings.roster import draw  # noqa: E402
from tests.exams.sittings.roster_twin import broken, chi_square, pair_of, people, rooms, rosters, true_reason  # noqa: E402

LIMITS = Limits(max_total=3, max_per_day=2, pair_limit=3, mixed_employers=True)


def event(number: int = 120, slots: int = 6, halls: int = 20, employers: int = 12, seed: int = 1) -> tuple[Pool, list[Post]]:
    """Invigilators × slots on three days × rooms × 2 posts; every tenth barred from a room, every tenth pair together before."""
    dice = random.Random(seed)
    names = [f"p{n:03}" for n in range(number)]
    members = tuple(Member(name, frozenset({"invigilator"}), frozenset({f"e{dice.randrange(employers)}"})) for name in names)
    posts = [
        Post(f"s{s}-r{r:02}-{n}", f"s{s}", f"r{r:02}", "invigilator", f"b{s}", f"2026-05-{16 + s // 2}", "v1")
        for s in range(slots)
        for r in range(halls)
        for n in (1, 2)
    ]
    groups = sorted({post.group for post in posts})
    bars = {(name, group): ("recusal.trained",) for name in names for group in groups if dice.randrange(10) == 0}
    pairs = [pair_of(one, other, "v1") for at, one in enumerate(names) for other in names[:at]]
    return Pool(members, bars, {pair: dice.randrange(1, 4) for pair in pairs if dice.randrange(10) == 0}), posts


def greedy(pool: Pool, posts: list[Post], limits: Limits, seed: str) -> dict[str, str]:
    """One pass in drawn order, the least loaded who may; no employers, no pairs, nothing put right afterwards."""
    stream = Stream(seed, "greedy")
    members = stream.shuffled(sorted(pool.members, key=lambda one: one.id))
    taken: set[tuple[str, str]] = set()
    load: Counter[str] = Counter()
    daily: Counter[tuple[str, str]] = Counter()
    given = {}
    for post in stream.shuffled(sorted(posts, key=lambda one: one.id)):
        able = [
            one.id
            for one in members
            if post.capacity in one.capacities
            and (one.id, post.group) not in pool.bars
            and (one.id, post.block) not in taken
            and load[one.id] < limits.max_total
            and daily[one.id, post.day] < limits.max_per_day
        ]
        if able:
            chosen = min(able, key=load.__getitem__)
            given[post.id] = chosen
            taken.add((chosen, post.block))
            load[chosen] += 1
            daily[chosen, post.day] += 1
    return given


def timed(function, rounds=5):
    """The median of some rounds in seconds, and the last answer."""
    taken = []
    for number in range(rounds):
        start = time.perf_counter()
        answer = function(str(number))
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), answer


def said(what, seconds, base, pool, posts, limits, filled):
    breaks = Counter(broken(pool, posts, limits, filled))
    note = ", ".join(f"{name} ×{count}" for name, count in sorted(breaks.items())) or "nothing"
    print(f"{what:44} {seconds:8.3f} s  {seconds / base:6.1f} x   {len(filled):4} of {len(posts)} filled, breaks {note}")


def against_greedy(what, pool, posts, limits):
    base, filled = timed(lambda seed: greedy(pool, posts, limits, seed))
    said(f"{what}: one greedy pass (baseline)", base, base, pool, posts, limits, filled)
    seconds, result = timed(lambda seed: draw(pool, posts, limits, seed))
    said(f"{what}: draw", seconds, base, pool, posts, limits, dict(result.assigned))
    for empty in result.unfilled:
        assert {reason.person for reason in empty.reasons} == {one.id for one in pool.members}
    sample = [(empty.post, reason) for empty in result.unfilled[:5] for reason in empty.reasons]
    assert all(true_reason(pool, posts, limits, result, post, reason) for post, reason in sample)
    loads = Counter(Counter(dict(result.assigned).values()).values())
    print(f"{'':44} duties → people {dict(sorted(loads.items()))}, {len(result.unfilled)} empty, each explained for each person")


def replayed():
    """The same event in other processes with other hash seeds."""
    code = "import sys;sys.path.insert(0,'.');from tests.bench.bench_roster import *;print(digest(draw(*event(),LIMITS,'seed').as_json()))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": str(number)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for number in (1, 2, 3)
    }
    assert found == {digest(draw(*event(), LIMITS, "seed").as_json())}
    print(f"\nreplayed in 3 processes with other hash seeds: {found.pop()[:16]}…, equal")


def fair(number):
    """12 alike in 3 rooms: how often each is drawn, for which post, and with whom; chi-square should lie near its degrees of freedom."""
    print(f"\n{number:,} seeds, 12 people alike, 6 posts in 3 rooms; 99.9 % of fair draws stay below the value in brackets")
    posts = rooms(1, 3)
    for what, pool, limits in (
        ("no limits of rooms", Pool(people(12)), Limits(mixed_employers=False)),
        ("two employers, rooms mixed", Pool(people(12, employers=2)), Limits()),
    ):
        drawn, places, couples = Counter(), Counter(), Counter()
        start = time.perf_counter()
        for seed in range(number):
            roster = dict(draw(pool, posts, limits, f"fair-{seed}").assigned)
            drawn.update(roster.values())
            places.update(roster.items())
            couples[frozenset({roster["b0-r0-0"], roster["b0-r0-1"]})] += 1
        seconds = time.perf_counter() - start
        least, most = min(drawn.values()), max(drawn.values())
        print(f"{what:28} {seconds:5.1f} s   drawn {least}–{most} times each, {number // 2} expected")
        print(f"{'':28} persons  {chi_square(list(drawn.values())) * 11 / 6:6.1f} of 11 (31.3)")
        for post in (posts[0], posts[-1]):
            counts = [places[post.id, one.id] for one in pool.members]
            print(f"{'':28} {post.id}  {chi_square(counts):6.1f} of 11 (31.3)")
        many, bound = (36, 66.6) if limits.mixed_employers else (66, 107.3)
        assert len(couples) == many
        print(f"{'':28} couples  {chi_square(list(couples.values())):6.1f} of {many - 1} ({bound})")


def beside_the_best(number=400):
    """Small rooms full of bars, pairs and employers: how many posts fewer than the best of all rosters."""
    dice, missing = random.Random(7), Counter()
    for seed in range(number):
        members = tuple(
            Member(f"p{n}", frozenset({"invigilator"}), frozenset(dice.choice([["e1"], ["e1"], ["e2"], ["e1", "e2"], []])))
            for n in range(4)
        )
        posts = rooms(2, 1, posts=dice.choice([2, 3]))
        pairs = [pair_of(f"p{a}", f"p{b}", "v1") for a in range(4) for b in range(a) if dice.random() < 0.6]
        pool = Pool(members, {}, {pair: dice.randint(0, 3) for pair in pairs})
        limits = Limits(dice.choice([0, 1, 2]), 0, dice.choice([0, 1, 2, 3]), True)
        best = max(len(one) for one in rosters(pool, posts, limits, in_rooms=True))
        missing[best - len(draw(pool, posts, limits, str(seed)).assigned)] += 1
    print(f"\nposts fewer than the best of all rosters, {number} hostile little events: {dict(sorted(missing.items()))}")


if __name__ == "__main__":
    against_greedy("120 people, 240 posts", *event(), LIMITS)
    against_greedy("one duty a day, two in all", *event(), Limits(2, 1, 3, True))
    against_greedy("60 people for 240 posts", *event(60), Limits(3, 2, 3, True))
    lone, posts = event(employers=1)
    against_greedy("everybody of one employer", lone, posts, LIMITS)
    rare = tuple(Member(one.id, one.capacities, frozenset({"e0" if n % 12 else "e1"})) for n, one in enumerate(lone.members))
    against_greedy("one in twelve of another", Pool(rare, lone.bars, lone.together), posts, LIMITS)
    against_greedy("300 people, 12 slots, 40 rooms", *event(300, 12, 40), Limits(4, 2, 3, True))
    replayed()
    beside_the_best()
    fair(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
