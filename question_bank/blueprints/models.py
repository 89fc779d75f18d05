"""Blueprints (双向细目表): rows of unit, kind, marks, count and difficulty band."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from exams.keys import primary_key
from exams.lifecycle import transitions


class Blueprint(models.Model):
    """What a paper of one family must consist of; a used blueprint is never changed, a new one replaces it."""

    id = primary_key()
    organisation = models.ForeignKey("exams.Organisation", models.PROTECT, related_name="+")
    family = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    rows = models.JSONField(default=list)
    minutes = models.PositiveIntegerField(default=120)
    state = models.CharField(max_length=20, default="draft")
    made_by = models.ForeignKey("exams.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["family", "title", "-made_at"]

    def __str__(self) -> str:
        return self.title


transitions(
    Blueprint,
    {
        "draft": {"use": "in_use", "withdraw": "withdrawn"},
        "in_use": {"withdraw": "withdrawn"},
        "withdrawn": {},
    },
    labels={"draft": _("Draft"), "in_use": _("In use"), "withdrawn": _("Withdrawn from use")},
    tones={"draft": "off", "in_use": "ok", "withdrawn": "off"},
)
