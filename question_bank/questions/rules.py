"""What a question must have before it may be reviewed, and who may take which step."""

from __future__ import annotations

from collections.abc import Sequence

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

CHOICE_KINDS = ("single_choice", "multiple_choice")
FEWEST_CHOICES, MOST_CHOICES = 2, 8
LONGEST_TEXT = 20_000

_BASIS = _("Rules of the question bank")
_SEPARATE = "R-24"


def problems(kind: str, stem: str, choices: Sequence[str], key: str, source: str = "") -> list[Objection]:
    """Everything that keeps a question from being submitted; a missing source is only pointed out."""
    found = []
    if not stem.strip():
        found.append(Objection("questions.stem_missing", _("The stem is empty."), {}, _BASIS, _("Write the stem.")))
    if kind in CHOICE_KINDS:
        found += _choice_problems(kind, choices, key)
    if kind == "true_false" and key not in ("T", "F"):
        found.append(_key_problem(_("The key must be true or false.")))
    if kind == "short_answer" and not key.strip():
        found.append(_key_problem(_("The reference answer is empty.")))
    if not source.strip():
        found.append(
            Objection(
                "questions.source_missing",
                _("The source of the answer is not given."),
                {},
                _BASIS,
                _("Name the standard and the clause."),
                "disclose",
            )
        )
    return found


def _choice_problems(kind: str, choices: Sequence[str], key: str) -> list[Objection]:
    found = []
    texts = [choice.strip() for choice in choices]
    if not FEWEST_CHOICES <= len(texts) <= MOST_CHOICES:
        found.append(
            Objection(
                "questions.number_of_options",
                _("There are %(n)s options; %(least)s to %(most)s are expected."),
                {"n": len(texts), "least": FEWEST_CHOICES, "most": MOST_CHOICES},
                _BASIS,
                _("Add or remove options."),
            )
        )
    if "" in texts:
        found.append(Objection("questions.option_empty", _("An option is empty."), {}, _BASIS, _("Fill it in.")))
    filled = [text.casefold() for text in texts if text]
    if len(set(filled)) != len(filled):
        found.append(
            Objection("questions.options_equal", _("Two options say the same."), {}, _BASIS, _("Change one of them."))
        )
    letters = {chr(ord("A") + place) for place in range(len(texts))}
    if not key or not set(key) <= letters:
        found.append(_key_problem(_("The key names no option.")))
    elif kind == "single_choice" and len(key) != 1:
        found.append(_key_problem(_("A single-choice question has exactly one right option.")))
    elif kind == "multiple_choice" and len(key) < 2:
        found.append(_key_problem(_("A multiple-choice question has at least two right options.")))
    return found


def _key_problem(message: str) -> Objection:
    return Objection("questions.key", message, {}, _BASIS, _("Mark the right answer."))


def blocking(found: Sequence[Objection]) -> list[Objection]:
    """Those that refuse, without those that are only pointed out."""
    return [objection for objection in found if objection.severity == "block"]


def step_objection(person: str, number: str, setter: str, earlier: Sequence[str]) -> Objection | None:
    """Set, review and approve: three different persons. `earlier` took the other of the two later steps."""
    if person == setter:
        return Objection(
            "duty.setter_reviewer",
            _("You wrote question %(number)s and may not review or approve it."),
            {"number": number},
            _SEPARATE,
            _("Another person takes this step."),
        )
    if person in earlier:
        return Objection(
            "duty.reviewer_approver",
            _("You took another step of question %(number)s and may not take this one too."),
            {"number": number},
            _SEPARATE,
            _("A third person takes this step."),
        )
    return None
