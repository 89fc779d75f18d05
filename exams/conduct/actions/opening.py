"""Signing in, opening and closing: each gate asks exactly what its page shows."""

from __future__ import annotations

from datetime import timedelta

from exams import clock, lifecycle
from exams.access import Actor
from exams.applications.models import Application
from exams.conduct import queries, readiness
from exams.conduct.models import Bell
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.programme.models import Event
from exams.sittings.actions.duties import ask_all_again
from exams.sittings.models import Duty, Place, Sitting, TimeSlot
from exams.sittings.queries import staff
from exams.verdicts import gettext_noop as _

SIGN_IN_FROM = timedelta(hours=3)
BELL_SLACK = timedelta(minutes=5)


@action("conduct.sign_in", on="duty")
def sign_in(*, by: Actor, duty: Duty) -> Duty:
    """The person signs in for a released duty on the day."""
    if duty.state == "on_duty":
        return _again(by, duty)
    if duty.state != "released":
        refuse("conduct.duty_not_released", _("This duty is not released."), remedy=_("Ask the exam clerk."))
    if not duty.starts_at - SIGN_IN_FROM <= clock.now() < duty.ends_at:
        refuse(
            "conduct.sign_in_time",
            _("Signing in is possible from three hours before the start until the end."),
            remedy=_("Sign in on the day."),
        )
    lifecycle.move(duty, "sign_in", signed_in_at=clock.now())
    record("conduct.sign_in", duty, by=by, about=[duty.sitting or duty.slot, duty.slot.event])
    return duty


def _again(by: Actor, duty: Duty) -> Duty:
    record("conduct.sign_in", duty, by=by, about=[duty.sitting or duty.slot], again=True)
    return duty


@action("conduct.open_sitting", on="sitting")
def open_sitting(*, by: Actor, sitting: Sitting) -> Sitting:
    """Open admission: every condition is asked again, and recusal once more for everybody on duty."""
    sitting = Sitting.objects.select_for_update().select_related("slot__event", "room").get(pk=sitting.pk)
    if sitting.state not in ("planned", "published"):
        refuse("conduct.opened_already", _("The sitting is open or over."))
    objections = readiness.blocking(readiness.READINESS, sitting)
    if objections:
        raise Refused(objections)
    ask_all_again(by=by, duties=staff(sitting))
    lifecycle.move(sitting, "open")
    Bell.objects.create(sitting=sitting, kind="admission", at=clock.now())
    _start_event(by, sitting.slot.event_id)
    record(
        "conduct.open_sitting",
        sitting,
        by=by,
        about=[sitting.slot, sitting.slot.event],
        conditions=[check.id for check in readiness.READINESS],
    )
    return sitting


def _start_event(by: Actor, event_id: object) -> None:
    event = Event.objects.select_for_update().get(pk=event_id)
    if event.state == "arranged":
        lifecycle.move(event, "start")
        record("conduct.open_sitting", event, by=by, first=True)


@action("conduct.ring", on="sitting")
def ring(*, by: Actor, sitting: Sitting, kind: str, reason: str = "") -> Bell:
    """Record when the exam really started or ended; more than five minutes off needs a reason."""
    sitting = Sitting.objects.select_for_update().get(pk=sitting.pk)
    if sitting.state != "open":
        refuse("conduct.not_open", _("The sitting is not open."), remedy=_("The chief opens it."))
    if kind not in ("start", "end"):
        refuse("conduct.bell", _("There is a bell for the start and one for the end."))
    rung = queries.bells_of(sitting)
    if kind in rung:
        refuse("conduct.rung", _("This bell was rung already."))
    if kind == "end" and "start" not in rung:
        refuse("conduct.not_started", _("The exam has not started."), remedy=_("Ring the start bell first."))
    planned = sitting.starts_at if kind == "start" else sitting.ends_at
    if abs(clock.now() - planned) > BELL_SLACK and not reason.strip():
        refuse("conduct.bell_reason", _("More than five minutes off the plan: a reason is needed."), remedy=_("Say why in one sentence."))
    bell = Bell.objects.create(sitting=sitting, kind=kind, at=clock.now(), reason=reason.strip())
    record("conduct.ring", bell, by=by, about=[sitting, sitting.slot], kind=kind, at=bell.at, planned=planned, reason=bell.reason)
    return bell


@action("conduct.close_sitting", on="sitting")
def close_sitting(*, by: Actor, sitting: Sitting) -> Sitting:
    """Close the room. After this only a supplement is possible."""
    sitting = Sitting.objects.select_for_update().select_related("slot__event", "room").get(pk=sitting.pk)
    if sitting.state != "open":
        refuse("conduct.not_open", _("The sitting is not open."), remedy=_("The chief opens it."))
    objections = readiness.blocking(readiness.CLOSING, sitting)
    if objections:
        raise Refused(objections)
    lifecycle.move(sitting, "close")
    _conclude_applications(by, sitting)
    _sign_off(by, sitting)
    record(
        "conduct.close_sitting",
        sitting,
        by=by,
        about=[sitting.slot, sitting.slot.event],
        conditions=[check.id for check in readiness.CLOSING],
    )
    return sitting


def _conclude_applications(by: Actor, sitting: Sitting) -> None:
    """Who came has sat; who never came to any subject is absent once the last of them is over."""
    for place in queries.places_with_answers(sitting):
        application = Application.objects.select_for_update().get(pk=place.application_id)
        came = place.answer is not None and place.answer.outcome == "present"
        further = Place.objects.filter(application=application, state="held").exclude(sitting__state__in=["closed", "sealed"])
        if came and lifecycle.can(application, "sit"):
            lifecycle.move(application, "sit")
            record("conduct.close_sitting", application, by=by, about=[sitting], sat=True)
        elif not came and not further.exists() and lifecycle.can(application, "miss"):
            lifecycle.move(application, "miss")
            record("conduct.close_sitting", application, by=by, about=[sitting], sat=False)


def _sign_off(by: Actor, sitting: Sitting) -> None:
    """The room's staff are free; those of the slot when its last room is closed, and with the last slot the marking begins."""
    slot = TimeSlot.objects.select_for_update().get(pk=sitting.slot_id)
    over = not slot.sittings.filter(live=True).exclude(state__in=["closed", "sealed"]).exists()
    duties = slot.duties.filter(state="on_duty") if over else sitting.duties.filter(state="on_duty")
    for duty in duties:
        lifecycle.move(duty, "sign_off", signed_off_at=clock.now())
        record("conduct.close_sitting", duty, by=by, about=[sitting])
    if not over:
        return
    lifecycle.move(slot, "close")
    record("conduct.close_sitting", slot, by=by, about=[sitting], slot_closed=True)
    event = Event.objects.select_for_update().get(pk=slot.event_id)
    if event.state == "running" and not event.slots.exclude(state__in=["closed", "cancelled"]).exists():
        lifecycle.move(event, "start_marking")
        record("conduct.close_sitting", event, by=by, last=True)
