"""Reads of notices: everybody has the own ones only."""

from __future__ import annotations

from django.db.models import QuerySet

from exams.access import Actor
from exams.messages.models import Message


def visible_to(actor: Actor) -> QuerySet[Message]:
    return Message.objects.filter(person_id=actor.person_id) if actor.person_id else Message.objects.none()


def unread(actor: Actor) -> QuerySet[Message]:
    return visible_to(actor).filter(read_at=None)
