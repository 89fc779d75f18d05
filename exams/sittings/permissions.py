"""Who may arrange, and who may see what was arranged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.sittings.queries import AUTHORITY, ON_DUTY, WHOLE_BODY

CLERKS = ("exam_clerk", "head_of_body")
READERS = tuple(sorted(WHOLE_BODY | AUTHORITY | ON_DUTY))


def body_of(obj: Any) -> UUID:
    """The body that a venue, room, slot, sitting, place, duty or change belongs to."""
    for name in ("body_id", "venue", "event", "slot", "room"):
        if hasattr(obj, name):
            found = getattr(obj, name)
            return found if isinstance(found, UUID) else body_of(found)
    return obj.pk


def own_body(actor: Actor, obj: Any) -> bool:
    return actor.capacity == "system" or body_of(obj) == actor.organisation_id


def own_duty(actor: Actor, duty: Any) -> bool:
    return duty.person_id == actor.person_id


def own_place(actor: Actor, place: Any) -> bool:
    return place.application.person_id == actor.person_id


permission("sittings.see", _("See sittings"), *READERS)
permission("sittings.arrange", _("Arrange sittings"), *CLERKS)
for name, title in {
    "open_venue": _("Opened a venue"),
    "edit_venue": _("Edited a venue"),
    "add_room": _("Added a room"),
    "change_plan": _("Changed a room plan"),
    "accept_room": _("Accepted a room"),
    "set_parameter": _("Set a parameter"),
    "schedule_slot": _("Scheduled a time slot"),
    "reschedule_slot": _("Changed the time of a slot"),
    "cancel_slot": _("Cancelled a time slot"),
    "add_sitting": _("Added a room to a slot"),
    "cancel_sitting": _("Cancelled a sitting"),
    "draw_seats": _("Drew the seats"),
    "assign_duty": _("Assigned a duty"),
    "draw_roster": _("Opened the draw of the duty roster"),
    "open_draw": _("Fixed what goes into a draw"),
    "settle_draw": _("Drew from the witness’s signature"),
    "put_drawn_on_duty": _("Put on duty who was drawn"),
    "abandon_draw": _("Set a draw aside"),
    "withdraw_duty": _("Withdrew a duty"),
    "ask_again": _("Asked recusal again for the duties of a slot"),
    "ask_change": _("Asked for a change of what was drawn or released"),
    "decide_change": _("Decided on a change"),
    "move_duty": _("Moved somebody to another duty"),
    "grant_accommodation": _("Granted a candidate an arrangement"),
    "withdraw_accommodation": _("Withdrew an arrangement granted to a candidate"),
    "publish_arrangement": _("Published the arrangement"),
    "print_papers": _("Printed papers of a sitting"),
}.items():
    permission(f"sittings.{name}", title, *CLERKS, "system", scope=own_body)
permission("sittings.read_reason", _("Read why an arrangement was granted, for a stated purpose"), "head_of_body", scope=own_body)
permission("sittings.seat", _("Seated a candidate"), *CLERKS, "system", scope=own_body)
permission("sittings.release_duty", _("Released a duty"), *CLERKS, "system", scope=own_body)
permission("sittings.lapse_tickets", _("Let unprinted tickets lapse"), "system")
permission("sittings.answer_duty", _("Answered a duty"), *sorted(ON_DUTY), scope=own_duty)
permission("sittings.my_duties", _("See own duties"), *sorted(ON_DUTY))
permission("sittings.my_places", _("See own examinations"), "candidate", "anyone")
permission("sittings.print_ticket", _("Printed an admission ticket"), "candidate", "anyone", scope=own_place)
permission("sittings.make_feed", _("Made a calendar address"), "anyone")
