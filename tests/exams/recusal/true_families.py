"""Small true families for tests of kinship, and everything a member of one could truly declare about another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from exams.people.relations import TITLES
from exams.recusal.facts import KinEdge
from tests.exams.recusal.kin_twin import FEMALE, MALE, STEPS, WORDS

OTHER_SEX = {"male": "female", "female": "male"}
ADOPTION = {
    ("U", "male"): "adoptive_father",
    ("U", "female"): "adoptive_mother",
    ("D", "male"): "adopted_son",
    ("D", "female"): "adopted_daughter",
}
STEP = {("U", "male"): "step_father", ("U", "female"): "step_mother", ("D", "male"): "step_son", ("D", "female"): "step_daughter"}


@dataclass
class Family:
    """People by key, as births, marriages and adoptions made them; nobody marries their own blood."""

    sex: dict[str, str] = field(default_factory=dict)
    parents: dict[str, set[str]] = field(default_factory=dict)
    adopters: dict[str, set[str]] = field(default_factory=dict)
    spouses: dict[str, list[str]] = field(default_factory=dict)

    def person(self, sex: str) -> str:
        key = f"k{len(self.sex)}"
        self.sex[key], self.parents[key], self.adopters[key], self.spouses[key] = sex, set(), set(), []
        return key

    def ancestors(self, key: str) -> set[str]:
        found = {key}
        for parent in self.parents[key] | self.adopters[key]:
            found |= self.ancestors(parent)
        return found

    def marry(self, one: str, other: str) -> None:
        """Marry two people of different sex who are no kin and not married to one another; else somebody from outside."""
        same = self.sex[one] == self.sex[other] or other in self.spouses[one]
        if same or self.ancestors(one) & self.ancestors(other):
            other = self.person(OTHER_SEX[self.sex[one]])
        self.spouses[one].append(other)
        self.spouses[other].append(one)

    def bear(self, parent: str, sex: str, *, alone: bool) -> None:
        child = self.person(sex)
        self.parents[child] = {parent} if alone else {parent, *self.spouses[parent][-1:]}

    def adopt(self, parent: str, sex: str) -> None:
        child = self.person(sex)
        self.adopters[child] = {parent, *self.spouses[parent][-1:]}

    # -------------------------------------------------------------------------------------------------- what could be declared

    def step(self, key: str, word: str) -> set[str]:
        sex = "male" if word in MALE else "female" if word in FEMALE else ""
        found = {
            "U": lambda: self.parents[key],
            "D": lambda: {child for child, parents in self.parents.items() if key in parents},
            "S": lambda: set(self.spouses[key]),
            "B": lambda: {other for other, parents in self.parents.items() if parents & self.parents[key]} - {key},
        }[STEPS[word]]()
        return {one for one in found if not sex or self.sex[one] == sex}

    def declarations(self) -> list[KinEdge]:
        """Everything true in the words of the form, about everybody by everybody."""
        return [edge for key in self.sex for edge in [*self._by_blood(key), *self._adopted(key), *self._step(key)]]

    def _by_blood(self, key: str) -> Iterator[KinEdge]:
        for relation in WORDS.keys() & TITLES.keys():
            ways = [(key,)]
            for word in WORDS[relation].split():
                ways = [(*way, one) for way in ways for one in sorted(self.step(way[-1], word)) if one not in way]
            for relative in sorted({way[-1] for way in ways}):
                yield KinEdge(person=key, relative=relative, relation=relation)

    def _adopted(self, key: str) -> Iterator[KinEdge]:
        for parent in sorted(self.adopters[key]):
            yield KinEdge(person=key, relative=parent, relation=ADOPTION["U", self.sex[parent]])
            yield KinEdge(person=parent, relative=key, relation=ADOPTION["D", self.sex[key]])

    def _step(self, key: str) -> Iterator[KinEdge]:
        parents = self.parents[key] | self.adopters[key]
        for spouse in sorted({spouse for parent in parents for spouse in self.spouses[parent]} - parents):
            for support in (False, True):
                yield KinEdge(person=key, relative=spouse, relation=STEP["U", self.sex[spouse]], support=support)
                yield KinEdge(person=spouse, relative=key, relation=STEP["D", self.sex[key]], support=support)
