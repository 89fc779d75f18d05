"""Grading by the rule version: every conclusion, every boundary, and what it refuses to guess."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.catalogue.rulebook import Rulebook
from exams.errors import Refused
from exams.results import grading
from exams.results.grading import Taken


def subject(code, *, compulsory=True, full="100", passing="70"):
    cell = {"source": "clause 3.4"}
    return {
        "code": code,
        "name_zh": code,
        "form": {"value": "written"},
        "full_mark": {"value": full, **cell},
        "pass_mark": {"value": passing, **cell},
        "compulsory": {"value": compulsory, **cell},
    }


RULES = Rulebook.from_values({"subjects": [subject("theory"), subject("practical", full="50", passing="35.5")]})
THEORY, PRACTICAL = Decimal("70"), Decimal("35.5")


def outcome(*taken, rules=RULES, carried=None):
    return grading.grade(rules, taken, carried).outcome


def test_passed_exactly_at_the_pass_mark_of_every_compulsory_subject():
    grade = grading.grade(RULES, [Taken("theory", THEORY), Taken("practical", PRACTICAL)])
    assert grade.outcome == "pass"
    assert [line.as_json() for line in grade.lines] == [
        {"subject": "theory", "outcome": "pass", "source": "clause 3.4", "score": "70", "full_mark": "100", "pass_mark": "70"},
        {"subject": "practical", "outcome": "pass", "source": "clause 3.4", "score": "35.5", "full_mark": "50", "pass_mark": "35.5"},
    ]


@pytest.mark.parametrize(
    ("theory", "practical", "expected"),
    [
        (Taken("theory", Decimal("69.99")), Taken("practical", PRACTICAL), "fail"),
        (Taken("theory", THEORY), Taken("practical", Decimal("35.49")), "fail"),
        (Taken("theory", THEORY), Taken("practical"), "fail"),
        (Taken("theory"), Taken("practical"), "absent"),
        (Taken("theory"), Taken("practical", Decimal(0)), "fail"),
        (Taken("theory", THEORY, void=True), Taken("practical", PRACTICAL), "void"),
        (Taken("theory", None, void=True), Taken("practical"), "void"),
    ],
)
def test_every_other_conclusion(theory, practical, expected):
    assert outcome(theory, practical) == expected


def test_a_subject_not_yet_taken_leaves_a_pass_in_part():
    assert outcome(Taken("theory", THEORY)) == "part"


def test_a_subject_passed_earlier_counts():
    grade = grading.grade(RULES, [Taken("theory", THEORY)], {"practical": date(2026, 1, 5)})
    assert grade.outcome == "pass"
    assert grade.lines[1].as_json()["passed_on"] == "2026-01-05"


def test_an_earlier_pass_does_not_excuse_a_failure_now():
    assert outcome(Taken("theory", Decimal(3)), carried={"practical": date(2026, 1, 5)}) == "fail"


def test_a_subject_that_is_not_compulsory_decides_nothing():
    rules = Rulebook.from_values({"subjects": [subject("theory"), subject("extra", compulsory=False)]})
    assert outcome(Taken("theory", THEORY), Taken("extra", Decimal(1)), rules=rules) == "pass"
    assert outcome(Taken("theory", THEORY), rules=rules) == "pass"
    assert outcome(Taken("theory", THEORY), Taken("extra", Decimal(1), void=True), rules=rules) == "void"


@pytest.mark.parametrize("score", ["-0.01", "100.01", "1e3", "70.001"])
def test_a_score_that_cannot_be_is_refused(score):
    with pytest.raises(Refused) as caught:
        outcome(Taken("theory", Decimal(score)), Taken("practical", PRACTICAL))
    assert caught.value.objections[0].id in ("results.range", "results.digits")


@pytest.mark.parametrize("field", ["full_mark", "pass_mark", "compulsory"])
def test_what_the_rules_leave_empty_is_never_guessed(field):
    rules = Rulebook.from_values({"subjects": [{**subject("theory"), field: {"source": ""}}]})
    with pytest.raises(Refused) as caught:
        outcome(Taken("theory", THEORY), rules=rules)
    assert caught.value.objections[0].id == "results.rules_empty"


def test_a_subject_the_rules_do_not_know_is_refused():
    with pytest.raises(Refused) as caught:
        outcome(Taken("essay", THEORY))
    assert caught.value.objections[0].id == "results.subject"


def test_every_reason_is_given_at_once():
    with pytest.raises(Refused) as caught:
        outcome(Taken("essay", THEORY), Taken("theory", Decimal(101)))
    assert [objection.id for objection in caught.value.objections] == ["results.subject", "results.range"]


SCORES = st.one_of(st.none(), st.decimals(0, 50, places=2))


@given(SCORES, SCORES, st.booleans())
def test_a_higher_score_never_makes_it_worse(theory, practical, void):
    order = ["void", "absent", "fail", "part", "pass"]
    taken = [Taken("theory", theory, void), Taken("practical", practical)]
    better = [Taken("theory", Decimal(100), void), Taken("practical", Decimal(50))]
    assert order.index(outcome(*better)) >= order.index(outcome(*taken))
