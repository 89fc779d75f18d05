"""Who is kin of whom: derives the five classes of kinship from declared edges, by one bounded walk over the graph.

Every kinship of the law is a word of steps from one person to another: U to a parent, D to a child, S to a spouse, B to a
sibling. What the declarations say together stands in `pedigree`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from exams.recusal.pedigree import ADOPTIVE, BLOOD, PRESUMED, RELATIONS, STEP, Graph, graph_of
from exams.verdicts import gettext_noop as _

__all__ = ["CLASSES", "RELATIONS", "WORDS", "Graph", "Kin", "graph_of", "kin_of"]

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


def kin_of(person: str, others: Collection[str], graph: Graph) -> Iterator[Kin]:
    """Every one of `others` who is kin of the person, each once, by the nearest class, in the order of their keys."""
    found = _walk(person, graph)
    for other in sorted(set(others) - {person}):
        if other in found:
            yield _named(person, other, graph, *found[other])
        elif frozenset((person, other)) in graph.unknown:
            yield Kin(other, OTHER, _("declared relative"), "", 9)


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
    degree = sum(DEGREE[step] for step in word)
    if _through_presumed_marriage(person, graph, trail):
        return Kin(other, OTHER, _("declared relative"), word, degree)
    from_person = graph.sexes.get(person, "")
    chain = [graph.sexes.get(key, "") for key in trail[0]]
    flavour = graph.neighbours(person, word).get(other, BLOOD) if word in ("U", "D") else BLOOD
    return Kin(
        other,
        WORDS[word] if trail[1] else OTHER,
        _pick(_names(word, flavour, chain), from_person),
        word,
        degree,
    )


def _through_presumed_marriage(person: str, graph: Graph, trail: Trail) -> bool:
    """Whether somebody on the way may as well be the next: then nobody can say what the relative is called, only that it is one."""
    chain = (person, *trail[0])
    return any(graph.neighbours(one, "S").get(following) == PRESUMED for one, following in pairwise(chain))


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
