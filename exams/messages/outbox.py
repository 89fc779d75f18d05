"""The outbox: notices leave by a gateway if the installation has one; the inbox shows them in any case."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import translation
from django.utils.module_loading import import_string

from exams import clock, lifecycle
from exams.messages.kinds import text_of, title_of
from exams.messages.models import Message

BATCH = 100
MOST_TRIES = 6
logger = logging.getLogger(__name__)
Gateway = Callable[[str, str, str], None]  # person's id, title, text; raises when it could not be sent


def gateway() -> Gateway | None:
    """The installation's own way out (short messages, say), named by MESSAGE_GATEWAY; none by default."""
    path = getattr(settings, "MESSAGE_GATEWAY", "")
    return import_string(path) if path else None


def deliver() -> int:
    """Send what waits. A notice is taken by moving its next try away first, so two processes never send one twice at a time."""
    out = gateway()
    due = Message.objects.filter(state="waiting").filter(Q(try_again_at=None) | Q(try_again_at__lte=clock.machine()))
    return sum(_deliver_one(message, out) for message in due.order_by("created_at")[:BATCH])


def _deliver_one(message: Message, out: Gateway | None) -> bool:
    later = clock.machine() + timedelta(minutes=2**message.tries)
    taken = Message.objects.filter(pk=message.pk, state="waiting", tries=message.tries)
    if taken.update(tries=F("tries") + 1, try_again_at=later) != 1:
        return False
    try:
        if out is not None:
            with translation.override("zh-hans"):
                out(str(message.person_id), title_of(message.kind), text_of(message.kind, message.params))
    except Exception as error:  # a gateway may fail in any way; the notice stays in the inbox and is tried again
        return _failed(message, error)
    lifecycle.move(message, "send", sent_at=clock.now(), error="")
    return True


def _failed(message: Message, error: Exception) -> bool:
    logger.warning("notice %s could not be sent: %s", message.pk, type(error).__name__)
    words = str(error)[:200]
    if message.tries + 1 >= MOST_TRIES:
        lifecycle.move(message, "fail", error=words)
    else:
        Message.objects.filter(pk=message.pk).update(error=words)
    return False
