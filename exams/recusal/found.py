"""What all sources gave about some people, laid out so that one person's part in one matter is found without looking at the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from exams.recusal.facts import NOBODY, Doubt, Employment, Fact, Facts, KinEdge, Known, Matter, Policy
from exams.recusal.families import Families


class Found:
    """Facts in any order and number; the parameters in force on every day that will be asked about."""

    def __init__(self, facts: Iterable[Any], policies: dict[date, Policy]) -> None:
        self._policies = policies
        self._known: dict[str, Known] = {}
        self._own: dict[str, list[Fact]] = {}
        edges = []
        for fact in facts:
            if isinstance(fact, Known):
                self._known[fact.id] = fact
            elif isinstance(fact, KinEdge):
                edges.append(fact)
            else:
                self._own.setdefault(fact.person, []).append(fact)
        self._families = Families(edges)
        self._by_key = {one.key: one for one in self._known.values() if one.key in self._families.keys}

    def facts(self, person: str, capacity: str, matter: Matter) -> Facts:
        """All that is to be put to the rules about one person acting as one capacity in one matter."""
        bare = Facts(person=person, capacity=capacity, matter=matter, policy=self._policies[matter.on])
        return bare.with_facts(self._about(person, matter))

    def own(self, person: str) -> list[Fact]:
        """What is on record about the person alone, whatever the matter."""
        return self._own.get(person, [])

    def relatives(self, person: str) -> frozenset[str]:
        """Everybody known by id whom declarations of kinship connect with the person, near or far."""
        known = self._known.get(person)
        if known is None or known.key not in self._by_key:
            return NOBODY
        return frozenset(self._by_key[key].id for key in self._families.joined(known.key) if key in self._by_key)

    def posts(self) -> Iterator[Employment]:
        """Every post of everybody, those that they may hold included."""
        return (post for facts in self._own.values() for fact in facts if (post := _post(fact)))

    def _about(self, person: str, matter: Matter) -> Iterator[Any]:
        """The person's own facts, the posts of candidates and colleagues on the day, who is who, and the person's family."""
        people = (matter.candidates | matter.colleagues) - {person}
        others = [self._known[one] for one in people if one in self._known]
        for fact in self.own(person):
            part = fact.within(matter)
            if part is not None:
                yield part
        for one in people:
            yield from (fact for fact in self.own(one) if (post := _post(fact)) and post.on(matter.on))
        yield from others
        if person in self._known:
            yield self._known[person]
            yield from self._family(self._known[person], {one.key for one in others})

    def _family(self, person: Known, others: set[str]) -> Iterator[Any]:
        """The declarations, and whoever stands between: without a name, for only the key and the sex matter of them."""
        edges = self._families.of(person.key, others)
        yield from edges
        for key in {key for edge in edges for key in (edge.person, edge.relative)} - others - {person.key}:
            if key in self._by_key:
                yield replace(self._by_key[key], name="")


def _post(fact: Fact) -> Employment | None:
    """A post, or one that it may be."""
    if isinstance(fact, Doubt):
        return fact.employment
    return fact if isinstance(fact, Employment) else None
