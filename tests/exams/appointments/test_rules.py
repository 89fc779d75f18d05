"""Separation of duties: every pair, every grant, every edge of a period."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.appointments.rules import GRANTS, Held, grant_objections, objections
from exams.capacities import CAPACITIES, EXCLUSIONS, excludes

TODAY = date(2026, 11, 22)
ADMINISTRATORS = ("system_administrator", "security_administrator", "audit_administrator")


def held(capacity: str, since: date = TODAY, until: date | None = None, organisation: str = "body") -> Held:
    kinds = CAPACITIES[capacity].organisation_kinds if capacity in CAPACITIES else ("exam_body",)
    return Held(capacity, organisation, kinds[0], "临江考试中心", since, until)


def ids(wanted: Held, *others: Held) -> list[str]:
    return [objection.id for objection in objections("沈砚秋", wanted, others, TODAY)]


@pytest.mark.parametrize("capacity", CAPACITIES)
def test_each_capacity_alone_is_possible(capacity: str) -> None:
    assert ids(held(capacity)) == []


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(CAPACITIES, 2)))
def test_every_pair_is_refused_exactly_where_the_list_says(first: str, second: str) -> None:
    expected = ["duty.incompatible"] if frozenset((first, second)) in EXCLUSIONS else []
    assert ids(held(first), held(second, organisation="other")) == expected


@pytest.mark.parametrize("administrator", ADMINISTRATORS)
def test_an_administrator_holds_nothing_else_anywhere(administrator: str) -> None:
    compatible = [id for id in CAPACITIES if id != administrator and not excludes(administrator, id)]
    assert compatible == []


def test_the_refusal_says_who_what_and_on_what_basis() -> None:
    (objection,) = objections("沈砚秋", held("audit_administrator"), [held("security_administrator")], TODAY)
    assert objection.params == {"person": "沈砚秋", "held": "Security administrator", "wanted": "Audit administrator"}
    assert objection.basis == "GB/T 22239-2019 8.1.4.2"
    assert objection.remedy != ""


def test_the_last_day_counts() -> None:
    before = held("reviewer", date(2026, 1, 1), date(2026, 11, 30))
    assert ids(held("setter", date(2026, 11, 30)), before) == ["duty.incompatible"]
    assert ids(held("setter", date(2026, 12, 1)), before) == []
    assert ids(held("setter", date(2026, 11, 1), date(2026, 12, 31)), held("reviewer", date(2026, 12, 31))) == ["duty.incompatible"]
    assert ids(held("setter", date(2026, 11, 1), date(2026, 12, 30)), held("reviewer", date(2026, 12, 31))) == []


def test_all_objections_come_out_at_once() -> None:
    found = ids(held("security_administrator"), held("system_administrator"), held("audit_administrator"), held("setter"))
    assert found == ["duty.incompatible"] * 3


def test_the_same_appointment_twice_is_refused_only_where_it_overlaps() -> None:
    assert ids(held("chief"), held("chief")) == ["appointments.twice"]
    assert ids(held("chief", organisation="other"), held("chief")) == []
    assert ids(held("chief", date(2027, 1, 1)), held("chief", date(2026, 1, 1), date(2026, 12, 31))) == []


def test_periods() -> None:
    assert ids(held("chief", TODAY, TODAY - timedelta(days=1))) == ["appointments.period"]
    assert ids(held("chief", date(2025, 1, 1), date(2025, 12, 31))) == ["appointments.over"]
    assert ids(held("chief", TODAY, TODAY)) == []


def test_unknown_capacity_and_wrong_kind_of_organisation() -> None:
    assert ids(held("superuser")) == ["appointments.capacity"]
    assert ids(Held("employer_clerk", "body", "exam_body", "", TODAY)) == ["appointments.organisation"]
    assert ids(Held("oversight_inspector", "body", "exam_body", "", TODAY)) == ["appointments.organisation"]
    assert ids(Held("candidate", "body", "exam_body", "", TODAY)) == ["appointments.capacity"]


@given(
    *[st.sampled_from(sorted(CAPACITIES))] * 2,
    *[st.dates(date(2026, 12, 1), date(2027, 12, 31)), st.integers(0, 200)] * 2,
)
def test_the_order_of_two_appointments_does_not_matter(a: str, b: str, from_a: date, days_a: int, from_b: date, days_b: int) -> None:
    one = held(a, from_a, from_a + timedelta(days=days_a), "one")
    two = held(b, from_b, from_b + timedelta(days=days_b), "two")
    assert bool(ids(one, two)) == bool(ids(two, one))
    days_of = [{from_ + timedelta(days=n) for n in range(days + 1)} for from_, days in ((from_a, days_a), (from_b, days_b))]
    assert bool(ids(one, two)) == (bool(days_of[0] & days_of[1]) and excludes(a, b) is not None)


@pytest.mark.parametrize(
    ("granting", "wanted", "refused"),
    [
        ("head_of_body", "setter", False),
        ("head_of_body", "head_of_body", True),
        ("head_of_body", "security_administrator", True),
        ("head_of_body", "oversight_inspector", True),
        ("security_administrator", "audit_administrator", False),
        ("security_administrator", "head_of_body", False),
        ("security_administrator", "setter", True),
        ("system_administrator", "setter", True),
        ("system_administrator", "security_administrator", True),
        ("audit_administrator", "audit_administrator", True),
        ("exam_clerk", "invigilator", True),
        ("candidate", "chief", True),
        ("", "chief", True),
        ("authority_officer", "head_of_body", False),
        ("authority_officer", "setter", True),
        ("system", "security_administrator", False),
    ],
)
def test_who_grants_what(granting: str, wanted: str, refused: bool) -> None:
    assert [o.id for o in grant_objections(granting, wanted, oneself=False)] == ["appointments.not_yours"] * refused


@pytest.mark.parametrize("granting", GRANTS)
def test_nobody_appoints_oneself(granting: str) -> None:
    wanted = sorted(GRANTS[granting])[0]
    assert [o.id for o in grant_objections(granting, wanted, oneself=True)] == ["appointments.oneself"]


def test_every_capacity_can_be_granted_by_somebody_besides_the_system() -> None:
    granted = set().union(*(capacities for granting, capacities in GRANTS.items() if granting != "system"))
    assert granted == set(CAPACITIES)
