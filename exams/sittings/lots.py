"""The kinds of draws as pure functions of a pool and a seed: what was drawn, and what anyone repeats afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exams.sittings import posts, roster, seating
from exams.sittings.chance import choose


@dataclass(frozen=True)
class Lot:
    """One kind of draw: the version of its algorithm, and pool and seed in, result out; all of it plain JSON."""

    algorithm: str
    result: Callable[[dict[str, Any], str], Any]


def seats(pool: dict[str, Any], seed: str) -> list[Any]:
    """[[application, seat, form]] for `take` of the candidates (all, unless further slots of the subject are to be drawn).

    Whoever was granted seats of these rooms is among them; chance decides only about the others.
    """
    bound = [one for one in candidates(pool) if one.only]
    others = [one for one in candidates(pool) if not one.only]
    room = pool["take"] - len(bound)
    if room < len(others):
        share = set(choose([one.id for one in others], room, seed, "share"))
        others = [one for one in others if one.id in share]
    return [[line.candidate, line.chair, line.form] for line in seating.seat([*bound, *others], chairs(pool), seed)]


def candidates(pool: dict[str, Any]) -> list[seating.Candidate]:
    """The lines [application, employer, [seats granted]] of a pool."""
    return [seating.Candidate(id, group, frozenset(only)) for id, group, only in pool["candidates"]]


def chairs(pool: dict[str, Any]) -> list[seating.Chair]:
    """The lines [seat, room, x, y] of a pool."""
    return [seating.Chair(*row) for row in pool["chairs"]]


def duties(pool: dict[str, Any], seed: str) -> dict[str, Any]:
    """{assigned: [[post, person]], unfilled: [[post, reasons]]} for the vacant posts of an event."""
    vacant = [posts.Post.from_json(row) for row in pool["posts"]]
    return roster.draw(posts.Pool.from_json(pool["pool"]), vacant, posts.Limits.from_json(pool["limits"]), seed).as_json()


LOTS = {"seats": Lot(seating.VERSION, seats), "roster": Lot(posts.VERSION, duties)}
