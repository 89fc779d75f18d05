"""Changes of what was drawn or released: one person asks with a reason, another decides, and only then anything moves."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from exams import clock, lifecycle
from exams.access import Actor
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.messages.actions import send
from exams.recusal.actions import reask
from exams.sittings import reseating
from exams.sittings.actions.arranging import end_sitting, move_slot
from exams.sittings.actions.drawing import draw_again, move_place
from exams.sittings.actions.publishing import renew_tickets
from exams.sittings.actions.rostering import draw_roster_again
from exams.sittings.models import Change, Draw, Place, Sitting, TimeSlot
from exams.verdicts import gettext_noop as _

NEEDED = {
    "redraw": (),
    "redraw_roster": ("draw",),
    "move": ("place", "seat"),
    "time": ("starts_at", "ends_at"),
    "reissue": ("place",),
    "cancel": ("sitting",),
}
TWO = _("Requirement R-56: two persons and a reason")


@action("sittings.ask_change", on="slot")
def ask_change(*, by: Actor, slot: TimeSlot, kind: str, reason: str, wanted: dict[str, Any] | None = None) -> Change:
    """Ask that something drawn or released be changed; nothing happens until another person decides."""
    wanted = wanted or {}
    if kind not in NEEDED or set(wanted) != set(NEEDED[kind]):
        refuse("sittings.change_incomplete", _("The change does not say what is to become of what."), remedy=_("Fill in every field."))
    if len(reason.strip()) < 2:
        refuse("sittings.reason", _("A reason is needed."), remedy=_("Say why in one sentence."))
    _require_before_opening(slot)
    if Change.objects.filter(slot=slot, kind=kind, wanted=wanted, state="asked").exists():
        refuse("sittings.change_twice", _("The same change is asked for already."), remedy=_("Wait for the second person."))
    if kind == "move":
        _lawful(slot, wanted)
    change = Change.objects.create(
        slot=slot, kind=kind, wanted=wanted, reason=reason.strip(), asked_by_id=by.person_id, asked_at=clock.now()
    )
    record("sittings.ask_change", change, by=by, about=[slot, slot.event], kind=kind, wanted=wanted, reason=change.reason)
    return change


@action("sittings.decide_change", on="change")
def decide_change(*, by: Actor, change: Change, approve: bool, answer: str = "") -> Change:
    """The second person decides; what was asked is then done in the same transaction."""
    change = Change.objects.select_for_update().select_related("slot__event").get(pk=change.pk)
    if change.asked_by_id == by.person_id:
        refuse(
            "sittings.same_person",
            _("You asked for this change. Another person decides on it."),
            basis=TWO,
            remedy=_("Leave it to another clerk or the head of the body."),
        )
    if not approve and not answer.strip():
        refuse("sittings.reason", _("A reason is needed."), remedy=_("Say why in one sentence."))
    lifecycle.move(change, "approve" if approve else "refuse", decided_by_id=by.person_id, decided_at=clock.now(), answer=answer)
    if approve:
        _require_before_opening(change.slot)
        _DO[change.kind](by, change)
    record(
        "sittings.decide_change",
        change,
        by=by,
        about=[change.slot, change.slot.event],
        kind=change.kind,
        approved=approve,
        wanted=change.wanted,
        reason=change.reason,
        answer=answer,
    )
    return change


def _require_before_opening(slot: TimeSlot) -> None:
    if slot.state not in ("planned", "published") or slot.sittings.filter(state__in=["open", "closed", "sealed"]).exists():
        refuse(
            "sittings.begun",
            _("A sitting of this slot has begun; nothing drawn can change any more."),
            remedy=_("Record an incident in the room."),
        )


def _redraw(by: Actor, change: Change) -> None:
    draw_again(by=by, slot=change.slot, reason=change.reason, asked_by=change.asked_by.name)


def _redraw_roster(by: Actor, change: Change) -> None:
    draw = Draw.objects.select_for_update().get(pk=change.wanted["draw"], event=change.slot.event_id, kind="roster")
    draw_roster_again(by=by, draw=draw, reason=change.reason, asked_by=change.asked_by.name)


def _lawful(slot: TimeSlot, wanted: dict[str, Any]) -> reseating.Move:
    """The move as things stand now; refused where somebody is no longer there, or where a rule speaks against it."""
    move = reseating.found(slot, place=wanted["place"], seat_to=wanted["seat"])
    if move is None:
        refuse("sittings.move_gone", _("The candidate or the seat is no longer where it was."), remedy=_("Look at the seat plan again."))
    objections = reseating.against(move)
    if objections:
        raise Refused(objections)
    return move


def _move(by: Actor, change: Change) -> None:
    move = _lawful(change.slot, change.wanted)
    move_place(by=by, place=move.place, seat_to=move.seat, reason=change.reason)
    renew_tickets(change.slot, Place.objects.filter(pk__in=[move.place.pk, *([move.other.pk] if move.other else [])]))
    if move.changes_room:
        transaction.on_commit(partial(reask, *move.people))


def _time(by: Actor, change: Change) -> None:
    starts, ends = (datetime.fromisoformat(change.wanted[name]) for name in ("starts_at", "ends_at"))
    move_slot(by=by, slot=change.slot, starts_at=starts, ends_at=ends, reason=change.reason)
    renew_tickets(change.slot, Place.objects.filter(slot=change.slot, state="held"))


def _reissue(by: Actor, change: Change) -> None:
    renew_tickets(change.slot, Place.objects.filter(pk=change.wanted["place"], slot=change.slot, state="held"))


def _cancel(by: Actor, change: Change) -> None:
    sitting = Sitting.objects.get(pk=change.wanted["sitting"], slot=change.slot)
    places = list(sitting.places.filter(state="held").select_related("application"))
    end_sitting(by=by, sitting=sitting, reason=change.reason)
    for place in places:
        send(
            person_id=place.application.person_id, kind="place.cancelled", params={"subject": change.slot.subject, "reason": change.reason}
        )


_DO = {"redraw": _redraw, "redraw_roster": _redraw_roster, "move": _move, "time": _time, "reissue": _reissue, "cancel": _cancel}
