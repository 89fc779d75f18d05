"""Clashes: who or what would be in two places at once; all of them at a time, never the first only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Use:
    """A room, a person or a candidate is taken for an interval [starts, ends) by something with a name."""

    kind: str  # room, person, candidate
    id: str
    name: str
    starts: datetime
    ends: datetime
    by: str
    by_name: str


@dataclass(frozen=True)
class Clash:
    """Two uses of the same thing that overlap, the earlier first."""

    first: Use
    second: Use

    @property
    def starts(self) -> datetime:
        return max(self.first.starts, self.second.starts)

    @property
    def ends(self) -> datetime:
        return min(self.first.ends, self.second.ends)


def clashes(uses: Iterable[Use]) -> list[Clash]:
    """Every pair of overlapping uses of one thing, in order of time."""
    things: dict[tuple[str, str], list[Use]] = defaultdict(list)
    for use in uses:
        things[use.kind, use.id].append(use)
    found = [clash for same in things.values() for clash in _sweep(sorted(same, key=_order))]
    return sorted(found, key=lambda clash: (clash.starts, clash.first.kind, _order(clash.first), _order(clash.second)))


def _order(use: Use) -> tuple:
    return use.starts, use.ends, use.by, use.id


def _sweep(uses: list[Use]) -> list[Clash]:
    """Walk in order of beginning; only what has not ended yet can clash."""
    found: list[Clash] = []
    running: list[Use] = []
    for use in uses:
        running = [earlier for earlier in running if earlier.ends > use.starts]
        found += [Clash(earlier, use) for earlier in running if use.ends > use.starts]
        running.append(use)
    return found


def clashes_with(wanted: Iterable[Use], present: Iterable[Use]) -> list[Clash]:
    """What the wanted uses would clash with, themselves included; old clashes among the present are not their fault."""
    new = list(wanted)
    return [clash for clash in clashes([*new, *present]) if clash.first in new or clash.second in new]


def free_times(starts: datetime, ends: datetime, uses: Iterable[Use]) -> list[tuple[datetime, datetime]]:
    """The parts of an interval in which none of the uses lies: the way out that a refusal can offer."""
    free: list[tuple[datetime, datetime]] = []
    at = starts
    for use in sorted(uses, key=_order):
        if use.starts > at:
            free.append((at, min(use.starts, ends)))
        at = max(at, use.ends)
        if at >= ends:
            return free
    return [*free, (at, ends)]
