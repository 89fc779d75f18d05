"""Long work: progress, results, failures shown as reasons, stopping, and work whose process died."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exams import clock
from exams.access import Actor
from exams.errors import refuse
from exams.jobs import actions, work
from exams.jobs.access import JOB_ACCESS, job_access
from exams.jobs.models import Job
from exams.jobs.plugs import end_lost_jobs
from exams.jobs.work import Progress
from tests.cast import Cast, sign_in_as

pytestmark = pytest.mark.django_db


def count(progress: Progress, *, by: Actor, n: int, **_: Any) -> dict[str, Any]:
    progress.begin(n, "Counting")
    for _step in range(n):
        progress.advance()
    return {"counted": n, "by": by.name}


def refusing(progress: Progress, *, by: Actor) -> None:
    refuse("tests.no", "Not today.", remedy="Come tomorrow.")


def breaking(progress: Progress, *, by: Actor) -> None:
    raise ZeroDivisionError


def self_stopping(progress: Progress, *, by: Actor) -> None:
    progress.begin(3)
    Job.objects.update(cancel_asked=True)
    progress.begin(3)
    raise AssertionError("went on after a stop")


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    names = {"tests.count": count, "tests.refuse": refusing, "tests.break": breaking, "tests.stop": self_stopping}
    for name, function in names.items():
        work.job(name)(function)
    yield
    for name in names:
        work.JOBS._entries.pop(name)


def started(kind: str, by: Actor, capture: Any, **params: Any) -> Job:
    with capture(execute=True):
        job = actions.start(by, kind, "Counting sheep", params)
    job.refresh_from_db()
    return job


def test_the_result_is_kept_and_the_actor_is_the_one_who_asked(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    clerk = cast.actor("exam_clerk")
    job = started("tests.count", clerk, django_capture_on_commit_callbacks, n=3)
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    assert job.result == {"counted": 3, "by": clerk.name}
    assert work.actor_from(job.actor) == clerk


def test_it_begins_only_after_commit(cast: Cast) -> None:
    job = actions.start(cast.actor("exam_clerk"), "tests.count", "x", {"n": 1})
    job.refresh_from_db()
    assert job.state == "queued"


def test_an_unknown_kind_is_a_mistake(cast: Cast) -> None:
    with pytest.raises(KeyError):
        actions.start(cast.actor("exam_clerk"), "tests.unknown", "x")


@pytest.mark.parametrize(("kind", "id"), [("tests.refuse", "tests.no"), ("tests.break", "jobs.broke")])
def test_a_failure_has_its_reason(cast: Cast, django_capture_on_commit_callbacks: Any, kind: str, id: str) -> None:
    job = started(kind, cast.actor("exam_clerk"), django_capture_on_commit_callbacks)
    assert job.state == "failed"
    assert [error["id"] for error in job.errors] == [id]


def test_a_stop_takes_effect_at_the_next_step(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    assert started("tests.stop", cast.actor("exam_clerk"), django_capture_on_commit_callbacks).state == "cancelled"


def test_run_twice_works_once(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    job = started("tests.count", cast.actor("exam_clerk"), django_capture_on_commit_callbacks, n=1)
    finished = job.finished_at
    work.run(job.pk)
    job.refresh_from_db()
    assert job.finished_at == finished


@pytest.mark.parametrize(("minutes", "state"), [(9, "running"), (11, "failed")])
def test_silent_work_is_ended(cast: Cast, minutes: int, state: str) -> None:
    job = actions.start(cast.actor("exam_clerk"), "tests.count", "x", {"n": 1})
    Job.objects.filter(pk=job.pk).update(state="running", heard_at=clock.machine() - timedelta(minutes=minutes))
    end_lost_jobs()
    end_lost_jobs()
    job.refresh_from_db()
    assert job.state == state


def test_pages_of_the_own_job_and_of_a_strangers(client: Client, cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    job = started("tests.count", cast.actor("exam_clerk"), django_capture_on_commit_callbacks, n=2)
    addresses = [reverse(f"jobs:{name}", args=[job.pk]) for name in ("job", "state")]
    sign_in_as(client, cast.actor("exam_clerk"))
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    assert client.get(addresses[1]).json() == {"state": "done", "over": True, "done": 2, "total": 2, "step": "Counting"}
    assert "Counting sheep" in client.get(reverse("jobs:list")).content.decode()
    sign_in_as(client, cast.stranger)
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert client.post(reverse("jobs:cancel", args=[job.pk])).status_code == 404
    assert "Counting sheep" not in client.get(reverse("jobs:list")).content.decode()


def test_a_queued_job_can_be_stopped(client: Client, cast: Cast) -> None:
    job = actions.start(cast.actor("exam_clerk"), "tests.count", "x", {"n": 1})
    sign_in_as(client, cast.actor("exam_clerk"))
    assert client.post(reverse("jobs:cancel", args=[job.pk])).status_code == 302
    work.run(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_result_is_asked_for_again_each_time(client: Client, cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    allowed = [True]
    job_access("tests.count")(lambda actor, job: allowed[0])
    try:
        job = started("tests.count", cast.actor("exam_clerk"), django_capture_on_commit_callbacks, n=1)
        Job.objects.filter(pk=job.pk).update(result_document_id=job.pk)
        sign_in_as(client, cast.actor("exam_clerk"))
        address = reverse("jobs:result", args=[job.pk])
        assert client.get(address).status_code == 302
        allowed[0] = False
        assert client.get(address).status_code == 404
    finally:
        JOB_ACCESS._entries.pop("tests.count")
