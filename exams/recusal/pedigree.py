"""What declarations of kinship say together: the steps from each person to parents, children, spouses and siblings.

Declarations of different people meet because persons are known by key. A relation of several steps leads through people whom the
declaration does not name; each of these is the same person wherever there can be only one: one father and one mother by blood, and
the one spouse whom somebody named. What each half leaves out is presumed against the person: declared siblings share their parents,
a child of one spouse counts as the other's unless two parents are known or support was declared to be missing, and a parent who is
neither named nor told to be father or mother (the parent of a declared grandson, nephew, cousin) is a named parent or married to one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from exams.recusal.facts import KinEdge

BLOOD, PRESUMED, ADOPTIVE, STEP = "blood", "presumed", "adoptive", "step"
_WORSE = {BLOOD: 0, PRESUMED: 1, ADOPTIVE: 2, STEP: 3}
_BACK = {"U": "D", "D": "U", "S": "S", "B": "B"}

# What a declaration may call a relative: the steps from the declarer, each with the sex of whom it leads to.
RELATIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "husband": (("S", "male"),),
    "wife": (("S", "female"),),
    "spouse": (("S", ""),),
    "father": (("U", "male"),),
    "mother": (("U", "female"),),
    "parent": (("U", ""),),
    "son": (("D", "male"),),
    "daughter": (("D", "female"),),
    "child": (("D", ""),),
    "brother": (("B", "male"),),
    "sister": (("B", "female"),),
    "sibling": (("B", ""),),
    "paternal_grandfather": (("U", "male"), ("U", "male")),
    "paternal_grandmother": (("U", "male"), ("U", "female")),
    "maternal_grandfather": (("U", "female"), ("U", "male")),
    "maternal_grandmother": (("U", "female"), ("U", "female")),
    "grandparent": (("U", ""), ("U", "")),
    "grandfather": (("U", ""), ("U", "male")),
    "grandmother": (("U", ""), ("U", "female")),
    "grandson": (("D", ""), ("D", "male")),
    "granddaughter": (("D", ""), ("D", "female")),
    "grandchild": (("D", ""), ("D", "")),
    "uncle": (("U", ""), ("B", "male")),
    "aunt": (("U", ""), ("B", "female")),
    "paternal_uncle": (("U", "male"), ("B", "male")),
    "paternal_aunt": (("U", "male"), ("B", "female")),
    "maternal_uncle": (("U", "female"), ("B", "male")),
    "maternal_aunt": (("U", "female"), ("B", "female")),
    "nephew": (("B", ""), ("D", "male")),
    "niece": (("B", ""), ("D", "female")),
    "cousin": (("U", ""), ("B", ""), ("D", "")),
    "paternal_cousin": (("U", "male"), ("B", "male"), ("D", "")),
    "maternal_cousin": (("U", ""), ("B", ""), ("D", "")),  # through father’s sister or mother’s siblings
    "father_in_law": (("S", ""), ("U", "male")),
    "mother_in_law": (("S", ""), ("U", "female")),
    "parent_in_law": (("S", ""), ("U", "")),
    "spouse_parent": (("S", ""), ("U", "")),
    "son_in_law": (("D", "female"), ("S", "male")),
    "daughter_in_law": (("D", "male"), ("S", "female")),
    "child_spouse": (("D", ""), ("S", "")),
    "child_in_law": (("D", ""), ("S", "")),
    "child_spouse_parent": (("D", ""), ("S", ""), ("U", "")),
    "spouse_sibling": (("S", ""), ("B", "")),
    "spouse_brother": (("S", ""), ("B", "male")),
    "spouse_sister": (("S", ""), ("B", "female")),
    "spouse_sibling_spouse": (("S", ""), ("B", ""), ("S", "")),
    "sibling_spouse": (("B", ""), ("S", "")),
    "brother_wife": (("B", "male"), ("S", "female")),
    "sister_husband": (("B", "female"), ("S", "male")),
    "uncle_aunt_spouse": (("U", ""), ("B", ""), ("S", "")),
    "nephew_niece_spouse": (("B", ""), ("D", ""), ("S", "")),
    "cousin_spouse": (("U", ""), ("B", ""), ("D", ""), ("S", "")),
    "adoptive_father": (("U", "male"),),
    "adoptive_mother": (("U", "female"),),
    "adoptive_parent": (("U", ""),),
    "adopted_son": (("D", "male"),),
    "adopted_daughter": (("D", "female"),),
    "adopted_child": (("D", ""),),
    "adoptive_child": (("D", ""),),
    "step_father": (("U", "male"),),
    "step_mother": (("U", "female"),),
    "step_parent": (("U", ""),),
    "step_son": (("D", "male"),),
    "step_daughter": (("D", "female"),),
    "step_child": (("D", ""),),
}
_ALIASES = {"stepfather": "step_father", "stepmother": "step_mother", "stepson": "step_son", "stepdaughter": "step_daughter"}


@dataclass
class Graph:
    """Steps between keys with their flavour, the sexes that declarations tell, unclassified declarations, and who is unnamed."""

    steps: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    sexes: dict[str, str] = field(default_factory=dict)
    unknown: set[frozenset[str]] = field(default_factory=set)
    unnamed: set[str] = field(default_factory=set)

    def neighbours(self, key: str, step: str) -> dict[str, str]:
        return self.steps.get(key, {}).get(step, {})

    def tell(self, key: str, sex: str) -> None:
        if sex:
            self.sexes.setdefault(key, sex)

    def add(self, source: str, step: str, target: str, flavour: str) -> None:
        """Add a step and the same step seen from the other end; the nearer flavour stays. Nobody is kin of themselves."""
        if source == target:
            return
        for one, way, other in ((source, step, target), (target, _BACK[step], source)):
            ends = self.steps.setdefault(one, {}).setdefault(way, {})
            if other not in ends or _WORSE[flavour] < _WORSE[ends[other]]:
                ends[other] = flavour

    def merge(self, unnamed: str, same: str) -> None:
        """Both keys are one person: what was said of the unnamed one is said of the other."""
        self.unnamed.discard(unnamed)
        for step, ends in self.steps.pop(unnamed).items():
            for other, flavour in ends.items():
                del self.steps[other][_BACK[step]][unnamed]
                self.add(same, step, other, flavour)
        self.tell(same, self.sexes.get(unnamed, ""))


def graph_of(edges: Iterable[KinEdge], sexes: dict[str, str] | None = None) -> Graph:
    """Build the graph of all declarations, in whatever order they came, then presume what half-declarations leave out."""
    graph, unsupported, laid = Graph(), set(), []
    graph.sexes.update({key: sex for key, sex in (sexes or {}).items() if sex})
    for number, edge in enumerate(sorted(edges, key=lambda edge: (edge.person, edge.relative, edge.relation, edge.support))):
        relation = _ALIASES.get(edge.relation, edge.relation)
        flavour = _flavour(relation)
        if relation not in RELATIONS:
            graph.unknown.add(frozenset((edge.person, edge.relative)))
        elif flavour == STEP and not edge.support:
            unsupported.add(frozenset((edge.person, edge.relative)))
        else:
            laid.append((edge, RELATIONS[relation], _lay(graph, number, edge, flavour, RELATIONS[relation])))
    _identify(graph)
    groups = _share_parents(graph)
    while _identify(graph):
        groups = _share_parents(graph)
    _presume_spouses_children(graph, unsupported)
    _make_siblings(graph, groups)
    for edge, steps, between in laid:
        if between and not _is_explained(graph, edge, steps):
            _presume_parents_married(graph, between)
    return graph


def _flavour(relation: str) -> str:
    if relation.startswith("adopt"):
        return ADOPTIVE
    return STEP if relation.startswith("step_") else BLOOD


def _lay(graph: Graph, number: int, edge: KinEdge, flavour: str, steps: tuple[tuple[str, str], ...]) -> list[str]:
    """Lay a declaration, through keys of their own for those between whom it does not name; these keys."""
    here, between = edge.person, []
    for place, (step, sex) in enumerate(steps, start=1):
        there = edge.relative
        if place < len(steps):
            there = f"?{number}.{place}"
            between.append(there)
        graph.add(here, step, there, flavour)
        graph.tell(there, sex)
        here = there
    graph.unnamed.update(between)
    return between


def _identify(graph: Graph) -> bool:
    """Let whoever is unnamed be the one person they must be, until nobody more is found; whether anybody was."""
    ever = False
    again = True
    while again:
        again = False
        for unnamed in sorted(graph.unnamed):
            same = _who_must_be(graph, unnamed)
            if same:
                graph.merge(unnamed, same)
                again = ever = True
    return ever


def _who_must_be(graph: Graph, unnamed: str) -> str:
    """Whoever is the blood parent of the same child and of the same sex, or the spouse of the same person; named people first."""
    sex = graph.sexes.get(unnamed, "")
    for child, flavour in graph.neighbours(unnamed, "D").items():
        if sex and flavour == BLOOD:
            parents = graph.neighbours(child, "U").items()
            same = _the_one(graph, unnamed, {key for key, how in parents if how == BLOOD and graph.sexes.get(key) == sex})
            if same:
                return same
    for spouse in graph.neighbours(unnamed, "S"):
        same = _the_one(graph, unnamed, set(graph.neighbours(spouse, "S")))
        if same:
            return same
    return ""


def _the_one(graph: Graph, unnamed: str, fits: set[str]) -> str:
    named = fits - graph.unnamed
    others = named or fits - {unnamed}
    return min(others) if others and len(named) <= 1 else ""


def _share_parents(graph: Graph) -> list[set[str]]:
    """Declared siblings, in their groups: each gets the parents that any of them named."""
    groups: list[set[str]] = []
    seen: set[str] = set()
    for start in sorted(graph.steps):
        if start in seen or not graph.neighbours(start, "B"):
            continue
        group, open_ends = {start}, [start]
        while open_ends:
            more = set(graph.neighbours(open_ends.pop(), "B")) - group
            group |= more
            open_ends.extend(sorted(more))
        seen |= group
        groups.append(group)
        parents = [(parent, flavour) for one in group for parent, flavour in graph.neighbours(one, "U").items()]
        for one in group:
            for parent, flavour in parents:
                graph.add(one, "U", parent, flavour)
    return groups


def _presume_spouses_children(graph: Graph, unsupported: set[frozenset[str]]) -> None:
    """A child of one spouse counts as the other's, unless two parents are known or support was declared missing."""
    presumed = []
    for child in sorted(graph.steps):
        parents = graph.neighbours(child, "U")
        if sum(1 for key, flavour in parents.items() if flavour in (BLOOD, ADOPTIVE) and not key.startswith("?")) >= 2:
            continue
        spouses = {spouse for parent in parents for spouse in graph.neighbours(parent, "S")} - set(parents) - {child}
        presumed += [(child, spouse) for spouse in spouses if frozenset((child, spouse)) not in unsupported]
    for child, spouse in presumed:
        graph.add(child, "U", spouse, PRESUMED)


def _make_siblings(graph: Graph, groups: list[set[str]]) -> None:
    """Siblings by declaration, and all who share a parent."""
    for group in groups:
        for one in group:
            for other in group - {one}:
                graph.add(one, "B", other, BLOOD)
    for parent in sorted(graph.steps):
        children = sorted(graph.neighbours(parent, "D").items())
        for (one, flavour), (other, other_flavour) in combinations(children, 2):
            graph.add(one, "B", other, max(flavour, other_flavour, key=_WORSE.__getitem__))


def _is_explained(graph: Graph, edge: KinEdge, steps: tuple[tuple[str, str], ...]) -> bool:
    """Whether people who are all named make the declaration true, so that nobody else need be thought of."""
    front = {edge.person}
    for step, sex in steps:
        near = {key for one in front for key, flavour in graph.neighbours(one, step).items() if flavour == BLOOD}
        front = {key for key in near - graph.unnamed if not sex or graph.sexes.get(key, sex) == sex}
    return edge.relative in front


def _presume_parents_married(graph: Graph, between: Iterable[str]) -> None:
    """Whoever is a parent of somebody, unnamed and of unknown sex, is the parent whom somebody named, or married to that parent."""
    for unnamed in between:
        if unnamed not in graph.unnamed or graph.sexes.get(unnamed):
            continue
        children = [child for child, flavour in graph.neighbours(unnamed, "D").items() if flavour == BLOOD]
        parents = {key for child in children for key, flavour in graph.neighbours(child, "U").items() if flavour == BLOOD}
        for parent in parents - graph.unnamed:
            graph.add(unnamed, "S", parent, PRESUMED)
