"""Order of dates, lead time to the day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.programme.rules import Item, fields_objections, lead_objection, plan_objections

GOOD = {
    "items": [Item("UT-Ⅱ")],
    "apply_from": date(2026, 3, 1),
    "apply_until": date(2026, 3, 31),
    "starts_on": date(2026, 5, 16),
    "ends_on": date(2026, 5, 17),
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"items": []}, ["programme.no_items"]),
        ({"items": [Item("UT", ("Pass mark", "Duration"))]}, ["programme.missing_values"]),
        ({"items": [Item("UT", (), False), Item("RT", ("x",))]}, ["programme.no_edition", "programme.missing_values"]),
        ({"apply_until": date(2026, 2, 28)}, ["programme.apply_order"]),
        ({"ends_on": date(2026, 5, 15)}, ["programme.event_order"]),
        ({"starts_on": date(2026, 3, 31), "ends_on": date(2026, 3, 31)}, ["programme.apply_late"]),
        ({"starts_on": date(2026, 4, 1), "ends_on": date(2026, 4, 1)}, []),
    ],
)
def test_a_plan_in_order_or_not(change, expected):
    assert [one.id for one in plan_objections(**{**GOOD, **change})] == expected


def test_missing_values_are_all_named():
    [objection] = plan_objections(**{**GOOD, "items": [Item("超声检测Ⅱ级", ("Pass mark", "Duration"))]})
    assert objection.text() == "Item “超声检测Ⅱ级” cannot be put into the plan. Still empty: Pass mark, Duration."


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(10, 60))
def test_the_lead_time_turns_on_its_day(starts_on, days):
    last = starts_on - timedelta(days=days)
    for shift, late in ((-1, False), (0, False), (1, True)):
        found = list(
            lead_objection(today=last + timedelta(days=shift), starts_on=starts_on, lead_days=days, source="s", consent=False)
        )
        assert bool(found) is late
    assert not list(lead_objection(today=starts_on, starts_on=starts_on, lead_days=days, source="s", consent=True))


def test_every_empty_field_is_named_at_once():
    found = fields_objections({"a": "x", "b": "", "c": []}, {"a": "A", "b": "B", "c": "C"})
    assert [one.params["field"] for one in found] == ["B", "C"]
