"""Blueprints: every mistake at once, shares cut off, and a used one stands still."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exams.errors import Refused, Stale
from question_bank.blueprints.actions import change_blueprint, make_blueprint
from question_bank.blueprints.models import Blueprint
from question_bank.blueprints.rules import by_unit, full_marks, read_rows
from tests.cast import sign_in_as
from tests.question_bank.bank import UT

KINDS = ["single_choice", "true_false"]
GOOD = {"unit": "2.3", "kind": "single_choice", "marks": "2", "count": "4", "easiest": "1", "hardest": "5"}


def test_good_rows_come_out_in_one_form():
    rows, wrong = read_rows([GOOD, GOOD | {"marks": 1.5, "count": 2}], KINDS)
    assert wrong == []
    assert rows == [
        {"unit": "2.3", "kind": "single_choice", "marks": "2.0", "count": 4, "easiest": 1, "hardest": 5},
        {"unit": "2.3", "kind": "single_choice", "marks": "1.5", "count": 2, "easiest": 1, "hardest": 5},
    ]
    assert full_marks(rows) == Decimal("11.0")


@pytest.mark.parametrize(("change", "mistakes"), [
    ({"unit": " "}, 1), ({"kind": "essay"}, 1), ({"marks": "0"}, 1), ({"marks": "NaN"}, 1), ({"marks": "0.25"}, 1), ({"count": "0"}, 1),
    ({"count": "x"}, 1), ({"count": "101"}, 1), ({"easiest": "4", "hardest": "2"}, 1), ({"hardest": "6"}, 1),
    ({"unit": "", "kind": "", "marks": "", "count": "", "easiest": "", "hardest": ""}, 5),
])  # fmt: skip
def test_every_mistake_of_a_row_is_named(change, mistakes):
    rows, wrong = read_rows([GOOD | change], KINDS)
    assert rows == []
    assert [objection.params["row"] for objection in wrong] == [1] * mistakes


def test_no_row_at_all_is_a_mistake():
    assert [objection.id for objection in read_rows([], KINDS)[1]] == ["blueprints.empty"]


def test_shares_are_cut_off_so_that_they_never_promise_more():
    rows, _wrong = read_rows([GOOD | {"unit": unit, "count": "1"} for unit in ("a", "b", "c")], KINDS)
    assert [(unit, share) for unit, _marks, share in by_unit(rows)] == [("a", 33), ("b", 33), ("c", 33)]


@pytest.mark.django_db
def test_a_used_blueprint_is_not_changed(bank):
    assert bank.drawn
    blueprint = Blueprint.objects.get()
    assert blueprint.state == "in_use"
    with pytest.raises(Stale):
        change_blueprint(by=bank.assembler, blueprint=blueprint, title="x", rows=[GOOD], minutes=60)
    assert Blueprint.objects.get().title == "超声检测理论"


@pytest.mark.django_db
@pytest.mark.parametrize(("title", "minutes"), [("", 60), ("x", 9), ("x", 481)])
def test_title_and_time_are_needed(bank, title, minutes):
    with pytest.raises(Refused):
        make_blueprint(by=bank.assembler, family=UT, title=title, rows=[GOOD], minutes=minutes)


@pytest.mark.django_db
def test_a_refused_form_keeps_what_was_typed(bank, client):
    sign_in_as(client, bank.assembler)
    assert bank.item
    posted = {"family": UT, "title": "草稿", "minutes": "90"} | {name: [value, "", ""] for name, value in (GOOD | {"count": "0"}).items()}
    answer = client.post(reverse("blueprints:make"), posted)
    assert answer.status_code == 409
    assert 'value="2.3"' in answer.content.decode()
    assert "草稿" in answer.content.decode()
    posted["count"] = ["4", "", ""]
    assert client.post(reverse("blueprints:make"), posted).status_code == 302
    assert Blueprint.objects.get().rows[0]["count"] == 4


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_at_one_row_and_at_three(bank, client, rows):
    for number in range(rows):
        make_blueprint(by=bank.assembler, family=UT, title=f"表{number}", rows=[GOOD])
    sign_in_as(client, bank.assembler)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("blueprints:list")).status_code == 200
    assert len([query for query in queries if "question_bank_" in query["sql"]]) == 2
