"""A typed, frozen view of the values of a rule version: each value with its source, and what is still empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from exams.verdicts import gettext_noop as _

# Ordered from low to high: a row asks for its education or a higher one.
EDUCATIONS = ("secondary", "college", "bachelor", "master", "doctor")
EDUCATION_LABELS = {
    "secondary": _("Secondary school"),
    "college": _("College (three years)"),
    "bachelor": _("Bachelor"),
    "master": _("Master"),
    "doctor": _("Doctor"),
}
FORMS = {"written": _("Theory"), "practical": _("Practical"), "oral": _("Oral"), "defence": _("Thesis defence")}
MEDIA = {"paper": _("Paper-based"), "computer": _("Computer-based")}
# Sources of the files that come with the system, marked so that pages say them in either language.
SOURCES = (
    _("Example for demonstration, not a value of the regulation"),
    _("CASEI notice for the NDT examinations of 2023 (code seen in an official notice)"),
    _("CASEI notice for the NDT examinations of 2024 (code seen in an official notice)"),
    _("Shaanxi service guide of 2020 for NDT personnel (GB 11533-2011 for eyesight); compare with the printed rule"),
    _("TSG Z8002-2022 cl. 1.5"),
)
AUTHORITIES = {
    "national": _("State Administration for Market Regulation"),
    "provincial": _("Provincial authority"),
}


@dataclass(frozen=True)
class Field:
    """What one value is: its label, its type, the values it may take."""

    label: str
    kind: type
    choices: Mapping[str, str] = field(default_factory=dict)
    required: bool = True


FIELDS: dict[str, Field] = {
    "code": Field(_("Item code"), str),
    "issued_by": Field(_("Issuing authority"), str, AUTHORITIES),
    "scope": Field(_("Scope of work"), str, required=False),
    "age_min": Field(_("Lowest age"), int),
    "age_max": Field(_("Highest age"), int),
    "eyesight_min": Field(_("Eyesight at least"), Decimal),
    "colour_vision": Field(_("No colour blindness"), bool),
    "performance_min": Field(_("Inspections on the performance form at least"), int),
    "pass_validity_months": Field(_("Pass validity (months)"), int),
    "certificate_years": Field(_("Certificate validity (years)"), int),
    "retakes": Field(_("Retakes allowed"), int),
}
SUBJECT_FIELDS: dict[str, Field] = {
    "form": Field(_("Form of the subject"), str, FORMS),
    "medium": Field(_("Paper or computer"), str, MEDIA),
    "open_book": Field(_("Open book"), bool),
    "minutes": Field(_("Duration"), int),
    "full_mark": Field(_("Full mark"), Decimal),
    "pass_mark": Field(_("Pass mark"), Decimal),
    "compulsory": Field(_("Compulsory subject"), bool),
}
# Only what is written has a medium and may be open book.
WRITTEN_ONLY = ("medium", "open_book")
ELIGIBILITY_FIELDS = ("education", "science", "title", "holds", "years", "source")


@dataclass(frozen=True)
class Cell:
    """One value as the printed rule has it; `none` says that the rule sets no such condition."""

    value: Any = None
    source: str = ""
    none: bool = False

    @property
    def filled(self) -> bool:
        return self.none or self.value is not None

    @classmethod
    def of(cls, raw: Mapping[str, Any] | None, kind: type) -> Cell:
        raw = raw or {}
        value = raw.get("value")
        if value is None or value == "":
            return cls(None, raw.get("source", ""), bool(raw.get("none")))
        return cls(kind(value), raw.get("source", ""))


@dataclass(frozen=True)
class Missing:
    """A value still empty: where, in words; `subject` names the subject it belongs to."""

    path: str
    label: str
    subject: str = ""


@dataclass(frozen=True)
class Subject:
    """A part of the examination with its own mark and pass line."""

    code: str
    name_zh: str
    name_en: str
    cells: Mapping[str, Cell] = field(repr=False)

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Subject:
        cells = {name: Cell.of(raw.get(name), spec.kind) for name, spec in SUBJECT_FIELDS.items()}
        return cls(raw["code"], raw.get("name_zh", ""), raw.get("name_en", ""), cells)

    @property
    def form(self) -> str | None:
        return self.cells["form"].value

    @property
    def medium(self) -> str | None:
        return self.cells["medium"].value

    @property
    def open_book(self) -> bool | None:
        return self.cells["open_book"].value

    @property
    def minutes(self) -> int | None:
        return self.cells["minutes"].value

    @property
    def full_mark(self) -> Decimal | None:
        return self.cells["full_mark"].value

    @property
    def pass_mark(self) -> Decimal | None:
        return self.cells["pass_mark"].value

    @property
    def compulsory(self) -> bool | None:
        return self.cells["compulsory"].value

    def source(self, name: str) -> str:
        """Where the value comes from."""
        return self.cells[name].source

    def missing(self) -> Iterator[Missing]:
        """The values of this subject that are still empty."""
        for name, spec in SUBJECT_FIELDS.items():
            if name in WRITTEN_ONLY and self.form != "written":
                continue
            if not self.cells[name].filled:
                yield Missing(f"subjects.{self.code}.{name}", spec.label, self.name_zh or self.code)


@dataclass(frozen=True)
class EligibilityRow:
    """One way to fulfil the conditions of education and experience; any one of the rows is enough."""

    education: str
    years: Decimal
    source: str
    science: bool | None = None
    title: str = ""
    holds: str = ""

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> EligibilityRow:
        return cls(
            education=raw["education"],
            years=Decimal(str(raw["years"])),
            source=raw["source"],
            science=raw.get("science"),
            title=raw.get("title", ""),
            holds=raw.get("holds", ""),
        )


@dataclass(frozen=True)
class Rulebook:
    """All values of one rule version."""

    cells: Mapping[str, Cell] = field(repr=False)
    subjects: tuple[Subject, ...] = ()
    eligibility: tuple[EligibilityRow, ...] = ()

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Rulebook:
        """The view of the stored values; `as stored` is what loading.py writes."""
        return cls(
            cells={name: Cell.of(values.get(name), spec.kind) for name, spec in FIELDS.items()},
            subjects=tuple(Subject.of(raw) for raw in values.get("subjects", ())),
            eligibility=tuple(EligibilityRow.of(raw) for raw in values.get("eligibility", ())),
        )

    @property
    def code(self) -> str | None:
        return self.cells["code"].value

    @property
    def age_min(self) -> int | None:
        return self.cells["age_min"].value

    @property
    def age_max(self) -> int | None:
        return self.cells["age_max"].value

    @property
    def eyesight_min(self) -> Decimal | None:
        return self.cells["eyesight_min"].value

    @property
    def colour_vision(self) -> bool | None:
        return self.cells["colour_vision"].value

    @property
    def performance_min(self) -> int | None:
        return self.cells["performance_min"].value

    @property
    def pass_validity_months(self) -> int | None:
        return self.cells["pass_validity_months"].value

    @property
    def certificate_years(self) -> int | None:
        return self.cells["certificate_years"].value

    @property
    def retakes(self) -> int | None:
        return self.cells["retakes"].value

    @property
    def issued_by(self) -> str | None:
        return self.cells["issued_by"].value

    def source(self, name: str) -> str:
        """Where the value comes from."""
        return self.cells[name].source

    def subject(self, code: str) -> Subject:
        """The subject with this code; KeyError if the rules know none."""
        for subject in self.subjects:
            if subject.code == code:
                return subject
        raise KeyError(code)

    def compulsory(self) -> tuple[Subject, ...]:
        """The subjects that must all be passed."""
        return tuple(subject for subject in self.subjects if subject.compulsory)

    def missing(self) -> list[Missing]:
        """Every value that must be entered before the item may be put into a plan."""
        found = [Missing(name, spec.label) for name, spec in FIELDS.items() if spec.required and not self.cells[name].filled]
        if not self.eligibility:
            found.append(Missing("eligibility", _("Conditions of education and experience")))
        if not self.subjects:
            found.append(Missing("subjects", _("Subjects")))
        elif not self.compulsory() and all(s.cells["compulsory"].filled for s in self.subjects):
            found.append(Missing("subjects", _("At least one compulsory subject")))
        return found + [gap for subject in self.subjects for gap in subject.missing()]
