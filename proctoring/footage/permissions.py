"""Who asks, decides, draws, looks, keeps and removes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.programme.models import Event
from exams.sittings.models import Place, Sitting
from exams.sittings.queries import AUTHORITY
from proctoring.footage.models import Disposal, FootageRequest, Hold, KeepingRule, SampleDraw, SampleItem
from proctoring.footage.queries import DECIDERS, KEEPERS, SHOWERS


def event_of(obj: Any) -> Event:
    """The event that something of footage belongs to."""
    if isinstance(obj, Event):
        return obj
    if isinstance(obj, SampleDraw):
        return obj.event
    if isinstance(obj, SampleItem):
        return obj.draw.event
    if isinstance(obj, FootageRequest):
        return obj.place.slot.event
    sitting: Sitting = obj.sitting if isinstance(obj, Disposal | Hold) else obj
    return sitting.slot.event


def own_body(actor: Actor, obj: Any) -> bool:
    body = obj.body_id if isinstance(obj, KeepingRule) else event_of(obj).body_id
    return actor.capacity == "system" or body == actor.organisation_id


def own_or_supervised(actor: Actor, obj: Any) -> bool:
    return own_body(actor, obj) or (actor.capacity in AUTHORITY and event_of(obj).body.supervised_by_id == actor.organisation_id)


def own_side(actor: Actor, draw: SampleDraw | SampleItem) -> bool:
    """Each side looks at what its own draw says."""
    side = draw.draw.side if isinstance(draw, SampleItem) else draw.side
    return (side == "authority") == (actor.capacity in AUTHORITY) and own_or_supervised(actor, draw)


def holder(actor: Actor, hold: Hold) -> bool:
    """What the authority holds only the authority lifts."""
    return hold.organisation_id == actor.organisation_id


def own(actor: Actor, obj: Place | FootageRequest) -> bool:
    place = obj.place if isinstance(obj, FootageRequest) else obj
    return actor.person_id is not None and place.application.person_id == actor.person_id


permission("proctoring.see_footage", _("See requests, samples and keeping of footage"), *{*DECIDERS, *KEEPERS, *SHOWERS, *AUTHORITY})
permission("proctoring.see_own_footage", _("Ask to see the own footage"), "candidate")
permission("proctoring.ask_footage", _("Asked to see footage"), "candidate", scope=own)
permission("proctoring.withdraw_footage", _("Withdrew a request to see footage"), "candidate", scope=own)
permission("proctoring.grant_footage", _("Granted a request to see footage"), *DECIDERS, scope=own_body)
permission("proctoring.refuse_footage", _("Refused a request to see footage"), *DECIDERS, scope=own_body)
permission("proctoring.show_footage", _("Showed footage to a candidate"), *SHOWERS, scope=own_body)
permission("proctoring.draw_sample", _("Drew footage to be looked at"), *DECIDERS, *AUTHORITY, scope=own_or_supervised)
permission("proctoring.serve_sample", _("Served the draw on the exam body"), *AUTHORITY, scope=own_side)
permission("proctoring.look_at_sample", _("Looked at drawn footage"), *DECIDERS, "video_monitor", *AUTHORITY, scope=own_side)
permission("proctoring.enter_keeping", _("Entered how long footage is kept"), *KEEPERS)
permission("proctoring.confirm_keeping", _("Confirmed how long footage is kept"), *KEEPERS, scope=own_body)
permission("proctoring.hold_footage", _("Put footage on hold"), *KEEPERS, *AUTHORITY, scope=own_or_supervised)
permission("proctoring.lift_hold", _("Lifted a hold on footage"), *KEEPERS, *AUTHORITY, scope=holder)
permission("proctoring.propose_disposal", _("Proposed to remove footage"), "archivist", "system", scope=own_body)
permission("proctoring.approve_disposal", _("Approved the removal of footage"), *KEEPERS, scope=own_body)
permission("proctoring.refuse_disposal", _("Decided to keep footage"), *KEEPERS, scope=own_body)
permission("proctoring.remove_footage", _("Removed footage"), "technician", "archivist", scope=own_body)
