"""The spot re-check: a share of the accepted applications, drawn by a seed that anybody can repeat."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

from exams.access import Actor
from exams.applications.models import Application
from exams.errors import refuse
from exams.journal.actions import action, record
from exams.programme.models import Event
from exams.verdicts import gettext_noop as _


def drawn(numbers: Iterable[str], percent: int, seed: str) -> list[str]:
    """The first so many per cent (rounded up) in the order of SHA-256 of seed and number."""
    order = sorted(numbers, key=lambda number: hashlib.sha256(f"{seed}:{number}".encode()).digest())
    return order[: -(-len(order) * percent // 100)]


@action("applications.draw_recheck", on="event")
def draw_recheck(*, by: Actor, event: Event, percent: int, seed: str = "") -> list[Application]:
    """Draw accepted applications for one more verification by a third officer; once for each event."""
    if not 1 <= percent <= 100:
        refuse("applications.percent", _("The share lies between 1 and 100 per cent."))
    Event.objects.select_for_update().get(pk=event.pk)
    if Application.objects.filter(event=event, recheck_drawn=True).exists():
        refuse("applications.drawn_already", _("The re-check of this event was drawn already; it is drawn once."))
    rows = {row.number: row for row in Application.objects.filter(event=event, state="accepted")}
    if not rows:
        refuse("applications.none_accepted", _("No accepted application is there to be drawn."))
    seed = seed or secrets.token_hex(16)
    chosen = drawn(rows, percent, seed)
    Application.objects.filter(pk__in=[rows[number].pk for number in chosen]).update(recheck_drawn=True)
    listed = [rows[number] for number in chosen]
    record("applications.draw_recheck", event, by=by, about=listed, percent=percent, seed=seed, of=len(rows), drawn=chosen)
    return listed
