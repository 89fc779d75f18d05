"""The timetable: slots and rooms, with every clash told at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from exams import clock, lifecycle, spelling
from exams.access import Actor
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.programme.models import Event, EventItem
from exams.recusal import actions as recusal
from exams.sittings.models import Duty, Place, Room, Sitting, TimeSlot, Venue
from exams.sittings.timetable import Clash, Use, clashes_with
from exams.sittings.weighing import clash_objections, slot_name
from exams.verdicts import gettext_noop as _

FORMS = {"written": "theory", "practical": "practical", "oral": "oral", "defence": "oral"}
OPEN_EVENTS = ("announced", "applications_closed", "arranged")


@action("sittings.schedule_slot", on="event")
def schedule_slot(
    *, by: Actor, event: Event, item: EventItem, subject: str, venue: Venue, starts_at: datetime, ends_at: datetime
) -> TimeSlot:
    """Set the interval in which a subject is examined at a venue."""
    _require_interval(event, starts_at, ends_at)
    if item.event_id != event.pk:
        refuse("sittings.item_elsewhere", _("The item does not belong to this event."))
    if venue.body_id != event.body_id or not venue.is_open:
        refuse(
            "sittings.venue_elsewhere",
            _("Venue %(venue)s cannot be used by this body."),
            venue=venue.name,
            remedy=_("Choose an open venue of the body."),
        )
    form = _form_of(item, subject)
    slot = TimeSlot(event=event, item=item, subject=subject, form=form, venue=venue, starts_at=starts_at, ends_at=ends_at)
    _refuse_clashes(_candidate_uses(slot), slot)
    slot.save(force_insert=True)
    record("sittings.schedule_slot", slot, by=by, about=[event], subject=subject, starts_at=starts_at, ends_at=ends_at)
    return slot


@action("sittings.reschedule_slot", on="slot")
def reschedule_slot(*, by: Actor, slot: TimeSlot, starts_at: datetime, ends_at: datetime, reason: str = "") -> TimeSlot:
    """Move a slot that has not been published; after that a change needs two persons."""
    if slot.state != "planned":
        refuse(
            "sittings.published",
            _("The arrangement is published."),
            basis=_("Requirement R-56"),
            remedy=_("Ask for a change; another person decides."),
        )
    return move_slot(by=by, slot=slot, starts_at=starts_at, ends_at=ends_at, reason=reason)


def move_slot(*, by: Actor, slot: TimeSlot, starts_at: datetime, ends_at: datetime, reason: str) -> TimeSlot:
    """Move a slot with its rooms and duties, inside an action."""
    slot = TimeSlot.objects.select_for_update().get(pk=slot.pk)
    _require_interval(slot.event, starts_at, ends_at)
    before = [slot.starts_at, slot.ends_at]
    slot.starts_at, slot.ends_at, slot.revision = starts_at, ends_at, slot.revision + 1
    _refuse_clashes([*_candidate_uses(slot), *_room_uses(slot), *_duty_uses(slot)], slot)
    slot.save(update_fields=["starts_at", "ends_at", "revision"])
    slot.sittings.filter(live=True).update(starts_at=starts_at, ends_at=ends_at)
    slot.duties.filter(live=True).update(starts_at=starts_at, ends_at=ends_at)
    record("sittings.reschedule_slot", slot, by=by, about=[slot.event], before=before, starts_at=starts_at, ends_at=ends_at, reason=reason)
    return slot


@action("sittings.cancel_slot", on="slot")
def cancel_slot(*, by: Actor, slot: TimeSlot, reason: str) -> TimeSlot:
    """Give up a slot before it is published."""
    if slot.state != "planned":
        refuse("sittings.published", _("The arrangement is published."), remedy=_("Ask for a change; another person decides."))
    for sitting in slot.sittings.filter(live=True):
        end_sitting(by=by, sitting=sitting, reason=reason)
    for duty in slot.duties.filter(live=True):
        end_duty(by=by, duty=duty, verb="recuse", reason=reason)
        record("sittings.withdraw_duty", duty, by=by, about=[slot], reason=reason)
    lifecycle.move(slot, "cancel", revision=slot.revision + 1)
    record("sittings.cancel_slot", slot, by=by, about=[slot.event], reason=reason)
    return slot


@action("sittings.add_sitting", on="slot")
def add_sitting(*, by: Actor, slot: TimeSlot, room: Room) -> Sitting:
    """Use a room in a slot; refused without acceptance on the day, or when the room is taken."""
    slot = TimeSlot.objects.select_for_update().get(pk=slot.pk)
    room = Room.objects.select_for_update().get(pk=room.pk)
    if slot.state != "planned":
        refuse("sittings.published", _("The arrangement is published."), remedy=_("Ask for a change; another person decides."))
    if room.venue_id != slot.venue_id or room.use != "exam":
        refuse("sittings.room_elsewhere", _("Room %(room)s is not an examination room of this venue."), room=room.name)
    day = spelling.local(slot.starts_at).date()
    if room.accepted_until is None or room.accepted_until < day:
        refuse(
            "sittings.room_not_accepted_yet",
            _("Room %(room)s has no acceptance that holds on %(day)s."),
            room=room.name,
            day=day,
            basis=_("Requirement R-55"),
            remedy=_("Inspect the room and record its acceptance."),
        )
    sitting = Sitting(slot=slot, room=room, starts_at=slot.starts_at, ends_at=slot.ends_at)
    _refuse_clashes([_room_use(sitting)], slot)
    sitting.save(force_insert=True)
    record("sittings.add_sitting", sitting, by=by, about=[slot, slot.event, room], room=room.name)
    return sitting


@action("sittings.cancel_sitting", on="sitting")
def cancel_sitting(*, by: Actor, sitting: Sitting, reason: str) -> Sitting:
    """Give up a room of a slot before it is published and before seats are drawn."""
    if sitting.state != "planned":
        refuse("sittings.published", _("The arrangement is published."), remedy=_("Ask for a change; another person decides."))
    if sitting.places.filter(state="held").exists():
        refuse("sittings.has_places", _("Seats of this room are drawn."), remedy=_("Ask for a second draw without this room."))
    return end_sitting(by=by, sitting=sitting, reason=reason)


def end_duty(*, by: Actor, duty: Duty, verb: str, reason: str) -> None:
    """The person is on duty no longer, and what recusal had asked to be done about it is done."""
    lifecycle.move(duty, verb, live=False, note=reason[:240], revision=duty.revision + 1)
    recusal.settle(duty.person_id, duty.capacity, duty.sitting or duty.slot, by=by)


def end_sitting(*, by: Actor, sitting: Sitting, reason: str) -> Sitting:
    """Cancel a sitting with its duties and places, inside an action."""
    for duty in sitting.duties.filter(live=True):
        end_duty(by=by, duty=duty, verb="recuse", reason=reason)
        record("sittings.withdraw_duty", duty, by=by, about=[sitting], reason=reason)
    for place in sitting.places.filter(state="held"):
        lifecycle.move(place, "void", state="void", revision=place.revision + 1)
        record("sittings.seat", place, by=by, about=[sitting, place.application], state="void")
    lifecycle.move(sitting, "cancel", live=False)
    record("sittings.cancel_sitting", sitting, by=by, about=[sitting.slot, sitting.slot.event], reason=reason)
    return sitting


def _refuse_clashes(wanted: list[Use], slot: TimeSlot) -> None:
    found = clashes_with(wanted, _present_uses(slot))
    own = {str(slot.pk)}
    foreign = [clash if clash.first.by not in own else Clash(clash.second, clash.first) for clash in found]
    if foreign:
        raise Refused(clash_objections(foreign))


def _present_uses(slot: TimeSlot) -> list[Use]:
    """What is taken by other slots around the interval."""
    around = Q(starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at, live=True)
    uses = [
        _room_use(sitting)
        for sitting in Sitting.objects.filter(around)
        .exclude(slot=slot)
        .select_related("room", "slot__item__qualification", "slot__item__edition")
    ]
    for duty in Duty.objects.filter(around).exclude(slot=slot).select_related("person", "slot__item__qualification", "slot__item__edition"):
        uses.append(_duty_use(duty))
    others = TimeSlot.objects.filter(event=slot.event, starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at).exclude(pk=slot.pk)
    for other in others.exclude(state="cancelled").select_related("item__qualification", "item__edition"):
        uses += _candidate_uses(other)
    return uses


def _room_use(sitting: Sitting) -> Use:
    return Use(
        "room", str(sitting.room_id), sitting.room.name, sitting.starts_at, sitting.ends_at, str(sitting.slot_id), slot_name(sitting.slot)
    )


def _duty_use(duty: Duty) -> Use:
    return Use("person", str(duty.person_id), duty.person.name, duty.starts_at, duty.ends_at, str(duty.slot_id), slot_name(duty.slot))


def _room_uses(slot: TimeSlot) -> list[Use]:
    found = slot.sittings.filter(live=True).select_related("room")
    return [Use("room", str(one.room_id), one.room.name, slot.starts_at, slot.ends_at, str(slot.pk), slot_name(slot)) for one in found]


def _duty_uses(slot: TimeSlot) -> list[Use]:
    found = slot.duties.filter(live=True).select_related("person")
    return [
        Use("person", str(one.person_id), one.person.name, slot.starts_at, slot.ends_at, str(slot.pk), slot_name(slot)) for one in found
    ]


def _candidate_uses(slot: TimeSlot) -> list[Use]:
    """Those who must sit here: whoever is admitted to the item and not already seated elsewhere by hand."""
    from_places = Place.objects.filter(slot=slot, state="held").values_list("application__person", "application__person__name")
    people: dict[Any, str] = dict(from_places)
    people.update(
        slot.event.applications.filter(item=slot.item)
        .exclude(state__in=["withdrawn", "not_accepted", "not_approved", "lapsed"])
        .values_list("person", "person__name")
    )
    name = slot_name(slot)
    return [Use("candidate", str(pk), who, slot.starts_at, slot.ends_at, str(slot.pk), name) for pk, who in people.items()]


def _form_of(item: EventItem, subject: str) -> str:
    known = {one.code: one for one in item.edition.rulebook.subjects}
    if subject not in known:
        refuse(
            "sittings.unknown_subject",
            _("The rules of this item know no subject “%(subject)s”."),
            subject=subject,
            remedy=_("Choose one of the subjects of the edition in force."),
        )
    return FORMS.get(known[subject].form or "written", "theory")


def _require_interval(event: Event, starts_at: datetime, ends_at: datetime) -> None:
    if event.state not in OPEN_EVENTS:
        refuse("sittings.event_state", _("The event is not at the stage of arranging."), remedy=_("Announce the event first."))
    first, last = spelling.local(starts_at).date(), spelling.local(ends_at).date()
    if starts_at >= ends_at:
        refuse("sittings.interval", _("The slot ends before it begins."))
    if not event.starts_on <= first <= last <= event.ends_on:
        refuse(
            "sittings.outside_event",
            _("The slot lies outside the days of the event (%(first)s to %(last)s)."),
            first=event.starts_on,
            last=event.ends_on,
            remedy=_("Choose a day of the event, or correct the notice."),
        )
    if starts_at <= clock.now():
        refuse("sittings.past", _("The slot would begin in the past."))
