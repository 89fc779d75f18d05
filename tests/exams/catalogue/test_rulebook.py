"""The typed view of a rule version and the list of what is empty."""

from copy import deepcopy
from decimal import Decimal
from pathlib import Path

import pytest

from exams.catalogue.loading import load
from exams.catalogue.rulebook import Missing, Rulebook

VALUES = load(Path("exams/catalogue/data/example-ut-2.toml"))[0].values


def values(**changes: object) -> dict:
    return {**deepcopy(VALUES), **changes}


def test_values_are_typed() -> None:
    book = Rulebook.from_values(VALUES)
    theory = book.subject("theory")
    assert (theory.form, theory.medium, theory.open_book) == ("written", "computer", False)
    assert (theory.minutes, theory.full_mark, theory.pass_mark) == (120, Decimal(100), Decimal(70))
    assert book.eyesight_min == Decimal("4.8")
    assert book.colour_vision is None and book.cells["colour_vision"].none
    assert theory.source("pass_mark") == "Example for demonstration, not a value of the regulation"
    assert [subject.code for subject in book.compulsory()] == ["theory", "practical"]


def test_an_unknown_subject() -> None:
    with pytest.raises(KeyError):
        Rulebook.from_values(VALUES).subject("oral")


@pytest.mark.parametrize("name", ["code", "age_min", "age_max", "eyesight_min", "retakes", "certificate_years"])
def test_each_empty_value_is_listed(name: str) -> None:
    book = Rulebook.from_values(values(**{name: {"value": None, "source": "cl. 1"}}))
    assert [gap.path for gap in book.missing()] == [name]


@pytest.mark.parametrize("name", ["full_mark", "pass_mark", "minutes", "form", "compulsory", "medium", "open_book"])
def test_each_empty_value_of_a_subject_is_listed(name: str) -> None:
    changed = values()
    changed["subjects"][0][name] = {"value": None, "source": ""}
    paths = [gap.path for gap in Rulebook.from_values(changed).missing()]
    # Without a form nobody can say whether a medium is needed; the form itself is what is missing.
    assert paths == [f"subjects.theory.{name}"]


def test_no_such_condition_is_an_answer() -> None:
    changed = values(eyesight_min={"value": None, "none": True, "source": "cl. 9"})
    assert Rulebook.from_values(changed).missing() == []


def test_nothing_entered() -> None:
    paths = [gap.path for gap in Rulebook.from_values({}).missing()]
    assert paths[-2:] == ["eligibility", "subjects"]
    assert "scope" not in paths


def test_no_compulsory_subject() -> None:
    changed = values()
    for subject in changed["subjects"]:
        subject["compulsory"]["value"] = False
    assert Rulebook.from_values(changed).missing() == [Missing("subjects", "At least one compulsory subject")]
