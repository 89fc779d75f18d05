"""Opinions on a version: review by a second person, approval by a third."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from exams.encryption import EncryptedField
from exams.keys import primary_key

STEPS = (("review", _("Review")), ("approval", _("Approval into the bank")))
VERDICTS = (
    ("recommend", _("Recommend")),
    ("return", _("Return for changes")),
    ("reject", _("Do not use")),
    ("approve", _("Approve into the bank")),
)


class Review(models.Model):
    """One person's opinion on one version; kept for ever, also when a later version replaces it."""

    id = primary_key()
    version = models.ForeignKey("question_bank.Version", models.PROTECT, related_name="reviews")
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    step = models.CharField(max_length=20, choices=STEPS)
    verdict = models.CharField(max_length=20, choices=VERDICTS)
    comment = EncryptedField(default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "step"], name="one_opinion_per_step"),
            models.UniqueConstraint(fields=["version", "person"], name="one_opinion_per_person"),
        ]
