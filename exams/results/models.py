"""Tables of marks and results: who recorded and who checked, what was changed and by whose approval, what was published."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams import guards, lifecycle
from exams.keys import primary_key
from exams.results import grading


class Mark(models.Model):
    """The score of one place in its subject: recorded by one person, checked by another."""

    id = primary_key()
    place = models.OneToOneField("exams.Place", on_delete=models.PROTECT, related_name="mark")
    score = models.DecimalField(max_digits=6, decimal_places=2, validators=[MinValueValidator(0)])
    checked_score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    entered_by = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    checked_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, default="recorded")

    class Meta:
        verbose_name = _("Score")
        constraints = [
            models.CheckConstraint(condition=Q(checked_by=None) | ~Q(checked_by=F("entered_by")), name="mark_checked_by_another"),
            models.CheckConstraint(condition=Q(score__gte=0), name="mark_not_negative"),
        ]

    def __str__(self) -> str:
        return self.place.ticket_number


class MarkVersion(models.Model):
    """Every value a score ever had; never changed, so the old one is never lost."""

    id = primary_key()
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="versions")
    score = models.DecimalField(max_digits=6, decimal_places=2)
    by = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "id"]


class ScoreChange(models.Model):
    """A numbered request to change a score, with its reason and proof; two persons approve it, neither of them the one who asked."""

    id = primary_key()
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="changes")
    number = models.CharField(max_length=40, unique=True)
    old = models.DecimalField(max_digits=6, decimal_places=2)
    new = models.DecimalField(max_digits=6, decimal_places=2)
    reason = models.TextField()
    proof_id = models.UUIDField(null=True)
    asked_by = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    first_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    second_at = models.DateTimeField(null=True)
    refused_reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=16, default="asked")

    class Meta:
        verbose_name = _("Change of score")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["mark"], condition=Q(state__in=["asked", "approved_once"]), name="one_open_change_per_mark"),
            models.CheckConstraint(
                condition=~Q(state="applied") | (Q(first_by__isnull=False) & Q(second_by__isnull=False)), name="change_has_two_approvers"
            ),
            models.CheckConstraint(
                condition=(Q(first_by=None) | ~Q(first_by=F("asked_by")))
                & (Q(second_by=None) | (~Q(second_by=F("asked_by")) & ~Q(second_by=F("first_by")))),
                name="change_approved_by_two_others",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ResultSheet(models.Model):
    """The results of one event as a whole: graded, signed by the chief and the quality check, published."""

    id = primary_key()
    event = models.OneToOneField("exams.Event", on_delete=models.PROTECT, related_name="result_sheet")
    state = models.CharField(max_length=12, default="open")
    digest = models.CharField(max_length=64, blank=True)
    graded_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    publish_by = models.DateField(null=True)

    class Meta:
        verbose_name = _("Result sheet")

    def __str__(self) -> str:
        return self.event.number


class SheetSignature(models.Model):
    """One signature under the result sheet as it stood; results graded again need new ones."""

    ROLES = {"chief": _("Chief"), "quality": _("Quality check")}

    id = primary_key()
    sheet = models.ForeignKey(ResultSheet, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=10, choices=ROLES)
    person = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["sheet", "digest", "person"], name="sheet_signed_once_per_person")]


class Result(models.Model):
    """The conclusion of one application; seen by the candidate once it is published, and by no other candidate ever."""

    id = primary_key()
    application = models.OneToOneField("exams.Application", on_delete=models.PROTECT, related_name="exam_result")
    edition = models.ForeignKey("exams.Edition", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10)
    lines = models.JSONField(default=list)
    graded_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default="graded")

    class Meta:
        verbose_name = _("Result")
        ordering = ["application__number"]

    def __str__(self) -> str:
        return self.application.number

    @property
    def outcome_title(self) -> str:
        return grading.OUTCOMES[self.outcome]

    @property
    def outcome_tone(self) -> str:
        return grading.TONES[self.outcome]


guards.append_only(MarkVersion)
guards.append_only(SheetSignature)

lifecycle.transitions(
    Mark,
    {
        "recorded": {"check": "checked", "differ": "differing"},
        "differing": {"settle": "checked"},
        "checked": {"publish": "published", "correct": "corrected", "void": "void"},
        "published": {"correct": "corrected", "void": "void"},
        "corrected": {"correct": "corrected", "publish": "published", "void": "void"},
        "void": {},
    },
    labels={
        "recorded": _("Recorded"),
        "differing": _("Differing"),
        "checked": _("Checked"),
        "published": _("Results out"),
        "corrected": _("Corrected"),
        "void": _("Made void"),
    },
    tones={"recorded": "wait", "differing": "danger", "checked": "ok", "published": "ok", "corrected": "warn", "void": "danger"},
)
lifecycle.transitions(
    ScoreChange,
    {
        "asked": {"approve": "approved_once", "refuse": "refused"},
        "approved_once": {"apply": "applied", "refuse": "refused"},
        "applied": {},
        "refused": {},
    },
    labels={
        "asked": _("Waiting for two approvals"),
        "approved_once": _("Waiting for the second approval"),
        "applied": _("Applied"),
        "refused": _("Change not approved"),
    },
    tones={"asked": "wait", "approved_once": "wait", "applied": "ok", "refused": "danger"},
)
lifecycle.transitions(
    ResultSheet,
    {
        "open": {"grade": "graded"},
        "graded": {"grade": "graded", "sign": "signed"},
        "signed": {"grade": "graded", "publish": "published"},
        "published": {"regrade": "published"},
    },
    labels={"open": _("Being marked"), "graded": _("Graded"), "signed": _("Signed"), "published": _("Results out")},
    tones={"open": "wait", "graded": "warn", "signed": "ok", "published": "ok"},
)
lifecycle.transitions(
    Result,
    {"graded": {"grade": "graded", "publish": "published"}, "published": {"regrade": "published"}},
    labels={"graded": _("Graded"), "published": _("Results out")},
    tones={"graded": "wait", "published": "ok"},
)
