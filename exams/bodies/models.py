"""Exam bodies: what they were entrusted with, their management documents, other business, staff and internal checks."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams import lifecycle
from exams.keys import primary_key


class Entrustment(models.Model):
    """The authority's act that lets a body run named item families at named places in a period."""

    id = primary_key()
    body = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="entrustments")
    authority = models.ForeignKey("exams.Organisation", models.PROTECT, null=True, related_name="+")
    document_number = models.CharField(max_length=60)
    families: Any = models.JSONField(default=list)
    places: Any = models.JSONField(default=list)
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=12, default="in_force")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="entrustment_period"),
            models.UniqueConstraint(fields=["body", "document_number"], name="one_entrustment_per_document"),
        ]

    def __str__(self) -> str:
        return self.document_number


class ManagementDocument(models.Model):
    """One version of one document of the body's quality-management rules."""

    class Kind(models.TextChoices):
        IMPARTIALITY = "impartiality", _("Impartiality statement")
        EXAM_MANAGEMENT = "exam_management", _("Examination management rules")
        RECUSAL = "recusal", _("Recusal rules")
        QUESTION_SETTING = "question_setting", _("Question-setting rules")
        SECRECY = "secrecy", _("Secrecy rules")
        DISCIPLINE = "discipline", _("Discipline rules")
        VIDEO = "video", _("Video monitoring rules")
        ARCHIVE = "archive", _("Archive rules")
        EMERGENCY = "emergency", _("Emergency plan")
        ASSESSORS = "assessors", _("Assessor management rules")

    id = primary_key()
    body = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="management_documents")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    version = models.CharField(max_length=20)
    approved_on = models.DateField()
    published_on = models.DateField(null=True, blank=True)
    review_on = models.DateField()
    document_id = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "-approved_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["body", "kind", "version"], name="one_document_per_version"),
            models.CheckConstraint(condition=Q(review_on__gt=F("approved_on")), name="document_review_after_approval"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"


class OtherBusiness(models.Model):
    """The body declares which other business it does; a "yes" needs the authority's decision before the body is used."""

    class Business(models.TextChoices):
        MANUFACTURE = "manufacture", _("Manufacture")
        MAINTENANCE = "maintenance", _("Maintenance")
        TRADE = "trade", _("Trade")
        INSPECTION = "inspection", _("Inspection")
        TESTING = "testing", _("Testing")
        TRAINING = "training", _("Training")

    id = primary_key()
    body = models.OneToOneField("exams.Organisation", models.PROTECT, related_name="other_business")
    businesses: Any = models.JSONField(default=list)
    declared_on = models.DateField()
    state = models.CharField(max_length=12, default="declared")
    decided_on = models.DateField(null=True, blank=True)
    conditions = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return ", ".join(str(self.Business(code).label) for code in self.businesses)


class StaffRecord(models.Model):
    """A person on the body's list of full-time staff or assessors."""

    id = primary_key()
    body = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="staff_records")
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="staff_records")
    full_time = models.BooleanField(default=False)
    assessor = models.BooleanField(default=False)
    qualification = models.CharField(max_length=100, blank=True)
    years = models.PositiveSmallIntegerField(default=0)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["person__name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "person"], condition=Q(until__isnull=True), name="one_staff_record_at_a_time"
            ),
        ]


class BodyStandard(models.Model):
    """What the authority asks of its bodies from a day on: staff, assessors, and whether open major findings stop events."""

    id = primary_key()
    authority = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="body_standards")
    full_time = models.PositiveSmallIntegerField(default=0)
    assessors = models.PositiveSmallIntegerField(default=0)
    many_candidates = models.PositiveIntegerField(default=0)
    assessors_if_many = models.PositiveSmallIntegerField(default=0)
    findings_block = models.BooleanField(default=False)
    source = models.CharField(max_length=240)
    effective_from = models.DateField()

    class Meta:
        ordering = ["-effective_from", "-id"]
        constraints = [models.UniqueConstraint(fields=["authority", "effective_from"], name="one_standard_per_day")]


class InternalCheck(models.Model):
    """One finding of the body's own yearly check, open until its correction is shown."""

    id = primary_key()
    body = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="internal_checks")
    checked_on = models.DateField()
    item = models.CharField(max_length=200)
    finding = models.CharField(max_length=500, blank=True)
    major = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True)
    correction = models.CharField(max_length=500, blank=True)
    corrected_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, default="open")

    class Meta:
        ordering = ["-checked_on", "id"]


lifecycle.transitions(
    Entrustment,
    {
        "drafted": {"entrust": "in_force"},
        "in_force": {"suspend": "suspended", "end": "ended", "expire": "expired"},
        "suspended": {"resume": "in_force", "end": "ended"},
    },
    labels={
        "drafted": _("Drafted"),
        "in_force": _("In force"),
        "suspended": _("Suspended"),
        "expired": _("Expired"),
        "ended": _("Ended"),
    },
    tones={"drafted": "off", "in_force": "ok", "suspended": "warn", "expired": "danger", "ended": "off"},
)
lifecycle.transitions(
    OtherBusiness,
    {
        "declared": {"allow": "allowed", "forbid": "forbidden"},
        "allowed": {"declare": "declared"},
        "forbidden": {"declare": "declared"},
    },
    labels={"declared": _("Waits for the authority"), "allowed": _("Allowed"), "forbidden": _("Not allowed")},
    tones={"declared": "wait", "allowed": "ok", "forbidden": "danger"},
)
lifecycle.transitions(
    InternalCheck,
    {"open": {"correct": "corrected"}, "corrected": {"accept": "closed", "reopen": "open"}},
    labels={"open": _("To be corrected"), "corrected": _("Correction reported"), "closed": _("Closed")},
    tones={"open": "warn", "corrected": "wait", "closed": "ok"},
)
