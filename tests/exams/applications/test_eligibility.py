"""Eligibility against the example rules: each condition at its edge, each failure with its reason, no value of its own."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from exams.applications.eligibility import Applicant, Finding, age_on, examine, objections
from exams.catalogue.loading import load
from exams.catalogue.rulebook import Rulebook

ON = date(2026, 11, 20)
BOOK = Rulebook.from_values(load(Path("exams/catalogue/data/example-mt-2.toml"))[0].values)
FIT = Applicant(
    birth_date=date(1990, 5, 6),
    education="college",
    science=True,
    years=Decimal(1),
    eyesight=Decimal("5.0"),
    colour_vision=True,
    performance=3,
)


def refused(applicant: Applicant, category: str = "first") -> list[str]:
    return [objection.id for objection in objections(examine(applicant, BOOK, ON, category, "MT-Ⅱ"))]


def test_the_fit_applicant() -> None:
    findings = examine(FIT, BOOK, ON, "first", "MT-Ⅱ")
    assert [(finding.id, finding.met) for finding in findings] == [
        ("age", True), ("eyesight", True), ("colour_vision", True), ("education", True), ("performance", True),
    ]  # fmt: skip
    assert {finding.source for finding in findings} == {"Example for demonstration, not a value of the regulation"}


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({"birth_date": date(2008, 11, 20)}, []),  # 18 today
        ({"birth_date": date(2008, 11, 21)}, ["eligibility.age"]),
        ({"birth_date": date(1965, 11, 21)}, []),  # 60 until tomorrow
        ({"birth_date": date(1965, 11, 20)}, ["eligibility.age"]),
        ({"birth_date": None}, ["eligibility.age"]),
        ({"eyesight": Decimal("4.9")}, ["eligibility.eyesight"]),
        ({"eyesight": None}, ["eligibility.eyesight"]),
        ({"colour_vision": False}, ["eligibility.colour_vision"]),
        ({"colour_vision": None}, ["eligibility.colour_vision"]),
        ({"years": Decimal("0.9")}, ["eligibility.education"]),
        ({"science": False}, ["eligibility.education"]),
        ({"science": None, "education": "bachelor"}, ["eligibility.education"]),
        ({"science": False, "education": "bachelor", "years": Decimal(2)}, []),
        ({"education": "doctor"}, []),
        ({"education": "secondary", "years": Decimal(3)}, []),
        ({"education": "secondary", "years": Decimal("2.5")}, ["eligibility.education"]),
        ({"education": "", "years": None}, ["eligibility.education"]),
        ({"education": "kindergarten"}, ["eligibility.education"]),
        ({"performance": 2}, ["eligibility.performance"]),
    ],
)
def test_each_condition_at_its_edge(changes: dict, ids: list[str]) -> None:
    assert refused(replace(FIT, **changes)) == ids


def test_every_failure_is_shown_at_once() -> None:
    assert refused(Applicant()) == [
        "eligibility.age", "eligibility.eyesight", "eligibility.colour_vision", "eligibility.education", "eligibility.performance",
    ]  # fmt: skip


@pytest.mark.parametrize("category", ["renewal", "renewal_retake"])
def test_a_renewal_needs_the_certificate_and_no_education(category: str) -> None:
    holder = replace(FIT, education="", years=None, holds=frozenset({"MT-Ⅱ"}))
    assert refused(holder, category) == []
    assert refused(replace(holder, holds=frozenset({"UT-Ⅱ"})), category) == ["eligibility.certificate"]


def test_a_rule_without_values_asks_nothing_and_invents_nothing() -> None:
    assert examine(Applicant(), Rulebook.from_values({}), ON, "first", "X") == []


def test_the_refusal_says_what_was_stated_and_every_way() -> None:
    education = next(f for f in examine(replace(FIT, years=Decimal("0.5")), BOOK, ON, "first", "MT-Ⅱ") if f.id == "education")
    assert education.objection is not None
    assert education.objection.params == {"education": "College (three years)", "years": "0.5"}
    assert len(education.required) == len(BOOK.eligibility) == 3
    assert education.objection.remedy


def test_findings_survive_being_stored() -> None:
    for finding in examine(Applicant(), BOOK, ON, "first", "MT-Ⅱ"):
        again = Finding.from_json(finding.as_json())
        assert (again.objection, again.found_text, again.required_texts) == (
            finding.objection, finding.found_text, finding.required_texts,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2000, 2, 29), date(2018, 2, 28), 17),
        (date(2000, 2, 29), date(2018, 3, 1), 18),
        (date(2000, 11, 20), date(2026, 11, 19), 25),
        (date(2000, 11, 20), date(2026, 11, 20), 26),
    ],
)
def test_age(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age
