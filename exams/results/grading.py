"""Grading: marks and a rule version in, a conclusion with its reasons out. Decides nothing that the rules leave empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from exams.catalogue.rulebook import Rulebook, Subject
from exams.errors import Refused
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

PASS, FAIL, ABSENT, VOID, PART = "pass", "fail", "absent", "void", "part"
CARRIED, NOT_TAKEN = "carried", "not_taken"
OUTCOMES = {
    PASS: _("Passed"),
    FAIL: _("Not passed"),
    ABSENT: _("Absent"),
    VOID: _("Result void"),
    PART: _("Passed in part"),
    CARRIED: _("Passed earlier"),
    NOT_TAKEN: _("Not taken yet"),
}
TONES = {PASS: "ok", FAIL: "danger", ABSENT: "off", VOID: "danger", PART: "wait", CARRIED: "ok", NOT_TAKEN: "off"}


@dataclass(frozen=True)
class Taken:
    """What happened in one subject: a score, an absence, or a decision that makes it void."""

    subject: str
    score: Decimal | None = None
    void: bool = False


@dataclass(frozen=True)
class Line:
    """One subject of the result, with the values of the rules it was judged by."""

    subject: str
    outcome: str
    score: Decimal | None = None
    full_mark: Decimal | None = None
    pass_mark: Decimal | None = None
    source: str = ""
    passed_on: date | None = None

    def as_json(self) -> dict[str, Any]:
        texts = {name: str(value) for name in ("score", "full_mark", "pass_mark") if (value := getattr(self, name)) is not None}
        day = {"passed_on": self.passed_on.isoformat()} if self.passed_on else {}
        return {"subject": self.subject, "outcome": self.outcome, "source": self.source, **texts, **day}


@dataclass(frozen=True)
class Grade:
    """The conclusion of one application."""

    outcome: str
    lines: tuple[Line, ...]


def objections(rulebook: Rulebook, subject: str, score: Decimal | None = None) -> list[Objection]:
    """Why a subject cannot be graded, or a score cannot be taken; empty if nothing stands against it."""
    try:
        rules = rulebook.subject(subject)
    except KeyError:
        return [
            Objection(
                "results.subject", _("The rules know no subject “%(subject)s”."), {"subject": subject}, remedy=_("Check the rule version.")
            )
        ]
    empty = [name for name in ("full_mark", "pass_mark", "compulsory") if not rules.cells[name].filled]
    if empty:
        return [_empty(subject, empty)]
    if score is not None and not Decimal(0) <= score <= rules.full_mark:
        params = {"score": str(score), "full": str(rules.full_mark)}
        basis = rules.source("full_mark")
        return [Objection("results.range", _("%(score)s lies outside 0 to %(full)s."), params, basis, _("Compare with the answer sheet."))]
    if score is not None and score != score.quantize(Decimal("0.01")):
        return [Objection("results.digits", _("A score has at most two decimal places."), {}, remedy=_("Compare with the answer sheet."))]
    return []


def grade(rulebook: Rulebook, taken: Iterable[Taken], carried: Mapping[str, date] | None = None) -> Grade:
    """The conclusion. Raises Refused with every reason if the rules leave something empty."""
    here = {one.subject: one for one in taken}
    against = [objection for one in here.values() for objection in objections(rulebook, one.subject, one.score)]
    if not rulebook.compulsory():
        against.append(_empty("", ["compulsory"]))
    if against:
        raise Refused(against)
    wanted = [subject for subject in rulebook.subjects if subject.compulsory or subject.code in here]
    lines = tuple(_line(subject, here.get(subject.code), (carried or {}).get(subject.code)) for subject in wanted)
    compulsory = {subject.code for subject in rulebook.compulsory()}
    return Grade(_conclusion([line for line in lines if line.subject in compulsory or line.outcome == VOID]), lines)


def _line(subject: Subject, taken: Taken | None, carried: date | None) -> Line:
    about = {"full_mark": subject.full_mark, "pass_mark": subject.pass_mark, "source": subject.source("pass_mark")}
    if taken is None:
        return Line(subject.code, CARRIED if carried else NOT_TAKEN, passed_on=carried, **about)
    if taken.void:
        return Line(subject.code, VOID, taken.score, **about)
    if taken.score is None:
        return Line(subject.code, ABSENT, **about)
    passed = taken.score >= subject.pass_mark
    return Line(subject.code, PASS if passed else FAIL, taken.score, **about)


def _conclusion(lines: list[Line]) -> str:
    found = {line.outcome for line in lines}
    if VOID in found:
        return VOID
    if found <= {PASS, CARRIED}:
        return PASS
    if FAIL in found:
        return FAIL
    if ABSENT in found:
        return ABSENT if not found & {PASS, CARRIED} else FAIL
    return PART


def _empty(subject: str, fields: list[str]) -> Objection:
    labels = {"full_mark": _("Full mark"), "pass_mark": _("Pass mark"), "compulsory": _("Compulsory subject")}
    params = {"subject": subject or "—", "fields": ", ".join(labels[name] for name in fields)}
    return Objection(
        "results.rules_empty",
        _("Cannot be graded: the rule version leaves empty for %(subject)s: %(fields)s."),
        params,
        remedy=_("Enter the values with their clause and have them confirmed."),
    )
