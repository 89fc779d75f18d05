"""Questions, their encrypted versions, secrecy letters and the record of who read what."""

from __future__ import annotations

import json
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from exams.encryption import EncryptedField
from exams.keys import primary_key
from exams.lifecycle import transitions

KINDS = (
    ("single_choice", _("Single choice")),
    ("multiple_choice", _("Multiple choice")),
    ("true_false", _("True or false")),
    ("short_answer", _("Short answer")),
)
ABILITIES = (
    ("know", _("Knows")),
    ("understand", _("Understands")),
    ("master", _("Has mastered")),
    ("apply", _("Applies")),
)
DIFFICULTIES = (
    (1, _("Very easy")),
    (2, _("Easy")),
    (3, _("Medium")),
    (4, _("Hard")),
    (5, _("Very hard")),
)


class SecrecyLetter(models.Model):
    """A person's signed promise of secrecy towards one exam body, without which no question text is shown."""

    id = primary_key()
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="+")
    text = models.TextField()
    signed_at = models.DateTimeField()
    until = models.DateField(null=True)

    class Meta:
        ordering = ["-signed_at", "id"]


class Question(models.Model):
    """One task of the bank; what is asked stands in its versions."""

    id = primary_key()
    organisation = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    family = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=KINDS)
    unit = models.CharField(max_length=80)
    ability = models.CharField(max_length=20, choices=ABILITIES, default="understand")
    difficulty = models.PositiveSmallIntegerField(choices=DIFFICULTIES, default=3)
    marks = models.DecimalField(max_digits=5, decimal_places=1)
    setter = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, default="draft")
    latest = models.PositiveIntegerField(default=1)
    uses = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="question_number"),
            models.CheckConstraint(condition=models.Q(marks__gt=0), name="question_marks_positive"),
            models.CheckConstraint(
                condition=models.Q(difficulty__gte=1, difficulty__lte=5), name="question_difficulty_band"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "family", "state"], name="question_pool")]

    def __str__(self) -> str:
        return self.number


class Version(models.Model):
    """One saved state of a question; its text is ciphertext in the table."""

    id = primary_key()
    question = models.ForeignKey(Question, models.PROTECT, related_name="versions")
    ordinal = models.PositiveIntegerField()
    stem = EncryptedField()
    choices_text = EncryptedField(default="[]")
    key = EncryptedField()
    explanation = EncryptedField(default="")
    source = EncryptedField(default="")
    answer_to_review = EncryptedField(default="")
    reason = models.CharField(max_length=200, default="")
    revision = models.PositiveIntegerField(default=0)
    written_by = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["question_id", "-ordinal"]
        constraints = [models.UniqueConstraint(fields=["question", "ordinal"], name="version_ordinal")]

    def __str__(self) -> str:
        return f"{self.question_id} {self.ordinal}"

    @property
    def choices(self) -> list[str]:
        """The options in the order in which they were written."""
        return list(json.loads(self.choices_text or "[]"))

    @choices.setter
    def choices(self, options: list[str]) -> None:
        self.choices_text = json.dumps(list(options), ensure_ascii=False)

    def content(self) -> dict[str, object]:
        """What a paper carries of this version, ready for canonical JSON."""
        question = self.question
        return {
            "version": str(self.pk),
            "question": str(self.question_id),
            "number": question.number,
            "kind": question.kind,
            "unit": question.unit,
            "marks": str(Decimal(question.marks)),
            "stem": self.stem,
            "choices": self.choices,
            "key": self.key,
            "explanation": self.explanation,
        }


class Reading(models.Model):
    """One look at the text of a version: who, as what, when, from where."""

    id = primary_key()
    version = models.ForeignKey(Version, models.PROTECT, related_name="readings")
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=40)
    address = models.CharField(max_length=64, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "id"]


transitions(
    Question,
    {
        "draft": {"submit": "in_review"},
        "returned": {"submit": "in_review"},
        "in_review": {"return": "returned", "recommend": "reviewed", "reject": "withdrawn"},
        "reviewed": {"approve": "in_bank", "return": "returned"},
        "in_bank": {"new_version": "draft", "withdraw": "withdrawn"},
        "withdrawn": {},
    },
    labels={
        "draft": _("Draft"),
        "in_review": _("In review"),
        "returned": _("Returned for changes"),
        "reviewed": _("Reviewed"),
        "in_bank": _("In the bank"),
        "withdrawn": _("Withdrawn from use"),
    },
    tones={
        "draft": "off",
        "in_review": "wait",
        "returned": "warn",
        "reviewed": "wait",
        "in_bank": "ok",
        "withdrawn": "off",
    },
)
