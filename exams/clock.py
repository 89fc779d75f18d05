"""Time: legal time (which only the demo may move) and machine time."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

_REREAD_AFTER = 0.5  # seconds; other processes move the row
_seen: tuple[float, timedelta] | None = None


class Installation(models.Model):
    """The one row that says what this database is: its journal origin, whether the demo made it, its clock offset."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    origin = models.CharField(max_length=200)
    made_by_demo = models.BooleanField(default=False)
    clock_offset_ms = models.BigIntegerField(default=0)

    class Meta:
        app_label = "exams"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_is_one_row")]


def machine() -> datetime:
    """Machine time, aware, UTC: for the journal's recorded_at, checkpoints, sign-in and agents."""
    return datetime.now(UTC)


def now() -> datetime:
    """Legal time, aware, UTC: every period and deadline is counted with it."""
    return machine() + _offset()


def shift_ms() -> int:
    """How far legal time is ahead of machine time, exactly; what collectors measure in machine time is brought to legal time with it."""
    return _offset() // timedelta(milliseconds=1)


def today() -> date:
    """The legal date at the place of the installation."""
    return timezone.localtime(now()).date()


def simulated() -> bool:
    """Whether this installation belongs to the demo, so that pages and bags say so."""
    return settings.DEMO


def move_to(moment: datetime) -> None:
    """Set legal time; only in a database that the demo made."""
    global _seen
    row = Installation.objects.get()
    if not (settings.DEMO and row.made_by_demo):
        raise PermissionError("legal time can be moved only in a demo database")
    offset = moment - machine()
    Installation.objects.update(clock_offset_ms=offset // timedelta(milliseconds=1))
    _seen = None


def _offset() -> timedelta:
    """Zero outside the demo, without a query; within it the row, read at most twice a second."""
    global _seen
    if not settings.DEMO:
        return timedelta(0)
    if _seen is None or time.monotonic() - _seen[0] > _REREAD_AFTER:
        value = Installation.objects.values_list("clock_offset_ms", flat=True).first() or 0
        _seen = (time.monotonic(), timedelta(milliseconds=value))
    return _seen[1]
