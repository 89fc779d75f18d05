"""How what speaks against something is shown beside it: the rule by its name, why, on what basis, and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from exams import spelling
from exams.recusal.rules import RULES
from exams.sittings.models import TimeSlot
from exams.verdicts import Objection

PART = "X-Part"  # asked for by the page's own module: only the piece that belongs beside the place
TONES = {"block": "danger", "decide": "warn", "disclose": "wait"}


def shown(objections: Iterable[Objection]) -> list[dict[str, Any]]:
    """The objections for a page, what blocks first.

    Named facts are withheld from everybody: a look at them goes on record, and this is only a question that leaves no trace. They stand
    on the page of the ruling that is kept when the answer is put on record.
    """
    rows = [
        {
            "id": one.id,
            "severity": one.severity,
            "tone": TONES[one.severity],
            "title": _(RULES.get(one.id).title) if one.id in RULES else "",
            "why": one.text(),
            "basis": one.basis_text(),
            "remedy": one.remedy_text(),
        }
        for one in objections
    ]
    return sorted(rows, key=lambda row: list(TONES).index(row["severity"]))


def slot_words(slot: TimeSlot) -> str:
    """Subject and time of a slot in the reader's language."""
    return f"{spelling.span(slot.starts_at, slot.ends_at)} · {spelling.named(slot.item.qualification)} {slot.subject_name}"
