"""Forms of venues, rooms, slots, duties and changes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.functional import keep_lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from exams import capacities, spelling
from exams.applications.models import Application
from exams.programme.models import Event, EventItem
from exams.sittings.models import Accommodation, Room, Seat, Sitting, TimeSlot, Venue
from exams.sittings.parameters import KNOWN
from exams.sittings.plan import Spot, rectangle, rows_of, standing_out

INPUT = {"class": "input"}
PLAN_PARTS = ("outline", "walls", "pillars", "door", "desk", "ceiling")


def _text(label: Any, *, required: bool = True, most: int = 240, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=most, widget=forms.TextInput(attrs=INPUT), **more)


def _number(label: Any, least: int, most: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, widget=forms.NumberInput(attrs=INPUT), **more)


def _choice(label: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, widget=forms.Select(attrs=INPUT), **more)


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"), **more)


def _hour(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"class": "input", "type": "time"}, format="%H:%M"))


def _long(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"class": "input", "rows": 4}), **more)


@keep_lazy(str)
def _coded(words: Any, codes: Iterable[str]) -> SafeString:
    """A sentence with words in it that are typed as they stand, whatever the language."""
    return format_html(words, codes=format_html_join(", ", "<code>{}</code>", ((code,) for code in codes)))


class VenueForm(forms.Form):
    """A place with an address."""

    name = _text(_("Name of the venue"), most=120)
    address = _text(_("Address"))
    way_in = _text(_("Way in"), required=False, help_text=_("Gate, building, floor: as a candidate reads it on a telephone."))


class RoomForm(forms.Form):
    """A plain room from its measures; the plan can be corrected afterwards, seat by seat."""

    name = _text(_("Room number or name"), most=60)
    use = _choice(_("Use"), choices=Room.USES)
    width = _number(_("Width in centimetres"), 200, 10_000)
    depth = _number(_("Depth in centimetres"), 200, 10_000)
    rows = _number(_("Rows of seats"), 0, 40)
    columns = _number(_("Seats in a row"), 0, 40)
    across = _number(_("From seat to seat across, centimetres"), 60, 500, initial=145)
    along = _number(_("From row to row, centimetres"), 60, 500, initial=135)

    def plan(self) -> tuple[dict[str, Any], list[Spot]]:
        """The plan these measures give."""
        v = self.cleaned_data
        plan, spots = rectangle(v["width"] * 10, v["depth"] * 10, v["rows"], v["columns"], across=v["across"] * 10, along=v["along"] * 10)
        return plan, spots


class PlanForm(forms.Form):
    """The plan itself: outline, walls, pillars, door and desk in millimetres, and one seat per line."""

    plan = _long(_("Plan in millimetres (JSON)"), help_text=_coded(_("Parts: {codes}. The front of the room is at y = 0."), PLAN_PARTS))
    seats = _long(_("Seats, one per line"), help_text=_coded(_("Number, x and y in millimetres, and {codes} where it is one."), ("spare",)))

    def clean_plan(self) -> dict[str, Any]:
        try:
            plan = json.loads(self.cleaned_data["plan"])
        except ValueError as fault:
            raise forms.ValidationError(_("This is not JSON: %(fault)s") % {"fault": fault}) from None
        if not isinstance(plan, dict) or not _is_plan(plan):
            raise forms.ValidationError(_("The plan does not have the expected parts."))
        return plan

    def clean_seats(self) -> list[Spot]:
        spots = []
        for number, line in enumerate(self.cleaned_data["seats"].splitlines(), 1):
            parts = line.replace("，", ",").replace(",", " ").split()
            if not parts:
                continue
            try:
                label, x, y = parts[0], int(parts[1]), int(parts[2])
            except (IndexError, ValueError):
                raise forms.ValidationError(_("Line %(n)s: number, x and y are expected.") % {"n": number}) from None
            spots.append(Spot(label[:8], x, y, len(parts) > 3))
        return spots


def _is_plan(plan: dict[str, Any]) -> bool:
    """Shapes and whole numbers, so that nothing unexpected reaches the drawing."""

    def point(value: Any) -> bool:
        return isinstance(value, list) and len(value) == 2 and all(isinstance(one, int) for one in value)

    def box(value: Any) -> bool:
        return isinstance(value, dict) and all(isinstance(value.get(key), int) for key in ("x", "y", "w", "d"))

    return (
        isinstance(plan.get("outline"), list)
        and all(point(one) for one in plan["outline"])
        and all(isinstance(wall, dict) and point(wall.get("from")) and point(wall.get("to")) for wall in plan.get("walls", []))
        and all(box(one) for one in plan.get("pillars", []))
        and all(point(one) for one in plan.get("door", []))
        and ("desk" not in plan or box(plan["desk"]))
    )


class AcceptForm(forms.Form):
    """A room inspected today."""

    valid_until = _day(_("Accepted until"))
    note = _text(_("Note"), required=False)


class ParameterForm(forms.Form):
    """A value with its source and the day it holds from."""

    code = _choice(_("Parameter"), choices=[(code, known.title) for code, known in KNOWN.items()])
    value = _number(_("Value"), 0, 500)
    source = _text(_("Source (document and clause)"))
    effective_from = _day(_("Holds from"))


class SlotForm(forms.Form):
    """A subject, a venue, a day and two hours."""

    what = _choice(_("Item and subject"))
    venue = forms.ModelChoiceField(label=_("Venue"), queryset=Venue.objects.none(), widget=forms.Select(attrs=INPUT))
    day = _day(_("Day"))
    start = _hour(_("Start"))
    end = _hour(_("End"))

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        self.items = {str(item.pk): item for item in event.items.select_related("qualification", "edition")}
        self.fields["what"].choices = [
            (f"{pk}:{subject.code}", f"{item.qualification.code} {spelling.named(item.qualification)} · {spelling.named(subject)}")
            for pk, item in self.items.items()
            for subject in item.edition.rulebook.subjects
        ]
        self.fields["venue"].queryset = Venue.objects.filter(body=event.body_id, is_open=True)
        self.fields["day"].initial = event.starts_on

    @property
    def item(self) -> EventItem:
        return self.items[self.cleaned_data["what"].split(":")[0]]

    @property
    def subject(self) -> str:
        return self.cleaned_data["what"].split(":", 1)[1]

    def interval(self) -> tuple[datetime, datetime]:
        day = self.cleaned_data["day"]
        return moment(day, self.cleaned_data["start"]), moment(day, self.cleaned_data["end"])


class TimeForm(forms.Form):
    """Another interval for a slot."""

    day = _day(_("Day"))
    start = _hour(_("Start"))
    end = _hour(_("End"))
    reason = _text(_("Reason"))

    def interval(self) -> tuple[datetime, datetime]:
        day = self.cleaned_data["day"]
        return moment(day, self.cleaned_data["start"]), moment(day, self.cleaned_data["end"])


def moment(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


class SittingForm(forms.Form):
    """A room for a slot."""

    room = forms.ModelChoiceField(label=_("Room"), queryset=Room.objects.none(), widget=forms.Select(attrs=INPUT))

    def __init__(self, *args: Any, slot: TimeSlot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = slot.sittings.filter(live=True).values("room")
        self.fields["room"].queryset = Room.objects.filter(venue=slot.venue_id, use="exam").exclude(pk__in=used)


class DutyForm(forms.Form):
    """Somebody for a duty, chosen from those appointed and free; the group in the list is the capacity."""

    person = _choice(_("Person"), help_text=_("Only people appointed for this item on that day and free at that time are listed."))
    sitting = forms.ModelChoiceField(
        label=_("Room"), queryset=Sitting.objects.none(), required=False, empty_label=_("whole slot"), widget=forms.Select(attrs=INPUT)
    )

    def __init__(self, *args: Any, slot: TimeSlot, pool: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sitting"].queryset = slot.sittings.filter(live=True).select_related("room")
        self.fields["sitting"].label_from_instance = lambda sitting: sitting.room.name
        groups = [(str(_(capacities.title(capacity))), people) for capacity, people in pool.items() if people]
        self.fields["person"].choices = [("", "—"), *groups]

    def chosen(self) -> tuple[str, str]:
        """Capacity and person."""
        capacity, person = self.cleaned_data["person"].split(":")
        return capacity, person


class WeighForm(forms.Form):
    """What a page of the calendar asks to be weighed: a duty to be moved, or a person (or what was typed of a name) for a place."""

    duty = forms.UUIDField(required=False)
    person = forms.UUIDField(required=False)
    who = forms.CharField(required=False, max_length=120)
    slot = forms.UUIDField(required=False)
    sitting = forms.UUIDField(required=False)
    capacity = forms.CharField(required=False, max_length=32)
    post = forms.IntegerField(required=False, min_value=0, max_value=999)
    reason = forms.CharField(required=False, max_length=240)
    day = forms.DateField(required=False)
    venue = forms.UUIDField(required=False)


class CandidateForm(forms.Form):
    """One candidate of an event, by number and name."""

    application = forms.CharField(label=_("Candidate"), widget=forms.TextInput(attrs={**INPUT, "list": "candidates"}))

    def __init__(self, *args: Any, applications: Iterable[Application] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = [f"{one.number} {one.person.name} · {spelling.named(one.item.qualification)}" for one in applications]


class AccommodationForm(forms.Form):
    """An arrangement for one candidate: what is to be done, where the candidate may sit, and on what it rests."""

    measure = _long(_("What is to be done"), help_text=_("As staff will read it: what they do, not why."))
    where = forms.ChoiceField(label=_("Where the candidate sits"), choices=Accommodation.WHERE, initial="any", widget=forms.RadioSelect)
    seats = forms.MultipleChoiceField(label=_("Seats that will do"), required=False)
    room = forms.ModelChoiceField(
        label=_("Room, if alone"), queryset=Room.objects.none(), required=False, empty_label="—", widget=forms.Select(attrs=INPUT)
    )
    minutes = _number(_("More minutes"), 0, 600, initial=0, help_text=_("Written into the room record; the bell is the room’s own."))
    basis = _text(_("Basis (rule, decision)"))
    reason = _long(_("Reason"), help_text=_("Kept encrypted. Only the head of the body reads it, for a stated purpose."))

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slots = TimeSlot.objects.filter(event=application.event_id, item=application.item_id).exclude(state="cancelled")
        used = Sitting.objects.filter(slot__in=slots, live=True).values("room")
        self.fields["room"].queryset = Room.objects.filter(pk__in=used).select_related("venue")
        self._seats = list(Seat.objects.filter(room__in=used, spare=False).select_related("room__venue"))
        self.fields["seats"].choices = [(str(seat.pk), seat.label) for seat in self._seats]

    def rooms(self) -> list[tuple[Room, list[tuple[Seat, list[Any], bool]]]]:
        """Every room with its seats in walking order: what is said of each of them, and whether it is chosen."""
        chosen = set(self.data.getlist("seats")) if self.is_bound else set()
        rooms: dict[Room, list[Seat]] = {}
        for seat in self._seats:
            rooms.setdefault(seat.room, []).append(seat)
        return [
            (room, [(seat, hints[seat.label], str(seat.pk) in chosen) for row in rows_of(seats) for seat in row])
            for room, seats in sorted(rooms.items(), key=lambda pair: (pair[0].venue.name, pair[0].name))
            for hints in [_hints(room, seats)]
        ]

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        chosen = set(self.cleaned_data["seats"])
        return {**self.cleaned_data, "seats": [seat for seat in self._seats if str(seat.pk) in chosen]}


def _hints(room: Room, seats: list[Seat]) -> dict[str, list[Any]]:
    """By seat: in the front row, or among those nearest to the door."""
    words = {"front": _("front row"), "door": _("near the door")}
    near = {name: set(standing_out(room.plan, seats)[name]) for name in words}
    return {seat.label: [word for name, word in words.items() if seat.label in near[name]] for seat in seats}


class RosterForm(forms.Form):
    """How many are wanted in each room and slot."""

    invigilators = _number(_("Invigilators per room"), 0, 9, initial=2)
    assessors = _number(_("Assessors per room (practical and oral tests)"), 0, 9, initial=0)
    chief = forms.BooleanField(label=_("A chief for each slot"), required=False, initial=True)
    roving = forms.BooleanField(label=_("Roving invigilators for each slot"), required=False, initial=True)


class ExpectedForm(forms.Form):
    """How many candidates are expected for each item, where more are than have applied."""

    def __init__(self, *args: Any, items: Iterable[EventItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in items:
            label = _("Expected candidates: %(item)s") % {"item": spelling.named(item.qualification)}
            self.fields[f"item-{item.pk}"] = _number(label, 0, 100_000, required=False)

    def numbers(self) -> dict[UUID, int]:
        return {UUID(name.removeprefix("item-")): number for name, number in self.cleaned_data.items() if number}


class ReasonForm(forms.Form):
    """A reason, in a sentence."""

    reason = _text(_("Reason"))


class AnswerForm(forms.Form):
    """The second person's decision."""

    answer = _text(_("Remark"), required=False)


class MoveForm(forms.Form):
    """Another seat for a candidate, in any room of the slot; what would be different is shown before anything is asked."""

    moved = _choice(_("Candidate"))
    target = _choice(_("New seat"))

    def __init__(self, *args: Any, seats: list[tuple[str, Any]], places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["moved"].choices = places
        self.fields["target"].choices = seats
