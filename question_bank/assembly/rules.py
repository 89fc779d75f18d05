"""What a draw is told and what it answers: rows, the sentence of an impossible blueprint, commitments, deviations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _
from question_bank.assembly.solver import Row, Shortfall

REST_EVENTS = 2  # questions of the last so many events stay in the bank
_BASIS = "R-25, R-26"


def solver_rows(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows of a blueprint as the solver takes them."""
    return [
        Row(row["unit"], row["kind"], Decimal(row["marks"]), row["count"], row["easiest"], row["hardest"]) for row in rows
    ]


def impossible(shortfall: Shortfall, rows: Sequence[Row]) -> list[Objection]:
    """Why no paper can be drawn: the tightest row with its numbers, then the rows that compete with it."""
    row = rows[shortfall.row]
    found = [
        Objection(
            "assembly.too_few_questions",
            _(
                "Row %(row)s (%(unit)s, %(marks)s marks, difficulty %(easiest)s to %(hardest)s) needs %(needed)s questions; "
                "the bank has %(available)s, and %(excluded)s more are resting or barred."
            ),
            {
                "row": shortfall.row + 1,
                "unit": row.unit,
                "marks": str(row.marks),
                "easiest": row.easiest,
                "hardest": row.hardest,
                "needed": shortfall.needed,
                "available": shortfall.available,
                "excluded": shortfall.excluded,
            },
            _BASIS,
            _("Have questions approved for this row, widen its difficulty band, or ask for fewer."),
        )
    ]
    if shortfall.rivals:
        found.append(
            Objection(
                "assembly.rows_compete",
                _("It competes for the same questions with rows %(rows)s; together %(missing)s questions are missing."),
                {"rows": ", ".join(str(number + 1) for number in shortfall.rivals), "missing": shortfall.missing},
                _BASIS,
                _("Relieve one of these rows."),
            )
        )
    return found


def commitment(salt: str, *parts: str) -> str:
    """A salted commitment to the seed or to the result; salt and seed are disclosed at the opening."""
    return hashlib.sha256("\0".join(["exam-paper-draw", salt, *parts]).encode()).hexdigest()


def deviations(rows: Sequence[Row], questions: Sequence[tuple[str, str, Decimal, int]]) -> list[Objection]:
    """Where a form departs from the blueprint: each question serves one row, in the order of the rows."""
    found, place = [], 0
    for number, row in enumerate(rows, 1):
        part = questions[place : place + row.count]
        place += row.count
        good = [q for q in part if q[:3] == (row.unit, row.kind, row.marks) and row.easiest <= q[3] <= row.hardest]
        if len(good) != row.count:
            found.append(_deviation(number, len(good), row.count))
    if place != len(questions):
        found.append(_deviation(len(rows) + 1, len(questions) - place, 0))
    return found


def _deviation(row: int, have: int, want: int) -> Objection:
    return Objection(
        "assembly.blueprint_not_met",
        _("Row %(row)s of the blueprint is not met: %(have)s of %(want)s questions fit."),
        {"row": row, "have": have, "want": want},
        _BASIS,
        _("Draw the paper again."),
    )
