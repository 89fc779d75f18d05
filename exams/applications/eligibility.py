"""Whether an applicant meets the conditions of a rule version: pure, one finding per condition, each with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from exams import wording
from exams.catalogue.rulebook import EDUCATION_LABELS, EDUCATIONS, EligibilityRow, Rulebook
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

FIRST = ("first", "retake")
RENEWAL = ("renewal", "renewal_retake")
REMEDY_STATE = _("Complete the application with this fact.")
REMEDY_RULE = _("Apply when the condition is met, or for another item.")


@dataclass(frozen=True)
class Applicant:
    """What is known of an applicant; None is what nobody has stated yet."""

    birth_date: date | None = None
    education: str = ""
    science: bool | None = None
    title: str = ""
    years: Decimal | None = None
    holds: frozenset[str] = frozenset()
    eyesight: Decimal | None = None
    colour_vision: bool | None = None
    performance: int = 0


# Something said in parts: each part a message id with its parameters.
Said = tuple[tuple[str, dict[str, Any]], ...]


def say(message: str, **params: Any) -> Said:
    """One part."""
    return ((message, params),)


@dataclass(frozen=True)
class Finding:
    """One condition: what the rule asks (any one of several), what was found, where it says so, the objection if it fails."""

    id: str
    label: str
    required: tuple[Said, ...]
    found: Said
    source: str
    objection: Objection | None = None

    @property
    def met(self) -> bool:
        return self.objection is None

    @property
    def label_text(self) -> str:
        return wording.render(self.label, {})

    @property
    def required_texts(self) -> list[str]:
        """The ways to fulfil the condition, each in the reader's language."""
        return [_spoken(way) for way in self.required]

    @property
    def found_text(self) -> str:
        return _spoken(self.found)

    def as_json(self) -> dict[str, Any]:
        data = {key: getattr(self, key) for key in ("id", "label", "required", "found", "source")}
        return {**data, "objection": self.objection.as_json() if self.objection else None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        objection = data["objection"]
        return cls(**{**data, "objection": Objection.from_json(objection) if objection else None})


def _spoken(said: Said) -> str:
    return wording.render(_(", "), {}).join(wording.render(message, params) for message, params in said)


def examine(applicant: Applicant, book: Rulebook, on: date, category: str, code: str) -> list[Finding]:
    """Every condition of the rules, met or not, judged on the day of submission. `code` is the item applied for."""
    found = [*_age(applicant, book, on), *_eyesight(applicant, book), *_colour_vision(applicant, book)]
    if category in FIRST:
        found += _education(applicant, book)
    if category in RENEWAL:
        found.append(_certificate(applicant, code))
    return [*found, *_performance(applicant, book)]


def objections(findings: list[Finding]) -> list[Objection]:
    """The objections of the conditions that are not met."""
    return [finding.objection for finding in findings if finding.objection]


def age_on(born: date, day: date) -> int:
    """Completed years of life; somebody born on 29 February completes one on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _object(id: str, message: str, source: str, remedy: str = REMEDY_RULE, **params: Any) -> Objection:
    return Objection(f"eligibility.{id}", message, params, source, remedy)


def _age(applicant: Applicant, book: Rulebook, on: date) -> Iterator[Finding]:
    least, most = book.age_min, book.age_max
    if least is None and most is None:
        return
    source, objection = book.source("age_min") or book.source("age_max"), None
    age = age_on(applicant.birth_date, on) if applicant.birth_date else None
    if age is None:
        objection = _object("age", _("The date of birth is not stated."), source, REMEDY_STATE)
    elif least is not None and age < least:
        message = _("%(age)s years old on the day of submission; at least %(limit)s are required.")
        objection = _object("age", message, source, age=age, limit=least)
    elif most is not None and age > most:
        message = _("%(age)s years old on the day of submission; at most %(limit)s are allowed.")
        objection = _object("age", message, source, age=age, limit=most)
    required = say("%(from)s–%(to)s", **{"from": least or 0, "to": "…" if most is None else most})
    yield Finding("age", _("Age"), (required,), say("%(n)s", n=age) if age is not None else (), source, objection)


def _eyesight(applicant: Applicant, book: Rulebook) -> Iterator[Finding]:
    least, seen = book.eyesight_min, applicant.eyesight
    if least is None:
        return
    source, objection = book.source("eyesight_min"), None
    if seen is None:
        objection = _object("eyesight", _("Eyesight is not stated."), source, REMEDY_STATE)
    elif seen < least:
        message = _("Eyesight %(found)s; at least %(limit)s is required.")
        objection = _object("eyesight", message, source, found=str(seen), limit=str(least))
    found = () if seen is None else say("%(n)s", n=str(seen))
    yield Finding("eyesight", _("Eyesight"), (say("≥ %(n)s", n=str(least)),), found, source, objection)


def _colour_vision(applicant: Applicant, book: Rulebook) -> Iterator[Finding]:
    if not book.colour_vision:
        return
    source, objection = book.source("colour_vision"), None
    if applicant.colour_vision is None:
        objection = _object("colour_vision", _("Colour vision is not stated."), source, REMEDY_STATE)
    elif not applicant.colour_vision:
        objection = _object("colour_vision", _("Colour blindness is excluded for this item."), source)
    found = {None: (), True: say(_("Normal")), False: say(_("Colour blind"))}[applicant.colour_vision]
    yield Finding("colour_vision", _("Colour vision"), (say(_("Normal")),), found, source, objection)


def _education(applicant: Applicant, book: Rulebook) -> Iterator[Finding]:
    """Any one row of the table is enough."""
    if not book.eligibility:
        return
    label, found = _("Education and experience"), _stated(applicant)
    met = next((row for row in book.eligibility if _fulfils(applicant, row)), None)
    if met:
        yield Finding("education", label, (describe(met),), found, met.source)
        return
    source = book.eligibility[0].source
    if not applicant.education or applicant.years is None:
        objection = _object("education", _("Education or years of related work are not stated."), source, REMEDY_STATE)
    else:
        message = _("None of the conditions of education and experience is met. Stated: %(education)s, %(years)s years of related work.")
        stated = EDUCATION_LABELS.get(applicant.education, applicant.education)
        objection = _object("education", message, source, education=stated, years=str(applicant.years))
    yield Finding("education", label, tuple(describe(row) for row in book.eligibility), found, source, objection)


def _fulfils(applicant: Applicant, row: EligibilityRow) -> bool:
    """Whether every part of the row is met; what is not stated is not met."""
    if applicant.education not in EDUCATIONS or EDUCATIONS.index(applicant.education) < EDUCATIONS.index(row.education):
        return False
    if row.science and not applicant.science:
        return False
    if row.title and applicant.title != row.title:
        return False
    if row.holds and row.holds not in applicant.holds:
        return False
    return applicant.years is not None and applicant.years >= row.years


def describe(row: EligibilityRow) -> Said:
    """A row in words."""
    parts = say(_("%(education)s or higher"), education=EDUCATION_LABELS[row.education])
    if row.science:
        parts += say(_("science or engineering"))
    if row.title:
        parts += say(_("title %(title)s"), title=row.title)
    if row.holds:
        parts += say(_("certificate %(code)s"), code=row.holds)
    return parts + say(_("%(years)s years of related work"), years=str(row.years))


def _stated(applicant: Applicant) -> Said:
    parts: Said = say(EDUCATION_LABELS[applicant.education]) if applicant.education in EDUCATIONS else ()
    if applicant.science:
        parts += say(_("science or engineering"))
    if applicant.title:
        parts += say(_("title %(title)s"), title=applicant.title)
    if applicant.years is not None:
        parts += say(_("%(years)s years of related work"), years=str(applicant.years))
    return parts


def _certificate(applicant: Applicant, code: str) -> Finding:
    source, objection = _("register of certificates"), None
    if code not in applicant.holds:
        message = _("The register has no certificate of %(code)s to be renewed.")
        remedy = _("Apply for first certification, or have the certificate entered.")
        objection = _object("certificate", message, source, remedy, code=code)
    found = tuple((held, {}) for held in sorted(applicant.holds))
    return Finding("certificate", _("Certificate to be renewed"), (say("%(code)s", code=code),), found, source, objection)


def _performance(applicant: Applicant, book: Rulebook) -> Iterator[Finding]:
    least, listed = book.performance_min, applicant.performance
    if not least:
        return
    source, objection = book.source("performance_min"), None
    if listed < least:
        message = _("The performance form lists %(found)s inspections; at least %(limit)s are required.")
        objection = _object("performance", message, source, found=listed, limit=least)
    label = _("Inspections on the performance form")
    yield Finding("performance", label, (say("≥ %(n)s", n=least),), say("%(n)s", n=listed), source, objection)
