"""Objective marks: exact, and never a guess for what a person must mark."""

from __future__ import annotations

from decimal import Decimal

import pytest

from question_bank.marking.objective import HALF_FOR_PART, mark, normal_key, total

TWO = Decimal(2)


@pytest.mark.parametrize(
    ("kind", "key", "answer", "earned"),
    [
        ("single_choice", "B", "B", "2"),
        ("single_choice", "B", " b ", "2"),
        ("single_choice", "B", "A", "0"),
        ("single_choice", "B", "AB", "0"),
        ("single_choice", "B", "", "0"),
        ("multiple_choice", "ABD", "D,B,A", "2"),
        ("multiple_choice", "ABD", "AB", "0"),
        ("multiple_choice", "ABD", "ABCD", "0"),
        ("true_false", "T", "√", "2"),
        ("true_false", "F", "错", "2"),
        ("true_false", "F", "T", "0"),
        ("true_false", "T", "maybe", "0"),
    ],
)
def test_all_or_nothing(kind, key, answer, earned):
    assert mark(kind, key, answer, TWO) == Decimal(earned)


@pytest.mark.parametrize(
    ("answer", "earned"), [("AB", "1"), ("A", "1"), ("ABD", "2"), ("ABC", "0"), ("", "0"), ("C", "0")]
)
def test_half_for_a_part_without_a_wrong_one(answer, earned):
    assert mark("multiple_choice", "ABD", answer, TWO, HALF_FOR_PART) == Decimal(earned)


def test_half_is_for_multiple_choice_only():
    assert mark("single_choice", "B", "A", TWO, HALF_FOR_PART) == 0


def test_what_a_person_must_mark_is_not_marked():
    assert mark("short_answer", "any", "any", TWO) is None


def test_a_question_without_a_key_is_an_error_not_a_gift():
    with pytest.raises(ValueError, match="key"):
        mark("single_choice", "", "", TWO)


def test_the_total_counts_what_still_waits():
    lines = [
        ("single_choice", "A", "A", TWO),
        ("single_choice", "A", "B", TWO),
        ("short_answer", "x", "x", TWO),
    ]
    assert total(lines) == (TWO, 1)


@pytest.mark.parametrize(("key", "normal"), [("d a b a", "ABD"), ("", ""), ("1", "")])
def test_one_spelling_per_choice(key, normal):
    assert normal_key("multiple_choice", key) == normal
