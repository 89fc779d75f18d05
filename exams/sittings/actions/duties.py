"""Duties: given only to those whom recusal clears, drawn or chosen, one at a time for each person."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from exams import capacities, clock, lifecycle, spelling
from exams.access import Actor
from exams.appointments.models import Appointment
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.messages.actions import send
from exams.people.models import Person
from exams.recusal import actions as recusal
from exams.sittings.actions.arranging import clash_objections, end_duty, slot_name
from exams.sittings.chance import Stream, digest, new_seed
from exams.sittings.clearance import matter_of
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
    ruling = recusal.require_clear(
        person=person, capacity=capacity, matter=matter_of(slot, sitting, besides=str(person.pk)), by=by, about=sitting or slot
    )
    try:
        with transaction.atomic():
            duty = Duty.objects.create(
                slot=slot,
                sitting=sitting,
                person=person,
                capacity=capacity,
                appointment=appointment,
                ruling=ruling,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                state=_state(slot),
            )
    except IntegrityError:
        raise Refused([_busy(person, slot)]) from None
    record(
        "sittings.assign_duty",
        duty,
        by=by,
        about=[slot, slot.event, sitting or slot, person],
        capacity=capacity,
        ruling=ruling.pk,
        private={"name": person.name},
    )
    send(person_id=person.pk, kind="duty.assigned", params=_words(duty))
    return duty


@action("sittings.withdraw_duty", on="duty")
def withdraw_duty(*, by: Actor, duty: Duty, reason: str) -> Duty:
    """Take a person off a duty; what was done until then stays on record."""
    if not reason.strip():
        refuse("sittings.reason", _("A reason is needed."), remedy=_("Say why in one sentence."))
    end_duty(by=by, duty=duty, verb="recuse", reason=reason)
    record("sittings.withdraw_duty", duty, by=by, about=[duty.slot, duty.sitting or duty.slot, duty.person], reason=reason)
    send(person_id=duty.person_id, kind="duty.withdrawn", params={**_words(duty), "reason": reason})
    return duty


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


def ask_all_again(*, by: Actor, duties: Iterable[Duty]) -> list[Duty]:
    """The same inside an action: each duty rests on a new ruling, or everything is refused with the rulings kept."""
    asked, objections, kept = [], [], []
    for duty in duties.select_related("slot__event", "slot__item__qualification", "sitting__room", "person"):
        matter = matter_of(duty.slot, duty.sitting, besides=str(duty.person_id))
        try:
            duty.ruling = recusal.require_clear(
                person=duty.person, capacity=duty.capacity, matter=matter, by=by, about=duty.sitting or duty.slot
            )
        except Refused as refusal:
            objections += refusal.objections
            kept += refusal.keep
            continue
        duty.save(update_fields=["ruling"])
        asked.append(duty)
    if objections:
        raise Refused(objections, keep=kept)
    return asked


@action("sittings.draw_invigilators", on="slot")
def draw_invigilators(*, by: Actor, slot: TimeSlot, number: int) -> list[Duty]:
    """Fill every room up to `number` invigilators by lot from those appointed, free and without an objection."""
    slot = TimeSlot.objects.select_for_update().get(pk=slot.pk)
    if slot.state != "planned":
        refuse("sittings.published", _("The arrangement is published."), remedy=_("Ask for a change; another person decides."))
    pool = sorted(str(pk) for pk in eligible(slot, "invigilator").values_list("person_id", flat=True).distinct())
    seed = new_seed()
    order = Stream(seed, "invigilators").shuffled(pool)
    people = {str(person.pk): person for person in Person.objects.filter(pk__in=pool)}
    rooms = list(slot.sittings.filter(live=True).select_related("room").order_by("room__name", "pk"))
    given: list[Duty] = []
    passed: list[list[str]] = []
    for sitting in rooms:
        for _seat in range(number - sitting.duties.filter(live=True, capacity="invigilator").count()):
            given.append(_next_cleared(by, slot, sitting, order, people, passed))
    result = [[str(duty.person_id), str(duty.sitting_id)] for duty in given]
    Draw.objects.filter(slot=slot, kind="invigilators", replaced_at=None).update(replaced_at=clock.now())
    draw = Draw.objects.create(
        slot=slot,
        kind="invigilators",
        seed=seed,
        pool={"persons": pool, "passed": passed},
        pool_digest=digest(pool),
        result=result,
        result_digest=digest(result),
        drawn_at=clock.now(),
        drawn_by=by.name,
    )
    record(
        "sittings.draw_invigilators",
        draw,
        by=by,
        about=[slot, slot.event, *rooms],
        seed=seed,
        pool_digest=draw.pool_digest,
        result_digest=draw.result_digest,
        passed_over=len(passed),
    )
    return given


def _next_cleared(
    by: Actor, slot: TimeSlot, sitting: Sitting, order: list[str], people: dict[str, Person], passed: list[list[str]]
) -> Duty:
    """The next of the drawn order whom recusal clears for this room; whom it does not stays in the order for the other rooms."""
    kept: list[object] = []
    for pk in list(order):
        try:
            duty = put_on_duty(by=by, slot=slot, sitting=sitting, person=people[pk], capacity="invigilator")
        except Refused as refusal:
            kept += refusal.keep
            passed.append([pk, str(sitting.pk), *sorted(objection.id for objection in refusal.objections)])
            continue
        order.remove(pk)
        return duty
    raise Refused(
        [
            Objection(
                "sittings.pool_empty",
                _("Nobody is left in the pool for room %(room)s."),
                {"room": sitting.room.name},
                remedy=_("Appoint further invigilators, or choose by hand."),
            )
        ],
        keep=kept,
    )


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


def _appointment(slot: TimeSlot, person: Person, capacity: str) -> Appointment:
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
    found = next((row for row in rows if not row.families or family in row.families), None)
    if found is None:
        refuse(
            "sittings.not_appointed",
            _("%(person)s is not appointed as %(capacity)s for %(family)s on %(day)s."),
            person=person.name,
            capacity=capacities.title(capacity),
            family=family,
            day=day,
            remedy=_("Appoint the person first, or choose another."),
        )
    return found


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
