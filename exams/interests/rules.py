"""What a declaration of interest may say, and the digest that its signature is bound to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

# The items of the declaration form, in its order.
ITEMS: dict[str, str] = {
    "own": _("I sit this examination myself."),
    "kin": _("A relative within the five classes sits this examination (name each one and the relation)."),
    "training": _("I took part in training for this item within the period stated."),
    "authorship": _("I wrote or edited material for this examination within the period stated."),
    "same_unit": _("I work with a candidate in the same unit."),
    "other": _("Another circumstance that may affect fairness."),
    "none": _("None of the above."),
}
CONSEQUENCE = _("I know that concealing a ground leads to removal from exam work this year and next.")
BASIS = _("Civil Servant Law, Arts. 76 and 77; notice 2024 No. 34, I (3)")
NEEDS_WORDS = ("kin", "other")
_LONGEST = 1000


def tidy(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers with exactly the items of the form: yes or no for each, and the words where an item asks for them."""
    clean: dict[str, Any] = {item: bool(answers.get(item)) for item in ITEMS}
    for item in ITEMS:
        value = answers.get(f"{item}_text", answers.get(item))
        words = value.strip() if isinstance(value, str) else _relatives(value)
        if words and clean[item]:
            clean[f"{item}_text"] = words[:_LONGEST]
    return clean


def objections(answers: dict[str, Any]) -> Iterator[Objection]:
    """A declaration says either at least one ground or that there is none, never both; kin and other grounds need words."""
    grounds = [item for item in ITEMS if item != "none" and answers.get(item)]
    if answers.get("none") and grounds:
        yield Objection(
            "interests.both", _("“None of the above” cannot stand beside a ground."), basis=BASIS, remedy=_("Clear one of the two.")
        )
    if not answers.get("none") and not grounds:
        yield Objection(
            "interests.nothing", _("Mark every ground that applies, or “None of the above”."), basis=BASIS
        )
    for item in NEEDS_WORDS:
        if answers.get(item) and not answers.get(f"{item}_text"):
            yield Objection(
                f"interests.words_{item}", _("Say in words: %(item)s"), {"item": ITEMS[item]}, BASIS, _("Fill in the text beside it.")
            )


def grounds(answers: dict[str, Any]) -> list[str]:
    """Each declared ground as the text that is put to a superior: the person's own words, else the item itself."""
    return [answers.get(f"{item}_text") or ITEMS[item] for item in ITEMS if item != "none" and answers.get(item)]


def digest(*, person: str, event: str, version: int, answers: dict[str, Any], signed_at: datetime) -> str:
    """What the electronic signature is bound to: who, for what, which version, every answer, when."""
    content = {"person": person, "event": event, "version": version, "answers": answers, "signed_at": signed_at.isoformat()}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _relatives(value: Any) -> str:
    """A list of {name, relation} as one line."""
    if not isinstance(value, list | tuple):
        return ""
    return "; ".join(f"{one.get('name', '')} ({one.get('relation', '')})" for one in value if isinstance(one, dict))
