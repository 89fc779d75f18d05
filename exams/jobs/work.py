"""Running a job: the registry of kinds of work, the progress they report, and what becomes of a failure."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import translation

from exams import clock, lifecycle
from exams.access import Actor
from exams.errors import NotPermitted, Refused, Stale
from exams.jobs.models import Job
from exams.registry import Registry
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

JOBS = Registry("jobs")
log = logging.getLogger(__name__)
# The bar moves at most so often; a thousand rows must not cost a thousand writes.
BEAT = 0.4


class Cancelled(Exception):
    """Somebody asked the work to stop; what it did in its own transactions stays."""


def job(kind: str) -> Callable[[Callable[..., dict[str, Any] | None]], Any]:
    """Register a kind of work: f(progress, by=actor, **params) -> {"document_id": …, other facts of the result} or None."""
    return JOBS.register(kind)


class Progress:
    """How the work tells how far it is. Every call is also the moment at which a cancel takes effect."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.done = 0
        self._told = 0.0

    def begin(self, total: int, step: str = "") -> None:
        """A new step (a msgid) of so many parts."""
        self.done = 0
        self._tell(total=total, step=step)

    def advance(self, parts: int = 1) -> None:
        """So many parts more are done."""
        self.done += parts
        if time.monotonic() - self._told >= BEAT:
            self._tell()

    def _tell(self, **also: Any) -> None:
        self._told = time.monotonic()
        row = Job.objects.filter(pk=self.job.pk, state="running")
        if not row.update(done=self.done, heard_at=clock.machine(), **also):
            raise Cancelled
        if row.values_list("cancel_asked", flat=True).first():
            raise Cancelled


def run(pk: UUID) -> None:
    """Do the work of one job, once, whichever process gets there first."""
    row = Job.objects.get(pk=pk)
    try:
        lifecycle.move(row, "start", started_at=clock.machine(), heard_at=clock.machine())
    except (Stale, KeyError):
        return
    verb, also = _outcome(row)
    try:
        lifecycle.move(row, verb, finished_at=clock.machine(), **also)
    except Stale:
        log.warning("job %s was ended by somebody else", pk)


def _outcome(row: Job) -> tuple[str, dict[str, Any]]:
    actor = actor_from(row.actor)
    try:
        with translation.override(actor.language or translation.get_language()):
            result = JOBS.get(row.kind)(Progress(row), by=actor, **row.params) or {}
    except Cancelled:
        return "cancel", {}
    except Refused as refusal:
        return "fail", {"errors": [objection.as_json() for objection in refusal.objections]}
    except NotPermitted as denial:
        return "fail", {"errors": [denial.reason.as_json()]}
    except Exception:  # a worker loop: the job must end in a state that its page can show
        log.exception("job %s (%s) broke", row.pk, row.kind)
        return "fail", {"errors": [BROKE.as_json()]}
    document = result.pop("document_id", None)
    return "finish", {"result": result, "result_document_id": document, "done": Job.objects.get(pk=row.pk).total}


BROKE = Objection(
    "jobs.broke",
    _("The work could not be finished because of a fault of the system."),
    {},
    "",
    _("Start it again; if it happens twice, tell the system administrator the time."),
)
LOST = Objection(
    "jobs.lost",
    _("The process that did the work ended before it was done."),
    {},
    "",
    _("Start it again; nothing half-done is shown as done."),
)


def actor_as_json(actor: Actor) -> dict[str, Any]:
    """The actor as it stands now, for the work to be done in its name."""
    return {key: str(value) if isinstance(value, UUID) else value for key, value in vars(actor).items()}


def actor_from(data: dict[str, Any]) -> Actor:
    """The actor in whose name the work was started."""
    ids = ("account_id", "person_id", "organisation_id", "appointment_id")
    return Actor(**{key: UUID(value) if key in ids and value else value for key, value in data.items()})
