"""Tables of the archive: sealed bags and how far they are witnessed, and how long each must be kept."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams import lifecycle
from exams.keys import primary_key


class Bag(models.Model):
    """One sealed bag on the shelf. `entry_id` is the journal entry that says its digest."""

    KINDS = {
        "sitting": _("Dossier"),
        "personal": _("Personal originals"),
        "event": _("Event package"),
        "supplement": _("Supplement"),
    }

    id = primary_key()
    kind = models.CharField(max_length=12, choices=KINDS)
    name = models.CharField(max_length=80, unique=True)
    event = models.ForeignKey("exams.Event", on_delete=models.PROTECT, related_name="bags")
    sitting = models.ForeignKey("exams.Sitting", null=True, on_delete=models.PROTECT, related_name="bags")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    tagmanifest = models.CharField(max_length=64)
    files = models.PositiveIntegerField()
    bytes = models.PositiveBigIntegerField()
    contents = models.JSONField(default=list)
    entry_id = models.BigIntegerField(null=True)
    sealed_by = models.ForeignKey("exams.Person", null=True, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField()
    receipt_size = models.BigIntegerField(null=True)
    witnessed_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    broken = models.JSONField(default=list)
    retention_class = models.CharField(max_length=24, default="dossier")
    retain_until = models.DateField(null=True)
    state = models.CharField(max_length=12, default="waiting")

    class Meta:
        verbose_name = _("Dossier")
        ordering = ["-sealed_at", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "kind"], condition=Q(kind__in=["sitting", "personal"]), name="one_dossier_per_sitting"
            ),
            models.UniqueConstraint(fields=["event"], condition=Q(kind="event"), name="one_package_per_event"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="bag_is_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name


lifecycle.transitions(
    Bag,
    {"waiting": {"witness": "witnessed"}, "witnessed": {}},
    labels={"waiting": _("Sealed, waiting for the witness"), "witnessed": _("Sealed, witnessed")},
    tones={"waiting": "wait", "witnessed": "ok"},
)
