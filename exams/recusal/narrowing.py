"""Judges very many people in very many matters exactly, each by no more of a matter than touches the person.

A candidate of whom nothing on record about a person says anything, who is no relative near or far and never had a post where the
person's record names one, changes no answer about the person; nor does an employer, a paper or a question nobody connects with the
person. So a matter is narrowed to what touches the person, and only that is put to the rules: mostly nothing, and then all matters
of one day, event and item are one and the same question. What touches is found by words, whatever kind of fact names them, so that
a new kind of fact needs nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from operator import attrgetter
from typing import Any

from exams.recusal import rules
from exams.recusal.facts import NOBODY, Matter
from exams.recusal.found import Found
from exams.verdicts import Objection

Objections = tuple[Objection, ...]
_NAMED = ("employers", "paper_ids", "question_ids", "inspected")


class Narrow:
    """Answers about everybody and every matter that the facts were gathered for; each different question is judged once."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._near: dict[str, tuple[frozenset[str], list[frozenset[str]]]] = {}
        self._judged: dict[tuple[str, str, Matter], Objections] = {}
        staff: dict[str, set[str]] = {}
        for post in found.posts():
            staff.setdefault(post.organisation, set()).add(post.person)
        self._staff = {organisation: frozenset(people) for organisation, people in staff.items()}

    def objections(self, person: str, capacity: str, matter: Matter) -> Objections:
        """What the rules say about the person in the whole matter, in the same order."""
        question = (person, capacity, self.narrowed(person, matter))
        if question not in self._judged:
            self._judged[question] = tuple(rules.judge(self._found.facts(*question)))
        return self._judged[question]

    def narrowed(self, person: str, matter: Matter) -> Matter:
        """The matter without whatever does not touch the person. Colleagues count together, for a rule looks at all of them."""
        words, workmates = self.near(person)
        colleagues = matter.colleagues if _any_of(matter.colleagues, words, workmates) else NOBODY
        return replace(
            matter,
            candidates=_those_of(matter.candidates, words, workmates),
            colleagues=colleagues,
            room=matter.room if colleagues else "",
            **{name: getattr(matter, name) & words for name in _NAMED},
        )

    def near(self, person: str) -> tuple[frozenset[str], list[frozenset[str]]]:
        """Every word of the person's record with the ids of all relatives; and who ever had a post in an organisation among them."""
        if person not in self._near:
            words = frozenset(word for word in _words(self._found.own(person))) | self._found.relatives(person) | {person}
            self._near[person] = words, [self._staff[word] for word in words & self._staff.keys()]
        return self._near[person]


class Grid:
    """People against matters, where nearly nothing touches anybody: the cost is that of the ties, not that of the pairs."""

    def __init__(self, narrow: Narrow, matters: Sequence[Matter]) -> None:
        self._narrow, self._matters = narrow, matters
        self._naming: dict[str, set[int]] = {}
        self._bare: dict[Matter, list[int]] = {}
        for number, matter in enumerate(matters):
            for word in named_by(matter):
                self._naming.setdefault(word, set()).add(number)
            self._bare.setdefault(bare(matter), []).append(number)
        self._through: dict[frozenset[str], frozenset[int]] = {}

    def against(self, person: str, capacity: str) -> Iterator[tuple[int, Objections]]:
        """By number, the matters in which there is any objection against the person."""
        touched = self._touching(person)
        answers = {number: self._narrow.objections(person, capacity, self._matters[number]) for number in touched}
        for matter, numbers in self._bare.items():
            objections = self._narrow.objections(person, capacity, matter)
            if objections:
                answers |= dict.fromkeys(set(numbers) - touched, objections)
        return ((number, answers[number]) for number in sorted(answers) if answers[number])

    def _touching(self, person: str) -> set[int]:
        """The matters that name anything near the person; some of them may turn out not to touch, as when a post was another day's."""
        words, workmates = self._narrow.near(person)
        found = {number for word in words & self._naming.keys() for number in self._naming[word]}
        return found.union(*(self._with_any_of(people) for people in workmates))

    def _with_any_of(self, people: frozenset[str]) -> frozenset[int]:
        if people not in self._through:
            self._through[people] = frozenset(number for one in people & self._naming.keys() for number in self._naming[one])
        return self._through[people]


def bare(matter: Matter) -> Matter:
    """What the matter is to somebody whom nothing in it touches."""
    return replace(matter, candidates=NOBODY, colleagues=NOBODY, room="", **dict.fromkeys(_NAMED, NOBODY))


def named_by(matter: Matter) -> frozenset[str]:
    """Everybody and everything whose being there or not can be what touches somebody."""
    return matter.candidates.union(matter.colleagues, *(getattr(matter, name) for name in _NAMED))


def _words(parts: Iterable[Any]) -> Iterator[str]:
    """Every text among the values of a fact, and in what is within it."""
    for part in parts:
        if part.__class__ is str:
            yield part
        elif isinstance(part, frozenset | tuple):
            yield from _words(part)
        elif is_dataclass(part):
            yield from _words(_values_of(type(part))(part))


@cache
def _values_of(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*(field.name for field in fields(kind)))


def _any_of(people: frozenset[str], words: frozenset[str], workmates: Iterable[frozenset[str]]) -> bool:
    return bool(people) and not (people.isdisjoint(words) and all(people.isdisjoint(some) for some in workmates))


def _those_of(people: frozenset[str], words: frozenset[str], workmates: Iterable[frozenset[str]]) -> frozenset[str]:
    return (people & words).union(*(people & some for some in workmates))
