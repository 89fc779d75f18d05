"""Rulings with the facts as seen, waivers, requests for recusal, and notices about people who already stand."""

import json
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exams import lifecycle
from exams.encryption import EncryptedField
from exams.guards import append_only
from exams.keys import primary_key


class Ruling(models.Model):
    """The answer of the recusal rules about one person in one matter; never changed afterwards."""

    id = primary_key()
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="rulings")
    capacity = models.CharField(max_length=40)
    matter = models.JSONField()
    facts = EncryptedField()
    facts_digest = models.CharField(max_length=64)
    objections_kept = EncryptedField(default="[]")
    waived = models.JSONField(default=list)
    allowed = models.BooleanField()
    rules_version = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.CharField(max_length=40, blank=True)
    about_text = models.CharField(max_length=200, blank=True)
    body = models.ForeignKey("exams.Organisation", models.PROTECT, null=True, related_name="+")
    event_id = models.UUIDField(null=True)
    asked_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["person", "about_type", "about_id"]),
            models.Index(fields=["body", "-made_at"]),
            models.Index(fields=["event_id", "-made_at"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def objections(self) -> list[dict[str, Any]]:
        """The objections as JSON, names of relatives included: kept encrypted, shown by whoever asks with `named_for`."""
        kept: list[dict[str, Any]] = json.loads(self.objections_kept or "[]")
        return kept

    @property
    def number(self) -> str:
        """The ruling's number as it is quoted on paper."""
        return f"R-{self.made_at:%Y-%m}-{self.id.hex[-8:].upper()}"

    @property
    def state(self) -> str:
        """The word of the chip."""
        if not self.allowed:
            return "refused"
        if self.waived:
            return "waived"
        return "disclosed" if self.objections_kept not in ("", "[]") else "clear"


class PolicyValue(models.Model):
    """A parameter of the recusal rules with its source and the day it holds from: a number, or how hard a rule weighs."""

    id = primary_key()
    code = models.CharField(max_length=80)
    value = models.CharField(max_length=20)
    source = models.CharField(max_length=240)
    effective_from = models.DateField()
    set_by = models.ForeignKey("exams.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["code", "-effective_from"]
        constraints = [models.UniqueConstraint(fields=["code", "effective_from"], name="policy_value_once_per_day")]

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"


class Waiver(models.Model):
    """Two named superiors set one objection of one ruling aside; kinship and own candidacy never."""

    id = primary_key()
    ruling = models.ForeignKey(Ruling, models.PROTECT, related_name="waivers")
    objection_id = models.CharField(max_length=60)
    reason = EncryptedField()
    until = models.DateField()
    state = models.CharField(max_length=12, default="proposed")
    decided_by: Any = models.JSONField(default=list)
    decided_names: Any = models.JSONField(default=list)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ruling", "objection_id"], condition=~Q(state="refused"), name="one_waiver_per_objection"
            ),
        ]


class RecusalRequest(models.Model):
    """Somebody asked that a person step back, or it was ordered ex officio; the decision stands beside it.

    Whoever asks knows a name at most: `person` stays empty until the body has said who is meant. `for_name` and `for_contact` are of
    somebody without an account, for whom the clerk filed it.
    """

    class FiledAs(models.TextChoices):
        CANDIDATE = "candidate", _("Candidate")
        STAFF = "staff", _("Staff of the examination")
        PARTY = "party", _("Somebody with an interest")
        OTHER = "other", _("Anybody else")

    id = primary_key()
    person = models.ForeignKey("exams.Person", models.PROTECT, null=True, related_name="recusal_requests")
    named = EncryptedField(default="")
    name_index = models.CharField(max_length=64, blank=True)
    filed_as = models.CharField(max_length=12, choices=FiledAs.choices, default=FiledAs.PARTY)
    for_name = EncryptedField(default="")
    for_contact = EncryptedField(default="")
    body = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="+")
    event_id = models.UUIDField(null=True, blank=True)
    event_text = models.CharField(max_length=200, blank=True)
    ex_officio = models.BooleanField(default=False)
    filed_on = models.DateField()
    filed_by = models.ForeignKey("exams.Person", models.PROTECT, null=True, related_name="+")
    reason = EncryptedField()
    state = models.CharField(max_length=12, default="filed")
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey("exams.Person", models.PROTECT, null=True, related_name="+")
    decision = EncryptedField(default="")

    class Meta:
        ordering = ["-filed_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(state="granted") | Q(person__isnull=False), name="recusal_of_somebody"),
        ]


class LateGround(models.Model):
    """A ground for recusal that was proved after the person had acted under a ruling: the person did not recuse (R-20).

    Where it was hidden, `concealment` keeps the person from exam work this year and the next.
    """

    id = primary_key()
    ruling = models.ForeignKey(Ruling, models.PROTECT, related_name="late_grounds")
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="late_grounds")
    body = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="+")
    event_id = models.UUIDField(null=True)
    rule_id = models.CharField(max_length=60)
    proved_on = models.DateField()
    text = EncryptedField()
    hidden = models.BooleanField()
    concealment = models.OneToOneField("exams.Concealment", models.PROTECT, null=True, related_name="late_ground")
    document_id = models.UUIDField(null=True)
    decision_number = models.CharField(max_length=60, blank=True)
    recorded_by = models.ForeignKey("exams.Person", models.PROTECT, null=True, related_name="+")
    recorded_name = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    state = models.CharField(max_length=12, default="stands")

    class Meta:
        verbose_name = _("Ground proved after the sitting")
        ordering = ["-proved_on", "-id"]
        indexes = [models.Index(fields=["event_id"]), models.Index(fields=["person"])]
        constraints = [
            models.UniqueConstraint(fields=["ruling", "rule_id"], condition=Q(state="stands"), name="one_late_ground_per_rule"),
            models.CheckConstraint(condition=Q(hidden=False) | Q(concealment__isnull=False), name="hidden_ground_bars"),
        ]

    def __str__(self) -> str:
        return self.rule_id


class ObjectionNotice(models.Model):
    """A person who already stands in an open matter has become objectionable: somebody must replace or decide."""

    id = primary_key()
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="objection_notices")
    ruling = models.ForeignKey(Ruling, models.PROTECT, related_name="notices")
    capacity = models.CharField(max_length=40)
    body = models.ForeignKey("exams.Organisation", models.PROTECT, null=True, related_name="+")
    about_type = models.CharField(max_length=60)
    about_id = models.CharField(max_length=40)
    about_text = models.CharField(max_length=200, blank=True)
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, default="open")

    class Meta:
        ordering = ["-raised_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "capacity", "about_type", "about_id"],
                condition=Q(state="open"),
                name="one_open_objection_notice",
            ),
        ]


append_only(Ruling)
lifecycle.transitions(
    Ruling,
    {},
    labels={
        "refused": _("May not act"),
        "waived": _("May act by waiver"),
        "disclosed": _("May act, tie disclosed"),
        "clear": _("No ground found"),
    },
    tones={"refused": "danger", "waived": "warn", "disclosed": "warn", "clear": "ok"},
)
lifecycle.transitions(
    Waiver,
    {"proposed": {"grant": "granted", "refuse": "refused"}},
    labels={"proposed": _("Waits for the second superior"), "granted": _("Waived"), "refused": _("Not waived")},
    tones={"proposed": "wait", "granted": "warn", "refused": "off"},
)
lifecycle.transitions(
    RecusalRequest,
    {"filed": {"grant": "granted", "refuse": "refused", "withdraw": "withdrawn"}},
    labels={
        "filed": _("Not yet decided"),
        "granted": _("Recusal granted"),
        "refused": _("Recusal refused"),
        "withdrawn": _("Withdrawn"),
    },
    tones={"filed": "wait", "granted": "danger", "refused": "off", "withdrawn": "off"},
)
lifecycle.transitions(
    LateGround,
    {"stands": {"revoke": "revoked"}},
    labels={"stands": _("Proved"), "revoked": _("Revoked")},
    tones={"stands": "danger", "revoked": "off"},
)
lifecycle.transitions(
    ObjectionNotice,
    {"open": {"settle": "settled"}},
    labels={"open": _("To be replaced or decided"), "settled": _("Settled")},
    tones={"open": "danger", "settled": "ok"},
)
