"""Drawings stay inside their frame and carry the table of their data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from exams.drawing import Bar, Bars, Row, Segment, Timeline

START = datetime(2026, 11, 28, 0, 30, tzinfo=UTC)


def line(**changes: object) -> Timeline:
    gap = Segment(START + timedelta(minutes=72), START + timedelta(minutes=74), "gap", "Offline")
    values: dict[str, object] = {
        "title": "Cameras",
        "start": START,
        "end": START + timedelta(hours=3),
        "rows": [Row("C1", [gap]), Row("C2", [])],
    }
    return Timeline(**{**values, **changes})  # type: ignore[arg-type]


@given(minutes=st.integers(-500, 5000))
def test_a_moment_never_leaves_the_frame(minutes: int) -> None:
    assert 120 <= line().x(START + timedelta(minutes=minutes)) <= 980


@given(minutes=st.integers(1, 60 * 24 * 60))
def test_at_most_nine_ticks_whatever_the_length(minutes: int) -> None:
    drawn = line(end=START + timedelta(minutes=minutes))
    assert len(list(drawn.ticks())) <= 9


def test_ticks_stand_on_round_hours_of_the_place() -> None:
    assert [tick["words"] for tick in line().ticks()] == ["08:30", "09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]


def test_a_gap_of_a_second_is_still_seen() -> None:
    short = Segment(START, START + timedelta(seconds=1), "gap")
    drawn = list(line(rows=[Row("C1", [short])]).lines())
    assert drawn[0]["segments"][0]["width"] >= 1.5


def test_a_timeline_carries_its_table() -> None:
    html = render_to_string("_timeline.html", {"drawn": line()})
    assert html.count("<tr>") == 2
    assert "Offline" in html


def test_bars_reach_the_frame_and_nought_has_no_length() -> None:
    drawn = Bars("Results", [Bar("a", 346), Bar("b", 173), Bar("c", 0)], unit="candidates")
    assert [one["length"] for one in drawn.lines()] == [580, 290, 0]
    assert list(Bars("None", []).lines()) == []
