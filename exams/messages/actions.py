"""Notices are written in the transaction of what they tell of; reading them is noted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from exams import clock, wording
from exams.access import Actor
from exams.journal.actions import action, record
from exams.messages.models import Message
from exams.messages.queries import unread


def send(*, person_id: UUID, kind: str, params: dict[str, Any] | None = None, url: str = "") -> Message:
    """Put a notice to one person into the outbox. Call it inside the transaction of the act, so that neither stands without the other."""
    plain = {key: wording.plain(value) for key, value in (params or {}).items()}
    return Message.objects.create(person_id=person_id, kind=kind, params=plain, url=url, created_at=clock.now())


@action("messages.read")
def mark_read(*, by: Actor) -> int:
    """Note that the person has seen what stands in the own inbox."""
    count = unread(by).update(read_at=clock.now())
    record("messages.read", ("inbox", str(by.person_id or "")), by=by, count=count)
    return count
