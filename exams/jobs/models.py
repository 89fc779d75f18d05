"""One row per long piece of work: who asked, how far it is, what came of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exams import clock, lifecycle
from exams.keys import primary_key


class Job(models.Model):
    """Work too long for a request. The actor is kept as it stood, and asked again when the result is fetched."""

    id = primary_key()
    kind = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    params = models.JSONField(default=dict)
    account_id = models.UUIDField(null=True)
    actor = models.JSONField(default=dict)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=20, default="queued")
    step = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    result_document_id = models.UUIDField(null=True)
    result = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.machine)
    started_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Job")
        indexes = [models.Index(fields=["account_id", "-created_at"]), models.Index(fields=["state"])]

    def __str__(self) -> str:
        return self.title


lifecycle.transitions(
    Job,
    {
        "queued": {"start": "running", "cancel": "cancelled", "fail": "failed"},
        "running": {"finish": "done", "fail": "failed", "cancel": "cancelled"},
        "done": {},
        "failed": {},
        "cancelled": {},
    },
    labels={
        "queued": _("Waiting to start"),
        "running": _("Running"),
        "done": _("Done"),
        "failed": _("Failed"),
        "cancelled": _("Cancelled"),
    },
    tones={"queued": "wait", "running": "wait", "done": "ok", "failed": "danger", "cancelled": "off"},
)
