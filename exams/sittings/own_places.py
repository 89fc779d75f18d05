"""A candidate's own places: what is coming, with all there is to know before setting out, and what is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from exams import clock, spelling
from exams.access import Actor
from exams.sittings import queries
from exams.sittings.models import Arrangement, Place


def sorted_out(actor: Actor) -> tuple[list[dict[str, Any]], list[Place]]:
    """The places still to come, the next one first, each with its times and its ticket; then those that are over or cancelled."""
    rows = queries.places_of(actor).select_related("application__person", "slot__item__edition", "slot__venue").order_by("slot__starts_at")
    now, coming, past = clock.now(), [], []
    for row in rows:
        (coming if row.slot.ends_at > now and row.state == "held" else past).append(row)
    arrangements = {one.event_id: one for one in Arrangement.objects.filter(event__in={row.slot.event_id for row in coming})}
    return [_told(row, arrangements.get(row.slot.event_id)) for row in coming], past


def _told(place: Place, arrangement: Arrangement | None) -> dict[str, Any]:
    now = clock.now()
    lapsed = place.ticket_state == "lapsed" or bool(arrangement and now > arrangement.tickets_until and place.ticket_state == "issued")
    days: timedelta = spelling.local(place.slot.starts_at).date() - clock.today()
    return {
        "place": place,
        "days": days.days,
        "closes": place.slot.starts_at + queries.late_entry(place.slot),
        "opens": place.slot.starts_at - queries.admission(place.slot),
        "arrangement": place.application.accommodations.filter(state="granted").first(),
        "until": arrangement.tickets_until if arrangement else None,
        "from": arrangement.tickets_from if arrangement else None,
        "printable": bool(arrangement and arrangement.tickets_from <= now and not lapsed),
        "lapsed": lapsed,
    }
