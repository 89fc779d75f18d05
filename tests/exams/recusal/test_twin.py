"""The rules and the kinship they use against their slow twin, in random worlds: no objection missed, none too many."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from datetime import date
from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.capacities import CAPACITIES
from exams.recusal import facts as f
from exams.recusal.canonical import canonical, plain
from exams.recusal.facts import Facts, KinEdge, Matter
from exams.recusal.kinship import AFFINITY, COLLATERAL, DIRECT, OTHER, graph_of, kin_of
from exams.recusal.rules import RULES, judge
from tests.exams.recusal import twin
from tests.exams.recusal.kin_twin import World, class_in
from tests.exams.recusal.twin_worlds import families, worlds

WORLDS, FAMILIES = 200, 300


def answers(facts: Facts) -> set[twin.Answer]:
    """What the rules say, in the shape of the twin: whatever the sentence names but the word for the relative."""
    found = set()
    for one in (objection.as_json() for objection in judge(facts)):
        named = tuple(sorted((name, str(value)) for name, value in one["params"].items() if name != "relation"))
        found.add((one["id"], one["severity"], named))
    return found


def disagreements(world: Facts) -> list[tuple[str, str, twin.Answer]]:
    """In which capacity the rules and the twin differ, and about what: `missed` by the rules, or `too many`."""
    differing = []
    for capacity in CAPACITIES:
        facts = replace(world, capacity=capacity)
        said, must_be_said = answers(facts), twin.judged(facts)
        differing += [(capacity, "missed", one) for one in sorted(must_be_said - said)]
        differing += [(capacity, "too many", one) for one in sorted(said - must_be_said)]
    return differing


def kinship_disagreements(family: tuple[dict[str, str], list[KinEdge]]) -> list[tuple[str, str, int | None, int | None]]:
    """Pairs whose class the graph and the closure see differently."""
    sexes, edges = family
    world, graph = World(edges, sexes), graph_of(edges, sexes)
    differing = []
    for one in sexes:
        found = {kin.other: kin.kin_class for kin in kin_of(one, sexes, graph)}
        for other in sexes:
            slow = class_in(world, one, other) if one < other else class_in(world, other, one)
            if found.get(other) != slow:
                differing.append((one, other, found.get(other), slow))
    return differing


@settings(max_examples=WORLDS, deadline=None)
@given(worlds())
def test_every_objection_is_the_twins_and_no_other(world):
    assert disagreements(world) == []


@settings(max_examples=FAMILIES, deadline=None)
@given(families())
def test_every_pair_is_kin_of_the_class_that_the_closure_says(family):
    assert kinship_disagreements(family) == []


@settings(max_examples=100, deadline=None)
@given(families(), st.randoms(use_true_random=False))
def test_the_order_of_declarations_changes_nothing(family, chance):
    sexes, edges = family
    shuffled = chance.sample(edges, len(edges))
    there, back = graph_of(edges, sexes), graph_of(shuffled, sexes)
    for one in sexes:
        assert list(kin_of(one, sexes, there)) == list(kin_of(one, sexes, back))


@settings(max_examples=100, deadline=None)
@given(worlds(), st.sampled_from(sorted(CAPACITIES)))
def test_what_of_the_facts_concerns_the_matter_is_enough_for_the_same_answers(world, capacity):
    """A ruling keeps of each fact what `within` leaves of it; nothing that a rule would have objected to is lost."""
    facts = replace(world, capacity=capacity)
    kept = {}
    for name in set(f.FIELD_OF.values()) - {"known", "kin"}:
        kept[name] = tuple(part for part in (fact.within(facts.matter) for fact in getattr(facts, name)) if part is not None)
    assert answers(replace(facts, **kept)) == answers(facts)


def test_the_twin_knows_every_rule_its_start_and_whom_it_asks():
    rows = {row[1]: row for row in twin.LAW}
    assert rows.keys() | {"recusal.match_doubt"} == {entry.id for entry in RULES}
    for entry in RULES:
        if entry.id in rows:
            asked, _, title, start, _ = rows[entry.id]
            assert (entry.capacities, entry.title, entry.severity) == (frozenset(asked), title, start)


# ------------------------------------------------------------------------------------- what the twin found: kin who were missed


def declared(person: str, relation: str, relative: str, **more: bool) -> KinEdge:
    return KinEdge(person=person, relative=relative, relation=relation, **more)


def classes(edges: list[KinEdge], one: str, other: str, **sexes: str) -> int | None:
    """The class in which the two are kin, whatever the order of the declarations and whoever is asked about."""
    found = set()
    for order in permutations(edges):
        graph = graph_of(order, sexes)
        for person, relative in ((one, other), (other, one)):
            found |= {next((kin.kin_class for kin in kin_of(person, [relative], graph)), None)}
    [only] = found
    return only


@pytest.mark.parametrize(
    ("edges", "one", "other", "expected"),
    [
        ([declared("p", "daughter_in_law", "w"), declared("w", "husband", "s")], "p", "s", DIRECT),
        ([declared("p", "son_in_law", "h"), declared("h", "wife", "d")], "p", "d", DIRECT),
        ([declared("p", "brother_wife", "w"), declared("b", "wife", "w")], "p", "b", COLLATERAL),
        ([declared("p", "nephew_niece_spouse", "w"), declared("w", "husband", "n")], "p", "n", COLLATERAL),
        ([declared("p", "uncle_aunt_spouse", "w"), declared("w", "husband", "u")], "p", "u", COLLATERAL),
        ([declared("p", "cousin_spouse", "w"), declared("w", "husband", "c")], "p", "c", COLLATERAL),
        ([declared("p", "spouse_sibling_spouse", "w"), declared("w", "husband", "s")], "p", "s", AFFINITY),
        ([declared("b", "brother_wife", "w"), declared("w", "mother_in_law", "m")], "b", "m", DIRECT),
    ],
)
def test_whoever_is_married_to_the_one_named_is_the_one_between(edges, one, other, expected):
    """A daughter-in-law's husband is the son, although nobody said so."""
    assert classes(edges, one, other) == expected


@pytest.mark.parametrize(
    ("edges", "one", "other", "expected"),
    [
        ([declared("a", "father", "f"), declared("a", "brother", "b"), declared("b", "paternal_grandmother", "g")], "f", "g", DIRECT),
        ([declared("a", "paternal_aunt", "t"), declared("a", "sister", "b"), declared("b", "father", "f")], "f", "t", COLLATERAL),
        ([declared("a", "paternal_aunt", "t"), declared("a", "sister", "b"), declared("b", "paternal_grandfather", "g")], "g", "t", DIRECT),
        ([declared("a", "paternal_cousin", "c"), declared("c", "father", "u")], "a", "u", COLLATERAL),
        ([declared("a", "paternal_cousin", "c"), declared("c", "paternal_grandmother", "g")], "a", "g", DIRECT),
        ([declared("a", "mother_in_law", "m"), declared("s", "wife", "a"), declared("s", "maternal_aunt", "t")], "m", "t", COLLATERAL),
    ],
)
def test_brothers_and_cousins_name_one_and_the_same_father(edges, one, other, expected):
    assert classes(edges, one, other) == expected


def test_the_mother_in_laws_husband_is_no_kin_where_the_father_is_known():
    """Two parents of the spouse are known: the one who told of the daughter-in-law, and the mother-in-law."""
    edges = [declared("w", "mother_in_law", "m"), declared("f", "daughter_in_law", "w"), declared("second", "wife", "m")]
    assert classes(edges, "w", "second", f="male", m="female", second="male") is None


@pytest.mark.parametrize(
    ("relation", "relative_of"),
    [("grandson", "p"), ("granddaughter", "p"), ("nephew", "p"), ("niece", "p"), ("maternal_cousin", "p")],
)
@pytest.mark.parametrize("parent", ["father", "mother"])
def test_the_parent_whom_a_grandson_or_nephew_named_is_kin(relation, relative_of, parent):
    """The grandson's father is the son or the daughter's husband: of the list in either case, although nobody knows which."""
    edges = [declared(relative_of, relation, "c"), declared("c", parent, "x")]
    assert classes(edges, "p", "x") == OTHER
    [kin] = kin_of("p", ["x"], graph_of(edges))
    assert kin.relation == "declared relative"


def test_where_named_people_explain_a_declaration_nobody_else_is_thought_of():
    edges = [declared("p", "grandson", "c"), declared("c", "father", "x"), declared("c", "mother", "d"), declared("p", "daughter", "d")]
    assert classes(edges, "p", "x") is None  # the daughter is not said to be married to him
    assert classes([*edges, declared("d", "husband", "x")], "p", "x") == AFFINITY


# ------------------------------------------------------------------------------------------- what the twin found: rules that erred


def test_a_colleague_is_a_colleague_in_the_exam_body_too():
    """R-18 makes no exception for the body's own employees who sit its examination."""
    posts = [f.Employment(person=one, organisation="b", organisation_name="Body", kind="exam_body", since=date(2020, 1, 1)) for one in "pc"]
    for capacity, severity in (("assessor", "block"), ("invigilator", "decide"), ("setter", "disclose")):
        matter = Matter(on=date(2026, 5, 16), body_id="b", candidates=frozenset("c"), employers=frozenset("b"))
        found = judge(Facts(person="p", capacity=capacity, matter=matter).with_facts(posts))
        assert [(one.id, one.severity) for one in found] == [("recusal.same_employer", severity)]


def test_nobody_trained_themselves():
    course = f.Training(person="p", organisation="t", organisation_name="T", family="RT", since=date(2026, 1, 1), trainees=frozenset({"p"}))
    matter = Matter(on=date(2026, 5, 16), family="UT", candidates=frozenset({"p"}))
    assert [one.id for one in judge(Facts(person="p", capacity="marker", matter=matter).with_facts([course]))] == ["recusal.own_candidacy"]


# ------------------------------------------------------------------------------------------------------------- the text of facts

# Any text and any day at all: what is written must come back, whatever it is.
ANY_FACTS = st.builds(
    Facts,
    person=st.text(),
    capacity=st.text(),
    matter=st.from_type(Matter),
    policy=st.from_type(f.Policy),
    **{name: st.lists(st.from_type(kind), max_size=2).map(tuple) for kind, name in f.FIELD_OF.items()},
)


def written_out(value: Any) -> Any:
    """What JSON knows of a value, the plain way."""
    if is_dataclass(value):
        return {field.name: written_out(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [written_out(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def expected_text(value: Any) -> str:
    return json.dumps(written_out(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@settings(max_examples=100, deadline=None)
@given(ANY_FACTS | worlds())
def test_the_canonical_text_is_what_json_writes_and_comes_back_whole(facts):
    assert canonical(facts) == expected_text(facts)
    assert plain(facts) == written_out(facts) == json.loads(canonical(facts))
    again = Facts.from_json(json.loads(json.dumps(facts.as_json())))
    assert again == facts and again.digest() == facts.digest()


@settings(max_examples=100, deadline=None)
@given(st.one_of([st.from_type(kind) for kind in f.FIELD_OF]))
def test_each_kind_of_fact_is_written_alone_as_within_others(fact):
    assert canonical(fact) == expected_text(fact)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.from_type(KinEdge) | st.from_type(f.Held), max_size=4))
def test_two_texts_are_equal_only_of_equal_facts(facts):
    for one, other in combinations(facts, 2):
        assert (type(one) is type(other) and canonical(one) == canonical(other)) == (one == other)
