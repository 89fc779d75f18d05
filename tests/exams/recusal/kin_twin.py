"""Kinship once more, slowly: every declaration spelt out as steps to parents, children and spouses, then every simple path tried.

Written from the list of the five classes (RULES 3.1, GLOSSARY 3.3), not from `exams/recusal/kinship.py`. A relation of several
steps runs through people whom nobody named; these are the same person wherever the law leaves only one: everybody has one father
and one mother by blood, and the one spouse whom somebody named. What half-declarations leave open is presumed against the person:
declared siblings share their parents, a child of one spouse counts as the other's until two parents are known, and a parent of whom
nobody said whether father or mother is one of those named, or married to one of them, unless named people explain the declaration.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from exams.recusal.facts import KinEdge

# In the words of the declaration form, and the same without the sex, as people are asked abroad.
WORDS = {
    "husband": "husband", "wife": "wife", "spouse": "spouse", "father": "father", "mother": "mother", "parent": "parent",
    "son": "son", "daughter": "daughter", "child": "child", "brother": "brother", "sister": "sister", "sibling": "sibling",
    "paternal_grandfather": "father father", "paternal_grandmother": "father mother",
    "maternal_grandfather": "mother father", "maternal_grandmother": "mother mother",
    "grandparent": "parent parent", "grandfather": "parent father", "grandmother": "parent mother",
    "grandson": "child son", "granddaughter": "child daughter", "grandchild": "child child",
    "paternal_uncle": "father brother", "paternal_aunt": "father sister", "maternal_uncle": "mother brother",
    "maternal_aunt": "mother sister", "uncle": "parent brother", "aunt": "parent sister",
    "nephew": "sibling son", "niece": "sibling daughter",
    "paternal_cousin": "father brother child", "maternal_cousin": "parent sibling child", "cousin": "parent sibling child",
    "father_in_law": "spouse father", "mother_in_law": "spouse mother", "parent_in_law": "spouse parent",
    "spouse_parent": "spouse parent", "spouse_brother": "spouse brother", "spouse_sister": "spouse sister",
    "spouse_sibling": "spouse sibling", "spouse_sibling_spouse": "spouse sibling spouse",
    "son_in_law": "daughter husband", "daughter_in_law": "son wife", "child_spouse": "child spouse",
    "child_in_law": "child spouse", "child_spouse_parent": "child spouse parent",
    "brother_wife": "brother wife", "sister_husband": "sister husband", "sibling_spouse": "sibling spouse",
    "uncle_aunt_spouse": "parent sibling spouse", "nephew_niece_spouse": "sibling child spouse",
    "cousin_spouse": "parent sibling child spouse",
}  # fmt: skip
MALE = {"husband", "father", "son", "brother"}
FEMALE = {"wife", "mother", "daughter", "sister"}
STEPS = {
    "husband": "S", "wife": "S", "spouse": "S", "father": "U", "mother": "U", "parent": "U", "son": "D", "daughter": "D",
    "child": "D", "brother": "B", "sister": "B", "sibling": "B",
}  # fmt: skip
OTHER_WORDS = {
    "adoptive_father": "father", "adoptive_mother": "mother", "adoptive_parent": "parent", "adopted_son": "son",
    "adopted_daughter": "daughter", "adopted_child": "child", "adoptive_child": "child",
    "step_father": "father", "step_mother": "mother", "step_parent": "parent", "step_son": "son", "step_daughter": "daughter",
    "step_child": "child", "stepfather": "father", "stepmother": "mother", "stepson": "son", "stepdaughter": "daughter",
}  # fmt: skip

# U to a parent, D to a child, S to a spouse; up and down again is a sibling. Nothing longer is in the list of the law.
CLASSES = {
    "S": 1,
    "U": 2, "D": 2, "UU": 2, "DD": 2,
    "UD": 3, "UUD": 3, "UDD": 3, "UUDD": 3,
    "SU": 4, "DS": 4, "SUD": 4, "UDS": 4, "SUDS": 4, "DSU": 4,
    "UUDS": 4, "SUDD": 4, "UDDS": 4, "SUUD": 4, "UUDDS": 4, "SUUDD": 4,
}  # fmt: skip


class World:
    """Who is whose parent (by blood or otherwise), spouse, sibling; names of people are keys, of the unnamed begin with '?'."""

    def __init__(self, edges: list[KinEdge], sexes: dict[str, str]) -> None:
        self.parents: set[tuple[str, str, str]] = set()  # child, parent, how: blood, adoptive, step, presumed
        self.spouses: set[frozenset[str]] = set()
        self.perhaps: set[frozenset[str]] = set()  # the same person, or married
        self.siblings: set[frozenset[str]] = set()
        self.unsupported: set[frozenset[str]] = set()
        self.unknown: set[frozenset[str]] = set()
        self.sexes = dict(sexes)
        for number, edge in enumerate(edges):
            self.declare(number, edge)
        while self.identify() or self.share():  # sharing begins when nobody more is identified without it
            while self.share():
                pass
        self.presume()
        self.marry(edges)

    def declare(self, number: int, edge: KinEdge) -> None:
        if edge.relation in WORDS:
            here = edge.person
            words = WORDS[edge.relation].split()
            for at, word in enumerate(words):
                there = edge.relative if at == len(words) - 1 else f"?{number}.{at}"
                self.step(here, word, there, "blood")
                here = there
        elif edge.relation in OTHER_WORDS:
            how = "adoptive" if edge.relation.startswith("adopt") else "step"
            if how == "step" and not edge.support:
                self.unsupported.add(frozenset((edge.person, edge.relative)))
            else:
                self.step(edge.person, OTHER_WORDS[edge.relation], edge.relative, how)
        else:
            self.unknown.add(frozenset((edge.person, edge.relative)))

    def step(self, here: str, word: str, there: str, how: str) -> None:
        if word in MALE:
            self.sexes.setdefault(there, "male")
        if word in FEMALE:
            self.sexes.setdefault(there, "female")
        if STEPS[word] == "U":
            self.parents.add((here, there, how))
        if STEPS[word] == "D":
            self.parents.add((there, here, how))
        if STEPS[word] == "S":
            self.spouses.add(frozenset((here, there)))
        if STEPS[word] == "B":
            self.siblings.add(frozenset((here, there)))

    # ------------------------------------------------------------------------------------------------------------- the unnamed

    def identify(self) -> bool:
        """Let one unnamed person be whoever they must be; whether there was one."""
        for one in sorted(self.people()):
            for sex in ("male", "female"):
                same = {p for c, p, how in self.parents if c == one and how == "blood" and self.sexes.get(p) == sex}
                if self.merged(same):
                    return True
            if self.merged({other for pair in self.spouses if one in pair for other in pair - {one}}):
                return True
        return False

    def merged(self, same: set[str]) -> bool:
        named = sorted(one for one in same if not one.startswith("?"))
        unnamed = sorted(one for one in same if one.startswith("?"))
        if not unnamed or len(named) > 1 or len(same) < 2:
            return False
        into = named[0] if named else unnamed[0]
        gone = unnamed[0] if named else unnamed[1]

        def now(one: str) -> str:
            return into if one == gone else one

        self.parents = {(now(child), now(parent), how) for child, parent, how in self.parents if now(child) != now(parent)}
        self.spouses = {frozenset(map(now, pair)) for pair in self.spouses}
        self.siblings = {frozenset(map(now, pair)) for pair in self.siblings}
        if gone in self.sexes:
            self.sexes.setdefault(into, self.sexes[gone])
        return True

    def people(self) -> set[str]:
        found = {one for child, parent, _ in self.parents for one in (child, parent)}
        for pairs in (self.spouses, self.siblings):
            found |= {one for pair in pairs for one in pair}
        return found

    # ---------------------------------------------------------------------------------------------------------- presumptions

    def share(self) -> bool:
        """Siblings of siblings are siblings, and each has the parents of the others; whether that was new."""
        before = len(self.parents) + len(self.siblings)
        for first in list(self.siblings):
            for second in list(self.siblings):
                if first & second and len(first ^ second) == 2:
                    self.siblings.add(first ^ second)
        for child, parent, how in list(self.parents):
            for pair in self.siblings:
                if child in pair:
                    for other in pair - {child, parent}:
                        self.parents.add((other, parent, how))
        return len(self.parents) + len(self.siblings) != before

    def presume(self) -> None:
        presumed = set()
        for child, parent, _how in self.parents:
            known = {p for c, p, how in self.parents if c == child and how in ("blood", "adoptive") and not p.startswith("?")}
            for pair in self.spouses:
                for spouse in pair - {parent}:
                    if parent not in pair or len(known) >= 2 or spouse == child:
                        continue
                    if frozenset((child, spouse)) not in self.unsupported:
                        presumed.add((child, spouse, "presumed"))
        self.parents |= presumed

    def marry(self, edges: list[KinEdge]) -> None:
        for number, edge in enumerate(edges):
            if self.explained(edge):
                continue
            for unnamed in self.people():
                if not unnamed.startswith(f"?{number}.") or unnamed in self.sexes:
                    continue
                for child, parent, how in self.parents:
                    both = (child, unnamed, "blood") in self.parents and how == "blood"
                    if both and not parent.startswith("?"):
                        self.perhaps.add(frozenset((unnamed, parent)))

    def explained(self, edge: KinEdge) -> bool:
        """Whether the relative can be reached by people who are all named, each of the sex that the word says."""
        ways = [edge.person]
        for word in WORDS.get(edge.relation, "").split():
            steps = {"U": ("U",), "D": ("D",), "S": ("S",), "B": ("UD",)}[STEPS[word]]
            sex = "male" if word in MALE else "female" if word in FEMALE else ""
            ways = [
                there
                for here in ways
                for way, there in self.steps_from(here)
                if way in steps and not there.startswith("?") and (not sex or self.sexes.get(there, sex) == sex)
            ]
        return edge.relative in ways

    def steps_from(self, here: str) -> Iterator[tuple[str, str]]:
        """The steps by blood and marriage from somebody, siblings through a parent as well as declared ones."""
        for way, there, by_blood in self.around(here):
            if by_blood:
                yield way, there
            for further, sibling, blood_too in self.around(there) if way == "U" and by_blood else ():
                if further == "D" and blood_too and sibling != here:
                    yield "UD", sibling

    # ----------------------------------------------------------------------------------------------------------------- paths

    def around(self, one: str) -> Iterator[tuple[str, str, bool]]:
        """The steps from somebody: which, to whom, and whether by blood or marriage."""
        for child, parent, how in self.parents:
            if child == one:
                yield "U", parent, how == "blood"
            if parent == one:
                yield "D", child, how == "blood"
        for pair in self.spouses:
            if one in pair:
                for other in pair - {one}:
                    yield "S", other, True
        for pair in self.perhaps:
            if one in pair:
                for other in pair - {one}:
                    yield "S", other, False
        for pair in self.siblings:
            if one in pair:
                for other in pair - {one}:
                    yield "UD", other, True

    def paths(self, here: str, goal: str, way: str, seen: tuple[str, ...], pure: bool) -> Iterator[tuple[str, bool]]:
        """Every path of at most five steps that meets nobody twice."""
        if here == goal:
            yield way, pure
            return
        for step, there, by_blood in self.around(here):
            if there not in seen and len(way + step) <= 5:
                yield from self.paths(there, goal, way + step, (*seen, there), pure and by_blood)


def kin_class(edges: list[KinEdge], sexes: dict[str, str], person: str, other: str) -> int | None:
    """The nearest of the five classes in which two people are kin, or none."""
    return class_in(_world(tuple(edges), tuple(sexes.items())), person, other)


@lru_cache(maxsize=8)
def _world(edges: tuple[KinEdge, ...], sexes: tuple[tuple[str, str], ...]) -> World:
    return World(list(edges), dict(sexes))  # the same for every capacity


def class_in(world: World, person: str, other: str) -> int | None:
    found = [5] if frozenset((person, other)) in world.unknown and person != other else []
    if person != other:
        for way, pure in world.paths(person, other, "", (person,), True):
            if way in CLASSES:
                found.append(CLASSES[way] if pure else 5)
    return min(found) if found else None
