"""What speaks against putting a person on a duty, or moving one there: asked before anything happens, and again by the action itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q

from exams import capacities, spelling
from exams.appointments.models import Appointment
from exams.people.models import Person
from exams.recusal.screening import Answer, screen
from exams.recusal.standing import Stand
from exams.sittings import parameters
from exams.sittings.clearance import Rooms
from exams.sittings.models import Duty, Sitting, TimeSlot
from exams.sittings.timetable import Clash, Use, clashes_with
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

OF_THE_SLOT = frozenset({"chief", "roving_invigilator"})
OF_A_ROOM = frozenset({"invigilator", "assessor"})
SERVING = OF_THE_SLOT | OF_A_ROOM | {"video_monitor", "identity_officer", "technician"}
MOVABLE = ("proposed", "accepted", "released")  # whoever has signed in stays where he is


@dataclass(frozen=True)
class Wish:
    """Somebody wished for a duty. `leaving` is the duty he is moved from; `post` the number of the post wished for, 0 where any will do."""

    person: Person
    capacity: str
    slot: TimeSlot
    sitting: Sitting | None = None
    leaving: Duty | None = None
    post: int = 0

    @property
    def about(self) -> Sitting | TimeSlot:
        return self.sitting or self.slot

    @property
    def needs_reason(self) -> bool:
        """What was published is changed for a reason only."""
        return self.leaving is not None and (self.slot.state != "planned" or self.leaving.slot.state != "planned")


@dataclass(frozen=True)
class Weighed:
    """A wish with everything that speaks against it. What a superior set aside is left out; what is only to be disclosed stays."""

    wish: Wish
    objections: list[Objection]

    @property
    def allowed(self) -> bool:
        return all(one.severity == "disclose" for one in self.objections)


def weigh(wishes: Sequence[Wish]) -> list[Weighed]:
    """Everything that speaks against each wish, recusal included; the number of queries does not depend on how many there are."""
    plain = Plain(wishes)
    found = [list(plain.against(wish)) for wish in wishes]
    rooms = Rooms({wish.slot.pk: wish.slot for wish in wishes}.values())
    askable = [number for number, wish in enumerate(wishes) if not list(_unfitting(wish))]
    stands = [_stand(wishes[number], rooms) for number in askable]
    for number, (_wish, answer) in zip(askable, screen(stands), strict=True):
        found[number] += _standing(answer)
    return [Weighed(wish, objections) for wish, objections in zip(wishes, found, strict=True)]


class Plain:
    """What speaks against wishes apart from recusal: post, appointment, time, load. Read once for all of them."""

    def __init__(self, wishes: Sequence[Wish]) -> None:
        self._wishes = wishes
        self._values: dict[tuple[Any, date], dict[str, parameters.Value]] = {}

    def against(self, wish: Wish) -> Iterator[Objection]:
        unfitting = list(_unfitting(wish))
        if unfitting:
            yield from unfitting
            return
        yield from self._post(wish)
        if self.appointment(wish) is None:
            yield _not_appointed(wish)
        yield from self._busy(wish)
        yield from self._load(wish)

    def appointment(self, wish: Wish) -> Appointment | None:
        """The appointment in force on the day that covers the slot's item."""
        day, family = _day(wish.slot), wish.slot.item.qualification.family
        for row in self._appointments.get((wish.person.pk, wish.capacity), ()):
            in_time = row.since <= day and (row.until is None or day <= row.until)
            if in_time and row.organisation_id == wish.slot.event.body_id and (not row.families or family in row.families):
                return row
        return None

    @cached_property
    def _appointments(self) -> dict[tuple[Any, str], list[Appointment]]:
        people, kinds = {wish.person.pk for wish in self._wishes}, {wish.capacity for wish in self._wishes}
        found: dict[tuple[Any, str], list[Appointment]] = {}
        for row in Appointment.objects.filter(person__in=people, capacity__in=kinds, state="in_force"):
            found.setdefault((row.person_id, row.capacity), []).append(row)
        return found

    @cached_property
    def _duties(self) -> dict[Any, list[Duty]]:
        """What these people do already: in the events concerned, and anywhere in the time between the first and the last slot."""
        slots = [wish.slot for wish in self._wishes]
        around = Q(starts_at__lt=max(slot.ends_at for slot in slots), ends_at__gt=min(slot.starts_at for slot in slots))
        there = Q(slot__event__in={slot.event_id for slot in slots})
        rows = Duty.objects.filter(around | there, person__in={wish.person.pk for wish in self._wishes}, live=True)
        found: dict[Any, list[Duty]] = {}
        for row in rows.select_related("slot__item__qualification", "slot__item__edition").order_by("starts_at", "pk"):
            found.setdefault(row.person_id, []).append(row)
        return found

    @cached_property
    def _held(self) -> Counter[tuple[Any, Any, str]]:
        """How many hold a post of each kind at each place."""
        rows = Duty.objects.filter(slot__in={wish.slot.pk for wish in self._wishes if wish.post}, live=True)
        return Counter(rows.values_list("slot_id", "sitting_id", "capacity"))

    def _others(self, wish: Wish) -> list[Duty]:
        leaving = wish.leaving.pk if wish.leaving else None
        return [duty for duty in self._duties.get(wish.person.pk, ()) if duty.pk != leaving]

    def _post(self, wish: Wish) -> Iterator[Objection]:
        held = self._held[wish.slot.pk, wish.sitting.pk if wish.sitting else None, wish.capacity] if wish.post else 0
        if wish.post and held >= wish.post:
            yield Objection(
                "sittings.post_taken",
                _("Somebody else holds this post now."),
                remedy=_("Look at the calendar again; choose another post."),
            )

    def _busy(self, wish: Wish) -> Iterator[Objection]:
        person, slot = wish.person, wish.slot
        uses = [_use(person, duty.slot, duty.starts_at, duty.ends_at) for duty in self._others(wish)]
        wanted = Use("person", str(person.pk), person.name, slot.starts_at, slot.ends_at, "new", slot_name(slot))
        found = clashes_with([wanted], uses)
        yield from clash_objections(Clash(one.second, one.first) if one.first is wanted else one for one in found)

    def _load(self, wish: Wish) -> Iterator[Objection]:
        """The body may limit how much one person does in a day and in an event (R-58)."""
        day = _day(wish.slot)
        held = [duty for duty in self._others(wish) if duty.slot.event_id == wish.slot.event_id]
        counts = {"DUTIES_PER_DAY": sum(1 for duty in held if _day(duty) == day), "DUTIES_PER_EVENT": len(held)}
        for code, count in counts.items():
            most = self._value(wish.slot, code)
            if most and count >= most:
                yield Objection(
                    "sittings.load",
                    _("%(person)s serves %(n)s times already; the limit of the body is reached."),
                    {"person": wish.person.name, "n": count},
                    _("Requirement R-58: load of examiners"),
                    _("Choose another person."),
                )

    def _value(self, slot: TimeSlot, code: str) -> int:
        key = (slot.event.body_id, _day(slot))
        if key not in self._values:
            self._values[key] = parameters.all_in_force(*key)
        return self._values[key][code].value


def _unfitting(wish: Wish) -> Iterator[Objection]:
    """What makes the question itself senseless."""
    slot, sitting = wish.slot, wish.sitting
    if wish.capacity not in SERVING:
        title = capacities.title(wish.capacity)
        yield Objection("sittings.no_duty", _("%(capacity)s is no duty in a sitting."), {"capacity": title})
        return
    if slot.state in ("closed", "cancelled"):
        yield Objection("sittings.slot_over", _("The slot is over or cancelled."))
    if sitting and (sitting.slot_id != slot.pk or not sitting.live):
        yield Objection("sittings.sitting_elsewhere", _("The room does not belong to this slot."))
    if wish.capacity in OF_A_ROOM and sitting is None:
        yield Objection("sittings.needs_room", _("This duty needs a room."), remedy=_("Choose the room."))
    if wish.capacity in OF_THE_SLOT and sitting is not None:
        yield Objection(
            "sittings.needs_slot", _("This duty belongs to the whole slot, not to one room."), remedy=_("Leave the room empty.")
        )
    if wish.leaving is not None:
        yield from _unmovable(wish, wish.leaving)


def _unmovable(wish: Wish, duty: Duty) -> Iterator[Objection]:
    if not duty.live or duty.state not in MOVABLE or duty.slot.state in ("closed", "cancelled"):
        yield Objection(
            "sittings.duty_fixed",
            _("This duty can no longer be moved: the person has signed in, or the duty has ended."),
            remedy=_("Withdraw the person with a reason, and put somebody on duty."),
        )
        return
    if duty.slot.event_id != wish.slot.event_id:
        yield Objection("sittings.other_event", _("A duty is moved within its event only."), remedy=_("Put the person on duty there."))
    if (duty.slot_id, duty.sitting_id) == (wish.slot.pk, wish.sitting.pk if wish.sitting else None):
        yield Objection("sittings.same_post", _("The person is on duty here already."), remedy=_("Choose another place."))


def _stand(wish: Wish, rooms: Rooms) -> Stand:
    person = str(wish.person.pk)
    return Stand(person, wish.capacity, rooms.matter(wish.slot, wish.sitting, person), wish.about)


def _standing(answer: Answer) -> list[Objection]:
    return [one for number, one in enumerate(answer.objections) if number not in answer.waived]


def _not_appointed(wish: Wish) -> Objection:
    return Objection(
        "sittings.not_appointed",
        _("%(person)s is not appointed as %(capacity)s for %(family)s on %(day)s."),
        {
            "person": wish.person.name,
            "capacity": capacities.title(wish.capacity),
            "family": wish.slot.item.qualification.family,
            "day": _day(wish.slot),
        },
        remedy=_("Appoint the person first, or choose another."),
    )


def clash_objections(found: Iterable[Clash]) -> list[Objection]:
    """Every clash as a reason against."""
    messages = {
        "room": _("Room %(name)s is taken from %(starts)s to %(ends)s by %(other)s."),
        "person": _("%(name)s is on duty from %(starts)s to %(ends)s: %(other)s."),
        "candidate": _("%(name)s sits another subject from %(starts)s to %(ends)s: %(other)s."),
    }
    return [
        Objection(
            f"timetable.{clash.first.kind}_taken",
            messages[clash.first.kind],
            {
                "name": clash.first.name,
                "other": clash.first.by_name,
                "starts": f"{spelling.local(clash.starts):%Y-%m-%d %H:%M}",
                "ends": f"{spelling.local(clash.ends):%H:%M}",
            },
            remedy=_("Choose another time, or another room or person."),
        )
        for clash in found
    ]


def slot_name(slot: TimeSlot) -> str:
    """Subject and interval, as objections name a slot."""
    starts, ends = spelling.local(slot.starts_at), spelling.local(slot.ends_at)
    return f"{slot.official_name} {starts:%Y-%m-%d %H:%M}–{ends:%H:%M}"


def _use(person: Person, slot: TimeSlot, starts_at: Any, ends_at: Any) -> Use:
    return Use("person", str(person.pk), person.name, starts_at, ends_at, str(slot.pk), slot_name(slot))


def _day(row: TimeSlot | Duty) -> date:
    return spelling.local(row.starts_at).date()
