"""The pure decisions: the five working days at their edges, and what several verifications come to."""

from datetime import date, timedelta

import pytest

from exams.applications.rules import Seen, accept_by, kinds_to_verify, mandatory_materials, outcome, period_over, standing
from exams.workdays import Calendar

NATIONAL_DAY = Calendar(
    holidays=frozenset(date(2026, 10, 1) + timedelta(days=n) for n in range(7)), workdays=frozenset({date(2026, 9, 20), date(2026, 10, 10)})
)


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (date(2026, 11, 16), date(2026, 11, 23)),
        (date(2026, 11, 20), date(2026, 11, 27)),  # Friday
        (date(2026, 11, 21), date(2026, 11, 27)),  # Saturday
        (date(2026, 9, 29), date(2026, 10, 12)),  # over the National Day, with Saturday 10 October a workday
        (date(2026, 9, 18), date(2026, 9, 24)),  # Sunday 20 September is a workday
    ],
)
def test_five_working_days(received: date, last: date) -> None:
    assert accept_by(received, NATIONAL_DAY) == last


@pytest.mark.parametrize(("day", "over"), [(26, False), (27, False), (28, True)])
def test_the_last_day_is_still_inside(day: int, over: bool) -> None:
    assert period_over(date(2026, 11, 27), date(2026, 11, day)) is over


@pytest.mark.parametrize(
    ("outcomes", "stand", "came_to"),
    [
        ([], "to_do", ""),
        (["confirmed"], "first_done", ""),
        (["confirmed", "confirmed"], "second_done", "confirmed"),
        (["not_confirmed", "not_confirmed"], "second_done", "not_confirmed"),
        (["confirmed", "not_confirmed"], "differing", ""),
        (["confirmed", "cannot_be_verified"], "differing", ""),
        (["confirmed", "not_confirmed", "not_confirmed"], "settled", "not_confirmed"),
        (["not_confirmed", "confirmed", "confirmed"], "settled", "confirmed"),
    ],
)
def test_two_verifications_and_a_third(outcomes: list[str], stand: str, came_to: str) -> None:
    seen = [Seen(n, f"officer {n}", each) for n, each in enumerate(outcomes, start=1)]
    assert (standing(seen), outcome(seen), outcome(list(reversed(seen)))) == (stand, came_to, came_to)


def test_what_must_be_handed_in_and_verified() -> None:
    assert mandatory_materials(False) == ["education", "performance"]
    assert mandatory_materials(True) == ["education", "title", "performance"]
    assert kinds_to_verify("renewal", True) == ["education", "title", "performance", "public_platform"]
