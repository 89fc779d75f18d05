"""Papers as they are drawn: their forms, the slots they are for, and what was used."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from exams.encryption import EncryptedField
from exams.keys import primary_key
from exams.lifecycle import transitions


class Paper(models.Model):
    """A main or spare paper with its parallel forms; once sealed, its text exists as ciphertext only."""

    id = primary_key()
    organisation = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    family = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    blueprint = models.ForeignKey("question_bank.Blueprint", models.PROTECT, related_name="papers")
    spare_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="spare")
    version = models.PositiveIntegerField(default=1)
    full_marks = models.DecimalField(max_digits=6, decimal_places=1)
    minutes = models.PositiveIntegerField(default=120)
    seed_commitment = models.CharField(max_length=64)
    seed = EncryptedField(default="")
    notes = models.JSONField(default=dict)
    state = models.CharField(max_length=20, default="assembled")
    drawn_by = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    approved_by = models.ForeignKey("exams.Person", models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="paper_number")]

    def __str__(self) -> str:
        return self.number


class PaperForm(models.Model):
    """One parallel form: which versions in which order. Emptied when the paper is sealed."""

    id = primary_key()
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="forms")
    label = models.CharField(max_length=4)
    versions_text = EncryptedField(default="[]")
    questions = models.PositiveIntegerField()

    class Meta:
        ordering = ["paper_id", "label"]
        constraints = [models.UniqueConstraint(fields=["paper", "label"], name="paper_form_label")]


class PaperSlot(models.Model):
    """The time slot a paper is for."""

    id = primary_key()
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="slots")
    slot = models.ForeignKey("exams.TimeSlot", models.PROTECT, related_name="papers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "slot"], name="paper_slot_once")]


class Use(models.Model):
    """That a question stands in a paper, as a keyed tag: the table alone names no question of a sealed paper."""

    id = primary_key()
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="uses")
    tag = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "tag"], name="question_used_once_per_paper")]


class Contribution(models.Model):
    """Who wrote, reviewed or approved questions of a paper: facts for recusal, without naming the question."""

    id = primary_key()
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="contributions")
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    part = models.CharField(max_length=20)

    class Meta:
        ordering = ["paper_id", "part", "person_id"]
        constraints = [models.UniqueConstraint(fields=["paper", "person", "part"], name="contribution_once")]


transitions(
    Paper,
    {
        "assembled": {"approve": "approved", "discard": "discarded"},
        "approved": {"seal": "sealed", "report_leak": "exposed"},
        "sealed": {"assign": "assigned", "keep_as_spare": "spare_kept", "report_leak": "exposed"},
        "assigned": {"release": "released", "report_leak": "exposed"},
        "spare_kept": {"release": "released", "report_leak": "exposed", "destroy": "destroyed"},
        "released": {"use": "used", "report_leak": "exposed"},
        "used": {"destroy": "destroyed"},
        "exposed": {},
        "destroyed": {},
        "discarded": {},
    },
    labels={
        "assembled": _("Assembled"),
        "approved": _("Approved for sealing"),
        "sealed": _("Encrypted and sealed"),
        "assigned": _("Assigned to its sitting"),
        "spare_kept": _("Spare, kept sealed"),
        "released": _("Released for use"),
        "used": _("Used"),
        "exposed": _("Exposed, stopped"),
        "destroyed": _("Destroyed"),
        "discarded": _("Drawn again"),
    },
    tones={
        "assembled": "warn",
        "approved": "warn",
        "sealed": "wait",
        "assigned": "ok",
        "spare_kept": "ok",
        "released": "ok",
        "used": "off",
        "exposed": "danger",
        "destroyed": "off",
        "discarded": "off",
    },
)
