"""Arrangements for candidates who could not sit on equal terms otherwise: granted by a named person with a basis, and on record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import IntegrityError, transaction

from exams import clock, lifecycle
from exams.access import Actor
from exams.applications.models import ENDED_STATES, Application
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.messages.actions import send
from exams.sittings.models import Accommodation, Room, Seat
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

SHORTEST = 4  # letters of a reason or purpose that says anything


@action("sittings.grant_accommodation", on="application")
def grant_accommodation(
    *,
    by: Actor,
    application: Application,
    measure: str,
    basis: str,
    reason: str,
    where: str = "any",
    seats: Iterable[Seat] = (),
    room: Room | None = None,
    minutes: int = 0,
) -> Accommodation:
    """Grant an arrangement. `measure` is what staff do; `reason` is read by nobody but the head of the body, for a stated purpose."""
    seats = list(seats)
    objections = [
        *_words_missing(measure, basis, reason),
        *_where_wrong(application, where, seats, room),
        *_not_standing(application),
    ]
    if by.person_id is None:
        objections.append(Objection("sittings.nobody_grants", _("An arrangement is granted by a named person.")))
    if objections:
        raise Refused(objections)
    granted = Accommodation(
        application=application, where=where, room=room if where == "alone" else None, minutes=minutes, measure=measure.strip(),
        reason=reason.strip(), basis=basis.strip(), granted_by_id=by.person_id, granted_at=clock.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            granted.save(force_insert=True)
    except IntegrityError:
        refuse(
            "sittings.accommodation_twice",
            _("An arrangement for application %(number)s is in force already."),
            number=application.number,
            remedy=_("Withdraw it first; both stay on record."),
        )
    if where == "seats":
        granted.seats.set(seats)
    record(
        "sittings.grant_accommodation",
        granted,
        by=by,
        about=[application, application.event],
        where=where,
        seats=sorted(str(seat.pk) for seat in seats),
        room=granted.room_id,
        minutes=minutes,
        basis=granted.basis,
        private={"name": application.person.name, "measure": granted.measure},
    )
    # The measure says something of the candidate's health; notices lie open, so it does not stand in one.
    send(person_id=application.person_id, kind="accommodation.granted", params={"number": application.number})
    return granted


@action("sittings.withdraw_accommodation", on="accommodation")
def withdraw_accommodation(*, by: Actor, accommodation: Accommodation, why: str) -> Accommodation:
    """End an arrangement; seats drawn by it stay where they are."""
    if len(why.strip()) < SHORTEST:
        refuse("sittings.reason", _("A reason is needed."), remedy=_("Say why in one sentence."))
    lifecycle.move(accommodation, "withdraw", withdrawn_at=clock.now(), withdrawn_why=why.strip()[:240])
    application = accommodation.application
    record("sittings.withdraw_accommodation", accommodation, by=by, about=[application, application.event], private={"why": why.strip()})
    send(person_id=application.person_id, kind="accommodation.withdrawn", params={"number": application.number})
    return accommodation


@action("sittings.read_reason", on="accommodation")
def read_reason(*, by: Actor, accommodation: Accommodation, purpose: str) -> str:
    """The reason of an arrangement in full; the purpose goes on record before it is shown."""
    if len(purpose.strip()) < SHORTEST:
        refuse("sittings.purpose", _("State in a few words what it is for; the words are kept."))
    record("sittings.read_reason", accommodation, by=by, about=[accommodation.application], purpose=purpose.strip())
    return str(accommodation.reason)


def _words_missing(measure: str, basis: str, reason: str) -> Iterator[Objection]:
    said = {
        "sittings.accommodation_measure": (measure, _("Say what is to be done, so that staff can do it.")),
        "sittings.accommodation_basis": (basis, _("Name the rule or decision the arrangement rests on.")),
        "sittings.reason": (reason, _("A reason is needed.")),
    }
    for id, (words, message) in said.items():
        if len(words.strip()) < SHORTEST:
            yield Objection(id, message, remedy=_("Fill it in."))


def _where_wrong(application: Application, where: str, seats: list[Seat], room: Room | None) -> Iterator[Objection]:
    if where not in dict(Accommodation.WHERE):
        yield Objection("sittings.accommodation_where", _("Choose where the candidate is to sit."))
    if where == "seats" and not seats:
        yield Objection("sittings.accommodation_seats", _("No seat is named."), remedy=_("Name the seats that will do."))
    if where == "alone" and room is None:
        yield Objection("sittings.accommodation_room", _("No room is named."), remedy=_("Name the room."))
    rooms = [*(seat.room for seat in seats), *([room] if room else [])]
    if any(one.venue.body_id != application.body_id or one.use != "exam" for one in rooms):
        yield Objection("sittings.accommodation_foreign", _("A room named here is no examination room of this body."))
    if any(seat.spare for seat in seats):
        yield Objection(
            "sittings.accommodation_spare",
            _("A spare seat is never drawn."),
            remedy=_("Name other seats, or change the plan of the room."),
        )


def _not_standing(application: Application) -> Iterator[Objection]:
    if application.state in ENDED_STATES or application.state == "draft":
        yield Objection(
            "sittings.application_gone",
            _("Application %(number)s does not stand."),
            {"number": application.number},
            remedy=_("Choose an application that was handed in and stands."),
        )
