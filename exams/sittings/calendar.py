"""The calendar feed of one person: examinations to sit and duties to serve, with identities that outlive every change."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from hashlib import sha256

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from exams import capacities, clock, keyfiles
from exams.sittings.models import CalendarFeed, Duty, Place

DOMAIN = "inspector-examinations"


def token_of(feed: CalendarFeed) -> str:
    """The secret part of the address: nothing is stored that would open it, and a new version kills it."""
    key = keyfiles.bytes_key(settings.KEY_DIR, "calendar")
    return hmac.new(key, f"{feed.pk}:{feed.version}".encode(), sha256).hexdigest()[:40]


def opens(feed: CalendarFeed, token: str) -> bool:
    return hmac.compare_digest(token_of(feed), token)


def feed_text(feed: CalendarFeed) -> bytes:
    """The whole calendar; what was cancelled stays in it as cancelled, so that telephones take it away."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{DOMAIN}//1//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Examinations"))
    calendar.add("x-published-ttl", "PT1H")
    for entry in [*_examinations(feed), *_duties(feed)]:
        calendar.add_component(entry)
    return calendar.to_ical()


def _examinations(feed: CalendarFeed) -> Iterator[Event]:
    places = Place.objects.filter(application__person=feed.person_id).exclude(ticket_state="drafted")
    for place in places.select_related("slot__item__qualification", "slot__venue", "slot__event", "sitting__room", "seat"):
        gone = place.state == "void" or place.slot.state == "cancelled" or not place.sitting.live
        entry = _entry(f"place-{place.pk}", place.revision + place.slot.revision, gone)
        entry.add("summary", _("Examination: %(what)s") % {"what": f"{place.slot.item.qualification.name_zh} {place.slot.subject}"})
        entry.add("dtstart", place.slot.starts_at)
        entry.add("dtend", place.slot.ends_at)
        entry.add("location", f"{place.slot.venue.name} {place.sitting.room.name}, {place.slot.venue.address}")
        entry.add(
            "description",
            _("Room %(room)s, seat %(seat)s. Bring your ticket and your identity document.")
            % {"room": place.sitting.room.name, "seat": place.seat.label},
        )
        yield entry


def _duties(feed: CalendarFeed) -> Iterator[Event]:
    """One entry for each thread of duties: of a duty moved elsewhere only where it stands now; of what has ended, that it has."""
    duties = Duty.objects.filter(person=feed.person_id).select_related("slot__item__qualification", "slot__venue", "sitting__room")
    latest = {duty.thread: duty for duty in sorted(duties, key=lambda one: (one.state != "replaced", one.revision + one.slot.revision))}
    for duty in sorted(latest.values(), key=lambda one: (one.starts_at, one.pk)):
        entry = _entry(f"duty-{duty.thread}", duty.revision + duty.slot.revision, not duty.live or duty.slot.state == "cancelled")
        entry.add("summary", _("Duty: %(what)s") % {"what": _(capacities.title(duty.capacity))})
        entry.add("dtstart", duty.starts_at)
        entry.add("dtend", duty.ends_at)
        room = duty.sitting.room.name if duty.sitting else ""
        entry.add("location", f"{duty.slot.venue.name} {room}, {duty.slot.venue.address}")
        yield entry


def _entry(uid: str, sequence: int, gone: bool) -> Event:
    entry = Event()
    entry.add("uid", f"{uid}@{DOMAIN}")
    entry.add("sequence", sequence + (1 if gone else 0))
    entry.add("dtstamp", clock.now())
    entry.add("status", "CANCELLED" if gone else "CONFIRMED")
    return entry
