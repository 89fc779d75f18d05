"""The wall around the question bank: asked at every page, every action and every frame of a socket.

It looks at the person as he is now. An appointment that ended, a training engagement reported a minute ago or a
secrecy letter that ran out closes the bank at the next question, whatever was open before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from exams import clock
from exams.access import Actor
from exams.appointments.models import Appointment
from exams.interests.queries import training_post, trains_now_or_within
from exams.recusal.gathering import policy_on
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _
from question_bank.questions.models import SecrecyLetter

LIFETIME = 100  # years
SEPARATION = _("Notice 2024 No. 34, I (3)")


def wall(actor: Actor) -> Objection | None:
    """Why the bank is closed to this actor, or None: no live appointment, or the person trains candidates."""
    if actor.capacity == "system":
        return None
    appointment = live_appointment(actor)
    if appointment is None:
        return Objection(
            "question_bank.no_appointment",
            _("No appointment in force opens the question bank to you."),
            {},
            _("Rules of the question bank"),
            _("Ask the head of the exam body."),
        )
    return training_objection(appointment.person_id, appointment.families)


def wall_and_letter(actor: Actor) -> Objection | None:
    """The wall, and the signed promise of secrecy without which no text is shown."""
    closed = wall(actor)
    if closed or actor.capacity == "system" or has_signed(actor):
        return closed
    return Objection(
        "question_bank.secrecy_letter",
        _("The secrecy letter is not signed."),
        {},
        "R-23",
        _("Read and sign it; then the questions open."),
    )


def training_objection(person_id: UUID, families: Iterable[str]) -> Objection | None:
    """The bank is closed to whoever trains for any item now, and for their own families until the cooling-off is over."""
    today = clock.today()
    # One query answers for almost everybody: never trained at all.
    ever = trains_now_or_within(person_id, None, LIFETIME, today)
    years = policy_on(today).cooloff_years if ever else 0
    if not (ever and _bars(person_id, list(families), years, today)) and training_post(person_id, today) is None:
        return None
    return Objection(
        "question_bank.trainer",
        _("The question bank is closed to persons who train candidates, and stays closed until the cooling-off period is over."),
        {},
        SEPARATION,
        _("Hand the work over; the head of the exam body appoints another person."),
    )


def _bars(person_id: UUID, families: list[str], years: int, today: date) -> bool:
    """Training now, for whatever item; or training lately for an item of the appointment (none named means all)."""
    lately = any(trains_now_or_within(person_id, family, years, today) for family in families or [None])
    return lately or bool(trains_now_or_within(person_id, None, 0, today))


def live_appointment(actor: Actor) -> Appointment | None:
    """The appointment the actor acts in, if it still stands today, with the same person, capacity and body."""
    today = clock.today()
    return (
        Appointment.objects.filter(
            Q(until__isnull=True) | Q(until__gte=today),
            id=actor.appointment_id,
            person_id=actor.person_id,
            capacity=actor.capacity,
            organisation_id=actor.organisation_id,
            state="in_force",
            since__lte=today,
        )
        .only("id", "person_id", "families")
        .first()
    )


def has_signed(actor: Actor) -> bool:
    """Whether a secrecy letter towards this body is signed and still runs."""
    return SecrecyLetter.objects.filter(
        Q(until__isnull=True) | Q(until__gte=clock.today()),
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    ).exists()
