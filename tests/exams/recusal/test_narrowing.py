"""A matter narrowed to what touches a person gives the answer of the whole matter; a rule that this forgets is found here."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.recusal import facts as f
from exams.recusal.facts import Matter
from exams.recusal.found import Found
from exams.recusal.narrowing import Grid, Narrow, bare
from exams.recusal.rules import EVERYBODY, RULES, judge
from tests.exams.recusal import worlds
from tests.exams.recusal.test_rules import KNOWN, MATTER, MUST_REFUSE, SIGNED

CAPACITY = st.sampled_from(sorted(EVERYBODY))
STRANGERS = [f"s{number}" for number in range(40)]


def found(facts, policy=None, known=worlds.KNOWN):
    days = [*worlds.DAYS, MATTER.on, date(2026, 6, 1)]
    return Found([*known, *facts], dict.fromkeys(days, policy or f.Policy()))


@settings(max_examples=500, deadline=None)
@given(st.lists(worlds.ANY_FACT, max_size=9), worlds.MATTER, CAPACITY, worlds.POLICY)
def test_the_narrowed_matter_gives_the_answer_of_the_whole(facts, matter, capacity, policy):
    here = found(facts, policy)
    narrow = Narrow(here)
    for person in ("p", "q", "c"):
        assert list(narrow.objections(person, capacity, matter)) == judge(here.facts(person, capacity, matter))


@settings(max_examples=150, deadline=None)
@given(st.lists(worlds.ANY_FACT, max_size=9), st.lists(worlds.MATTER, max_size=6), CAPACITY)
def test_a_grid_gives_every_answer_with_an_objection_and_no_other(facts, matters, capacity):
    here = found(facts)
    grid = Grid(Narrow(here), matters)
    for person in ("p", "q", "c"):
        slow = [(number, tuple(judge(here.facts(person, capacity, matter)))) for number, matter in enumerate(matters)]
        assert list(grid.against(person, capacity)) == [(number, objections) for number, objections in slow if objections]


def crowd():
    """Forty people of forty other employers, with kin among themselves: nothing of theirs is anybody else's business."""
    for number, one in enumerate(STRANGERS):
        yield f.Known(id=one, key=f"k{one}", name=one)
        place = f"other{number}"
        yield f.Employment(person=one, organisation=place, organisation_name=place, kind="employer", since=date(2020, 1, 1))
        yield f.KinEdge(person=f"k{one}", relative=f"k{one}mother", relation="mother")


@pytest.mark.parametrize("crowded", [False, True])
@pytest.mark.parametrize(("rule_id", "change", "facts", "capacities"), [*MUST_REFUSE, ("recusal.undeclared", {}, [], {"chief"})])
def test_no_rule_is_missed(rule_id, change, facts, capacities, crowded):
    """Whatever a rule looks at, its must-refuse case is found: alone, in a full room, and as one of a hundred matters."""
    matter = replace(MATTER, **change)
    if crowded:
        more = {"candidates": matter.candidates | set(STRANGERS[:30]), "employers": matter.employers | {"other3"}}
        matter = replace(matter, **more, paper_ids=matter.paper_ids | {"another"}, question_ids=matter.question_ids | {"another"})
    signed = [] if rule_id == "recusal.undeclared" else [SIGNED]
    here = found([*signed, *facts, *crowd()], known=KNOWN)
    others = [Matter(on=date(2026, 6, 1), event_id="e", candidates=frozenset(STRANGERS[: number + 2])) for number in range(99)]
    for capacity in sorted(capacities):
        answer = Narrow(here).objections("p", capacity, matter)
        assert rule_id in {one.id for one in answer}
        assert list(answer) == judge(here.facts("p", capacity, matter))
        assert dict(Grid(Narrow(here), [*others, matter]).against("p", capacity))[99] == answer


def test_no_rule_is_without_a_case_above():
    assert {case[0] for case in MUST_REFUSE} | {"recusal.undeclared"} == {entry.id for entry in RULES}


def test_strangers_are_left_out_and_judged_once():
    """Forty rooms full of strangers are one question."""
    narrow = Narrow(found([SIGNED, *crowd()], known=KNOWN))
    for number in range(39):
        matter = replace(MATTER, candidates=frozenset(STRANGERS[number:]), room=f"R{number}", employers=frozenset({f"other{number}"}))
        assert narrow.narrowed("p", matter) == bare(matter) and narrow.objections("p", "chief", matter) == ()
    assert len(narrow._judged) == 1


def test_one_colleague_of_the_same_employer_brings_all_of_them():
    post = f.Employment(person="p", organisation="other1", organisation_name="O", since=date(2020, 1, 1))
    narrow = Narrow(found([post, *crowd()], known=KNOWN))
    matter = replace(MATTER, colleagues=frozenset(STRANGERS[:3]))
    assert narrow.narrowed("p", matter) == replace(bare(matter), colleagues=matter.colleagues, room="R03")
    assert narrow.narrowed("p", replace(matter, colleagues=frozenset(STRANGERS[2:]))) == bare(matter)
