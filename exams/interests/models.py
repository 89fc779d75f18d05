"""What may stand in the way of fairness: training, authorship, declarations of interest, concealment and disputes.

Whom a report names without a document number stands in `Unmatched` until somebody has decided who it is (`MatchDoubt`).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams import lifecycle
from exams.encryption import EncryptedField
from exams.keys import primary_key


class Course(models.Model):
    """A training course as its organiser, an exam body or the authority reported it: who taught and who attended belong to it."""

    id = primary_key()
    organisation = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="+")
    number = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    family = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    reported_by = models.ForeignKey("exams.Organisation", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Training course")
        ordering = ["-since", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="one_course_per_number"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="course_period"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


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
    held_in = models.ForeignKey(Course, models.PROTECT, null=True, blank=True, related_name="engagements")
    reported_by = models.ForeignKey("exams.Organisation", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="training_engagement_period"
            ),
            models.UniqueConstraint(fields=["held_in", "person"], name="one_engagement_per_course"),
        ]
        indexes = [models.Index(fields=["person", "family"])]

    def __str__(self) -> str:
        return self.course or f"{self.family} {self.since}"


class Attendance(models.Model):
    """A trainee was trained by one engaged person, or attended a course: then everybody who taught there trained the trainee."""

    id = primary_key()
    engagement = models.ForeignKey(TrainingEngagement, models.CASCADE, null=True, blank=True, related_name="attendances")
    course = models.ForeignKey(Course, models.CASCADE, null=True, blank=True, related_name="attendances")
    trainee = models.ForeignKey("exams.Person", models.PROTECT, related_name="attendances")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["engagement", "course", "trainee"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "trainee"], name="one_attendance_each"),
            models.UniqueConstraint(fields=["course", "trainee"], name="one_attendance_per_course"),
            models.CheckConstraint(
                condition=Q(engagement__isnull=True, course__isnull=False) | Q(engagement__isnull=False, course__isnull=True),
                name="attendance_of_one_thing",
            ),
        ]


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
        constraints = [models.UniqueConstraint(fields=["person", "title", "family"], name="one_authorship_each")]

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
    reminded_on = models.DateField(null=True, blank=True)
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
    """A person and another person or organisation are, or were, in dispute; a complaint one made of the other is one too."""

    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("Dispute")
        COMPLAINT = "complaint", _("Complaint or report made by one about the other")
        LAWSUIT = "lawsuit", _("Lawsuit or arbitration")

    id = primary_key()
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.DISPUTE)
    number = models.CharField(max_length=60, blank=True)
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="disputes")
    other_person = models.ForeignKey("exams.Person", models.PROTECT, null=True, blank=True, related_name="+")
    other_organisation = models.ForeignKey("exams.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    text = EncryptedField(default="")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    reported_by = models.ForeignKey("exams.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
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
    revoked_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-proved_on", "id"]


class Unmatched(models.Model):
    """Somebody whom a report names without a document number: what was reported waits until it is known who that is.

    `told` is JSON: name, birth_date, and what the kind needs. `same_key` is a keyed digest of all that makes two reports the same.
    """

    class Kind(models.TextChoices):
        TRAINING = "training", _("Taught a course")
        ATTENDANCE = "attendance", _("Attended a course")
        AUTHORSHIP = "authorship", _("Wrote material")
        EMPLOYMENT = "employment", _("Holds a post")
        KIN = "kin", _("Declared relative")
        DISPUTE = "dispute", _("Other side of a dispute")

    id = primary_key()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    told = EncryptedField()
    name_index = models.CharField(max_length=64, db_index=True)
    same_key = models.CharField(max_length=64)
    person = models.ForeignKey("exams.Person", models.PROTECT, null=True, blank=True, related_name="unmatched")
    organisation = models.ForeignKey("exams.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    course = models.ForeignKey(Course, models.PROTECT, null=True, blank=True, related_name="unmatched")
    reported_by = models.ForeignKey("exams.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField()
    matched_to = models.ForeignKey("exams.Person", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=12, default="open")

    class Meta:
        verbose_name = _("Person named without a number")
        ordering = ["-recorded_at", "id"]
        indexes = [models.Index(fields=["kind", "state"])]
        constraints = [
            models.CheckConstraint(condition=~Q(state="matched") | Q(matched_to__isnull=False), name="matched_to_somebody"),
            models.UniqueConstraint(fields=["same_key"], condition=~Q(state="withdrawn"), name="one_report_of_a_name"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class MatchDoubt(models.Model):
    """One registered person who may be the one a report names; a named person decides, with the reason."""

    id = primary_key()
    unmatched = models.ForeignKey(Unmatched, models.PROTECT, related_name="doubts")
    person = models.ForeignKey("exams.Person", models.PROTECT, related_name="match_doubts")
    raised_at = models.DateTimeField()
    reason = EncryptedField(default="")
    decided_by = models.ForeignKey("exams.Person", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, default="open")

    class Meta:
        verbose_name = _("Doubt who is meant")
        ordering = ["-raised_at", "id"]
        indexes = [models.Index(fields=["person", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["unmatched", "person"], name="one_doubt_per_person"),
            models.UniqueConstraint(fields=["unmatched"], condition=Q(state="same_person"), name="only_one_is_meant"),
        ]

    def __str__(self) -> str:
        return f"{self.unmatched} · {self.person}"


class ReportBatch(models.Model):
    """One workbook of reports handed in: first a preview that writes nothing, then the import."""

    class Kind(models.TextChoices):
        COURSES = "courses", _("Training courses with teachers and trainees")
        WORKS = "works", _("Books and aids with their authors")
        POSTS = "posts", _("Employment of staff")
        KIN = "kin", _("Relatives stated on signed forms")

    id = primary_key()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    organisation = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey("exams.Person", models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    document_id = models.UUIDField(null=True)
    annotated_id = models.UUIDField(null=True)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    unmatched = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    faults = models.PositiveIntegerField(default=0)
    report = EncryptedField(blank=True, default="")
    imported_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default="reading")

    class Meta:
        verbose_name = _("Import of reports")
        ordering = ["-uploaded_at", "id"]

    def __str__(self) -> str:
        return self.file_name


lifecycle.transitions(
    Declaration,
    {"due": {"sign": "signed"}, "signed": {"update": "updated", "expire": "expired"}},
    labels={"due": _("To be declared"), "signed": _("Declared"), "updated": _("Supplemented"), "expired": _("Lapsed")},
    tones={"due": "wait", "signed": "ok", "updated": "off", "expired": "off"},
)
lifecycle.transitions(
    Unmatched,
    {"open": {"match": "matched", "complete": "completed", "withdraw": "withdrawn"}},
    labels={
        "open": _("Not yet matched"),
        "matched": _("Matched"),
        "completed": _("Number given"),
        "withdrawn": _("Withdrawn"),
    },
    tones={"open": "wait", "matched": "ok", "completed": "ok", "withdrawn": "off"},
)
lifecycle.transitions(
    MatchDoubt,
    {"open": {"same": "same_person", "other": "other_person"}, "other_person": {"reopen": "open"}},
    labels={"open": _("To be decided"), "same_person": _("The same person"), "other_person": _("Another person")},
    tones={"open": "wait", "same_person": "ok", "other_person": "off"},
)
lifecycle.transitions(
    ReportBatch,
    {"reading": {"preview": "previewed"}, "previewed": {"import": "imported", "discard": "discarded"}},
    labels={"reading": _("Being read"), "previewed": _("Preview"), "imported": _("Imported"), "discarded": _("Discarded")},
    tones={"reading": "wait", "previewed": "wait", "imported": "ok", "discarded": "off"},
)
