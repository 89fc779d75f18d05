"""Tables of the day: bells, check-ins, incidents and the signed room record."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams.keys import primary_key
from exams.lifecycle import transitions


class Bell(models.Model):
    """A moment of the day as it really was: admission, start, door closed, end."""

    KINDS = [("admission", _("Admission opened")), ("start", _("Exam started")), ("door", _("Late entry closed")), ("end", _("Exam ended"))]

    id = primary_key()
    sitting = models.ForeignKey("exams.Sitting", on_delete=models.PROTECT, related_name="bells")
    kind = models.CharField(max_length=10, choices=KINDS)
    at = models.DateTimeField()
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["sitting", "kind"], name="bell_once_per_sitting")]


class CheckIn(models.Model):
    """One answer given at the door about one candidate; undone answers stay on record."""

    OUTCOMES = [
        ("present", _("Admitted")),
        ("hold", _("To be checked by eye")),
        ("mismatch", _("Document and person differ")),
        ("late", _("Refused, late")),
        ("absent", _("Absent")),
    ]
    METHODS = [
        ("ticket", _("Ticket scanned")),
        ("eye", _("Checked by eye")),
        ("document", _("Document reader")),
        ("door", _("Door closed")),
    ]

    id = primary_key()
    place = models.ForeignKey("exams.Place", on_delete=models.PROTECT, related_name="check_ins")
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    method = models.CharField(max_length=10, choices=METHODS)
    at = models.DateTimeField()
    officer = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=240, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["place"], condition=Q(undone_at=None), name="one_answer_in_force")]


class Incident(models.Model):
    """Anything worth recording in a room, tied to a seat, a camera and an interval."""

    id = primary_key()
    sitting = models.ForeignKey("exams.Sitting", on_delete=models.PROTECT, related_name="incidents")
    place = models.ForeignKey("exams.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="incidents")
    seat = models.ForeignKey("exams.Seat", null=True, blank=True, on_delete=models.PROTECT, related_name="incidents")
    camera_id = models.UUIDField(null=True, blank=True)
    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=10, default="open")
    measures = models.JSONField(default=list, blank=True)
    held_items = models.JSONField(default=list, blank=True)
    receipt_number = models.CharField(max_length=40, blank=True)
    informed = models.CharField(max_length=10, blank=True)
    statement = models.TextField(blank=True)
    signatures = models.JSONField(default=list, blank=True)
    evidence = models.JSONField(default=list, blank=True)
    reported_by = models.CharField(max_length=120)
    reported_at = models.DateTimeField()

    class Meta:
        ordering = ["since", "id"]
        constraints = [models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="incident_ends_after_start")]


class RoomRecord(models.Model):
    """The sheet of a sitting, filled by its invigilators and signed by all of them and the chief."""

    id = primary_key()
    sitting = models.OneToOneField("exams.Sitting", on_delete=models.PROTECT, related_name="room_record")
    figures = models.JSONField(default=dict)
    figures_digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, default="filling")
    document_id = models.UUIDField(null=True, blank=True)
    updated_at = models.DateTimeField()


class RecordSignature(models.Model):
    """One person's signature under the figures as they stood; altered figures need a new one."""

    id = primary_key()
    record = models.ForeignKey(RoomRecord, on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="+")
    duty = models.ForeignKey("exams.Duty", on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=32)
    figures_digest = models.CharField(max_length=64)
    opinion = models.CharField(max_length=240, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["record", "person", "figures_digest"], name="signed_once")]


transitions(
    Incident,
    {
        "open": {"close": "closed", "withdraw": "withdrawn"},
        "closed": {"reopen": "open"},
        "withdrawn": {},
    },
    labels={"open": _("Not dealt with"), "closed": _("Dealt with"), "withdrawn": _("Withdrawn")},
    tones={"open": "warn", "closed": "ok", "withdrawn": "off"},
)

transitions(
    RoomRecord,
    {
        "filling": {"sign": "signed"},
        "signed": {"amend": "filling"},
    },
    labels={"filling": _("Being filled in"), "signed": _("Signed")},
    tones={"filling": "wait", "signed": "ok"},
)
