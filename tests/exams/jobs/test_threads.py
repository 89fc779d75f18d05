"""In a thread of the web process: the work sees what was committed, and is done by the time the row says so."""

import threading
from typing import Any

import pytest
from django.db import connection

from exams.access import Actor
from exams.jobs import actions, work
from exams.jobs.models import Job
from exams.jobs.work import Progress


@pytest.mark.django_db(transaction=True)
def test_the_thread_does_the_work(settings: Any) -> None:
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("a thread shares no database that lies in memory")
    settings.JOBS = "thread"
    names: list[str] = []

    def note(progress: Progress, *, by: Actor) -> None:
        names.append(threading.current_thread().name)

    work.job("tests.thread")(note)
    try:
        job = actions.start(Actor(name="x", capacity="system"), "tests.thread", "x")
        for thread in threading.enumerate():
            if thread.name == f"job-{job.pk}":
                thread.join(10)
    finally:
        work.JOBS._entries.pop("tests.thread")
    assert names == [f"job-{job.pk}"]
    assert Job.objects.get().state == "done"
