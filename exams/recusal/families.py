"""Declarations of kinship as the families they connect: fetched around many people at once, then cut out for one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q

from exams.people.models import KinEdge
from exams.recusal import facts as f

# How far declarations are followed from each end. The longest kinship of the law has five steps between parents, children and
# spouses (a spouse's cousin), and persons are approached from both ends, so that three hops meet in the middle.
HOPS = 3
# So many keys go into one query; SQLite takes no more than some hundreds of thousands of parameters, PostgreSQL 65,535.
_PORTION = 10_000


class Families:
    """All declarations within reach of some people, by the keys (digests of identity numbers) they name."""

    def __init__(self, edges: Iterable[f.KinEdge]) -> None:
        self.edges = frozenset(edges)
        self._by_key: dict[str, list[f.KinEdge]] = {}
        for edge in self.edges:
            self._by_key.setdefault(edge.person, []).append(edge)
            self._by_key.setdefault(edge.relative, []).append(edge)

    @property
    def keys(self) -> Collection[str]:
        return self._by_key.keys()

    def of(self, person: str, others: Collection[str]) -> list[f.KinEdge]:
        """The declarations of the person's own family: nothing outside it can make one kin of any of the others."""
        if person not in self._by_key:
            return []
        near = Families(self._around({person} | self._joined(person).intersection(others)))
        family = near._joined(person)
        return [edge for edge in near.edges if edge.person in family]

    def _around(self, starts: set[str]) -> set[f.KinEdge]:
        edges: set[f.KinEdge] = set()
        reached, front = set(starts), starts
        for _hop in range(HOPS):
            new = {edge for key in front for edge in self._by_key.get(key, ())}
            edges |= new
            front = {key for edge in new for key in (edge.person, edge.relative)} - reached
            reached |= front
        return edges

    def _joined(self, person: str) -> set[str]:
        reached, front = {person}, [person]
        while front:
            for edge in self._by_key.get(front.pop(), ()):
                front += {edge.person, edge.relative} - reached
                reached |= {edge.person, edge.relative}
        return reached


def declared_around(keys: Collection[str]) -> set[f.KinEdge]:
    """Every declaration within reach of the keys, whoever made it: one query for each hop."""
    reached, edges, front = set(keys), set(), set(keys)
    for _hop in range(HOPS):
        if not front:
            break
        new = {f.KinEdge(person=row[0], relative=row[1], relation=row[2], support=row[3]) for row in _naming(sorted(front))}
        edges |= new
        front = {key for edge in new for key in (edge.person, edge.relative)} - reached
        reached |= front
    return edges


def _naming(keys: list[str]) -> Iterable[tuple[str, str, str, bool]]:
    for start in range(0, len(keys), _PORTION):
        some = keys[start : start + _PORTION]
        rows = KinEdge.objects.filter(Q(person__id_index__in=some) | Q(relative_index__in=some), withdrawn_on=None)
        yield from rows.values_list("person__id_index", "relative_index", "relation", "support")
