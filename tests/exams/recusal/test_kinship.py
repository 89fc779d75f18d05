"""Kinship by derivation: the five classes, half-declarations that meet, and a slow twin that composes relations literally."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.recusal.facts import KinEdge
from exams.recusal.kinship import AFFINITY, COLLATERAL, DIRECT, OTHER, RELATIONS, SPOUSE, WORDS, graph_of, kin_of


def edge(person: str, relation: str, relative: str, support: bool = False) -> KinEdge:
    return KinEdge(person=person, relative=relative, relation=relation, support=support)


def kin(edges, person, other, **sexes):
    """(class, relation) of the person seen from the other, or None."""
    found = list(kin_of(person, [other], graph_of(edges, sexes)))
    return (found[0].kin_class, found[0].relation) if found else None


# A family: grandfather G and grandmother H have sons F and U; F married M, U married V; children A, B of F and M; C of U and V.
FAMILY = [
    edge("F", "father", "G"),
    edge("F", "mother", "H"),
    edge("U", "father", "G"),
    edge("A", "father", "F"),
    edge("A", "mother", "M"),
    edge("B", "father", "F"),
    edge("C", "father", "U"),
    edge("C", "mother", "V"),
    edge("F", "wife", "M"),
    edge("U", "wife", "V"),
    edge("A", "wife", "W"),
    edge("W", "father", "X"),
    edge("W", "brother", "Y"),
    edge("Y", "wife", "Z"),
    edge("B", "husband", "D"),
    edge("C", "husband", "E"),
]
SEXES = {"A": "male", "B": "female", "C": "female", "F": "male", "U": "male"}


@pytest.mark.parametrize(
    ("person", "other", "expected"),
    [
        ("F", "M", (SPOUSE, "husband")),
        ("F", "A", (DIRECT, "father")),
        ("A", "F", (DIRECT, "son")),
        ("G", "A", (DIRECT, "paternal grandfather")),
        ("A", "G", (DIRECT, "son’s son")),
        ("A", "B", (COLLATERAL, "brother")),
        ("U", "A", (COLLATERAL, "father’s brother")),
        ("A", "U", (COLLATERAL, "brother’s son")),
        ("A", "C", (COLLATERAL, "cousin through the father’s brother")),
        ("A", "X", (AFFINITY, "daughter’s husband")),
        ("X", "A", (AFFINITY, "spouse’s father")),
        ("A", "Y", (AFFINITY, "sister’s husband")),
        ("Y", "A", (AFFINITY, "spouse’s brother")),
        ("A", "Z", (AFFINITY, "spouse of the spouse’s brother or sister")),
        ("F", "X", (AFFINITY, "parent of the child’s spouse")),
        ("V", "A", (AFFINITY, "uncle’s wife")),
        ("A", "V", (AFFINITY, "spouse’s nephew")),
        ("U", "W", (AFFINITY, "spouse’s uncle")),
        ("W", "U", (AFFINITY, "nephew’s wife")),
        ("E", "A", (AFFINITY, "husband of a cousin")),
        ("A", "E", (AFFINITY, "spouse’s cousin")),
    ],
)
def test_each_class_of_the_list(person, other, expected):
    assert kin(FAMILY, person, other, **SEXES) == expected


@pytest.mark.parametrize(
    ("person", "other"),
    [("W", "D"), ("G", "W"), ("X", "B"), ("E", "W"), ("X", "G"), ("Z", "F"), ("A", "A"), ("A", "nobody")],
)
def test_what_the_list_does_not_name_is_not_kin(person, other):
    assert (kin(FAMILY, person, other, **SEXES) is not None) == ((person, other) in {("W", "D")})


def test_great_grandparents_are_outside_the_list():
    line = [edge("a", "father", "b"), edge("b", "father", "c"), edge("c", "father", "d")]
    assert kin(line, "a", "c", a="male") == (DIRECT, "son’s son")
    assert kin(line, "a", "d") is None


def test_two_half_declarations_meet():
    assert kin([edge("uncle", "brother", "father"), edge("child", "father", "father")], "uncle", "child", uncle="male") == (
        COLLATERAL,
        "father’s brother",
    )


def test_each_parent_may_have_been_declared_by_the_other_side():
    assert kin([edge("f", "daughter", "c"), edge("c", "son", "g")], "f", "g", f="male") == (DIRECT, "maternal grandfather")


def test_a_spouses_child_counts_while_only_one_parent_is_known():
    edges = [edge("man", "wife", "woman"), edge("child", "mother", "woman")]
    assert kin(edges, "man", "child", man="male") == (OTHER, "father or stepfather")
    assert kin([*edges, edge("child", "father", "another")], "man", "child") is None


def test_a_step_relation_counts_only_with_support():
    assert kin([edge("c", "step_father", "s", support=True)], "s", "c", s="male") == (OTHER, "stepfather")
    assert kin([edge("c", "step_father", "s")], "s", "c") is None


def test_declared_lack_of_support_rebuts_the_presumption():
    edges = [edge("man", "wife", "woman"), edge("child", "mother", "woman"), edge("man", "step_child", "child")]
    assert kin(edges, "man", "child") is None


def test_adoptive_kin_and_what_arises_from_it_are_of_the_fifth_class():
    edges = [edge("c", "adoptive_mother", "m"), edge("m", "sister", "t"), edge("m", "mother", "g")]
    assert kin(edges, "m", "c") == (OTHER, "adoptive mother")
    assert kin(edges, "t", "c", m="female") == (OTHER, "mother’s sister")
    assert kin(edges, "g", "c")[0] == OTHER


def test_blood_wins_over_a_relation_of_the_fifth_class():
    edges = [edge("c", "adoptive_father", "f"), edge("f", "son", "c")]
    assert kin(edges, "f", "c") == (DIRECT, "father")


def test_siblings_share_the_parents_that_one_of_them_named():
    edges = [edge("a", "brother", "b"), edge("b", "father", "f"), edge("f", "sister", "t")]
    assert kin(edges, "a", "f", a="male") == (DIRECT, "son")
    assert kin(edges, "t", "a")[0] == COLLATERAL


def test_a_declared_uncle_is_the_brother_of_the_declared_father():
    edges = [edge("a", "father", "f"), edge("a", "paternal_uncle", "u"), edge("u", "son", "c")]
    assert kin(edges, "f", "c", f="male") == (COLLATERAL, "father’s brother")
    assert kin(edges, "a", "c") == (COLLATERAL, "cousin through the father’s brother")


def test_an_uncles_wife_who_is_the_mother_is_the_mother():
    edges = [edge("a", "father", "f"), edge("f", "father", "g"), edge("f", "wife", "m"), edge("a", "mother", "m")]
    assert kin(edges, "m", "a") == (DIRECT, "mother")


def test_a_stepmother_without_support_does_not_return_as_an_uncles_wife():
    edges = [
        edge("a", "father", "f"),
        edge("a", "mother", "m"),
        edge("f", "father", "g"),
        edge("f", "wife", "second"),
        edge("b", "father", "g"),
    ]
    assert kin(edges, "second", "a") is None
    assert kin(edges, "second", "b") == (AFFINITY, "brother’s wife")


def test_a_declaration_in_words_we_do_not_know_is_kin_of_the_fifth_class():
    assert kin([edge("a", "godfather of some kind", "b")], "b", "a") == (OTHER, "declared relative")


@pytest.mark.parametrize("relation", sorted(RELATIONS))
def test_every_relation_that_can_be_declared_is_found_from_both_ends(relation):
    declared = [edge("p", relation, "r", support=True)]
    assert kin(declared, "p", "r") and kin(declared, "r", "p")


def test_every_word_reads_backwards_as_a_word():
    back = {"U": "D", "D": "U", "S": "S", "B": "B"}
    assert {"".join(back[step] for step in reversed(word)) for word in WORDS} == set(WORDS)


def test_a_large_family_is_walked_fast():
    """A village of 3,000 people in one graph; the walk stays on the four steps around a person."""
    edges = [edge(f"p{n}", "father", f"p{n // 3}") for n in range(1, 3000)]
    graph = graph_of(edges)
    assert {found.other for found in kin_of("p4", [f"p{n}" for n in range(100)], graph)} >= {"p1", "p5", "p13", "p40"}


# ------------------------------------------------------------------------------------------------------------------- the slow twin


def twin(edges: list[KinEdge], person: str, other: str) -> bool:
    """Kin or not, by composing whole relations as sets of pairs, as the list of the rule is written (blood and marriage only)."""
    people = sorted({key for one in edges for key in (one.person, one.relative)} | {person, other})
    spouse, parent, declared = set(), set(), set()
    for one in edges:
        pair = (one.person, one.relative)
        if one.relation == "spouse":
            spouse |= {pair, pair[::-1]}
        elif one.relation == "parent":
            parent.add(pair)
        elif one.relation == "child":
            parent.add(pair[::-1])
        elif one.relation == "sibling":
            declared |= {pair, pair[::-1]}
    for _ in people:
        declared |= {(a, c) for a, b in declared for b2, c in declared if b == b2 and a != c}
    parent |= {(a, p) for a, b in declared for b2, p in parent if b == b2 and a != p}
    known = {child: {p for c, p in parent if c == child} for child in people}
    parent |= {
        (child, two)
        for child in people
        if len(known[child]) < 2
        for one in known[child]
        for one2, two in spouse
        if one == one2 and two != child
    }
    sibling = declared | {(a, b) for a, p in parent for b, q in parent if p == q and a != b}

    def then(*relations):
        pairs = relations[0]
        for following in relations[1:]:
            pairs = {(a, c) for a, b in pairs for b2, c in following if b == b2}
        return pairs

    uncle_aunt = then(parent, sibling)
    nephew_niece = then(sibling, {pair[::-1] for pair in parent})
    child = {pair[::-1] for pair in parent}
    cousin = then(parent, sibling, child)
    collateral = sibling | uncle_aunt | nephew_niece | cousin
    listed = spouse | parent | child | then(parent, parent) | then(child, child) | collateral
    listed |= then(spouse, parent) | then(spouse, sibling) | then(spouse, sibling, spouse)
    listed |= then(child, spouse) | then(child, spouse, parent) | then(collateral, spouse)
    return person != other and ((person, other) in listed or (other, person) in listed)


PEOPLE = st.sampled_from("abcdefg")
EDGES = st.lists(
    st.tuples(PEOPLE, st.sampled_from(["spouse", "parent", "child", "sibling"]), PEOPLE).filter(lambda e: e[0] != e[2]),
    max_size=9,
)


@settings(max_examples=300, deadline=None)
@given(EDGES)
def test_the_walk_agrees_with_the_slow_twin(triples):
    edges = [edge(*triple) for triple in triples]
    graph = graph_of(edges)
    for person, other in itertools.product("abcdefg", repeat=2):
        walked = any(True for _ in kin_of(person, [other], graph))
        assert walked == twin(edges, person, other), (person, other)


@settings(max_examples=100, deadline=None)
@given(EDGES)
def test_kinship_is_mutual(triples):
    graph = graph_of([edge(*triple) for triple in triples])
    for person, other in itertools.combinations("abcdefg", 2):
        there, back = list(kin_of(person, [other], graph)), list(kin_of(other, [person], graph))
        assert [found.kin_class for found in there] == [found.kin_class for found in back]
