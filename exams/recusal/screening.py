"""Exact answers for very many people in very many matters at once: what `deciding.weigh` says, without the text of the facts.

For a pool of people against the rooms of an event, or every duty of a season. Facts are read for some thousands of people at a time,
so that memory depends on the portion and not on how much is asked; each portion takes a constant number of queries.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from exams.recusal import rules
from exams.recusal.facts import Matter
from exams.recusal.gathering import find
from exams.recusal.inquiries import Inquiry, inquiries_of
from exams.recusal.narrowing import Grid, Narrow, Objections
from exams.recusal.standing import Stand
from exams.recusal.waiving import Waivers

# About so many people, those asked about and those in their matters, are held in memory at once.
PEOPLE_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules say of one person in one matter, which is named by its number among those asked."""

    person_id: str
    capacity: str
    number: int
    objections: Objections
    waived: tuple[int, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether the person may act, the objections that superiors set aside left out."""
        return rules.allows(one for number, one in enumerate(self.objections) if number not in self.waived)


def screen(stands: Iterable[Stand], *, people_at_once: int = PEOPLE_AT_ONCE) -> Iterator[tuple[Stand, Answer]]:
    """An answer for each stand in the order given, clear ones too. Stands are taken from the iterable portion by portion."""
    left, start = iter(stands), 0
    while True:
        with _uncollected():
            portion = _portion(left, people_at_once)
            answers = _answers(portion, start)
        if not portion:
            return
        yield from zip(portion, answers, strict=True)
        start += len(portion)


def _answers(stands: Sequence[Stand], start: int) -> list[Answer]:
    narrow, waivers = Narrow(find(inquiries_of(stands))), Waivers(stand.person_id for stand in stands)
    answers = []
    for number, stand in enumerate(stands, start):
        objections = narrow.objections(stand.person_id, stand.capacity, stand.matter)
        waived = waivers.set_aside(stand, objections) if objections else ()
        answers.append(Answer(stand.person_id, stand.capacity, number, objections, tuple(waived)))
    return answers


@contextmanager
def _uncollected() -> Iterator[None]:
    """Facts form no circles: to look for some, again and again among a hundred thousand that are still needed, costs a quarter of all."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def screen_pool(
    persons: Iterable[str],
    capacity: str,
    matters: Sequence[Matter],
    *,
    abouts: Sequence[Any] = (),
    people_at_once: int = PEOPLE_AT_ONCE,
) -> Iterator[Answer]:
    """Every person of the pool in every matter: only those answers that have an objection, person by person.

    `abouts` are the rows that the matters are about (rooms, slots), in the same order; without them no waiver counts, as for `weigh`.
    Very many matters with very many people in them are better asked event by event: those of one call are held in memory together.
    """
    pool, matters = list(dict.fromkeys(persons)), list(matters)
    for start in range(0, len(pool) if matters else 0, people_at_once):
        some = pool[start : start + people_at_once]
        with _uncollected():
            grid = Grid(Narrow(find([Inquiry(frozenset(some), capacity, matter) for matter in matters])), matters)
        waivers = Waivers(some)
        for person in some:
            for number, objections in grid.against(person, capacity):
                stand = Stand(person, capacity, matters[number], abouts[number] if abouts else None)
                yield Answer(person, capacity, number, objections, tuple(waivers.set_aside(stand, objections)))


def _portion(stands: Iterator[Stand], people_at_once: int) -> list[Stand]:
    """The next so many stands as have about that number of people between them."""
    portion: list[Stand] = []
    people: set[str] = set()
    for stand in stands:
        portion.append(stand)
        people.add(stand.person_id)
        people |= stand.matter.candidates
        if len(people) >= people_at_once or len(portion) >= people_at_once:
            break
    return portion
