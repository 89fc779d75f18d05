"""Tables of what was seen: segments, recordings, faults, explanations of gaps; times are whole milliseconds of legal time since 1970."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams.guards import append_only, no_overlap
from exams.keys import primary_key
from exams.lifecycle import transitions


class Position(models.Model):
    """How far the spool of a collector has been stored; moved in the same transaction as the rows."""

    id = primary_key()
    agent = models.ForeignKey("proctoring.Agent", on_delete=models.PROTECT, related_name="positions")
    spool = models.UUIDField()
    seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "spool"], name="position_once_per_spool")]


class Epoch(models.Model):
    """One start of a collector, and how its clock stands to the server's: the last two measurements, each with the collector's own time."""

    id = primary_key()
    agent = models.ForeignKey("proctoring.Agent", on_delete=models.PROTECT, related_name="epochs")
    name = models.CharField(max_length=64)
    boot = models.CharField(max_length=64, blank=True)
    offset_ms = models.BigIntegerField()
    at_ms = models.BigIntegerField(default=0)
    before_ms = models.BigIntegerField(default=0)
    before_at_ms = models.BigIntegerField(default=0)
    heard_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "name"], name="epoch_once_per_agent")]


class Segment(models.Model):
    """A run of equal states of one camera; extended while the states stay the same, never a row per second."""

    id = models.BigAutoField(primary_key=True)
    camera = models.ForeignKey("proctoring.Camera", on_delete=models.PROTECT, related_name="segments")
    # The start of the collector that said so, or "server" for what the server wrote because it heard nothing.
    epoch = models.CharField(max_length=64)
    seq = models.BigIntegerField(default=0)
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    # What was added to the collector's own time to get legal time at the end of the run. Where runs meet, the start is the end before it.
    added_ms = models.BigIntegerField(default=0)
    states = models.CharField(max_length=160)
    # Seats that were not shown, with commas between: with them `partial` holds for these seats alone.
    hidden = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["camera", "start_ms", "id"]
        indexes = [
            models.Index(fields=["camera", "epoch", "start_ms"], name="segment_by_epoch"),
            models.Index(fields=["camera", "end_ms"], name="segment_by_end"),
        ]
        constraints = [models.CheckConstraint(condition=Q(end_ms__gt=F("start_ms")), name="segment_ends_after_start")]


class Recording(models.Model):
    """The index of one recording file that lies at the venue: interval, size, digest, and its link in the chain."""

    id = primary_key()
    camera = models.ForeignKey("proctoring.Camera", on_delete=models.PROTECT, related_name="recordings")
    epoch = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    added_ms = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    chain = models.CharField(max_length=64)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["camera", "start_ms", "id"]
        indexes = [models.Index(fields=["camera", "end_ms"], name="recording_by_end")]
        constraints = [models.CheckConstraint(condition=Q(end_ms__gt=F("start_ms")), name="recording_ends_after_start")]


class Page(models.Model):
    """What a collector signed about one camera, word for word: the states it saw and the head of the chain of its recordings."""

    id = models.BigAutoField(primary_key=True)
    camera = models.ForeignKey("proctoring.Camera", on_delete=models.PROTECT, related_name="pages")
    key = models.ForeignKey("proctoring.AgentKey", on_delete=models.PROTECT, related_name="pages")
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    text = models.TextField()
    signature = models.CharField(max_length=86)

    class Meta:
        ordering = ["camera", "start_ms", "id"]
        indexes = [models.Index(fields=["camera", "end_ms"], name="page_by_end")]


class Rejection(models.Model):
    """An item that was not taken, and why: it belongs to no camera of this collector, or contradicts what is stored."""

    id = primary_key()
    agent = models.ForeignKey("proctoring.Agent", on_delete=models.PROTECT, related_name="rejections")
    spool = models.UUIDField()
    seq = models.BigIntegerField()
    code = models.CharField(max_length=40)
    item = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]


class FaultEvent(models.Model):
    """A fault of a camera as it was reported, and what somebody did about it."""

    id = primary_key()
    camera = models.ForeignKey("proctoring.Camera", on_delete=models.PROTECT, related_name="faults")
    state = models.CharField(max_length=20)
    since_ms = models.BigIntegerField()
    certain_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField(null=True, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    incident_id = models.UUIDField(null=True, blank=True)
    # The incident has not been told yet when the fault ended.
    incident_open = models.BooleanField(default=False)
    handling = models.CharField(max_length=12, default="open")
    handled_by = models.CharField(max_length=120, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-since_ms"]
        indexes = [models.Index(fields=["camera", "until_ms"], name="fault_by_end")]


class Explanation(models.Model):
    """Why a camera saw nothing from since to until, written by a named person; it never changes the coverage."""

    id = primary_key()
    sitting = models.ForeignKey("exams.Sitting", on_delete=models.PROTECT, related_name="gap_explanations")
    camera = models.ForeignKey("proctoring.Camera", on_delete=models.PROTECT, related_name="explanations")
    since_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField()
    reason = models.CharField(max_length=20)
    text = models.TextField()
    by_name = models.CharField(max_length=120)
    by_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["since_ms", "at"]
        constraints = [models.CheckConstraint(condition=Q(until_ms__gt=F("since_ms")), name="explanation_ends_after_start")]


transitions(
    FaultEvent,
    {
        "open": {"take": "taken", "dismiss": "false_alarm", "pass": "passed"},
        "taken": {"dismiss": "false_alarm", "pass": "passed", "undo": "open"},
        "false_alarm": {"undo": "open"},
        "passed": {"undo": "open"},
    },
    field="handling",
    labels={"open": _("Nobody has answered"), "taken": _("Taken on"), "false_alarm": _("False alarm"), "passed": _("Passed to the room")},
    tones={"open": "danger", "taken": "warn", "false_alarm": "off", "passed": "wait"},
)

# What two segments say about the same moment of the same start would be a contradiction: it cannot be stored.
no_overlap(Segment, ["camera", "epoch"], "start_ms", "end_ms")
append_only(Page)
append_only(Rejection)
append_only(Explanation)
