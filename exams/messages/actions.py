"""Notices are written in the transaction of what they tell of; reading them is noted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from exams import clock, wording
from exams.access import Actor
from exams.journal.actions import action, record
from exams.messages.models import Message
from exams.messages.queries import unread


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What is said to one person: a kind with its parameters, and where to go on."""

    person_id: UUID
    kind: str
    params: dict[str, Any] = field(default_factory=dict)
    url: str = ""


def send(*, person_id: UUID, kind: str, params: dict[str, Any] | None = None, url: str = "") -> Message:
    """Put a notice to one person into the outbox. Call it inside the transaction of the act, so that neither stands without the other."""
    (message,) = send_many([Notice(person_id=person_id, kind=kind, params=params or {}, url=url)])
    return message


def send_many(notices: Iterable[Notice]) -> list[Message]:
    """The same for many persons, with one insert."""
    return Message.objects.bulk_create(
        Message(
            person_id=notice.person_id,
            kind=notice.kind,
            params={key: wording.plain(value) for key, value in notice.params.items()},
            url=notice.url,
            created_at=clock.now(),
        )
        for notice in notices
    )


@action("messages.read")
def mark_read(*, by: Actor) -> int:
    """Note that the person has seen what stands in the own inbox."""
    count = unread(by).update(read_at=clock.now())
    record("messages.read", ("inbox", str(by.person_id or "")), by=by, count=count)
    return count
