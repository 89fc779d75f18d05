"""Custodians' keys, sealed papers, approvals, the opening, and the hand-overs of printed bags."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from exams.encryption import EncryptedField
from exams.keys import primary_key


class CustodianKey(models.Model):
    """A custodian's X25519 key: public half in the open, private half wrapped by the custodian's passphrase."""

    id = primary_key()
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="+")
    public = models.CharField(max_length=64, unique=True)
    wrapped = models.JSONField()
    enrolled_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-enrolled_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=models.Q(retired_at__isnull=True),
                name="one_live_custodian_key",
            )
        ]


class WrongTry(models.Model):
    """A wrong passphrase at a key: kept although the act was refused, so that guessing can be stopped."""

    id = primary_key()
    key = models.ForeignKey(CustodianKey, models.PROTECT, related_name="wrong_tries")
    at = models.DateTimeField()


class SealedPaper(models.Model):
    """The ciphertext of a paper with its pair envelopes and the window in which it may be opened."""

    id = primary_key()
    paper = models.OneToOneField("question_bank.Paper", models.PROTECT, related_name="sealed")
    body = models.JSONField()
    ciphertext_digest = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    custodians = models.ManyToManyField("exams.Person", related_name="+")
    keys = models.JSONField(default=dict)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    sealed_by = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens_at__lt=models.F("closes_at")), name="paper_window_forward"
            )
        ]


class Approval(models.Model):
    """The first custodian's approval: the outer layers are off, what remains is still ciphertext."""

    id = primary_key()
    paper = models.ForeignKey("question_bank.Paper", models.PROTECT, related_name="approvals")
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    appointment_id = models.UUIDField(null=True)
    stripped = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["paper", "person"], name="approves_once")]


class Opening(models.Model):
    """That two custodians opened the paper, and when; the disclosed salt shows that it is the paper sealed."""

    id = primary_key()
    paper = models.OneToOneField("question_bank.Paper", models.PROTECT, related_name="opening")
    first = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    second = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    data_key = EncryptedField(default="")
    opened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(first=models.F("second")), name="opened_by_two_persons"
            )
        ]


class SpareRequest(models.Model):
    """A chief's request to use the spare paper, decided by another person."""

    id = primary_key()
    paper = models.ForeignKey("question_bank.Paper", models.PROTECT, related_name="spare_requests")
    asked_by = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.TextField()
    decided_by = models.ForeignKey("exams.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)

    class Meta:
        ordering = ["-asked_at", "id"]


class Printing(models.Model):
    """One print run: which form, how many copies, which document came of it."""

    id = primary_key()
    paper = models.ForeignKey("question_bank.Paper", models.PROTECT, related_name="printings")
    label = models.CharField(max_length=4)
    part = models.CharField(max_length=10)
    copies = models.PositiveIntegerField()
    document_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    printed_by = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    printed_at = models.DateTimeField()

    class Meta:
        ordering = ["-printed_at", "label"]


STEPS = (
    ("printing", _("Printing")),
    ("store", _("Paper store")),
    ("transport", _("Transport")),
    ("venue", _("Venue")),
    ("room", _("Examination room")),
    ("return", _("Return of the answers")),
    ("marking", _("Marking")),
    ("destruction", _("Destruction")),
)
SEALS = (("intact", _("Seal intact")), ("broken", _("Seal broken")), ("replaced", _("Seal replaced")))


class HandOver(models.Model):
    """One link of the custody chain of a printed bag: giver, receiver, supervisor, seal."""

    id = primary_key()
    paper = models.ForeignKey("question_bank.Paper", models.PROTECT, related_name="hand_overs")
    bag = models.CharField(max_length=40)
    step = models.CharField(max_length=20, choices=STEPS)
    copies = models.PositiveIntegerField()
    seal_number = models.CharField(max_length=40)
    seal_state = models.CharField(max_length=20, choices=SEALS, default="intact")
    giver = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    receiver = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    supervisor = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    place = models.CharField(max_length=120)
    note = models.TextField(default="")
    stopped = models.BooleanField(default=False)
    decided_by = models.ForeignKey("exams.Person", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["bag", "at", "id"]
