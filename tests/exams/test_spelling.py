"""Times, shares and masked numbers, exactly as they are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from exams import spelling

START = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
END = datetime(2026, 11, 28, 3, 0, 7, tzinfo=UTC)


def test_an_interval_on_one_day_in_both_languages() -> None:
    with translation.override("en"):
        assert spelling.span(START, END) == "Sat 28 Nov 2026, 09:00–11:00"
        assert spelling.when(END, seconds=True) == "Sat 28 Nov 2026, 11:00:07"
    with translation.override("zh-hans"):
        assert spelling.span(START, END) == "2026年11月28日（周六）09:00–11:00"
        assert spelling.when(END, seconds=True) == "2026年11月28日（周六）11:00:07"


def test_an_interval_over_midnight_gives_both_days() -> None:
    with translation.override("en"):
        late = datetime(2026, 11, 28, 17, 0, tzinfo=UTC)
        assert spelling.span(START, late) == "Sat 28 Nov 2026, 09:00 – Sun 29 Nov 2026, 01:00"
        assert spelling.span(date(2026, 5, 16), date(2026, 5, 17)) == "Sat 16 May 2026 – Sun 17 May 2026"
        assert spelling.span(date(2026, 5, 16), date(2026, 5, 16)) == "Sat 16 May 2026"


def test_what_is_missing_is_a_dash() -> None:
    assert {
        spelling.when(None),
        spelling.day(None),
        spelling.hour(None),
        spelling.span(None, None),
        spelling.number(None),
        spelling.masked(""),
    } == {"—"}


def test_durations_leave_out_what_is_nought() -> None:
    with translation.override("en"):
        assert [spelling.duration(n) for n in (0, 59, 90, 5400, 90061)] == ["0 s", "59 s", "1 min 30 s", "1 h 30 min", "1 d 1 h 1 min 1 s"]
    with translation.override("zh-hans"):
        assert spelling.duration(5400) == "1小时30分"


@pytest.mark.parametrize(
    ("part", "whole", "cut", "up"),
    [
        (99999, 100000, "99.99%", "100.00%"),
        (1, 3, "33.33%", "33.34%"),
        (5, 5, "100%", "100%"),
        (0, 5, "0%", "0%"),
        (1, 10**9, "0.00%", "0.01%"),
    ],
)
def test_coverage_is_cut_off_and_loss_is_rounded_up(part: int, whole: int, cut: str, up: str) -> None:
    assert spelling.percent(part, whole) == cut
    assert spelling.percent(part, whole, up=True) == up


@given(whole=st.integers(1, 10**12), gap=st.integers(1, 10**12))
def test_with_one_gap_the_page_never_says_all(whole: int, gap: int) -> None:
    covered = max(whole - gap, 0)
    assert not spelling.percent(covered, whole).startswith("100")
    assert spelling.percent(min(gap, whole), whole, up=True) not in ("0%", "0.00%")


def test_a_share_of_nothing_is_a_dash() -> None:
    assert spelling.percent(0, 0) == "—"


def test_separators_only_from_ten_thousand() -> None:
    assert [spelling.number(n) for n in (0, 9999, 10000, Decimal("86.5"))] == ["0", "9999", "10,000", "86.5"]


@pytest.mark.parametrize(
    ("whole", "masked"),
    [("110101198503140025", "1101**********0025"), ("13812345678", "138****5678"), ("E12345678", "E1*****78"), ("陈㙍", "陈*"), ("A", "A")],
)
def test_personal_numbers_are_masked(whole: str, masked: str) -> None:
    assert spelling.masked(whole) == masked
