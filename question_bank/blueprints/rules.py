"""Reading the rows of a blueprint: every mistake named at once, every good row in one normal form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

MOST_ROWS, MOST_PER_ROW = 60, 100
_BASIS = "R-25"


def read_rows(rows: Iterable[Mapping[str, Any]], kinds: Sequence[str]) -> tuple[list[dict[str, Any]], list[Objection]]:
    """The rows in normal form, and what is wrong with them."""
    normal, wrong = [], []
    for number, row in enumerate(rows, 1):
        clean = _normal(row)
        found = [_wrong(number, message) for message in _mistakes(clean, kinds)]
        wrong += found
        if not found:
            normal.append(clean)
    if not normal and not wrong:
        wrong.append(Objection("blueprints.empty", _("The blueprint has no row."), {}, _BASIS, _("Add a row.")))
    if len(normal) > MOST_ROWS:
        wrong.append(
            Objection("blueprints.too_long", _("A blueprint has at most %(most)s rows."), {"most": MOST_ROWS}, _BASIS, _("Join rows."))
        )
    return normal, wrong


def full_marks(rows: Iterable[Mapping[str, Any]]) -> Decimal:
    """The marks of a whole paper."""
    return sum((Decimal(row["marks"]) * row["count"] for row in rows), Decimal(0))


def by_unit(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, Decimal, int]]:
    """The share of each unit in the marks, in whole percent cut off."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row["unit"]] = sums.get(row["unit"], Decimal(0)) + Decimal(row["marks"]) * row["count"]
    whole = sum(sums.values(), Decimal(0)) or Decimal(1)
    return [(unit, marks, int(marks * 100 / whole)) for unit, marks in sums.items()]


def _normal(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "unit": str(row.get("unit", "")).strip(),
        "kind": str(row.get("kind", "")),
        "marks": _decimal(row.get("marks")),
        "count": _whole(row.get("count")),
        "easiest": _whole(row.get("easiest", 1)),
        "hardest": _whole(row.get("hardest", 5)),
    }


def _mistakes(row: Mapping[str, Any], kinds: Sequence[str]) -> Iterable[str]:
    if not row["unit"]:
        yield _("the syllabus unit is missing")
    if row["kind"] not in kinds:
        yield _("the kind of question is unknown")
    if not row["marks"]:
        yield _("the marks must lie between 0.1 and 100, in tenths")
    if not 1 <= row["count"] <= MOST_PER_ROW:
        yield _("the number of questions must lie between 1 and 100")
    if not 1 <= row["easiest"] <= row["hardest"] <= 5:
        yield _("the difficulty band must run from 1 to 5, the lower bound first")


def _wrong(number: int, message: str) -> Objection:
    return Objection(
        "blueprints.row", _("Row %(row)s: %(mistake)s."), {"row": number, "mistake": message}, _BASIS, _("Correct the row.")
    )


def _decimal(given: Any) -> str:
    try:
        value = Decimal(str(given))
        short = value.quantize(Decimal("0.1"))
    except InvalidOperation:
        return ""
    return str(short) if short == value and Decimal("0.1") <= value <= 100 else ""


def _whole(given: Any) -> int:
    try:
        return int(str(given))
    except ValueError:
        return -1
