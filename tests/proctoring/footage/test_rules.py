"""What is drawn, and when footage may go, on plain facts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from proctoring.footage import rules

START = datetime(2026, 5, 16, 9, tzinfo=UTC)
POOL = {f"s{n}": (START, START + timedelta(hours=2)) for n in range(10)}


@given(st.integers(1, 100), st.text("0123456789abcdef", min_size=8, max_size=8))
def test_at_least_the_share_is_drawn_and_every_stretch_lies_in_its_sitting(percent: int, seed: str):
    found = rules.stretches(POOL, [], percent, seed, "body")
    assert len(found) == -(-10 * percent // 100)
    assert len({one.sitting for one in found}) == len(found)
    assert all(START <= one.since < one.until <= START + timedelta(hours=2) for one in found)
    assert found == rules.stretches(dict(reversed(POOL.items())), [], percent, seed, "body")


def test_the_same_seed_draws_otherwise_for_the_other_side():
    assert rules.stretches(POOL, [], 30, "ab", "body") != rules.stretches(POOL, [], 30, "ab", "authority")


def test_every_incident_is_looked_at_with_time_around_it_and_an_empty_pool_draws_nothing():
    at = START + timedelta(minutes=30)
    assert rules.stretches({}, [("s1", at, at)], 100, "ab", "body") == [
        rules.Stretch("s1", "incident", at - timedelta(minutes=2), at + timedelta(minutes=2))
    ]
    short = {"s1": (START, START + timedelta(seconds=50))}
    (one,) = rules.stretches(short, [], 1, "ab", "body")
    assert (one.since, one.until) == (START, START + timedelta(seconds=50))


def test_footage_without_a_confirmed_period_or_before_its_end_or_on_hold_stays():
    day = date(2026, 5, 16)
    assert [one.id for one in rules.against_disposal(None, day, [])] == ["footage.no_period"]
    assert [one.id for one in rules.against_disposal(day, day, [])] == ["footage.too_early"]
    assert [one.id for one in rules.against_disposal(day, day + timedelta(days=1), ["x"])] == ["footage.held"]
    assert rules.against_disposal(day, day + timedelta(days=1), []) == []


def test_a_policy_of_not_showing_leaves_only_refusal():
    assert [one.id for one in rules.against_granting(0, True)] == ["footage.policy"]
    assert [one.id for one in rules.against_granting(1, False)] == ["footage.none"]
    assert rules.against_granting(1, True) == []
