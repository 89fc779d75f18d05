"""The table of notices: what was said to whom, kept as a kind with parameters, never as a sentence."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exams import lifecycle
from exams.keys import primary_key


class Message(models.Model):
    """A notice to one person; it stands in the inbox at once and leaves by other ways through the outbox tick."""

    id = primary_key()
    person_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, default="waiting")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    try_again_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["person_id", "read_at"], name="message_unread"),
            models.Index(fields=["created_at"], condition=Q(state="waiting"), name="message_waiting"),
        ]

    def __str__(self) -> str:
        return self.kind


lifecycle.transitions(
    Message,
    {"waiting": {"send": "sent", "fail": "failed"}, "failed": {"send": "sent"}, "sent": {}},
    labels={"waiting": _("Waiting to be sent"), "sent": _("Sent"), "failed": _("Could not be sent")},
    tones={"waiting": "wait", "sent": "ok", "failed": "warn"},
)
