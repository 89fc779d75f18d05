"""Duties: given only to those whom recusal clears, drawn or chosen, one at a time for each person."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from exams import capacities, lifecycle, spelling
from exams.access import Actor
from exams.appointments.models import Appointment
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.messages.actions import send
from exams.people.models import Person
from exams.recusal import actions as recusal
from exams.recusal.models import Ruling
from exams.sittings import parameters
from exams.sittings.actions.arranging import clash_objections, end_duty, slot_name
from exams.sittings.clearance import matter_of, stands_of_duties, with_places
from exams.sittings.models import Draw, Duty, Sitting, TimeSlot
from exams.sittings.timetable import Use, clashes_with
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

OF_THE_SLOT = frozenset({"chief", "roving_invigilator"})
OF_A_ROOM = frozenset({"invigilator", "assessor"})
SERVING = OF_THE_SLOT | OF_A_ROOM | {"video_monitor", "identity_officer", "technician"}


@action("sittings.assign_duty", on="slot")
def assign_duty(*, by: Actor, slot: TimeSlot, sitting: Sitting | None, person: Person, capacity: str) -> Duty:
    """Put a person on duty; refused if any recusal rule objects, and the refusal stays on record."""
    return put_on_duty(by=by, slot=slot, sitting=sitting, person=person, capacity=capacity)


def put_on_duty(*, by: Actor, slot: TimeSlot, sitting: Sitting | None, person: Person, capacity: str) -> Duty:
    """The same inside an action."""
    # The person is locked: two clerks who assign him at once come one after the other, and the guard catches what a lock cannot.
    person = Person.objects.select_for_update().get(pk=person.pk)
    _require_fitting(slot, sitting, capacity)
    appointment = _appointment(slot, person, capacity)
    _require_free(slot, person)
    _require_load(slot, person)
    ruling = recusal.require_clear(
        person=person, capacity=capacity, matter=matter_of(slot, sitting, besides=str(person.pk)), by=by, about=sitting or slot
    )
    duty = new_duty(slot=slot, sitting=sitting, person=person, capacity=capacity, appointment=appointment)
    try:
        with transaction.atomic():
            duty.save(force_insert=True)
    except IntegrityError:
        raise Refused([_busy(person, slot)]) from None
    announce_duty(by=by, duty=duty, ruling=ruling)
    return duty


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


def _require_fitting(slot: TimeSlot, sitting: Sitting | None, capacity: str) -> None:
    if capacity not in SERVING:
        refuse("sittings.no_duty", _("%(capacity)s is no duty in a sitting."), capacity=capacities.title(capacity))
    if slot.state in ("closed", "cancelled"):
        refuse("sittings.slot_over", _("The slot is over or cancelled."))
    if sitting and (sitting.slot_id != slot.pk or not sitting.live):
        refuse("sittings.sitting_elsewhere", _("The room does not belong to this slot."))
    if capacity in OF_A_ROOM and sitting is None:
        refuse("sittings.needs_room", _("This duty needs a room."), remedy=_("Choose the room."))
    if capacity in OF_THE_SLOT and sitting is not None:
        refuse("sittings.needs_slot", _("This duty belongs to the whole slot, not to one room."), remedy=_("Leave the room empty."))


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


def _appointment(slot: TimeSlot, person: Person, capacity: str) -> Appointment:
    found = appointment_for(slot, person, capacity)
    if found is None:
        refuse(
            "sittings.not_appointed",
            _("%(person)s is not appointed as %(capacity)s for %(family)s on %(day)s."),
            person=person.name,
            capacity=capacities.title(capacity),
            family=slot.item.qualification.family,
            day=spelling.local(slot.starts_at).date(),
            remedy=_("Appoint the person first, or choose another."),
        )
    return found


def is_busy(person: Person, slot: TimeSlot) -> bool:
    """Whether the person serves somewhere at that time already."""
    return Duty.objects.filter(person=person, live=True, starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at).exists()


def _require_load(slot: TimeSlot, person: Person) -> None:
    """The body may limit how much one person does in a day and in an event (R-58)."""
    day = spelling.local(slot.starts_at).date()
    values = parameters.all_in_force(slot.event.body_id, day)
    held = Duty.objects.filter(person=person, slot__event=slot.event_id, live=True)
    counts = {"DUTIES_PER_DAY": held.filter(starts_at__date=day).count(), "DUTIES_PER_EVENT": held.count()}
    for code, count in counts.items():
        if values[code].value and count >= values[code].value:
            refuse(
                "sittings.load",
                _("%(person)s serves %(n)s times already; the limit of the body is reached."),
                person=person.name,
                n=count,
                basis=_("Requirement R-58: load of examiners"),
                remedy=_("Choose another person."),
            )


def _require_free(slot: TimeSlot, person: Person) -> None:
    around = Duty.objects.filter(person=person, live=True, starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at)
    uses = [
        Use("person", str(person.pk), person.name, duty.starts_at, duty.ends_at, str(duty.slot_id), slot_name(duty.slot))
        for duty in around.select_related("slot__item__qualification")
    ]
    wanted = Use("person", str(person.pk), person.name, slot.starts_at, slot.ends_at, "new", slot_name(slot))
    found = clashes_with([wanted], uses)
    if found:
        raise Refused(clash_objections(type(clash)(clash.second, clash.first) if clash.first is wanted else clash for clash in found))


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
