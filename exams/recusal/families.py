"""Declarations of kinship as the families they connect: everybody's at once, then cut out for one person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from exams.recusal.facts import KinEdge

# How far declarations are followed from each end. The longest kinship of the law has five steps between parents, children and
# spouses (a spouse's cousin), and persons are approached from both ends, so that three hops meet in the middle.
HOPS = 3


class Families:
    """All declarations within reach of some people, by the keys (digests of identity numbers) they name."""

    def __init__(self, edges: Iterable[KinEdge]) -> None:
        self.edges = frozenset(edges)
        self._by_key: dict[str, list[KinEdge]] = {}
        for edge in self.edges:
            self._by_key.setdefault(edge.person, []).append(edge)
            self._by_key.setdefault(edge.relative, []).append(edge)
        self._joined: dict[str, frozenset[str]] = {}
        self._cut: dict[tuple[str, frozenset[str]], list[KinEdge]] = {}

    @property
    def keys(self) -> Collection[str]:
        return self._by_key.keys()

    def joined(self, person: str) -> frozenset[str]:
        """Everybody whom any chain of declarations connects with the person, who is one of them."""
        if person not in self._joined:
            family = _reached(person, self._by_key)
            self._joined.update(dict.fromkeys(family, family))
        return self._joined[person]

    def of(self, person: str, others: Collection[str]) -> list[KinEdge]:
        """The declarations of the person's own family: nothing outside it can make one kin of any of the others."""
        if person not in self._by_key:
            return []
        ends = self.joined(person).intersection(others) | {person}
        if (person, ends) not in self._cut:
            self._cut[person, ends] = self._within(person, ends)
        return self._cut[person, ends]

    def _within(self, person: str, ends: frozenset[str]) -> list[KinEdge]:
        edges = self._around(ends)
        near: dict[str, list[KinEdge]] = {}
        for edge in edges:
            near.setdefault(edge.person, []).append(edge)
            near.setdefault(edge.relative, []).append(edge)
        family = _reached(person, near)
        return [edge for edge in edges if edge.person in family]

    def _around(self, starts: frozenset[str]) -> set[KinEdge]:
        edges: set[KinEdge] = set()
        reached, front = set(starts), set(starts)
        for _hop in range(HOPS):
            new = {edge for key in front for edge in self._by_key.get(key, ())}
            edges |= new
            front = {key for edge in new for key in (edge.person, edge.relative)} - reached
            reached |= front
        return edges


def _reached(start: str, by_key: Mapping[str, Iterable[KinEdge]]) -> frozenset[str]:
    reached, front = {start}, [start]
    while front:
        for edge in by_key.get(front.pop(), ()):
            front += {edge.person, edge.relative} - reached
            reached |= {edge.person, edge.relative}
    return frozenset(reached)
