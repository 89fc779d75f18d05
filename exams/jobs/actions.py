"""Starting and stopping long work; where it runs is decided here and nowhere else."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction
from django_tasks import task

from exams import lifecycle
from exams.access import Actor
from exams.errors import Stale
from exams.jobs import work
from exams.jobs.models import Job
from exams.journal.actions import action, record


def start(by: Actor, kind: str, title: str, params: dict[str, Any] | None = None, about: Any = None) -> Job:
    """Queue work of a registered kind in the actor's name; it begins when the running transaction is committed."""
    work.JOBS.get(kind)
    job = Job.objects.create(
        kind=kind,
        title=title[:200],
        params=params or {},
        account_id=by.account_id,
        actor=work.actor_as_json(by),
        about_type=about._meta.label if about else "",
        about_id=str(about.pk) if about else "",
    )
    transaction.on_commit(lambda: _hand_over(job.pk))
    return job


@action("jobs.cancel", on="job")
def cancel(*, by: Actor, job: Job) -> Job:
    """Ask the work to stop at its next step; what waits is stopped at once."""
    Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    job.cancel_asked = True
    if job.state == "queued":
        try:
            lifecycle.move(job, "cancel")
        except Stale:
            job.refresh_from_db()
    record("jobs.cancel", job, by=by, kind=job.kind)
    return job


def _hand_over(pk: UUID) -> None:
    """To the worker units, at once in tests, else to a thread of this process."""
    if settings.JOBS == "inline":
        work.run(pk)
    elif settings.JOBS == "worker":
        run_job.enqueue(str(pk))
    else:
        threading.Thread(target=_run_in_thread, args=(pk,), name=f"job-{pk}", daemon=True).start()


@task()
def run_job(pk: str) -> None:
    """What `manage.py db_worker` takes from its queue."""
    work.run(UUID(pk))


def _run_in_thread(pk: UUID) -> None:
    try:
        work.run(pk)
    finally:
        connections.close_all()
