"""The calendar of duties: seen, weighed before anything is put down, put down; the same with a mouse, with keys and by plain forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from exams import capacities
from exams.access import may, needs, require
from exams.errors import Refused, Stale
from exams.people.models import Person
from exams.programme.models import Event
from exams.recusal.rules import RULES
from exams.sittings import actions, board, queries
from exams.sittings.forms import WeighForm
from exams.sittings.models import Duty, Sitting, TimeSlot
from exams.sittings.views import against
from exams.sittings.weighing import MOVABLE, OF_A_ROOM, OF_THE_SLOT, SERVING, Weighed, Wish, weigh
from exams.verdicts import Objection, gettext_noop


@require_safe
@needs("sittings.see")
def calendar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The duties of an event, room by room and slot by slot."""
    event = _event(request, pk)
    asked = _asked(request.GET)
    found = board.draw_up(event, day=asked["day"], venue=asked["venue"])
    may_arrange = bool(may(request.actor, "sittings.move_duty", event))
    context = {
        "event": event,
        "board": found,
        "asked": asked,
        "narrowed": _narrowed(asked),
        "may_arrange": may_arrange,
        "serving": [(capacity, _(capacities.title(capacity))) for capacity in board.CAPACITIES],
        "names": sorted({(entry.label, entry.person.name_key) for entry in found.people}, key=lambda pair: pair[1]),
        "put": request.GET.get("put", ""),
    }
    return render(request, "exams/sittings/board.html", context)


@require_safe
@never_cache
@needs("sittings.assign_duty")
def weigh_duty(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What speaks against it, before it is done; nothing is changed. Without a place: every place; without a name: everybody."""
    event = _event(request, pk)
    require(request.actor, "sittings.assign_duty", event)
    asked = _asked(request.GET)
    return _shown(request, event, asked, _weighed(event, asked))


@require_POST
@needs("sittings.assign_duty")
def put_duty(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put somebody on duty, or move him; a refusal is shown with its reasons where it was asked for."""
    event = _event(request, pk)
    asked = _asked(request.POST)
    wishes = _wishes(event, asked)
    if len(wishes) != 1 or not asked["slot"]:
        raise Http404
    (wish,) = wishes
    given = {"by": request.actor, "slot": wish.slot, "sitting": wish.sitting, "post": asked["post"] or 0}
    try:
        if wish.leaving is not None:
            duty = actions.move_duty(duty=wish.leaving, reason=asked["reason"], **given)
        else:
            duty = actions.assign_duty(person=wish.person, capacity=wish.capacity, **given)
    except Refused as refused:
        return _shown(request, event, asked, [Weighed(wish, refused.objections)], status=409, kept=refused.keep)
    except Stale:
        return _shown(request, event, asked, [Weighed(wish, [_meanwhile()])], status=409)
    messages.success(request, _("%(person)s is on duty: %(place)s.") % {"person": wish.person.name, "place": _place(wish)})
    back = urlencode({**_narrowed(asked), "put": duty.pk})
    return redirect(f"{reverse('sittings:board', args=[event.pk])}?{back}#at-{(wish.sitting or wish.slot).pk}")


# ---- what was asked -----------------------------------------------------------------------------------------------------


def _event(request: HttpRequest, pk: UUID) -> Event:
    return get_object_or_404(queries.events_visible_to(request.actor).select_related("body"), pk=pk)


def _asked(data: Any) -> dict[str, Any]:
    """What the address says, each part by itself: rubbish counts as not said."""
    form = WeighForm(data)
    form.is_valid()
    return {name: form.cleaned_data.get(name) for name in form.fields}


def _narrowed(asked: dict[str, Any]) -> dict[str, Any]:
    """The part of the calendar that is looked at, to come back to."""
    return {name: asked[name] for name in ("day", "venue") if asked[name]}


def _wishes(event: Event, asked: dict[str, Any]) -> list[Wish]:
    """What is to be weighed: one wish; or, where place or person is left open, one for each of them."""
    slots = {slot.pk: slot for slot in board.slots_of(event)}
    place = _place_asked(slots, asked) if asked["slot"] else None
    if asked["duty"]:
        duties = Duty.objects.filter(live=True, slot__event=event).select_related("person", "sitting__room")
        duty = get_object_or_404(duties, pk=asked["duty"])
        duty.slot = slots[duty.slot_id]
        places = [place] if place else _places(slots, duty)
        return [Wish(duty.person, duty.capacity, slot, sitting, duty) for slot, sitting in places]
    if place is None or asked["capacity"] not in SERVING:
        raise Http404
    if asked["person"]:
        return [Wish(get_object_or_404(Person, pk=asked["person"]), asked["capacity"], *place)]
    return _of_name(event, slots, asked, place)


def _place_asked(slots: dict[UUID, TimeSlot], asked: dict[str, Any]) -> tuple[TimeSlot, Sitting | None]:
    if asked["slot"] not in slots:
        raise Http404
    slot = slots[asked["slot"]]
    if not asked["sitting"]:
        return slot, None
    sitting = get_object_or_404(Sitting.objects.select_related("room"), pk=asked["sitting"], slot__event=slot.event_id)
    return slot, sitting


def _places(slots: dict[UUID, TimeSlot], duty: Duty) -> list[tuple[TimeSlot, Sitting | None]]:
    """Every other place of the event that such a duty could be at."""
    there: list[tuple[TimeSlot, Sitting | None]] = []
    if duty.capacity not in OF_A_ROOM:
        there += [(slot, None) for slot in slots.values()]
    if duty.capacity not in OF_THE_SLOT:
        sittings = Sitting.objects.filter(slot__in=slots, live=True).select_related("room").order_by("starts_at", "room__name", "pk")
        there += [(slots[sitting.slot_id], sitting) for sitting in sittings]
    here = (duty.slot_id, duty.sitting_id)
    return [
        (slot, sitting)
        for slot, sitting in there
        if slot.state in ("planned", "published") and (slot.pk, sitting.pk if sitting else None) != here
    ]


def _of_name(event: Event, slots: dict[UUID, TimeSlot], asked: dict[str, Any], place: tuple[TimeSlot, Sitting | None]) -> list[Wish]:
    """Everybody of that capacity whose name fits; one person alone also with the duties he could be moved from."""
    duties = list(Duty.objects.filter(live=True, slot__event=event).select_related("sitting__room"))
    words = asked["who"].strip().lower()
    pool = [entry for entry in board.people_of(event, duties) if entry.capacity == asked["capacity"]]
    exact = [entry for entry in pool if entry.label.lower() == words]
    found = exact or [entry for entry in pool if words in entry.label.lower() or words in entry.person.name_key.lower()]
    wishes = [Wish(entry.person, entry.capacity, *place) for entry in found]
    if len(found) != 1:
        return wishes
    (entry,) = found
    for duty in duties:
        fits = duty.person_id == entry.person.pk and duty.capacity == entry.capacity and duty.state in MOVABLE
        if fits and (duty.slot_id, duty.sitting_id) != (place[0].pk, place[1].pk if place[1] else None):
            duty.slot = slots[duty.slot_id]
            wishes.append(Wish(entry.person, entry.capacity, *place, leaving=duty))
    return wishes


# ---- what is shown ------------------------------------------------------------------------------------------------------


def _weighed(event: Event, asked: dict[str, Any]) -> list[Weighed]:
    """The wishes weighed, each for the next post of its kind at its place, so that nobody else's is taken by mistake."""
    wishes = _wishes(event, asked)
    rows = Duty.objects.filter(slot__in={wish.slot.pk for wish in wishes}, live=True)
    held = Counter(rows.values_list("slot_id", "sitting_id", "capacity"))
    following = {wish: held[wish.slot.pk, wish.sitting.pk if wish.sitting else None, wish.capacity] + 1 for wish in wishes}
    return weigh([replace(wish, post=number) for wish, number in following.items()])


def _shown(
    request: HttpRequest, event: Event, asked: dict[str, Any], found: Sequence[Weighed], status: int = 200, kept: Sequence[Any] = ()
) -> HttpResponse:
    load = Counter(Duty.objects.filter(slot__event=event, live=True).values_list("person_id", flat=True))
    rows = [_row(one, load) for one in found]
    part = request.headers.get(against.PART) and asked["slot"] and len(rows) == 1
    context = {
        "event": event,
        "rows": rows if asked["duty"] and not asked["slot"] else sorted(rows, key=lambda row: not row["allowed"]),
        "first": rows[0] if rows else None,
        "refused": status == 409,
        "ruling": next(iter(kept), None),
        "asked": asked,
        "moving": bool(asked["duty"]) and not asked["slot"],
        "narrowed": _narrowed(asked),
        "back": urlencode(_narrowed(asked)),
    }
    return render(request, "exams/sittings/_weighed.html" if part else "exams/sittings/weigh.html", context, status=status)


def _row(one: Weighed, load: Counter[Any]) -> dict[str, Any]:
    wish = one.wish
    return {
        "wish": wish,
        "allowed": one.allowed,
        "objections": against.shown(one.objections),
        "of_recusal": any(objection.id in RULES for objection in one.objections),
        "place": _place(wish),
        "from": _place(Wish(wish.person, wish.capacity, wish.leaving.slot, wish.leaving.sitting)) if wish.leaving else "",
        "load": load[wish.person.pk],
    }


def _place(wish: Wish) -> str:
    room = wish.sitting.room.name if wish.sitting else _("whole slot")
    return f"{wish.slot.venue.name} · {room} · {against.slot_words(wish.slot)}"


def _meanwhile() -> Objection:
    return Objection(
        "sittings.duty_moved_meanwhile",
        gettext_noop("This duty has just been changed by somebody else."),
        remedy=gettext_noop("Look at the calendar again; choose another post."),
    )
