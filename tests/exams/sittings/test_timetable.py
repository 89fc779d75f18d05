"""Clashes: all of them, at once, and exactly those a slow twin finds."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from exams.sittings.timetable import Use, clashes, clashes_with, free_times

NINE = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)


def use(id: str, start: int, end: int, by: str = "s1", kind: str = "room") -> Use:
    return Use(kind, id, id, NINE + timedelta(minutes=start), NINE + timedelta(minutes=end), by, by)


uses = st.lists(
    st.builds(
        lambda kind, id, start, length, by: use(id, start, start + length, by, kind),
        st.sampled_from(["room", "person"]),
        st.sampled_from("abc"),
        st.integers(0, 50),
        st.integers(1, 30),
        st.uuids().map(str),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(uses)
def test_the_sweep_finds_what_comparing_all_pairs_finds(wanted):
    slow = {
        frozenset((a, b))
        for index, a in enumerate(wanted)
        for b in wanted[index + 1 :]
        if (a.kind, a.id) == (b.kind, b.id) and a.starts < b.ends and b.starts < a.ends
    }
    found = clashes(wanted)
    assert {frozenset((clash.first, clash.second)) for clash in found} == slow
    assert len(found) == len(slow)
    assert all(clash.starts < clash.ends for clash in found)


def test_one_after_the_other_is_no_clash():
    assert clashes([use("r", 0, 60), use("r", 60, 120, "s2")]) == []


def test_all_clashes_are_told_at_once():
    found = clashes([use("r", 0, 60), use("r", 30, 90, "s2"), use("p", 0, 60, kind="person"), use("p", 59, 61, "s2", "person")])
    assert [(clash.first.kind, clash.first.by, clash.second.by) for clash in found] == [("room", "s1", "s2"), ("person", "s1", "s2")]


def test_old_clashes_are_not_the_fault_of_the_new():
    present = [use("r", 0, 60, "old1"), use("r", 0, 60, "old2")]
    assert clashes_with([use("r", 60, 90, "new")], present) == []
    assert len(clashes_with([use("r", 50, 90, "new")], present)) == 2


def test_free_times_are_the_way_out():
    day = (NINE, NINE + timedelta(minutes=100))
    assert free_times(*day, [use("r", 10, 20), use("r", 15, 40), use("r", 90, 200)]) == [
        (NINE, NINE + timedelta(minutes=10)),
        (NINE + timedelta(minutes=40), NINE + timedelta(minutes=90)),
    ]
    assert free_times(*day, []) == [day]
    assert free_times(*day, [use("r", 0, 100)]) == []
