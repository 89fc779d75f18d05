"""What stands in the register about a person: certificates, bars, entries of the integrity file."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exams import clock, lifecycle
from exams.keys import primary_key


class Certificate(models.Model):
    """A certificate somebody holds, as the issuing authority's register has it."""

    id = primary_key()
    person = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="certificates")
    qualification = models.ForeignKey("exams.Qualification", on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=60, unique=True)
    issued_on = models.DateField()
    valid_until = models.DateField(null=True)
    issued_by = models.CharField(max_length=120)
    employer_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, default="valid")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("Certificate")
        ordering = ["-issued_on"]
        indexes = [models.Index(fields=["person", "qualification"])]

    def __str__(self) -> str:
        return self.number


class Bar(models.Model):
    """A period in which somebody may not apply; both days are inside."""

    KINDS = {
        "false_material": _("False material: one year"),
        "fraud": _("Certificate obtained by fraud: three years"),
        "decision": _("Examination ban by decision"),
    }

    id = primary_key()
    person = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="bars")
    kind = models.CharField(max_length=20, choices=KINDS)
    since = models.DateField()
    until = models.DateField()
    reason = models.TextField()
    basis = models.CharField(max_length=200)
    decided_by = models.CharField(max_length=200)
    document_number = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=20, default="in_force")
    lifted_reason = models.TextField(blank=True)
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("Bar")
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name="bar_not_backwards"),
        ]
        indexes = [models.Index(fields=["person", "until"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.since}–{self.until}"


class IntegrityEntry(models.Model):
    """An entry of the integrity file: shown, and bars nothing by itself."""

    id = primary_key()
    person = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="integrity_entries")
    happened_on = models.DateField()
    text = models.TextField()
    basis = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("Integrity record")
        ordering = ["-happened_on"]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.text[:40]}"


lifecycle.transitions(
    Certificate,
    {
        "valid": {"revoke": "revoked", "withdraw": "withdrawn", "cancel": "cancelled"},
        "revoked": {},
        "withdrawn": {},
        "cancelled": {},
    },
    labels={
        "valid": _("Valid"),
        "revoked": _("Revoked as unlawful"),
        "withdrawn": _("Withdrawn as a penalty"),
        "cancelled": _("Cancelled"),
    },
    tones={"valid": "ok", "revoked": "danger", "withdrawn": "danger", "cancelled": "off"},
)
lifecycle.transitions(
    Bar,
    {"in_force": {"lift": "lifted"}, "lifted": {}},
    labels={"in_force": _("In force"), "lifted": _("Lifted")},
    tones={"in_force": "danger", "lifted": "off"},
)
