"""Working days: known spans of 2026, the edges, and a slow twin that walks day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.workdays import Calendar, add, between

SPRING = Calendar(
    holidays=frozenset(date(2026, 2, 15) + timedelta(days=n) for n in range(9)),
    workdays=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31))
calendars = st.tuples(st.frozensets(days, max_size=40), st.frozensets(days, max_size=40)).map(
    lambda both: Calendar(both[0] - both[1], both[1])
)


def slow_between(start: date, end: date, calendar: Calendar) -> int:
    if end < start:
        return -slow_between(end, start, calendar)
    span = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(calendar.is_workday(day) for day in span)


@settings(deadline=None)
@given(days, st.integers(-400, 400), calendars)
def test_between_equals_the_walk(start: date, span: int, calendar: Calendar) -> None:
    end = start + timedelta(days=span)
    assert between(start, end, calendar) == slow_between(start, end, calendar)


@settings(deadline=None)
@given(days, st.integers(1, 60), calendars)
def test_add_is_the_inverse_and_lands_on_a_workday(start: date, n: int, calendar: Calendar) -> None:
    end = add(start, n, calendar)
    assert between(start, end, calendar) == n
    assert calendar.is_workday(end)
    assert between(start, end - timedelta(days=1), calendar) == n - 1


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 2, 13), 0, date(2026, 2, 13)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # Saturday made a workday
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # over the nine days of Spring Festival
        (date(2026, 2, 16), 1, date(2026, 2, 24)),  # begun on a holiday
        (date(2026, 2, 27), 1, date(2026, 2, 28)),
        (date(2026, 2, 27), 2, date(2026, 3, 2)),
        (date(2026, 11, 20), 5, date(2026, 11, 27)),
    ],
)
def test_known_spans(start: date, n: int, end: date) -> None:
    assert add(start, n, SPRING) == end


def test_a_holiday_on_a_weekend_changes_nothing() -> None:
    plain, holiday = Calendar(), Calendar(holidays=frozenset({date(2026, 11, 21)}))
    assert add(date(2026, 11, 20), 1, holiday) == add(date(2026, 11, 20), 1, plain) == date(2026, 11, 23)


def test_a_day_cannot_be_both() -> None:
    day = frozenset({date(2026, 10, 10)})
    with pytest.raises(ValueError, match="2026-10-10"):
        Calendar(holidays=day, workdays=day)


def test_a_period_cannot_be_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        add(date(2026, 1, 5), -1, SPRING)


def test_an_empty_year_is_known_to_be_empty() -> None:
    assert SPRING.knows(2026)
    assert not SPRING.knows(2027)
