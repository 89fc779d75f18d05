"""Who may see a job and take its result: whoever started it, and for each kind whoever it says on top of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exams.access import Actor
from exams.jobs.models import Job
from exams.registry import Registry

JOB_ACCESS = Registry("job access")


def job_access(kind: str) -> Callable[[Callable[[Actor, Job], bool]], Any]:
    """Register who may see jobs of a kind and take their results: f(actor, job) -> bool, asked each time anew."""
    return JOB_ACCESS.register(kind)


def may_see(actor: Actor, job: Job) -> bool:
    """The account that started it, still acting for the same organisation; a registered answer replaces this."""
    if job.kind in JOB_ACCESS:
        return bool(JOB_ACCESS.get(job.kind)(actor, job))
    return actor.signed_in and actor.account_id == job.account_id and _same_place(actor, job)


def _same_place(actor: Actor, job: Job) -> bool:
    """Somebody who changed capacity or organisation since does not carry the results along."""
    return all(str(getattr(actor, key) or "") == (job.actor.get(key) or "") for key in ("organisation_id", "capacity"))
