"""What happens in a world while somebody looks at its pages; each prints what the journey has to know.

Run inside a world's environment: `python -m tests.journeys.happenings roles`, `… training <user name>`, `… later <hours>`.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from config.demo.world import acting
from exams import clock
from exams.access import SYSTEM
from exams.appointments.models import Appointment
from exams.interests import actions as interests
from exams.people import actions as people
from exams.people.models import Account, Person
from exams.sittings import actions as sittings
from exams.sittings import board
from exams.sittings.models import Place
from exams.sittings.weighing import Wish, weigh

# Valid for the first signing in only: the page asks for one of the person's own.
FIRST_PASSWORD = "first-Word-of-Linjiang-26"
LANGUAGES = ("en", "zh-hans")


def roles() -> dict[str, Any]:
    """Whom each language's journey is made as, so that no one-time code is wanted twice at once."""
    given = {language: _staff(number) | {"candidate": _candidate(language)} for number, language in enumerate(LANGUAGES)}
    places = Place.objects.filter(state="held")
    for row in given.values():
        row["candidate"]["other"] = str(places.exclude(pk=row["candidate"]["place"]).values_list("pk", flat=True)[0])
    return given


def _staff(number: int) -> dict[str, Any]:
    """Of several, one for each language; the first setter stays free of what happens to these two."""
    chosen = {"exam_clerk": number, "setter": number + 1, "oversight_inspector": number}
    return {capacity: _username(capacity, place) for capacity, place in chosen.items()}


def _username(capacity: str, number: int) -> str:
    rows = Appointment.objects.filter(capacity=capacity, state="in_force", organisation=_home(capacity)).order_by("appointed_at", "pk")
    return str(rows.values_list("person__account__username", flat=True)[number])


def _home(capacity: str) -> Any:
    return Appointment.objects.filter(capacity=capacity, state="in_force").order_by("appointed_at", "pk")[0].organisation_id


def _candidate(language: str) -> dict[str, str]:
    """Somebody with a seat gets an account as an exam body opens it: a first password, no second factor."""
    free = Place.objects.filter(state="held", application__person__account=None).select_related(
        "application__person", "seat", "sitting__room"
    )
    place = free.order_by("ticket_number")[0]
    person, username = place.application.person, f"seated-{language}"
    people.open_account(by=SYSTEM, person=person, username=username, password=FIRST_PASSWORD)
    seen = {"name": person.name, "seat": place.seat.label, "room": place.sitting.room.name, "starts": place.slot.starts_at.isoformat()}
    return {"username": username, "place": str(place.pk), "ticket": place.ticket_number, **seen}


def training(username: str) -> dict[str, str]:
    """The training body reports that somebody has been training candidates for a month; told twice it is one report."""
    person = Person.objects.get(account=Account.objects.get(username=username))
    manager = Appointment.objects.filter(capacity="training_manager", state="in_force").select_related("person", "organisation")[0]
    since = clock.today() - timedelta(days=30)
    if not person.training_engagements.exists():
        interests.record_training(
            by=acting(manager), person=person, organisation=manager.organisation, family="UT", role="lecturer", since=since
        )
    return {"name": person.name}


def later(hours: str) -> dict[str, Any]:
    """A slot of the same subject so many hours later, in two rooms, not published yet; one invigilator in the first, others free for it."""
    clerk = acting(Appointment.objects.filter(capacity="exam_clerk", state="in_force").order_by("appointed_at", "pk")[0])
    first = Place.objects.filter(state="held").order_by("ticket_number")[0].slot
    starts = first.starts_at + timedelta(hours=int(hours))
    slot = sittings.schedule_slot(
        by=clerk, event=first.event, item=first.item, subject=first.subject, venue=first.venue, starts_at=starts,
        ends_at=starts + timedelta(minutes=50),
    )  # fmt: skip
    rooms = [sittings.add_sitting(by=clerk, slot=slot, room=one.room) for one in first.sittings.order_by("room__name")[:2]]
    named = board.slots_of(slot.event).get(pk=slot.pk)
    staff = [entry.person for entry in board.people_of(slot.event, []) if entry.capacity == "invigilator"]
    weighed = weigh([Wish(person, "invigilator", named, sitting) for person in staff for sitting in rooms])
    clear = [one.wish.person for one, other in zip(weighed[::2], weighed[1::2], strict=True) if one.allowed and other.allowed]
    sittings.assign_duty(by=clerk, slot=slot, sitting=rooms[0], person=clear[0], capacity="invigilator")
    return {
        "event": str(slot.event_id),
        "slot": str(slot.pk),
        "places": [str(one.pk) for one in rooms],
        "rooms": [one.room.name for one in rooms],
        "serving": clear[0].name,
        "free": [person.name for person in clear[1:]],
    }


if __name__ == "__main__":
    print(json.dumps({"roles": roles, "training": training, "later": later}[sys.argv[1]](*sys.argv[2:]), ensure_ascii=False))
