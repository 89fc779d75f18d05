"""What may stand in the way of fairness: training, authorship, declarations of interest, concealment and disputes."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams import lifecycle
from exams.encryption import EncryptedField
from exams.keys import primary_key


class TrainingEngagement(models.Model):
    """A person worked for the training of one item family, from one day to another."""

    class Role(models.TextChoices):
        LECTURER = "lecturer", _("Lecturer")
        COACH = "coach", _("Practical coach")
        ORGANISER = "organiser", _("Organiser")
        MANAGER = "manager", _("Manager")

    id = primary_key()
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="training_engagements")
    organisation = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="+")
    family = models.CharField(max_length=40)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.LECTURER)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    course = models.CharField(max_length=200, blank=True)
    reported_by = models.ForeignKey("exams.Organisation", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="training_engagement_period"
            ),
        ]
        indexes = [models.Index(fields=["person", "family"])]

    def __str__(self) -> str:
        return self.course or f"{self.family} {self.since}"


class Attendance(models.Model):
    """A trainee was present in a training engagement."""

    id = primary_key()
    engagement = models.ForeignKey(TrainingEngagement, models.CASCADE, related_name="attendances")
    trainee = models.ForeignKey("exams.Person", models.PROTECT, related_name="attendances")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["engagement", "trainee"]
        constraints = [models.UniqueConstraint(fields=["engagement", "trainee"], name="one_attendance_each")]


class Authorship(models.Model):
    """A person wrote or edited a book, an aid or other material for an examination."""

    id = primary_key()
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="authorships")
    title = models.CharField(max_length=200)
    family = models.CharField(max_length=40)
    published_on = models.DateField()
    reported_by = models.ForeignKey("exams.Organisation", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-published_on", "id"]
        indexes = [models.Index(fields=["person", "family"])]

    def __str__(self) -> str:
        return self.title


class Declaration(models.Model):
    """The declaration of interest of one person for one event; a supplement is a new version, the older one is kept."""

    id = primary_key()
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="declarations")
    event_id = models.UUIDField()
    event_text = models.CharField(max_length=200)
    body = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField(default=1)
    answers = EncryptedField(default="{}")
    digest = models.CharField(max_length=64, blank=True)
    due_on = models.DateField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, default="due")

    class Meta:
        ordering = ["-signed_at", "-version", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "event_id", "version"], name="one_declaration_per_version"),
            models.CheckConstraint(condition=Q(state="due") | ~Q(digest=""), name="signed_declaration_has_digest"),
        ]

    def __str__(self) -> str:
        return self.event_text


class Dispute(models.Model):
    """A person and another person or organisation are, or were, in dispute."""

    id = primary_key()
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="disputes")
    other_person = models.ForeignKey("exams.Person", models.PROTECT, null=True, blank=True, related_name="+")
    other_organisation = models.ForeignKey("exams.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    text = EncryptedField(default="")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(other_person__isnull=False) | Q(other_organisation__isnull=False), name="dispute_has_other"
            ),
        ]


class Concealment(models.Model):
    """It was proved that a person hid a ground for recusal; the person may not serve this year and the next."""

    id = primary_key()
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="concealments")
    proved_on = models.DateField()
    rule_id = models.CharField(max_length=60)
    text = EncryptedField(default="")
    decided_by = models.ForeignKey("exams.Organisation", models.PROTECT, null=True, related_name="+")
    decision_number = models.CharField(max_length=60, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-proved_on", "id"]


lifecycle.transitions(
    Declaration,
    {"due": {"sign": "signed"}, "signed": {"update": "updated", "expire": "expired"}},
    labels={"due": _("To be declared"), "signed": _("Declared"), "updated": _("Supplemented"), "expired": _("Lapsed")},
    tones={"due": "wait", "signed": "ok", "updated": "off", "expired": "off"},
)
