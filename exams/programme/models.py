"""The annual plan, exam events with their items, notices and consents."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams import lifecycle
from exams.keys import primary_key


class ProgrammeParameter(models.Model):
    """A value of the programme with its source and the day it holds from, for example the lead time of notices."""

    id = primary_key()
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=200)
    source = models.CharField(max_length=240)
    effective_from = models.DateField()
    set_by = models.ForeignKey("exams.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["code", "-effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "effective_from"], name="programme_parameter_once_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"


class AnnualPlan(models.Model):
    """Which items a body examines in which months of a year."""

    id = primary_key()
    body = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="annual_plans")
    year = models.PositiveSmallIntegerField()
    document_number = models.CharField(max_length=60)
    basis = models.CharField(max_length=300)
    state = models.CharField(max_length=12, default="draft")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-year", "id"]
        constraints = [models.UniqueConstraint(fields=["body", "year"], name="one_plan_per_year")]

    def __str__(self) -> str:
        return self.document_number


class PlannedItem(models.Model):
    """One item of an annual plan in one month, with its last day of reservation."""

    id = primary_key()
    plan = models.ForeignKey(AnnualPlan, models.CASCADE, related_name="items")
    qualification = models.ForeignKey("exams.Qualification", models.PROTECT, related_name="+")
    month = models.PositiveSmallIntegerField()
    reserve_until = models.DateField()

    class Meta:
        ordering = ["month", "qualification__code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "qualification", "month"], name="one_planned_item_per_month"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="planned_month"),
        ]


class Event(models.Model):
    """An announced examination of one body, from its plan to its closing."""

    class Method(models.TextChoices):
        COMPUTER = "computer", _("Computer test")
        PAPER = "paper", _("Paper test")
        PRACTICAL = "practical", _("Practical test")
        MIXED = "mixed", _("Written and practical test")

    id = primary_key()
    body = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="events")
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    apply_from = models.DateField()
    apply_until = models.DateField()
    state = models.CharField(max_length=24, default="draft")
    document_number = models.CharField(max_length=60, blank=True)
    basis = models.CharField(max_length=300, blank=True)
    categories: Any = models.JSONField(default=list)
    place = models.CharField(max_length=200)
    method = models.CharField(max_length=12, choices=Method.choices)
    eligibility = models.TextField(blank=True)
    materials = models.TextField(blank=True)
    syllabus = models.TextField(blank=True)
    remarks = models.TextField(blank=True)
    ticket_from = models.DateField(null=True, blank=True)
    ticket_until = models.DateField(null=True, blank=True)
    contact = models.CharField(max_length=200)
    complaint_phone = models.CharField(max_length=60, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    example = models.BooleanField(default=False)

    class Meta:
        ordering = ["-starts_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["body", "number"], name="one_event_per_number"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="event_period"),
            models.CheckConstraint(condition=Q(apply_until__gte=F("apply_from")), name="event_application_period"),
            models.CheckConstraint(condition=Q(apply_until__lt=F("starts_on")), name="event_applications_before_start"),
        ]
        indexes = [models.Index(fields=["state", "starts_on"])]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class EventItem(models.Model):
    """One qualification examined in an event, by one edition of the rules."""

    id = primary_key()
    event = models.ForeignKey(Event, models.CASCADE, related_name="items")
    qualification = models.ForeignKey("exams.Qualification", models.PROTECT, related_name="event_items")
    edition = models.ForeignKey("exams.Edition", models.PROTECT, related_name="event_items")

    class Meta:
        ordering = ["qualification__code", "id"]
        constraints = [models.UniqueConstraint(fields=["event", "qualification"], name="one_item_per_event")]

    def __str__(self) -> str:
        return str(self.qualification)


class LateConsent(models.Model):
    """The authority consents that a notice appears later than the lead time."""

    id = primary_key()
    event = models.OneToOneField(Event, models.CASCADE, related_name="late_consent")
    reason = models.CharField(max_length=500)
    document_number = models.CharField(max_length=60, blank=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, default="asked")


class NoticeCorrection(models.Model):
    """A correction of a published notice; a new notice that names the old one, which stays."""

    id = primary_key()
    event = models.ForeignKey(Event, models.CASCADE, related_name="corrections")
    document_number = models.CharField(max_length=60)
    text = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-published_at", "id"]


class ForbiddenWord(models.Model):
    """A word to be looked for in texts for applicants, beyond the list everybody starts from: the authority's, or a body's own."""

    class Weight(models.TextChoices):
        REFUSE = "refuse", _("The text is not published with it")
        LOOK = "look", _("A superior looks at it")
        NONE = "none", _("Not looked for")

    id = primary_key()
    organisation = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="+")
    text = models.CharField(max_length=60)
    weight = models.CharField(max_length=8, choices=Weight.choices)
    source = models.CharField(max_length=240)
    set_by = models.ForeignKey("exams.Person", models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Word to look for")
        ordering = ["text", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "text"], condition=Q(withdrawn_at__isnull=True), name="one_word_each"),
        ]

    def __str__(self) -> str:
        return self.text


class WordsAccepted(models.Model):
    """A named superior looked at words in the texts of an event and says why nothing is made compulsory; it holds for these texts only."""

    id = primary_key()
    event = models.ForeignKey(Event, models.CASCADE, related_name="words_accepted")
    words: Any = models.JSONField(default=list)
    digests: Any = models.JSONField(default=list)
    reason = models.CharField(max_length=500)
    accepted_by = models.ForeignKey("exams.Person", models.PROTECT, null=True, related_name="+")
    accepted_name = models.CharField(max_length=200)
    accepted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Words looked at")
        ordering = ["-accepted_at", "id"]


lifecycle.transitions(
    AnnualPlan,
    {"draft": {"publish": "published"}, "published": {"withdraw": "withdrawn"}},
    labels={"draft": _("Draft"), "published": _("Published"), "withdrawn": _("Withdrawn")},
    tones={"draft": "off", "published": "ok", "withdrawn": "off"},
)
lifecycle.transitions(
    Event,
    {
        "draft": {"announce": "announced", "cancel": "cancelled"},
        "announced": {"close_applications": "applications_closed", "cancel": "cancelled"},
        "applications_closed": {"arrange": "arranged", "cancel": "cancelled"},
        "arranged": {"start": "running", "cancel": "cancelled"},
        "running": {"start_marking": "marking"},
        "marking": {"publish": "published"},
        "published": {"close": "closed"},
    },
    labels={
        "draft": _("Planned"),
        "announced": _("Announced"),
        "applications_closed": _("Applications closed"),
        "arranged": _("Arranged"),
        "running": _("Examination running"),
        "marking": _("Marking"),
        "published": _("Results published"),
        "closed": _("Closed"),
        "cancelled": _("Cancelled"),
    },
    tones={
        "draft": "off",
        "announced": "wait",
        "applications_closed": "wait",
        "arranged": "ok",
        "running": "warn",
        "marking": "wait",
        "published": "ok",
        "closed": "off",
        "cancelled": "off",
    },
)
lifecycle.transitions(
    LateConsent,
    {"asked": {"grant": "granted", "refuse": "refused"}},
    labels={"asked": _("Waits for the authority"), "granted": _("Consent given"), "refused": _("Consent refused")},
    tones={"asked": "wait", "granted": "ok", "refused": "danger"},
)
