"""Tables of footage: requests to see it, draws of what is to be looked at, periods of keeping, holds and disposals."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams.guards import append_only
from exams.keys import primary_key
from exams.lifecycle import transitions

# Footage of a sitting with an incident is another class than that of a quiet one.
CLASSES = [("quiet", _("Sitting without incident")), ("incident", _("Sitting with an incident"))]


class FootageRequest(models.Model):
    """A candidate asks to see the footage of the own seat; the exam body decides within its working days, with grounds."""

    id = primary_key()
    place = models.ForeignKey("exams.Place", on_delete=models.PROTECT, related_name="footage_requests")
    reason = models.TextField()
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    grounds = models.TextField(blank=True)
    basis = models.CharField(max_length=240, blank=True)
    decided_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # The viewing: at the body's place, under supervision, everybody else masked, no copy.
    shown_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    shown_at = models.DateTimeField(null=True)
    present = models.CharField(max_length=120, blank=True)
    shown = models.CharField(max_length=240, blank=True)
    state = models.CharField(max_length=10, default="asked")

    class Meta:
        verbose_name = _("Request to see footage")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["place"], condition=Q(state__in=["asked", "granted"]), name="one_open_footage_request"),
        ]

    def __str__(self) -> str:
        return f"{self.place.ticket_number}"


class SampleDraw(models.Model):
    """What one side is to look at of an event's footage: drawn from a pool that anybody can list and a seed on record."""

    SIDES = [("body", _("Exam body")), ("authority", _("Authority"))]

    id = primary_key()
    event = models.ForeignKey("exams.Event", on_delete=models.PROTECT, related_name="sample_draws")
    side = models.CharField(max_length=10, choices=SIDES)
    percent = models.PositiveSmallIntegerField()
    pool = models.JSONField()
    pool_digest = models.CharField(max_length=64)
    seed = models.CharField(max_length=64)
    drawn_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    # The authority's draw is hidden from the body until then; the body's own counts as served at once.
    served_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Draw of footage to be looked at")
        ordering = ["-drawn_at"]
        constraints = [models.UniqueConstraint(fields=["event", "side"], name="one_sample_draw_per_side")]

    def __str__(self) -> str:
        return f"{self.event} {self.side}"


class SampleItem(models.Model):
    """One stretch of one room that somebody must look at, and what was found."""

    WHY = [("drawn", _("Drawn")), ("incident", _("Incident"))]
    OUTCOMES = [("nothing", _("Nothing to remark")), ("remark", _("Remark")), ("breach", _("Breach")), ("missing", _("Footage missing"))]

    id = primary_key()
    draw = models.ForeignKey(SampleDraw, on_delete=models.PROTECT, related_name="items")
    sitting = models.ForeignKey("exams.Sitting", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=10, choices=WHY)
    since = models.DateTimeField()
    until = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True)
    note = models.TextField(blank=True)
    looked_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="due")

    class Meta:
        ordering = ["sitting__starts_at", "sitting__room__name", "since"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="sample_ends_after_start"),
            models.CheckConstraint(condition=Q(state="due") ^ ~Q(looked_at=None), name="sample_looked_at_has_time"),
        ]


class KeepingRule(models.Model):
    """How long a body keeps footage of a class: entered with its source, in force once another person has confirmed it."""

    id = primary_key()
    body = models.ForeignKey("exams.Organisation", on_delete=models.PROTECT, related_name="keeping_rules")
    of_class = models.CharField(max_length=10, choices=CLASSES)
    days = models.PositiveIntegerField()
    source = models.CharField(max_length=240)
    entered_by = models.ForeignKey("exams.Person", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="entered")

    class Meta:
        verbose_name = _("Period of keeping footage")
        ordering = ["of_class", "-entered_at"]
        constraints = [
            models.UniqueConstraint(fields=["body", "of_class"], condition=Q(state="in_force"), name="one_keeping_rule_in_force"),
            models.CheckConstraint(condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("entered_by")), name="keeping_rule_by_two_persons"),
        ]


class Hold(models.Model):
    """Somebody with a reason says that this footage must not go, until it is lifted; other holds follow from what is open."""

    GROUNDS = [("supervision", _("Supervision")), ("court", _("Court or police")), ("dispute", _("Dispute")), ("other", _("Other"))]

    id = primary_key()
    sitting = models.ForeignKey("exams.Sitting", on_delete=models.PROTECT, related_name="footage_holds")
    ground = models.CharField(max_length=12, choices=GROUNDS)
    reason = models.CharField(max_length=240)
    organisation = models.ForeignKey("exams.Organisation", on_delete=models.PROTECT, related_name="+")
    set_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=240, blank=True)
    state = models.CharField(max_length=10, default="set")

    class Meta:
        verbose_name = _("Hold on footage")
        ordering = ["-set_at"]


class Disposal(models.Model):
    """The way of a sitting's footage out of existence: proposed after its period, approved by two persons, carried out, written down."""

    id = primary_key()
    sitting = models.OneToOneField("exams.Sitting", on_delete=models.PROTECT, related_name="footage_disposal")
    rule = models.ForeignKey(KeepingRule, on_delete=models.PROTECT, related_name="disposals")
    kept_until = models.DateField()
    proposed_at = models.DateTimeField()
    first_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    second_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="proposed")

    class Meta:
        verbose_name = _("Disposal of footage")
        ordering = ["kept_until"]
        constraints = [
            models.CheckConstraint(condition=Q(second_by=None) | ~Q(second_by=F("first_by")), name="disposal_by_two_persons"),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "done"]) | (~Q(first_by=None) & ~Q(second_by=None)), name="disposal_has_two_approvers"
            ),
        ]


class Tombstone(models.Model):
    """What remains of footage that is gone: each file with digest and link, who removed it and how many were still there."""

    id = primary_key()
    disposal = models.OneToOneField(Disposal, on_delete=models.PROTECT, related_name="tombstone")
    files = models.JSONField()
    digest = models.CharField(max_length=64)
    removed_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField()
    note = models.CharField(max_length=240)


append_only(Tombstone)

transitions(
    FootageRequest,
    {
        "asked": {"grant": "granted", "refuse": "refused", "withdraw": "withdrawn"},
        "granted": {"show": "shown", "withdraw": "withdrawn"},
        "refused": {},
        "shown": {},
        "withdrawn": {},
    },
    labels={"asked": _("Asked"), "granted": _("Granted"), "refused": _("Refused"), "shown": _("Shown"), "withdrawn": _("Withdrawn")},
    tones={"asked": "wait", "granted": "ok", "refused": "off", "shown": "ok", "withdrawn": "off"},
)
transitions(
    SampleItem,
    {"due": {"look": "looked"}, "looked": {}},
    labels={"due": _("To be looked at"), "looked": _("Looked at")},
    tones={"due": "wait", "looked": "ok"},
)
transitions(
    KeepingRule,
    {"entered": {"confirm": "in_force", "withdraw": "replaced"}, "in_force": {"replace": "replaced"}, "replaced": {}},
    labels={"entered": _("Waits for a second person"), "in_force": _("In force"), "replaced": _("Replaced")},
    tones={"entered": "wait", "in_force": "ok", "replaced": "off"},
)
transitions(
    Hold,
    {"set": {"lift": "lifted"}, "lifted": {}},
    labels={"set": _("On hold"), "lifted": _("Lifted")},
    tones={"set": "warn", "lifted": "off"},
)
transitions(
    Disposal,
    {
        "proposed": {"approve": "once", "refuse": "kept"},
        "once": {"approve": "approved", "refuse": "kept"},
        "approved": {"remove": "done", "refuse": "kept"},
        "kept": {"propose": "proposed"},
        "done": {},
    },
    labels={
        "proposed": _("Proposed"),
        "once": _("Approved by one"),
        "approved": _("Approved by two"),
        "kept": _("Kept"),
        "done": _("Removed"),
    },
    tones={"proposed": "wait", "once": "wait", "approved": "warn", "kept": "ok", "done": "off"},
)
