"""Periodic work: idempotent functions, safe in two processes at once, run by `manage.py tick`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exams.registry import Registry

TICKS = Registry("ticks")


def tick(id: str, *, every: float) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register a function to be run about every so many seconds."""
    return TICKS.register(id, every=every)
