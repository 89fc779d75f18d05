"""Every change of a question: signing the secrecy letter, writing, saving, submitting, reading, withdrawing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F

from exams import clock, lifecycle
from exams.access import Actor
from exams.errors import Refused, Stale, refuse
from exams.journal.actions import action, record
from exams.people.models import Organisation
from exams.verdicts import gettext_noop as _
from question_bank.questions.models import ABILITIES, KINDS, Question, Reading, SecrecyLetter, Version
from question_bank.questions.queries import families_of, latest_version
from question_bank.questions.rules import LONGEST_TEXT, blocking, problems
from question_bank.questions.wall import live_appointment

TEXTS = ("stem", "key", "explanation", "source", "answer_to_review")
_BASIS = _("Rules of the question bank")

LETTER = _(
    "I keep secret every question, key and paper I come to know, during the task and after it. I make no copy, "
    "I speak of it to nobody, and I do not train candidates. I know that every look at a question is recorded."
)


@action("questions.sign_letter")
def sign_letter(*, by: Actor) -> SecrecyLetter:
    """Sign the secrecy letter towards the body one acts for; it runs as long as the appointment."""
    appointment = live_appointment(by)
    letter = SecrecyLetter.objects.create(
        person_id=by.person_id,
        organisation_id=by.organisation_id,
        text=LETTER,
        signed_at=clock.now(),
        until=appointment.until if appointment else None,
    )
    record("questions.sign_letter", letter, by=by, text=LETTER, until=letter.until)
    return letter


@action("questions.write")
def write_question(
    *,
    by: Actor,
    family: str,
    kind: str,
    stem: str,
    choices: Sequence[str],
    key: str,
    unit: str,
    marks: Decimal | int | str,
    ability: str = "understand",
    difficulty: int = 3,
    explanation: str = "",
    source: str = "",
) -> Version:
    """Begin a question of the setter's own family; its text is encrypted from the first save."""
    families = families_of(by)
    if families and family not in families:
        refuse(
            "questions.foreign_family",
            _("Your appointment does not cover %(family)s."),
            basis=_BASIS,
            remedy=_("Choose a family of your appointment."),
            family=family,
        )
    worth = _marks(marks)
    _known(kind, dict(KINDS), _("kind"))
    _known(ability, dict(ABILITIES), _("ability level"))
    now = clock.now()
    question = Question.objects.create(
        organisation_id=by.organisation_id,
        number=_next_number(by, family),
        family=family,
        kind=kind,
        unit=unit.strip(),
        ability=ability,
        difficulty=difficulty,
        marks=worth,
        setter_id=by.person_id,
        written_at=now,
        changed_at=now,
    )
    version = Version(question=question, ordinal=1, written_by_id=by.person_id, written_at=now, stem="", key="")
    _put(version, kind, {"stem": stem, "key": key, "explanation": explanation, "source": source}, choices)
    version.save(force_insert=True)
    record("questions.write", question, by=by, about=[version], number=question.number, kind=kind, marks=str(worth))
    return version


@action("questions.save", on="question")
def save_draft(
    *, by: Actor, question: Question, revision: int, texts: dict[str, str], choices: Sequence[str] | None = None
) -> Version:
    """Save the words of the version being worked on; refused as stale if another window saved first."""
    version = latest_version(question)
    if version.submitted_at is not None or question.state not in ("draft", "returned"):
        raise Stale(question)
    moved = Version.objects.filter(pk=version.pk, revision=revision, submitted_at=None).update(revision=F("revision") + 1)
    if moved != 1:
        raise Stale(version)
    version.revision = revision + 1
    _put(version, question.kind, texts, choices)
    version.save(update_fields=[*TEXTS, "choices_text"])
    Question.objects.filter(pk=question.pk).update(changed_at=clock.now())
    record("questions.save", version, by=by, about=[question], ordinal=version.ordinal, revision=version.revision)
    return version


@action("questions.describe", on="question")
def describe_question(
    *, by: Actor, question: Question, unit: str, marks: Decimal | int | str, ability: str, difficulty: int
) -> Question:
    """Set what the draw knows of a question: unit, marks, ability level and difficulty."""
    if question.state not in ("draft", "returned"):
        raise Stale(question)
    _known(ability, dict(ABILITIES), _("ability level"))
    question.unit, question.marks = unit.strip(), _marks(marks)
    question.ability, question.difficulty, question.changed_at = ability, difficulty, clock.now()
    question.save(update_fields=["unit", "marks", "ability", "difficulty", "changed_at"])
    record("questions.describe", question, by=by, unit=question.unit, marks=str(question.marks), difficulty=difficulty)
    return question


@action("questions.submit", on="question")
def submit_question(*, by: Actor, question: Question) -> Question:
    """Hand the question on to review; from here on the setter no longer sees its text."""
    version = latest_version(question)
    standing = blocking(problems(question.kind, version.stem, version.choices, version.key, version.source))
    if standing:
        raise Refused(standing)
    now = clock.now()
    lifecycle.move(question, "submit", changed_at=now)
    version.submitted_at = now
    version.save(update_fields=["submitted_at"])
    record("questions.submit", question, by=by, about=[version], ordinal=version.ordinal)
    return question


@action("questions.read", on="question")
def read_question(*, by: Actor, question: Question, address: str = "") -> Version:
    """Open the text of the present version; who, when and from where is kept."""
    version = latest_version(question)
    reading = Reading.objects.create(
        version=version, person_id=by.person_id, capacity=by.capacity, address=address[:64], at=clock.now()
    )
    record("questions.read", question, by=by, about=[version], ordinal=version.ordinal, private={"address": reading.address})
    return version


@action("questions.new_version", on="question")
def new_version(*, by: Actor, question: Question, reason: str) -> Version:
    """Take a question of the bank back to the desk as its next version; the old one stays."""
    _reasoned(reason)
    lifecycle.move(question, "new_version")
    version = copy_version(question, reason)
    record("questions.new_version", question, by=by, about=[version], ordinal=version.ordinal, private={"reason": reason})
    return version


@action("questions.withdraw", on="question")
def withdraw_question(*, by: Actor, question: Question, reason: str) -> Question:
    """Take a question out of use; it is never deleted."""
    _reasoned(reason)
    lifecycle.move(question, "withdraw", changed_at=clock.now())
    record("questions.withdraw", question, by=by, private={"reason": reason})
    return question


def copy_version(question: Question, reason: str) -> Version:
    """The next version with the words of the present one, inside the caller's transaction."""
    old = latest_version(question)
    fresh = Version(
        question=question,
        ordinal=old.ordinal + 1,
        written_by_id=question.setter_id,
        written_at=clock.now(),
        reason=reason[:200],
        choices_text=old.choices_text,
        **{name: getattr(old, name) for name in TEXTS},
    )
    fresh.save(force_insert=True)
    if Question.objects.filter(pk=question.pk, latest=old.ordinal).update(latest=fresh.ordinal) != 1:
        raise Stale(question)
    question.latest = fresh.ordinal
    return fresh


def _put(version: Version, kind: str, texts: dict[str, str], choices: Sequence[str] | None) -> None:
    for name in TEXTS:
        if name in texts:
            setattr(version, name, _fitting(texts[name]))
    if choices is not None:
        version.choices = [_fitting(choice) for choice in choices]
    if kind != "short_answer":
        version.key = _letters(kind, version.key)


def _letters(kind: str, key: str) -> str:
    text = key.strip().upper()
    if kind == "true_false":
        return text if text in ("T", "F") else ""
    return "".join(sorted({letter for letter in text if "A" <= letter <= "Z"}))


def _fitting(text: Any) -> str:
    if not isinstance(text, str) or len(text) > LONGEST_TEXT or "\x00" in text:
        refuse(
            "questions.text_unfit",
            _("A text is longer than %(most)s characters or holds characters that cannot be kept."),
            basis=_BASIS,
            remedy=_("Shorten it."),
            most=LONGEST_TEXT,
        )
    return text


def _marks(given: Decimal | int | str) -> Decimal:
    try:
        exact = Decimal(str(given))
        worth = exact.quantize(Decimal("0.1"))
    except InvalidOperation:
        exact = worth = Decimal("NaN")
    if not worth.is_finite() or not Decimal("0.1") <= worth <= Decimal(100) or worth != exact:
        refuse(
            "questions.marks",
            _("The marks must lie between 0.1 and 100, in tenths."),
            basis=_BASIS,
            remedy=_("Enter the marks as in the blueprint."),
        )
    return worth


def _known(value: str, known: dict[str, Any], what: str) -> None:
    if value not in known:
        refuse("questions.unknown_value", _("There is no such %(what)s."), basis=_BASIS, remedy=_("Choose one of the list."), what=what)


def _reasoned(reason: str) -> None:
    if not reason.strip():
        refuse("questions.reason_missing", _("A reason is missing."), basis=_BASIS, remedy=_("Write the reason."))


def _next_number(by: Actor, family: str) -> str:
    """Counted under a lock of the body, so that two setters at once get two numbers."""
    Organisation.objects.select_for_update().get(pk=by.organisation_id)
    taken = Question.objects.filter(organisation_id=by.organisation_id, family=family).count()
    return f"{family}-{taken + 1:04}"
