"""Duties: given only to those whom recusal clears, drawn or chosen, one at a time for each person."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from exams import lifecycle, spelling
from exams.access import Actor
from exams.appointments.models import Appointment
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.messages.actions import Notice, send, send_many
from exams.people.models import Person
from exams.recusal import actions as recusal
from exams.recusal.models import Ruling
from exams.sittings.actions.arranging import end_duty
from exams.sittings.clearance import matter_of, stands_of_duties, with_places
from exams.sittings.models import Draw, Duty, Sitting, TimeSlot
from exams.sittings.weighing import Plain, Wish, slot_name
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _


@action("sittings.assign_duty", on="slot")
def assign_duty(*, by: Actor, slot: TimeSlot, sitting: Sitting | None, person: Person, capacity: str, post: int = 0) -> Duty:
    """Put a person on duty; refused if any recusal rule objects, and the refusal stays on record.

    `post` is the number of the post wished for, counted from 1 among those of its capacity there; refused if somebody holds it by now.
    """
    if post:
        slot = _held(slot)[slot.pk]
    return put_on_duty(by=by, wish=Wish(person, capacity, slot, sitting, post=post))


@action("sittings.move_duty", on="duty")
def move_duty(*, by: Actor, duty: Duty, slot: TimeSlot, sitting: Sitting | None, reason: str = "", post: int = 0) -> Duty:
    """Move somebody to another room or slot of the event: the old duty ends as replaced and the new one begins, or neither.

    The new duty rests on a ruling of its own and has to be accepted anew, unless it is published already; then a reason is needed, and
    the chiefs concerned are told with the person.
    """
    slots = _held(duty.slot, slot)
    Duty.objects.select_for_update().get(pk=duty.pk)
    duty = Duty.objects.select_related("sitting__room", "person").get(pk=duty.pk)
    duty.slot, slot = slots[duty.slot_id], slots[slot.pk]
    if sitting is not None:
        sitting = Sitting.objects.select_related("room", "slot").get(pk=sitting.pk)
    wish = Wish(duty.person, duty.capacity, slot, sitting, duty, post)
    if wish.needs_reason and not reason.strip():
        refuse("sittings.reason", _("A reason is needed."), remedy=_("Say why in one sentence."))
    new = put_on_duty(by=by, wish=wish, reason=reason.strip())
    _tell_chiefs(by, duty, new)
    return new


def _held(*slots: TimeSlot) -> dict[Any, TimeSlot]:
    """The slots as they stand now, held until the transaction ends; always in one order, so that two never wait for one another."""
    rows = TimeSlot.objects.select_for_update(of=("self",)).select_related("event__body", "item__qualification", "item__edition", "venue")
    return {row.pk: row for row in rows.filter(pk__in={slot.pk for slot in slots}).order_by("pk")}


def put_on_duty(*, by: Actor, wish: Wish, reason: str = "") -> Duty:
    """The same inside an action: whoever is moved leaves the old duty in the same breath."""
    # The person is locked: two clerks who assign him at once come one after the other, and the guard catches what a lock cannot.
    person, slot, sitting = Person.objects.select_for_update().get(pk=wish.person.pk), wish.slot, wish.sitting
    plain = Plain([wish])
    objections = list(plain.against(wish))
    if objections:
        raise Refused(objections)
    if wish.leaving is not None:
        end_duty(by=by, duty=wish.leaving, verb="replace", reason=reason)
    ruling = recusal.require_clear(
        person=person, capacity=wish.capacity, matter=matter_of(slot, sitting, besides=str(person.pk)), by=by, about=wish.about
    )
    duty = new_duty(slot=slot, sitting=sitting, person=person, capacity=wish.capacity, appointment=plain.appointment(wish))
    if wish.leaving is not None:
        _follow(duty, wish.leaving)
    try:
        with transaction.atomic():
            duty.save(force_insert=True)
    except IntegrityError:
        raise Refused([_busy(person, slot)]) from None
    if wish.leaving is None:
        announce_duty(by=by, duty=duty, ruling=ruling)
    else:
        _announce_move(by, wish.leaving, duty, ruling, reason)
    return duty


def _follow(duty: Duty, before: Duty) -> None:
    """The person's calendar keeps one entry, and takes the later one for newer whatever slot it belongs to."""
    duty.thread = before.thread
    duty.revision = max(before.revision + before.slot.revision + 1 - duty.slot.revision, 0)


def _announce_move(by: Actor, before: Duty, duty: Duty, ruling: Ruling, reason: str) -> None:
    duty.ruling = ruling
    duty.save(update_fields=["ruling"])
    places = {"from_slot": before.slot_id, "from_sitting": before.sitting_id, "to_slot": duty.slot_id, "to_sitting": duty.sitting_id}
    about = [duty.slot.event, duty.slot, duty.sitting or duty.slot, before.slot, before.sitting or before.slot, duty.person]
    record("sittings.withdraw_duty", before, by=by, about=about, reason=reason, moved_to=duty.pk)
    record(
        "sittings.move_duty", duty, by=by, about=[before, *about], capacity=duty.capacity, ruling=ruling.pk, reason=reason,
        private={"name": duty.person.name}, **places,
    )  # fmt: skip
    send(person_id=duty.person_id, kind="duty.moved", params={**_words(duty), "before": _place(before), "reason": reason})


def _tell_chiefs(by: Actor, before: Duty, duty: Duty) -> None:
    """Once published, whoever answers for a venue on the day hears of every change of its staff."""
    published = [slot.pk for slot in (before.slot, duty.slot) if slot.state != "planned"]
    chiefs = Duty.objects.filter(slot__in=published, capacity="chief", live=True).exclude(person=duty.person_id)
    params = {**_words(duty), "person": duty.person.name, "before": _place(before)}
    send_many(
        Notice(person_id=person, kind="duty.staff_changed", params=params)
        for person in sorted(set(chiefs.values_list("person_id", flat=True)))
    )


def _place(duty: Duty) -> str:
    room = f" {duty.sitting.room.name}" if duty.sitting else ""
    return f"{duty.slot.venue.name}{room}, {slot_name(duty.slot)}"


def new_duty(
    *, slot: TimeSlot, sitting: Sitting | None, person: Person, capacity: str, appointment: Appointment | None, draw: Draw | None = None
) -> Duty:
    """A duty not yet stored."""
    return Duty(
        slot=slot,
        sitting=sitting,
        person=person,
        capacity=capacity,
        appointment=appointment,
        draw=draw,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        state=_state(slot),
    )


def announce_duty(*, by: Actor, duty: Duty, ruling: Ruling) -> None:
    """Let a stored duty rest on its ruling, record it, and tell the person."""
    duty.ruling = ruling
    duty.save(update_fields=["ruling"])
    record(
        "sittings.assign_duty",
        duty,
        by=by,
        about=[duty.slot, duty.slot.event, duty.sitting or duty.slot, duty.person],
        capacity=duty.capacity,
        ruling=ruling.pk,
        draw=duty.draw_id,
        private={"name": duty.person.name},
    )
    send(person_id=duty.person_id, kind="duty.assigned", params=_words(duty))


@action("sittings.withdraw_duty", on="duty")
def withdraw_duty(*, by: Actor, duty: Duty, reason: str) -> Duty:
    """Take a person off a duty; what was done until then stays on record."""
    if not reason.strip():
        refuse("sittings.reason", _("A reason is needed."), remedy=_("Say why in one sentence."))
    take_off(by=by, duty=duty, verb="recuse", reason=reason)
    return duty


def take_off(*, by: Actor, duty: Duty, verb: str, reason: str) -> None:
    """The same inside an action: recused, or replaced by another draw."""
    end_duty(by=by, duty=duty, verb=verb, reason=reason)
    record("sittings.withdraw_duty", duty, by=by, about=[duty.slot, duty.sitting or duty.slot, duty.person], reason=reason)
    send(person_id=duty.person_id, kind="duty.withdrawn", params={**_words(duty), "reason": reason})


@action("sittings.answer_duty", on="duty")
def answer_duty(*, by: Actor, duty: Duty, accept: bool, reason: str = "") -> Duty:
    """The person accepts a duty, or returns it with a reason."""
    if not accept and not reason.strip():
        refuse("sittings.reason", _("A reason is needed."), remedy=_("Say why in one sentence."))
    if accept:
        lifecycle.move(duty, "accept", revision=duty.revision + 1)
    else:
        end_duty(by=by, duty=duty, verb="decline", reason=reason)
    record("sittings.answer_duty", duty, by=by, about=[duty.slot, duty.sitting or duty.slot], accepted=accept, reason=reason)
    return duty


@action("sittings.ask_again", on="slot")
def ask_again(*, by: Actor, slot: TimeSlot) -> list[Duty]:
    """Ask recusal once more for every duty of a slot, with exactly those who sit in the rooms; all objections at once."""
    duties = ask_all_again(by=by, duties=slot.duties.filter(live=True))
    record("sittings.ask_again", slot, by=by, about=[slot.event], duties=len(duties))
    return duties


def ask_all_again(*, by: Actor, duties: QuerySet[Duty]) -> list[Duty]:
    """The same inside an action: each duty rests on a new ruling, or everything is refused with the rulings kept."""
    asked = list(with_places(duties))
    rulings = recusal.require_all_clear(stands=list(stands_of_duties(asked)), by=by)
    for duty, ruling in zip(asked, rulings, strict=True):
        duty.ruling = ruling
    Duty.objects.bulk_update(asked, ["ruling"])
    return asked


def eligible(slot: TimeSlot, capacity: str) -> QuerySet[Appointment]:
    """Appointments in force on the day for the body and the family, of people not on duty then."""
    day = spelling.local(slot.starts_at).date()
    busy = Duty.objects.filter(live=True, starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at).values("person")
    found = (
        Appointment.objects.filter(
            Q(until=None) | Q(until__gte=day), capacity=capacity, organisation=slot.event.body_id, state="in_force", since__lte=day
        )
        .exclude(person__in=busy)
        .select_related("person")
    )
    family = slot.item.qualification.family
    narrowed = [row.pk for row in found if row.families and family not in row.families]
    return found.exclude(pk__in=narrowed)


def appointment_for(slot: TimeSlot, person: Person, capacity: str) -> Appointment | None:
    """The appointment in force on the day that covers the slot's item."""
    day = spelling.local(slot.starts_at).date()
    rows = Appointment.objects.filter(
        Q(until=None) | Q(until__gte=day),
        person=person,
        capacity=capacity,
        state="in_force",
        organisation=slot.event.body_id,
        since__lte=day,
    )
    family = slot.item.qualification.family
    return next((row for row in rows if not row.families or family in row.families), None)


def is_busy(person: Person, slot: TimeSlot) -> bool:
    """Whether the person serves somewhere at that time already."""
    return Duty.objects.filter(person=person, live=True, starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at).exists()


def _busy(person: Person, slot: TimeSlot) -> Objection:
    return Objection(
        "timetable.person_taken_meanwhile",
        _("%(name)s has just been put on another duty at that time."),
        {"name": person.name},
        remedy=_("Choose another person."),
    )


def _state(slot: TimeSlot) -> str:
    """Who joins after publication has accepted by coming: the notice went out, and the duty is released at once."""
    return "proposed" if slot.state == "planned" else "released"


def _words(duty: Duty) -> dict[str, str]:
    return {
        "capacity": duty.capacity,
        "starts_at": duty.starts_at.isoformat(),
        "venue": duty.slot.venue.name,
        "room": duty.sitting.room.name if duty.sitting else "",
        "subject": slot_name(duty.slot),
    }
