"""What jobs fill of the registries: work whose process died is shown as failed, not as running for ever."""

from exams import clock, lifecycle
from exams.errors import Stale
from exams.jobs.queries import silent
from exams.jobs.work import LOST
from exams.ticks import tick


@tick("jobs.lost", every=60)
def end_lost_jobs() -> None:
    """End what has been silent too long."""
    for job in silent():
        try:
            lifecycle.move(job, "fail", errors=[LOST.as_json()], finished_at=clock.machine())
        except Stale:
            continue
