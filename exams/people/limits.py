"""Limits on trying: a try is taken before the secret is looked at, in the database, so that many processes share one count."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q

from exams import clock
from exams.encryption import blind_index
from exams.people.models import SignInTries

# One address may stand for a whole examination body behind one router.
PER_ADDRESS = 20


def take(*keys: tuple[str, str]) -> datetime | None:
    """Take one try for each key, (kind, text). The answer is None, or until when the first exhausted key is locked."""
    for kind, text in keys:
        most = settings.SIGN_IN_ATTEMPTS * (PER_ADDRESS if kind == "address" else 1)
        until = _take_one(_digest(kind, text), most)
        if until is not None:
            return until
    return None


def forget(kind: str, text: str) -> None:
    """A success ends the count."""
    SignInTries.objects.filter(key=_digest(kind, text)).update(taken=0, locked_until=None)


def locked_until(kind: str, text: str) -> datetime | None:
    """Until when a key is locked, if it is."""
    row = SignInTries.objects.filter(key=_digest(kind, text), locked_until__gt=clock.machine()).first()
    return row.locked_until if row else None


def forget_old() -> int:
    """Counts older than a day say nothing any more."""
    return SignInTries.objects.filter(since__lt=clock.machine() - timedelta(days=1)).delete()[0]


def _take_one(key: str, most: int) -> datetime | None:
    now = clock.machine()
    lock = timedelta(minutes=settings.SIGN_IN_LOCK_MINUTES)
    SignInTries.objects.get_or_create(key=key, defaults={"since": now})
    row = SignInTries.objects.filter(key=key)
    over = Q(locked_until__lte=now) | Q(locked_until=None, since__lt=now - lock)
    row.filter(over).update(taken=0, since=now, locked_until=None)
    if row.filter(locked_until=None, taken__lt=most).update(taken=F("taken") + 1) == 1:
        return None
    row.filter(locked_until=None).update(locked_until=now + lock)
    return row.values_list("locked_until", flat=True).get()


def _digest(kind: str, text: str) -> str:
    return blind_index(f"{kind}:{text}")
