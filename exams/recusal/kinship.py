"""Who is kin of whom: derives the five classes of kinship from declared edges, by one bounded walk over the graph.

Every kinship of the law is a word of steps from one person to another: U to a parent, D to a child, S to a spouse, B to a
sibling. Declarations of different people meet because persons are known by key. What each half leaves out is presumed against the
person: a child of one spouse counts as the other's unless two parents are known or support was declared to be missing, and
declared siblings share their parents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from exams.recusal.facts import KinEdge
from exams.verdicts import gettext_noop as _

SPOUSE, DIRECT, COLLATERAL, AFFINITY, OTHER = 1, 2, 3, 4, 5
CLASSES = {
    SPOUSE: _("spouse"),
    DIRECT: _("direct blood relation"),
    COLLATERAL: _("collateral blood relation within three generations"),
    AFFINITY: _("near affinity"),
    OTHER: _("other kinship"),
}

# The list of 人社部规〔2019〕1号 Art. 6 and 公务员法 Art. 74, closed under looking from the other side. What is not here is not kin.
WORDS = {
    "S": SPOUSE,
    **dict.fromkeys(("U", "D", "UU", "DD"), DIRECT),
    **dict.fromkeys(("B", "UB", "BD", "UBD"), COLLATERAL),
    **dict.fromkeys(("SU", "DS", "SB", "BS", "SBS", "DSU", "UBS", "SBD", "BDS", "SUB", "UBDS", "SUBD"), AFFINITY),
}
# 亲等: how far apart, a computed aid for sorting.
DEGREE = {"U": 1, "D": 1, "B": 2, "S": 0}
_BEGINNINGS = {word[:length] for word in WORDS for length in range(len(word) + 1)}

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


@dataclass(frozen=True)
class Kin:
    """One kinship found: what `person` is to the other, by the nearest class."""

    other: str
    kin_class: int
    relation: str
    word: str
    degree: int

    @property
    def class_name(self) -> str:
        return CLASSES[self.kin_class]


@dataclass
class Graph:
    """Steps between keys with their flavour, the sexes that declarations tell, and unclassified declarations."""

    steps: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    sexes: dict[str, str] = field(default_factory=dict)
    unknown: set[frozenset[str]] = field(default_factory=set)

    def neighbours(self, key: str, step: str) -> dict[str, str]:
        return self.steps.get(key, {}).get(step, {})

    def tell(self, key: str, sex: str) -> None:
        if sex:
            self.sexes.setdefault(key, sex)

    def add(self, source: str, step: str, target: str, flavour: str) -> None:
        """Add a step and the same step seen from the other end; the nearer flavour stays."""
        for one, way, other in ((source, step, target), (target, _BACK[step], source)):
            ends = self.steps.setdefault(one, {}).setdefault(way, {})
            if other not in ends or _WORSE[flavour] < _WORSE[ends[other]]:
                ends[other] = flavour


def graph_of(edges: Iterable[KinEdge], sexes: dict[str, str] | None = None) -> Graph:
    """Build the graph of all declarations, then presume what half-declarations leave out."""
    graph, unsupported = Graph(), set()
    graph.sexes.update({key: sex for key, sex in (sexes or {}).items() if sex})
    long_ones = []
    for edge in edges:
        relation = _ALIASES.get(edge.relation, edge.relation)
        pair, steps, flavour = frozenset((edge.person, edge.relative)), RELATIONS.get(relation), _flavour(relation)
        if steps is None:
            graph.unknown.add(pair)
            continue
        if flavour == STEP and not edge.support:
            unsupported.add(pair)
            continue
        if len(steps) > 1:
            long_ones.append((edge, steps))
            continue
        [(step, sex)] = steps
        graph.add(edge.person, step, edge.relative, flavour)
        graph.tell(edge.relative, sex)
    for number, (edge, steps) in enumerate(long_ones):
        _lay(graph, number, edge, steps)
    groups = _share_parents(graph)
    _presume_spouses_children(graph, unsupported)
    _make_siblings(graph, groups)
    return graph


def kin_of(person: str, others: Collection[str], graph: Graph) -> Iterator[Kin]:
    """Every one of `others` who is kin of the person, each once, by the nearest class, in the order of their keys."""
    found = _walk(person, graph)
    for other in sorted(set(others) - {person}):
        if other in found:
            yield _named(person, other, graph, *found[other])
        elif frozenset((person, other)) in graph.unknown:
            yield Kin(other, OTHER, _("declared relative"), "", 9)


def _flavour(relation: str) -> str:
    if relation.startswith("adopt"):
        return ADOPTIVE
    return STEP if relation.startswith("step_") else BLOOD


def _lay(graph: Graph, number: int, edge: KinEdge, steps: tuple[tuple[str, str], ...]) -> None:
    """Lay a declaration of several steps, through the father, mother or spouse already named, else through a nameless key."""
    here = edge.person
    for place, (step, sex) in enumerate(steps, start=1):
        last = place == len(steps)
        there = edge.relative if last else _already_named(graph, here, step, sex) or f"?{number}.{place}"
        graph.add(here, step, there, BLOOD)
        graph.tell(there, sex)
        here = there


def _already_named(graph: Graph, here: str, step: str, sex: str) -> str:
    """The one spouse, or the one blood parent of that sex, whom a declaration named."""
    if step not in "US" or (step == "U" and not sex):
        return ""
    fits = [
        key
        for key, flavour in graph.neighbours(here, step).items()
        if flavour == BLOOD and (step == "S" or graph.sexes.get(key) == sex)
    ]
    return fits[0] if len(fits) == 1 else ""


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


Trail = tuple[tuple[str, ...], bool]  # the keys passed through, and whether the way is by blood and marriage alone


def _walk(person: str, graph: Graph) -> dict[str, tuple[str, Trail]]:
    """The best word and trail to everybody within reach: at most four steps, and only along words of the law."""
    best: dict[str, tuple[str, Trail]] = {}
    front: dict[tuple[str, str], Trail] = {(person, ""): ((), True)}
    while front:
        front = _ahead(front, person, graph)
        for (target, word), trail in front.items():
            if word in WORDS and (target not in best or _rank(word, trail) < _rank(*best[target])):
                best[target] = (word, trail)
    return best


def _ahead(front: dict[tuple[str, str], Trail], person: str, graph: Graph) -> dict[tuple[str, str], Trail]:
    """One step further along every word that the law knows; of two trails to one place the purer stays."""
    ahead: dict[tuple[str, str], Trail] = {}
    for (key, word), (passed, pure) in sorted(front.items()):
        for longer in (word + step for step in "BDSU" if word + step in _BEGINNINGS):
            ends = graph.neighbours(key, longer[-1])
            for target in sorted(ends.keys() - {person}):
                state, trail = (target, longer), ((*passed, target), pure and ends[target] == BLOOD)
                ahead[state] = _purer(ahead.get(state), trail)
    return ahead


def _purer(first: Trail | None, second: Trail) -> Trail:
    return second if first is None or (second[1] and not first[1]) else first


def _rank(word: str, trail: Trail) -> tuple[int, int, str]:
    return (WORDS[word] if trail[1] else OTHER, len(word), word)


def _named(person: str, other: str, graph: Graph, word: str, trail: Trail) -> Kin:
    from_person = graph.sexes.get(person, "")
    chain = [graph.sexes.get(key, "") for key in trail[0]]
    flavour = graph.neighbours(person, word).get(other, BLOOD) if word in ("U", "D") else BLOOD
    return Kin(
        other,
        WORDS[word] if trail[1] else OTHER,
        _pick(_names(word, flavour, chain), from_person),
        word,
        sum(DEGREE[step] for step in word),
    )


def _pick(names: tuple[str, str, str], sex: str) -> str:
    return names[{"male": 0, "female": 1}.get(sex, 2)]


def _names(word: str, flavour: str, chain: list[str]) -> tuple[str, str, str]:
    """What a man, a woman, or somebody of unknown sex is called at the beginning of the word, seen from its end."""
    if word in ("U", "D"):
        return _OF_PARENTS[word, flavour]
    if word in _BY_LINE:
        return _BY_LINE[word][chain[0]]
    if word == "UBD":
        line = chain[:2]
        if line == ["male", "male"]:
            return (_("cousin through the father’s brother"),) * 3
        return ((_("cousin through an aunt or the mother’s family"),) if "female" in line else (_("cousin"),)) * 3
    return _NAMES[word]


_OF_PARENTS = {
    ("D", BLOOD): (_("father"), _("mother"), _("parent")),
    ("D", PRESUMED): (_("father or stepfather"), _("mother or stepmother"), _("parent or step-parent")),
    ("D", ADOPTIVE): (_("adoptive father"), _("adoptive mother"), _("adoptive parent")),
    ("D", STEP): (_("stepfather"), _("stepmother"), _("step-parent")),
    ("U", BLOOD): (_("son"), _("daughter"), _("child")),
    ("U", PRESUMED): (_("son or stepson"), _("daughter or stepdaughter"), _("child or stepchild")),
    ("U", ADOPTIVE): (_("adopted son"), _("adopted daughter"), _("adopted child")),
    ("U", STEP): (_("stepson"), _("stepdaughter"), _("stepchild")),
}

# By the sex of the person in between.
_BY_LINE = {
    "DD": {
        "male": (_("paternal grandfather"), _("paternal grandmother"), _("paternal grandparent")),
        "female": (_("maternal grandfather"), _("maternal grandmother"), _("maternal grandparent")),
        "": (_("grandfather"), _("grandmother"), _("grandparent")),
    },
    "UU": {
        "male": (_("son’s son"), _("son’s daughter"), _("son’s child")),
        "female": (_("daughter’s son"), _("daughter’s daughter"), _("daughter’s child")),
        "": (_("grandson"), _("granddaughter"), _("grandchild")),
    },
    "BD": {
        "male": (_("father’s brother"), _("father’s sister"), _("father’s brother or sister")),
        "female": (_("mother’s brother"), _("mother’s sister"), _("mother’s brother or sister")),
        "": (_("uncle"), _("aunt"), _("uncle or aunt")),
    },
    "UB": {
        "male": (_("brother’s son"), _("brother’s daughter"), _("brother’s child")),
        "female": (_("sister’s son"), _("sister’s daughter"), _("sister’s child")),
        "": (_("nephew"), _("niece"), _("nephew or niece")),
    },
}

_NAMES = {
    "S": (_("husband"), _("wife"), _("spouse")),
    "B": (_("brother"), _("sister"), _("brother or sister")),
    "SU": (_("daughter’s husband"), _("son’s wife"), _("child’s spouse")),
    "DS": (_("spouse’s father"), _("spouse’s mother"), _("spouse’s parent")),
    "SB": (_("sister’s husband"), _("brother’s wife"), _("spouse of a brother or sister")),
    "BS": (_("spouse’s brother"), _("spouse’s sister"), _("spouse’s brother or sister")),
    "SBS": (_("spouse of the spouse’s brother or sister"),) * 3,
    "DSU": (_("parent of the child’s spouse"),) * 3,
    "SBD": (_("aunt’s husband"), _("uncle’s wife"), _("spouse of an uncle or aunt")),
    "BDS": (_("spouse’s uncle"), _("spouse’s aunt"), _("spouse’s uncle or aunt")),
    "UBS": (_("spouse’s nephew"), _("spouse’s niece"), _("spouse’s nephew or niece")),
    "SUB": (_("niece’s husband"), _("nephew’s wife"), _("spouse of a nephew or niece")),
    "SUBD": (_("husband of a cousin"), _("wife of a cousin"), _("spouse of a cousin")),
    "UBDS": (_("spouse’s cousin"),) * 3,
}
