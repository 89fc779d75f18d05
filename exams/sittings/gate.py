"""What blocks the publication of an arrangement: a registry that subjects above fill, and the checks of this subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from exams import spelling
from exams.agenda import OpenItem
from exams.programme import queries as programme
from exams.programme.models import Event
from exams.programme.queries import APPLICANT_TEXTS
from exams.programme.words import Text
from exams.recusal.models import ObjectionNotice
from exams.registry import Registry
from exams.sittings import accommodations, parameters, queries, rules
from exams.sittings.models import Duty, TimeSlot, Venue
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

PUBLISHING = Registry("publishing an arrangement")
# Here a rule speaks against a person or a room; everything else is merely not done yet.
REFUSING = frozenset(
    {"sittings.duty_objected", "sittings.acceptance_over", "sittings.room_too_full", "conduct.staff_objected", "conduct.room_not_accepted"}
)


def publishing(id: str, title: str, basis: str = "") -> Callable[[Callable[[Event], Iterable[Objection]]], Any]:
    """Register a check `(event) -> objections`; it is asked by the page and again at the moment of publishing."""
    return PUBLISHING.register(id, title=title, basis=basis)


def open_points(event: Event) -> list[Objection]:
    """Everything that blocks publication now."""
    return [objection for check in PUBLISHING for objection in check(event)]


def met(event: Event) -> list[str]:
    """The titles of the checks that have nothing to say."""
    return [check.title for check in PUBLISHING if not list(check(event))]


def survey(event: Event) -> tuple[list[Objection], list[str]]:
    """Open points and the titles of what is met, each check asked once."""
    found = {check.title: list(check(event)) for check in PUBLISHING}
    return [objection for objections in found.values() for objection in objections], [title for title, said in found.items() if not said]


def as_items(objections: Iterable[Objection]) -> list[OpenItem]:
    """For the page: what somebody has still to do, and what is refused because a rule objects."""
    return [
        OpenItem("refused" if objection.id in REFUSING else "todo", objection.text(), objection.remedy_text(), objection.basis_text())
        for objection in objections
    ]


def plans_of(event: Event) -> Iterator[rules.SlotPlan]:
    """The slots of an event as the pure rules need them, in a constant number of queries."""
    slots = TimeSlot.objects.filter(event=event).exclude(state="cancelled").select_related("item__qualification", "item__edition", "event")
    for slot in slots.prefetch_related("sittings__room__seats", "duties", "places", "draws"):
        yield _plan(slot)


def _plan(slot: TimeSlot) -> rules.SlotPlan:
    duties = [duty for duty in slot.duties.all() if duty.live]
    held = [place for place in slot.places.all() if place.state == "held"]
    drawn = any(draw.kind == "seats" and draw.state == "drawn" for draw in slot.draws.all())
    rooms = tuple(
        rules.RoomPlan(
            room=sitting.room.name,
            invigilators=sum(1 for duty in duties if duty.sitting_id == sitting.pk and duty.capacity == "invigilator"),
            accepted_until=sitting.room.accepted_until,
            seats=sum(1 for seat in sitting.room.seats.all() if not seat.spare),
            placed=sum(1 for place in held if place.sitting_id == sitting.pk),
        )
        for sitting in sorted(slot.sittings.all(), key=lambda one: one.room.name)
        if sitting.live
    )
    return rules.SlotPlan(
        name=str(slot),
        on=spelling.local(slot.starts_at).date(),
        chiefs=sum(1 for duty in duties if duty.capacity == "chief"),
        roving=sum(1 for duty in duties if duty.capacity == "roving_invigilator"),
        rooms=rooms,
        candidates=len(held) if drawn else queries.admitted(slot).count(),
        drawn=drawn,
        unseated=tuple(_unseated(slot)) if drawn else (),
    )


def _unseated(slot: TimeSlot) -> list[str]:
    """Admitted, but without a seat in any slot of this subject."""
    same = TimeSlot.objects.filter(event=slot.event_id, item=slot.item_id, subject=slot.subject)
    return list(queries.unseated(slot).exclude(places__slot__in=same, places__state="held").values_list("person__name", flat=True))


@APPLICANT_TEXTS.register("sittings.tickets")
def ticket_texts(event: Event) -> Iterator[Text]:
    """What is printed on tickets besides fixed words: the venue, its address and the way in."""
    venues = Venue.objects.filter(pk__in=TimeSlot.objects.filter(event=event).exclude(state="cancelled").values("venue"))
    for name, address, way_in in venues.order_by("name").values_list("name", "address", "way_in"):
        yield Text(_("The ticket"), " ".join((name, address, way_in)))


@publishing("sittings.ticket_words", _("The tickets make no training and no textbook a condition"))
def ticket_words(event: Event) -> Iterator[Objection]:
    """Statutory: no ticket names a compulsory course, a training fee or a prescribed textbook."""
    yield from programme.word_objections(event, ticket_texts(event))


@publishing("sittings.slots", _("Every item of the event has its slots"))
def slots_there(event: Event) -> Iterator[Objection]:
    """Each compulsory subject of each item has a time and a place."""
    there = {(slot.item_id, slot.subject) for slot in TimeSlot.objects.filter(event=event).exclude(state="cancelled")}
    for item in event.items.select_related("qualification", "edition"):
        for subject in item.edition.rulebook.compulsory():
            if (item.pk, subject.code) not in there:
                yield Objection(
                    "sittings.no_slot",
                    _("%(item)s, %(subject)s has no time slot."),
                    {"item": item.qualification.code, "subject": subject.name_zh or subject.code},
                    remedy=_("Schedule the slot."),
                )


@publishing("sittings.rooms", _("Every room is accepted for its day"), _("Requirement R-55"))
def rooms_accepted(event: Event) -> Iterator[Objection]:
    """No room without an acceptance in force."""
    for plan in plans_of(event):
        yield from rules.rooms_unusable(plan)


@publishing("sittings.seats", _("Every candidate has a drawn seat"), _("Requirement R-56"))
def seats_drawn(event: Event) -> Iterator[Objection]:
    """Seats are drawn for everybody admitted, and no room is fuller than allowed."""
    values = parameters.all_in_force(event.body_id, event.starts_on)
    cap = values["ROOM_CAP_PC" if event.method == "computer" else "ROOM_CAP_WRITTEN"].value
    for plan in plans_of(event):
        yield from rules.seats_open(plan)
        yield from rules.over_capacity(plan.rooms, cap)


@publishing("sittings.accommodations", _("What was granted to candidates is kept"), accommodations.GRANTED)
def accommodations_kept(event: Event) -> Iterable[Objection]:
    """Nobody sits where an arrangement in force does not let them."""
    return accommodations.broken(event)


@publishing("sittings.staff", _("Every room and slot has its staff"), _("Requirement R-57"))
def staff_enough(event: Event) -> Iterator[Objection]:
    """At least the minimum of invigilators, a chief, roving invigilators."""
    values = parameters.all_in_force(event.body_id, event.starts_on)
    least = rules.Least(values["MIN_INVIGILATORS_PER_ROOM"].value, values["ROOMS_PER_ROVING"].value)
    for plan in plans_of(event):
        yield from rules.staff_missing(plan, least)


@publishing("sittings.recusal", _("No duty stands under an objection"), _("Notice 2024 No. 34, I (3)"))
def duties_clear(event: Event) -> Iterator[Objection]:
    """Every duty rests on a ruling that allows it, and no notice about it is open."""
    duties = Duty.objects.filter(slot__event=event, live=True).select_related("person", "ruling", "slot", "sitting__room")
    notices = ObjectionNotice.objects.filter(state="open", person__in=duties.values("person"))
    objected = {(notice.person_id, notice.about_id) for notice in notices}
    for duty in duties:
        params = {"person": duty.person.name, "room": duty.sitting.room.name if duty.sitting else "—"}
        if {(duty.person_id, str(duty.sitting_id)), (duty.person_id, str(duty.slot_id))} & objected:
            yield Objection(
                "sittings.duty_objected",
                _("A new fact speaks against %(person)s (room %(room)s)."),
                params,
                _("Notice 2024 No. 34, I (3)"),
                _("Replace the person, or have the superior decide."),
            )
        elif duty.ruling is None:
            yield Objection(
                "sittings.duty_without_ruling",
                _("No ruling stands behind the duty of %(person)s (room %(room)s)."),
                params,
                remedy=_("Ask recusal again."),
            )


@publishing("sittings.changes", _("No change waits for a second person"))
def changes_decided(event: Event) -> Iterator[Objection]:
    """No change waits for its second person."""
    waiting = event.slots.filter(changes__state="asked").distinct().count()
    if waiting:
        yield Objection(
            "sittings.change_waits",
            _("%(n)s changes wait for a second person."),
            {"n": waiting},
            _("Requirement R-56"),
            _("Decide on them."),
        )
