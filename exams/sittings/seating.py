"""Seating by lot: random, colleagues apart where the rooms allow it, forms A and B alternating; the seed tells it all.

Whoever was granted certain chairs gets one of those, drawn among them; no swap ever takes it away again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exams.sittings.chance import Stream

VERSION = "seats-2"  # of the algorithm; kept with every draw
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
    """Somebody to be seated; `group` is the employer, empty where there is none. `only`: the chairs granted, empty where any will do."""

    id: str
    group: str = ""
    only: frozenset[str] = frozenset()

    def may_sit(self, chair: str) -> bool:
        return not self.only or chair in self.only


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


class Unseatable(ValueError):
    """There are fewer chairs than candidates among those who may have only these; `candidates` names all of them."""

    def __init__(self, candidates: tuple[str, ...]) -> None:
        super().__init__(f"no chair for all of {', '.join(candidates)}")
        self.candidates = candidates


def seat(candidates: Iterable[Candidate], chairs: Iterable[Chair], seed: str) -> list[Seated]:
    """Give every candidate a chair. Equal pools and equal seed give the equal result, whatever order they came in.

    Raises TooFewSeats, or Unseatable where the chairs granted do not go round.
    """
    people = sorted(candidates, key=lambda candidate: candidate.id)
    places = sorted(chairs, key=lambda chair: (chair.room, chair.id))
    if len(people) > len(places):
        raise TooFewSeats(len(people), len(places))
    stream = Stream(seed, "seats")
    order = stream.shuffled(range(len(places)))
    given = _granted(stream.shuffled(one for one in people if one.only), places, order)
    free = [chair for chair in order if chair not in given]
    given |= zip(free, (one for one in people if not one.only), strict=False)
    _part_colleagues(_Hall(places, neighbours(places), given), stream.shuffled(range(len(places))))
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


def contested(candidates: Iterable[Candidate], chairs: Iterable[Chair]) -> tuple[str, ...]:
    """Everybody who competes for chairs that do not go round: those left without one, and those who hold what they could have had.

    Empty if all who were granted certain chairs can be seated. It does not depend on the order in which they are asked.
    """
    places = sorted(chairs, key=lambda chair: (chair.room, chair.id))
    bound = sorted((one for one in candidates if one.only), key=lambda one: one.id)
    given: dict[int, Candidate] = {}
    left = [one for one in bound if not _take(one, places, range(len(places)), given, set())]
    rivals = {one.id for one in left}
    for one in left:
        asked: set[int] = set()
        _take(one, places, range(len(places)), given, asked)
        rivals |= {given[chair].id for chair in asked}
    return tuple(sorted(rivals))


def _granted(bound: list[Candidate], places: list[Chair], order: list[int]) -> dict[int, Candidate]:
    """Those who were granted certain chairs, each on one of them; in drawn order, and chairs in drawn order."""
    given: dict[int, Candidate] = {}
    for candidate in bound:
        if not _take(candidate, places, order, given, set()):
            raise Unseatable(contested(bound, places))
    return given


def _take(candidate: Candidate, places: list[Chair], order: Iterable[int], given: dict[int, Candidate], asked: set[int]) -> bool:
    """Find a chair; whoever sits on one that would do is asked to take another of his own. `asked` keeps the chairs tried."""
    for chair in order:
        if chair in asked or places[chair].id not in candidate.only:
            continue
        asked.add(chair)
        if chair not in given or _take(given[chair], places, order, given, asked):
            given[chair] = candidate
            return True
    return False


@dataclass
class _Hall:
    """Who sits where; chairs are numbers, `near` their neighbours."""

    places: list[Chair]
    near: list[frozenset[int]]
    given: dict[int, Candidate]

    def beside(self, chair: int) -> int:
        """Colleagues of whoever sits here on the neighbouring chairs."""
        here = self.given.get(chair)
        if here is None or not here.group:
            return 0
        return sum(1 for other in self.near[chair] if other in self.given and self.given[other].group == here.group)

    def may_swap(self, a: int, b: int) -> bool:
        """Whether each may sit where the other sits."""
        first, second = self.given.get(a), self.given.get(b)
        here, there = self.places[a].id, self.places[b].id
        return (first is None or first.may_sit(there)) and (second is None or second.may_sit(here))

    def swap(self, a: int, b: int) -> None:
        first, second = self.given.pop(a, None), self.given.pop(b, None)
        if first is not None:
            self.given[b] = first
        if second is not None:
            self.given[a] = second

    def gain(self, a: int, b: int) -> int:
        """How many pairs of neighbouring colleagues fewer there would be after swapping; only pairs touching a or b can differ."""
        before = self.beside(a) + self.beside(b)
        self.swap(a, b)
        after = self.beside(a) + self.beside(b)
        self.swap(a, b)
        return before - after


def _part_colleagues(hall: _Hall, order: list[int]) -> None:
    """Swap candidates as long as a swap lowers the number of colleagues side by side; the first such chair in drawn order wins."""
    for _pass in range(PASSES):
        swapped = False
        for chair in order:
            if hall.beside(chair) and _improve(hall, chair, order):
                swapped = True
        if not swapped:
            return


def _improve(hall: _Hall, chair: int, order: list[int]) -> bool:
    for other in order:
        if other != chair and hall.may_swap(chair, other) and hall.gain(chair, other) > 0:
            hall.swap(chair, other)
            return True
    return False


def colleagues_side_by_side(seated: Iterable[Seated], candidates: Iterable[Candidate], chairs: Iterable[Chair]) -> int:
    """How many pairs of colleagues could not be parted: said on the draw record."""
    places = sorted(chairs, key=lambda chair: (chair.room, chair.id))
    groups = {candidate.id: candidate for candidate in candidates}
    number = {chair.id: index for index, chair in enumerate(places)}
    given = {number[line.chair]: groups[line.candidate] for line in seated}
    hall = _Hall(places, neighbours(places), given)
    return sum(hall.beside(chair) for chair in given) // 2


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


def form_among(chair: str, room: Iterable[Chair], held: Mapping[str, str]) -> str:
    """The form of one chair of a room, so that it alternates with the forms `held` by the others (chair → form)."""
    pattern = alternate(room)
    agreeing = sum(1 if pattern[other] == form else -1 for other, form in held.items() if other in pattern)
    return pattern[chair] if agreeing >= 0 else "AB"[pattern[chair] == "A"]


def _ranks(values: list[int], slack: int = 300) -> dict[int, int]:
    """The row or column a coordinate belongs to; chairs less than `slack` millimetres apart stand in one line."""
    ranks: dict[int, int] = {}
    rank, start = -1, None
    for value in sorted(set(values)):
        if start is None or value - start >= slack:
            rank, start = rank + 1, value
        ranks[value] = rank
    return ranks
