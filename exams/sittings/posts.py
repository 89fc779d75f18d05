"""What goes into a draw of the duty roster and what comes out of it: posts, eligible pool, limits, result; all of it to and from JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

VERSION = "roster-1"  # of the algorithm; part of the seed and of the result, so that an old draw is never replayed by a new rule
Pair = tuple[str, str, str]  # two ids in order, and the place


class Unusable(ValueError):
    """Pool or posts contradict themselves: an id twice, a slot in two blocks, a block on two days, a pair counted twice."""


@dataclass(frozen=True)
class Post:
    """One vacant position. Posts of one `block` exclude one another for a person; without a `room` it belongs to the whole slot."""

    id: str
    slot: str
    room: str
    capacity: str
    block: str
    day: str  # ISO date
    place: str  # id of the venue

    @property
    def sitting(self) -> str:
        """The slot in this room; empty for a post of the whole slot, which has no colleagues in a room."""
        return f"{self.slot}/{self.room}" if self.room else ""

    @property
    def group(self) -> str:
        """What recusal is asked about: slot/room/capacity."""
        return f"{self.slot}/{self.room}/{self.capacity}"

    def as_json(self) -> dict[str, str]:
        return dict(vars(self))

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> Post:
        return cls(**data)


@dataclass(frozen=True)
class Load:
    """What somebody holds in this event before the draw: duties in all, duties by ISO day, and the blocks they take."""

    total: int = 0
    days: Mapping[str, int] = field(default_factory=dict)
    blocks: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, Any]:
        return {"total": self.total, "days": dict(sorted(self.days.items())), "blocks": sorted(self.blocks)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Load:
        return cls(data["total"], dict(data["days"]), frozenset(data["blocks"]))


@dataclass(frozen=True)
class Colleague:
    """Somebody on duty in a room already, with the employers that count (the exam body itself does not)."""

    id: str
    employers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Member:
    """Somebody of the eligible pool, with the employers that count."""

    id: str
    capacities: frozenset[str]
    employers: frozenset[str] = frozenset()
    load_before: Load = field(default_factory=Load)

    def as_json(self) -> dict[str, Any]:
        load = self.load_before.as_json()
        return {"id": self.id, "capacities": sorted(self.capacities), "employers": sorted(self.employers), "load_before": load}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Member:
        return cls(data["id"], frozenset(data["capacities"]), frozenset(data["employers"]), Load.from_json(data["load_before"]))


def pair_of(one: str, other: str, place: str) -> Pair:
    """The key of two people at a place, whichever is named first."""
    return (min(one, other), max(one, other), place)


@dataclass(frozen=True)
class Pool:
    """Everything about people that a draw rests on.

    bars: (person id, group of a post) → ids of the rules that exclude the person there.
    together: (person id, person id, place) → times the two served together in 12 months.
    standing: sitting (slot/room) → who is on duty there already.
    """

    members: tuple[Member, ...]
    bars: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    together: Mapping[Pair, int] = field(default_factory=dict)
    standing: Mapping[str, tuple[Colleague, ...]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Sorted throughout: two who hold the same pool find the same digest."""
        return {
            "members": [member.as_json() for member in sorted(self.members, key=lambda one: one.id)],
            "bars": sorted([person, group, sorted(rules)] for (person, group), rules in self.bars.items()),
            "together": sorted([*pair_of(*key), times] for key, times in self.together.items()),
            "standing": sorted([where, sorted([one.id, sorted(one.employers)] for one in staff)] for where, staff in self.standing.items()),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Pool:
        return cls(
            members=tuple(Member.from_json(row) for row in data["members"]),
            bars={(person, group): tuple(rules) for person, group, rules in data["bars"]},
            together={(one, other, place): times for one, other, place, times in data["together"]},
            standing={where: tuple(Colleague(id, frozenset(employers)) for id, employers in staff) for where, staff in data["standing"]},
        )


@dataclass(frozen=True)
class Limits:
    """What a roster keeps; 0 is no limit.

    max_total, max_per_day: duties of one person in the event and on one day, those held before the draw included.
    pair_limit: how often two may serve together at one place, counting `together` and every sitting of this draw.
    mixed_employers: those who serve in a room, two or more, never all share an employer.
    """

    max_total: int = 0
    max_per_day: int = 0
    pair_limit: int = 0
    mixed_employers: bool = True

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Limits:
        return cls(**data)


@dataclass(frozen=True)
class Reason:
    """Why a person does not hold an empty post: the id of a recusal rule, or one of roster.wrong_capacity, .busy (on duty already),
    .taken (drawn for another post at that time), .load_event, .load_day, .pair_limit, .one_employer; with the figures."""

    person: str
    code: str
    details: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Unfilled:
    """A post for which nobody is left, with every reason that holds against each member of the pool: at least one for each."""

    post: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Result:
    """The roster: (post id, person id) in order of the posts, and the posts left empty."""

    assigned: tuple[tuple[str, str], ...]
    unfilled: tuple[Unfilled, ...]
    version: str = VERSION

    def as_json(self) -> dict[str, Any]:
        empty = [[one.post, [[reason.person, reason.code, dict(reason.details)] for reason in one.reasons]] for one in self.unfilled]
        return {"version": self.version, "assigned": [list(line) for line in self.assigned], "unfilled": empty}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Result:
        empty = tuple(Unfilled(post, tuple(Reason(*reason) for reason in reasons)) for post, reasons in data["unfilled"])
        return cls(tuple((post, person) for post, person in data["assigned"]), empty, data["version"])


def require_usable(pool: Pool, posts: Sequence[Post]) -> None:
    """Refuse what contradicts itself, before chance is asked."""
    _require_once("member", [member.id for member in pool.members])
    _require_once("post", [post.id for post in posts])
    _require_once("pair", [pair_of(*key) for key in pool.together])
    _require_single("slot", "block", {(post.slot, post.block) for post in posts})
    _require_single("block", "day", {(post.block, post.day) for post in posts})


def _require_once(what: str, keys: Sequence[Any]) -> None:
    twice = sorted(key for key in set(keys) if keys.count(key) > 1) if len(set(keys)) < len(keys) else []
    if twice:
        raise Unusable(f"{what} given twice: {twice[0]}")


def _require_single(what: str, of: str, pairs: set[tuple[str, str]]) -> None:
    keys = sorted(key for key, _value in pairs)
    several = [key for key, following in zip(keys, keys[1:], strict=False) if key == following]
    if several:
        raise Unusable(f"{what} {several[0]} has more than one {of}")
