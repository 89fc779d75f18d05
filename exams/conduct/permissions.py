"""Who acts on the day: those on duty in the sitting, and nobody else."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.sittings.models import Sitting
from exams.sittings.permissions import READERS
from exams.sittings.queries import ON_DUTY, staff
from exams.verdicts import Objection, gettext_noop

AT_DOOR = ("chief", "invigilator", "identity_officer")


def sitting_of(obj: Any) -> Sitting:
    """The sitting that a place, check-in, incident, duty or record belongs to."""
    if isinstance(obj, Sitting):
        return obj
    return sitting_of(obj.place) if hasattr(obj, "outcome") else obj.sitting


def on_duty(actor: Actor, obj: Any) -> bool | Objection:
    """Serves in this sitting, in the capacity in which he or she acts now."""
    if actor.capacity == "system":
        return True
    if staff(sitting_of(obj)).filter(person=actor.person_id, capacity=actor.capacity).exists():
        return True
    said, remedy = gettext_noop("You have no duty in this sitting."), gettext_noop("Ask the chief.")
    return Objection("conduct.not_on_duty", said, remedy=remedy)


def own_duty(actor: Actor, duty: Any) -> bool:
    return duty.person_id == actor.person_id and duty.capacity == actor.capacity


permission("conduct.see", _("See the day of a sitting"), *READERS)
permission("conduct.door", _("See the door list"), *AT_DOOR)
permission("conduct.sign_in", _("Signed in for duty"), *sorted(ON_DUTY), scope=own_duty)
permission("conduct.open_sitting", _("Opened the sitting"), "chief", scope=on_duty)
permission("conduct.ring", _("Rang a bell"), "chief", "invigilator", scope=on_duty)
permission("conduct.check_in", _("Admitted a candidate"), *AT_DOOR, scope=on_duty)
permission("conduct.see_photo", _("Looked at the registered photo"), *AT_DOOR, scope=on_duty)
permission("conduct.hold", _("Held a candidate for a check by eye"), *AT_DOOR, scope=on_duty)
permission("conduct.decide_hold", _("Decided about an identity"), *AT_DOOR, scope=on_duty)
permission("conduct.undo", _("Undid an answer at the door"), *AT_DOOR, scope=on_duty)
permission("conduct.note_late", _("Turned away a candidate who came too late"), *AT_DOOR, scope=on_duty)
permission("conduct.mark_absent", _("Marked a candidate absent"), "chief", "invigilator", scope=on_duty)
permission("conduct.close_door", _("Closed the door list"), "chief", "invigilator", scope=on_duty)
permission(
    "conduct.report_incident",
    _("Reported an incident"),
    "chief",
    "invigilator",
    "roving_invigilator",
    "video_monitor",
    "technician",
    "identity_officer",
    "assessor",
    "system",
    scope=on_duty,
)
permission("conduct.amend_incident", _("Completed an incident"), "chief", "invigilator", scope=on_duty)
permission("conduct.sign_incident", _("Signed an incident"), "chief", "invigilator", "roving_invigilator", "video_monitor", scope=on_duty)
permission("conduct.enter_figures", _("Entered figures of the room record"), "chief", "invigilator", scope=on_duty)
permission("conduct.sign_room_record", _("Signed the room record"), "chief", "invigilator", scope=on_duty)
permission("conduct.close_sitting", _("Closed the room"), "chief", scope=on_duty)
