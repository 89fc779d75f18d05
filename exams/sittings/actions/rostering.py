"""The duty roster by lot: everybody eligible goes into one draw for all rooms and slots of an event."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from exams.access import Actor
from exams.errors import refuse
from exams.journal.actions import action, record
from exams.people.models import Person
from exams.programme.models import Event
from exams.recusal.actions import reask
from exams.recusal.deciding import weigh
from exams.recusal.keeping import keep
from exams.sittings.actions.draws import CARRIED_OUT, abandon, in_force_or_open, open_draw
from exams.sittings.actions.duties import announce_duty, appointment_for, is_busy, new_duty, take_off
from exams.sittings.clearance import stands_of_duties
from exams.sittings.models import Draw, Duty, Sitting, TimeSlot
from exams.sittings.pool import Field, Wanted, limits, pool, posts
from exams.verdicts import gettext_noop as _

LATE_GROUND = "roster.ground_since"  # something came up between fixing and drawing
LATE_BUSY = "roster.busy_since"


@action("sittings.draw_roster", on="event")
def draw_roster(*, by: Actor, event: Event, wanted: Wanted) -> Draw:
    """Open the draw of the roster: the vacant posts, the pool, the limits and whom recusal keeps out are fixed now, drawn later."""
    if in_force_or_open("roster", event):
        refuse(
            "sittings.roster_drawn",
            _("The duty roster of this event is drawn, or waits to be."),
            basis=_("Requirement R-21"),
            remedy=_("Fill single duties by hand, or ask for a second draw with a reason; another person decides."),
        )
    draw = open_roster(by=by, event=event, wanted=wanted)
    record("sittings.draw_roster", draw, by=by, about=[event], state=draw.state)
    return draw


def draw_roster_again(*, by: Actor, draw: Draw, reason: str, asked_by: str) -> Draw:
    """A new draw inside the decision of a second person. Who was drawn before is taken off, as far as the slot is not published."""
    if draw.state == "open":
        abandon(by=by, draw=draw, reason=reason, asked_by=asked_by)
    for duty in Duty.objects.filter(draw=draw, live=True, slot__state="planned").select_related("slot__venue", "sitting__room", "person"):
        take_off(by=by, duty=duty, verb="replace", reason=reason)
    return open_roster(by=by, event=draw.event, wanted=Wanted(**draw.pool["wanted"]), reason=reason)


def open_roster(*, by: Actor, event: Event, wanted: Wanted, reason: str = "") -> Draw:
    """Fix inside an action what goes into the draw."""
    list(TimeSlot.objects.select_for_update().filter(event=event).order_by("pk"))
    field = Field.of(event)
    vacant = posts(field, wanted)
    if not vacant:
        refuse("sittings.no_vacancy", _("No duty of this event is vacant."), remedy=_("Schedule slots and rooms first."))
    given = {
        "wanted": vars(wanted),
        "posts": [post.as_json() for post in vacant],
        "pool": pool(field, vacant).as_json(),
        "limits": limits(field).as_json(),
    }
    return open_draw(by=by, kind="roster", about=event, pool=given, reason=reason)


def _put_on_duty(by: Actor, draw: Draw) -> None:
    """Everybody drawn goes on duty; whom a ground met since the draw was fixed, or who is busy since, stays off, and that is recorded."""
    late: list[list[str]] = []
    rows = list(_rows(draw, late))
    Duty.objects.bulk_create(rows)
    answers = weigh(list(stands_of_duties(rows)))
    for duty, answer in zip(rows, answers, strict=True):
        if answer.allowed:
            announce_duty(by=by, duty=duty, ruling=keep(answer.ruling(by), by=by, about=duty.sitting or duty.slot))
        else:
            late.append([str(duty.slot_id), str(duty.sitting_id or ""), str(duty.person_id), LATE_GROUND])
            duty.delete()
    record("sittings.put_drawn_on_duty", draw, by=by, about=[draw.event], duties=len(draw.result["assigned"]) - len(late), late=late)
    transaction.on_commit(partial(reask, *{duty.person_id for duty in rows}))


def _rows(draw: Draw, late: list[list[str]]) -> Iterator[Duty]:
    """The duties as drawn, not yet stored, of all who are free; slots and persons are held until the transaction ends."""
    assigned = draw.result["assigned"]
    chosen = TimeSlot.objects.select_for_update(of=("self",)).select_related("event__body", "item__qualification", "item__edition", "venue")
    slots = {str(slot.pk): slot for slot in chosen.filter(event=draw.event_id).order_by("pk")}
    people = {str(one.pk): one for one in Person.objects.select_for_update().filter(pk__in={row[1] for row in assigned}).order_by("pk")}
    sittings = {(str(one.slot_id), str(one.room_id)): one for one in _sittings(draw)}
    posts = {post["id"]: post for post in draw.pool["posts"]}
    for post_id, person in assigned:
        post = posts[post_id]
        slot, sitting = slots[post["slot"]], sittings.get((post["slot"], post["room"]))
        appointment = appointment_for(slot, people[person], post["capacity"])
        usable = slot.state == "planned" and (sitting is not None or not post["room"]) and appointment is not None
        if usable and not is_busy(people[person], slot):
            yield new_duty(slot=slot, sitting=sitting, person=people[person], appointment=appointment, capacity=post["capacity"], draw=draw)
        else:
            late.append([post["slot"], str(sitting.pk) if sitting else "", person, LATE_BUSY])


def _sittings(draw: Draw) -> QuerySet[Sitting]:
    return Sitting.objects.filter(slot__event=draw.event_id, live=True).select_related("room")


CARRIED_OUT["roster"] = _put_on_duty
