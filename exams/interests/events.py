"""Events by id: interests lies below the programme, so the programme says here what an event is called and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from exams.registry import Registry

EVENTS = Registry("events")


@dataclass(frozen=True)
class EventName:
    """What a declaration needs to know of an event."""

    id: UUID
    text: str
    body_id: UUID
    starts_on: date
    families: tuple[str, ...] = ()


def named(event_id: Any) -> EventName | None:
    """The event with that id, or None."""
    for source in EVENTS:
        found: EventName | None = source(event_id)
        if found:
            return found
    return None
