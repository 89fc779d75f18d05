"""Applications to be examined, with their materials, confirmations, verifications and imports."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exams import clock, lifecycle
from exams.encryption import EncryptedField
from exams.keys import primary_key

# Who may be given a seat: the conditions were found to be met. Everything after it in the life cycle counts too.
ADMITTED_STATES = ("approved", "reserved", "ticket_issued", "sat", "absent", "result")
# No longer standing: the same person may apply again for the same item of the same event.
ENDED_STATES = ("withdrawn", "not_accepted", "not_approved", "lapsed")

CATEGORIES = {
    "first": _("First certification"),
    "retake": _("Retake (first certification)"),
    "renewal": _("Renewal by exam"),
    "renewal_retake": _("Retake (renewal)"),
}

MATERIALS = {
    "education": _("Education certificate"),
    "title": _("Title certificate"),
    "performance": _("Inspection-performance form"),
    "photo": _("Photo"),
    "eyesight": _("Eyesight certificate"),
    "medical": _("Medical certificate"),
    "social_insurance": _("Social-insurance record"),
    "other": _("Other material"),
}


class ImportBatch(models.Model):
    """One workbook handed in: first a preview that writes nothing, then an import that can be undone."""

    id = primary_key()
    body = models.ForeignKey("exams.Organisation", on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey("exams.Event", on_delete=models.PROTECT, related_name="import_batches")
    employer = models.ForeignKey("exams.Organisation", on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=clock.now)
    file_name = models.CharField(max_length=200)
    document_id = models.UUIDField(null=True)
    annotated_id = models.UUIDField(null=True)
    state = models.CharField(max_length=20, default="reading")
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    faults = models.PositiveIntegerField(default=0)
    report = EncryptedField(blank=True, default="")
    before = EncryptedField(blank=True, default="")
    imported_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Import")
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.file_name


class Application(models.Model):
    """One person's request to be examined for one item in one event."""

    id = primary_key()
    body = models.ForeignKey("exams.Organisation", on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey("exams.Event", on_delete=models.PROTECT, related_name="applications")
    item = models.ForeignKey("exams.EventItem", on_delete=models.PROTECT, related_name="applications")
    person = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="applications")
    employer = models.ForeignKey("exams.Organisation", null=True, on_delete=models.PROTECT, related_name="employee_applications")
    edition = models.ForeignKey("exams.Edition", null=True, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40, unique=True)
    category = models.CharField(max_length=20, choices=CATEGORIES, default="first")
    state = models.CharField(max_length=24, default="draft")
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.SET_NULL, related_name="applications")
    # Education, title and work as stated by the applicant; what is medical stands encrypted beside it.
    stated = models.JSONField(default=dict)
    health = EncryptedField(blank=True, default="")
    eligibility = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    accept_by = models.DateField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    accepted_by_lapse = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    recheck_drawn = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Application")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "item", "person"],
                condition=~models.Q(state__in=ENDED_STATES),
                name="application_once_per_item",
            ),
        ]
        indexes = [models.Index(fields=["event", "state"]), models.Index(fields=["state", "accept_by"])]

    def __str__(self) -> str:
        return self.number


class Material(models.Model):
    """A file handed in with an application."""

    id = primary_key()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="materials")
    kind = models.CharField(max_length=20, choices=MATERIALS)
    document_id = models.UUIDField()
    added_by_employer = models.BooleanField(default=False)
    added_at = models.DateTimeField(default=clock.now)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Material")
        ordering = ["kind", "added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind"],
                condition=models.Q(replaced_at__isnull=True) & ~models.Q(kind="other"),
                name="material_one_current",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class PerformanceEntry(models.Model):
    """One line of the inspection-performance form; the same report twice across applicants is looked for."""

    id = primary_key()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="performance")
    equipment = models.CharField(max_length=120)
    equipment_number = models.CharField(max_length=80, blank=True)
    inspected_on = models.DateField()
    report_number = models.CharField(max_length=80, db_index=True)

    class Meta:
        verbose_name = _("Inspection done")
        ordering = ["inspected_on"]
        constraints = [
            models.UniqueConstraint(fields=["application", "report_number"], name="performance_report_once"),
        ]

    def __str__(self) -> str:
        return self.report_number


class EmployerConfirmation(models.Model):
    """The employer's check of the materials, with the scan that bears its stamp."""

    id = primary_key()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="confirmations")
    employer = models.ForeignKey("exams.Organisation", on_delete=models.PROTECT, related_name="+")
    clerk = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="+")
    stamp_document_id = models.UUIDField()
    covers = models.JSONField(default=list)
    confirmed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("Employer's confirmation")
        ordering = ["confirmed_at"]

    def __str__(self) -> str:
        return f"{self.application.number} {self.confirmed_at:%Y-%m-%d}"


class Verification(models.Model):
    """One officer's record of having looked at one kind of material; the second is another officer's."""

    KINDS = {
        "education": _("Education"),
        "title": _("Professional title"),
        "performance": _("Inspection performance"),
        "public_platform": _("Certificate on the public platform"),
        "social_insurance": _("Social insurance"),
    }
    OUTCOMES = {
        "confirmed": _("Verified"),
        "not_confirmed": _("Not confirmed"),
        "cannot_be_verified": _("Cannot be verified"),
    }
    ROUNDS = {1: _("First verification"), 2: _("Second verification"), 3: _("Settlement")}

    id = primary_key()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="verifications")
    kind = models.CharField(max_length=20, choices=KINDS)
    round = models.PositiveSmallIntegerField(choices=ROUNDS)
    officer = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=OUTCOMES)
    method = models.CharField(max_length=40)
    report_number = models.CharField(max_length=80, blank=True)
    check_code = models.CharField(max_length=80, blank=True)
    queried_at = models.DateTimeField()
    valid_until = models.DateField(null=True)
    found = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    evidence_id = models.UUIDField(null=True)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("Verification of material")
        ordering = ["kind", "round"]
        constraints = [
            # The database itself refuses the same officer twice, and two second verifications made at once.
            models.UniqueConstraint(fields=["application", "kind", "officer"], name="verification_officer_once"),
            models.UniqueConstraint(fields=["application", "kind", "round"], name="verification_round_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_round_display()}"


class Correction(models.Model):
    """The one request for correction an application may get, with its complete list."""

    id = primary_key()
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="correction")
    missing = models.JSONField()
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Request for correction")

    def __str__(self) -> str:
        return f"{self.application.number} {self.asked_at:%Y-%m-%d}"


lifecycle.transitions(
    ImportBatch,
    {
        "reading": {"preview": "previewed", "discard": "discarded"},
        "previewed": {"import": "imported", "discard": "discarded"},
        "imported": {"undo": "undone"},
        "discarded": {},
        "undone": {},
    },
    labels={
        "reading": _("Being read"),
        "previewed": _("Preview, nothing written"),
        "imported": _("Imported"),
        "discarded": _("Discarded"),
        "undone": _("Undone"),
    },
    tones={"reading": "wait", "previewed": "warn", "imported": "ok", "discarded": "off", "undone": "off"},
)
lifecycle.transitions(
    Application,
    {
        "draft": {"submit": "submitted", "withdraw": "withdrawn"},
        "submitted": {"confirm": "employer_confirmed", "return": "draft", "withdraw": "withdrawn"},
        "employer_confirmed": {
            "ask_correction": "correction_requested",
            "accept": "accepted",
            "lapse_to_accepted": "accepted",
            "do_not_accept": "not_accepted",
            "withdraw": "withdrawn",
        },
        "correction_requested": {"correct": "employer_confirmed", "withdraw": "withdrawn"},
        "accepted": {"approve": "approved", "do_not_approve": "not_approved", "withdraw": "withdrawn"},
        "approved": {"reserve": "reserved", "issue_ticket": "ticket_issued", "not_approve_after_all": "not_approved"},
        "reserved": {"cancel_reservation": "approved", "issue_ticket": "ticket_issued"},
        "ticket_issued": {"sit": "sat", "miss": "absent", "lapse": "lapsed"},
        "sat": {"conclude": "result"},
        "absent": {"conclude": "result"},
        "result": {},
        "withdrawn": {},
        "lapsed": {},
        "not_accepted": {},
        "not_approved": {},
    },
    labels={
        "draft": _("Draft"),
        "submitted": _("Submitted"),
        "employer_confirmed": _("Employer confirmed"),
        "correction_requested": _("Correction requested"),
        "accepted": _("Formally accepted"),
        "not_accepted": _("Acceptance refused"),
        "approved": _("Application approved"),
        "not_approved": _("Not approved"),
        "reserved": _("Reserved"),
        "ticket_issued": _("Ticket issued"),
        "sat": _("Sat the examination"),
        "absent": _("Absent"),
        "result": _("Result out"),
        "withdrawn": _("Withdrawn"),
        "lapsed": _("Application lapsed"),
    },
    tones={
        "draft": "off",
        "submitted": "wait",
        "employer_confirmed": "wait",
        "correction_requested": "warn",
        "accepted": "wait",
        "not_accepted": "danger",
        "approved": "ok",
        "not_approved": "danger",
        "reserved": "ok",
        "ticket_issued": "ok",
        "sat": "ok",
        "absent": "off",
        "result": "ok",
        "withdrawn": "off",
        "lapsed": "off",
    },
)
