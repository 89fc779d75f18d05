"""Seating by lot: random, colleagues apart where the rooms allow it, forms A and B alternating; the seed tells it all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from exams.sittings.chance import Stream

PASSES = 4  # over all candidates; each pass only ever lowers the number of colleagues side by side


@dataclass(frozen=True)
class Chair:
    """A seat that may be given out."""

    id: str
    room: str
    x: int
    y: int


@dataclass(frozen=True)
class Candidate:
    """Somebody to be seated; `group` is the employer, empty where there is none."""

    id: str
    group: str = ""


@dataclass(frozen=True)
class Seated:
    """One line of the result."""

    candidate: str
    chair: str
    form: str


class TooFewSeats(ValueError):
    """More candidates than chairs."""

    def __init__(self, wanted: int, there: int) -> None:
        super().__init__(f"{wanted} candidates, {there} seats")
        self.wanted, self.there = wanted, there


def seat(candidates: Iterable[Candidate], chairs: Iterable[Chair], seed: str) -> list[Seated]:
    """Give every candidate a chair. Equal pools and equal seed give the equal result, whatever order they came in."""
    people = sorted(candidates, key=lambda candidate: candidate.id)
    places = sorted(chairs, key=lambda chair: (chair.room, chair.id))
    if len(people) > len(places):
        raise TooFewSeats(len(people), len(places))
    stream = Stream(seed, "seats")
    order = stream.shuffled(range(len(places)))
    near = neighbours(places)
    given: dict[int, Candidate] = dict(zip(order, people, strict=False))
    _part_colleagues(given, near, stream.shuffled(range(len(places))))
    forms = alternate(places, first=stream.below(2))
    seated = [Seated(candidate.id, places[chair].id, forms[places[chair].id]) for chair, candidate in given.items()]
    return sorted(seated, key=lambda line: line.candidate)


def neighbours(chairs: list[Chair]) -> list[frozenset[int]]:
    """For each chair those of its room nearer than twice the shortest distance of that room: beside, before, behind, aslant."""
    rooms: dict[str, list[int]] = defaultdict(list)
    for number, chair in enumerate(chairs):
        rooms[chair.room].append(number)
    near: list[frozenset[int]] = [frozenset()] * len(chairs)
    for numbers in rooms.values():
        shortest = min((_squared(chairs[a], chairs[b]) for a in numbers for b in numbers if a < b), default=0)
        for a in numbers:
            near[a] = frozenset(b for b in numbers if b != a and _squared(chairs[a], chairs[b]) < 4 * shortest)
    return near


def _squared(a: Chair, b: Chair) -> int:
    return (a.x - b.x) ** 2 + (a.y - b.y) ** 2


def _part_colleagues(given: dict[int, Candidate], near: list[frozenset[int]], order: list[int]) -> None:
    """Swap candidates as long as a swap lowers the number of colleagues side by side; the first such chair in drawn order wins."""
    for _pass in range(PASSES):
        swapped = False
        for chair in order:
            if _beside(given, near, chair) and _improve(given, near, chair, order):
                swapped = True
        if not swapped:
            return


def _improve(given: dict[int, Candidate], near: list[frozenset[int]], chair: int, order: list[int]) -> bool:
    for other in order:
        if other != chair and _gain(given, near, chair, other) > 0:
            _swap(given, chair, other)
            return True
    return False


def _gain(given: dict[int, Candidate], near: list[frozenset[int]], a: int, b: int) -> int:
    """How many pairs of neighbouring colleagues fewer there would be after swapping; only pairs touching a or b can differ."""
    before = _beside(given, near, a) + _beside(given, near, b)
    _swap(given, a, b)
    after = _beside(given, near, a) + _beside(given, near, b)
    _swap(given, a, b)
    return before - after


def _beside(given: dict[int, Candidate], near: list[frozenset[int]], chair: int) -> int:
    """Colleagues of whoever sits here on the neighbouring chairs."""
    here = given.get(chair)
    if here is None or not here.group:
        return 0
    return sum(1 for other in near[chair] if other in given and given[other].group == here.group)


def _swap(given: dict[int, Candidate], a: int, b: int) -> None:
    first, second = given.pop(a, None), given.pop(b, None)
    if first is not None:
        given[b] = first
    if second is not None:
        given[a] = second


def colleagues_side_by_side(seated: Iterable[Seated], candidates: Iterable[Candidate], chairs: Iterable[Chair]) -> int:
    """How many pairs of colleagues could not be parted: said on the draw record."""
    places = sorted(chairs, key=lambda chair: (chair.room, chair.id))
    groups = {candidate.id: candidate for candidate in candidates}
    number = {chair.id: index for index, chair in enumerate(places)}
    given = {number[line.chair]: groups[line.candidate] for line in seated}
    near = neighbours(places)
    return sum(_beside(given, near, chair) for chair in given) // 2


def alternate(chairs: Iterable[Chair], first: int = 0) -> dict[str, str]:
    """Forms A and B like a chessboard over the rows and columns of each room."""
    rooms: dict[str, list[Chair]] = defaultdict(list)
    for chair in chairs:
        rooms[chair.room].append(chair)
    forms = {}
    for members in rooms.values():
        columns, rows = _ranks([chair.x for chair in members]), _ranks([chair.y for chair in members])
        for chair in members:
            forms[chair.id] = "AB"[(columns[chair.x] + rows[chair.y] + first) % 2]
    return forms


def _ranks(values: list[int], slack: int = 300) -> dict[int, int]:
    """The row or column a coordinate belongs to; chairs less than `slack` millimetres apart stand in one line."""
    ranks: dict[int, int] = {}
    rank, start = -1, None
    for value in sorted(set(values)):
        if start is None or value - start >= slack:
            rank, start = rank + 1, value
        ranks[value] = rank
    return ranks
