"""Tables of supervision: audits with their inspectors, findings with their facts, rectification with its deadline."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams import guards, lifecycle
from exams.keys import primary_key

LEVELS = {"serious": _("Serious"), "ordinary": _("Ordinary"), "notice": _("Advisory")}
BLOCKS = {
    "management": _("Carrying out of management rules"),
    "video": _("Video monitoring of the whole process without blind spots"),
    "archive": _("Filing of records"),
}


class Audit(models.Model):
    """One inspection of an exam body by the authority; the body sees it only once it has been served."""

    KINDS = {"random": _("Regular, by random choice"), "special": _("Special"), "complaint": _("After a complaint"), "other": _("Other")}

    id = primary_key()
    authority = models.ForeignKey("exams.Organisation", on_delete=models.PROTECT, related_name="audits_made")
    body = models.ForeignKey("exams.Organisation", on_delete=models.PROTECT, related_name="audits")
    event = models.ForeignKey("exams.Event", null=True, on_delete=models.PROTECT, related_name="audits")
    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=KINDS, default="random")
    opened_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    served_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    opinion = models.TextField(blank=True)
    report_id = models.UUIDField(null=True)
    state = models.CharField(max_length=20, default="planned")

    class Meta:
        verbose_name = _("Audit")
        ordering = ["-opened_at"]
        constraints = [models.CheckConstraint(condition=~Q(authority=F("body")), name="nobody_audits_himself")]

    def __str__(self) -> str:
        return self.number


class Inspector(models.Model):
    """One inspector of an audit, resting on a ruling that nothing ties him to the body."""

    id = primary_key()
    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="inspectors")
    person = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="+")
    ruling = models.ForeignKey("exams.Ruling", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audit", "person"], name="inspector_once_per_audit")]


class CheckRun(models.Model):
    """One run of one automatic check: how much it looked at is in its findings; none found is kept too."""

    id = primary_key()
    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="runs")
    check_id = models.CharField(max_length=60)
    found = models.PositiveIntegerField()
    failed = models.CharField(max_length=300, blank=True)
    run_at = models.DateTimeField()

    class Meta:
        ordering = ["check_id", "-run_at"]


class Finding(models.Model):
    """One established departure: a greppable id, its basis, the facts, and the row it is about."""

    id = primary_key()
    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="findings")
    number = models.CharField(max_length=10)
    check_id = models.CharField(max_length=60, blank=True)
    block = models.CharField(max_length=12, choices=BLOCKS, default="management")
    level = models.CharField(max_length=10, choices=LEVELS)
    message = models.TextField()
    params = models.JSONField(default=dict)
    basis = models.CharField(max_length=300)
    facts = models.JSONField(default=dict)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.CharField(max_length=60, blank=True)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=16, default="established")

    class Meta:
        verbose_name = _("Problem found")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "number"], name="finding_number_once"),
            models.UniqueConstraint(
                fields=["audit", "check_id", "about_type", "about_id"], condition=~Q(check_id=""), name="finding_once_per_row"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Rectification(models.Model):
    """What the authority orders the body to put right, until when, and what the body reported."""

    id = primary_key()
    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="rectification")
    due_on = models.DateField()
    ordered_text = models.TextField()
    ordered_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    reported_text = models.TextField(blank=True)
    evidence_id = models.UUIDField(null=True)
    reported_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        verbose_name = _("Rectification")

    def __str__(self) -> str:
        return self.finding.number

    @property
    def state(self) -> str:
        return self.finding.state


guards.append_only(CheckRun)

lifecycle.transitions(
    Audit,
    {
        "planned": {"serve": "on_site", "terminate": "terminated"},
        "on_site": {"order": "in_rectification", "close": "closed", "terminate": "terminated"},
        "in_rectification": {"order": "in_rectification", "close": "closed"},
        "closed": {},
        "terminated": {},
    },
    labels={
        "planned": _("Planned, not served"),
        "on_site": _("Inspection under way"),
        "in_rectification": _("In rectification"),
        "closed": _("Closed"),
        "terminated": _("Terminated"),
    },
    tones={"planned": "off", "on_site": "wait", "in_rectification": "warn", "closed": "ok", "terminated": "off"},
)
lifecycle.transitions(
    Finding,
    {
        "established": {"order": "to_rectify", "drop": "dropped"},
        "to_rectify": {"report": "reported"},
        "reported": {"accept": "rectified", "return": "not_passed"},
        "not_passed": {"report": "reported"},
        "rectified": {},
        "dropped": {},
    },
    labels={
        "established": _("Established"),
        "to_rectify": _("To be rectified"),
        "reported": _("Rectification reported"),
        "not_passed": _("Not passed"),
        "rectified": _("Rectified"),
        "dropped": _("Dropped"),
    },
    tones={"established": "danger", "to_rectify": "warn", "reported": "wait", "not_passed": "danger", "rectified": "ok", "dropped": "off"},
)
