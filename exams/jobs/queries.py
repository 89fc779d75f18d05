"""Reads of jobs: one's own, newest first; a stranger does not learn that one exists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext

from exams import clock
from exams.access import Actor
from exams.jobs.access import may_see
from exams.jobs.models import Job

OVER = ("done", "failed", "cancelled")
SILENCE = timedelta(minutes=10)


def visible_to(actor: Actor) -> QuerySet[Job]:
    """The jobs of the account; whether a result may still be taken is asked per job."""
    return Job.objects.filter(account_id=actor.account_id).order_by("-created_at", "-pk")


def visible_or_404(actor: Actor, pk: UUID) -> Job:
    """The job if the actor may see it now, whoever may have been allowed before."""
    job = Job.objects.filter(pk=pk).first()
    if job is None or not may_see(actor, job):
        raise Http404
    return job


def about(obj: Any, kind: str) -> Job | None:
    """The latest job of a kind about an object."""
    return Job.objects.filter(about_type=obj._meta.label, about_id=str(obj.pk), kind=kind).order_by("-created_at").first()


def as_json(job: Job) -> dict[str, Any]:
    """What the bar of the page asks for."""
    step = gettext(job.step) if job.step else ""
    return {"state": job.state, "over": job.state in OVER, "done": job.done, "total": job.total, "step": step}


def silent() -> QuerySet[Job]:
    """Work whose process has not been heard of: it ended with the process."""
    before = clock.machine() - SILENCE
    return Job.objects.filter(state="running", heard_at__lt=before) | Job.objects.filter(state="queued", created_at__lt=before)
