"""Who may enrol collectors and place cameras, and who may see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.sittings.queries import AUTHORITY, ON_DUTY, WHOLE_BODY
from proctoring.cameras.queries import KEEPERS

READERS = tuple(sorted(WHOLE_BODY | AUTHORITY | ON_DUTY | KEEPERS))
PLACERS = ("exam_clerk", "technician", "system")


def body_of(obj: Any) -> UUID:
    """The exam body that a venue, room, collector or camera belongs to."""
    for name in ("venue", "room"):
        if hasattr(obj, name):
            return body_of(getattr(obj, name))
    return obj.body_id


def own_body(actor: Actor, obj: Any) -> bool:
    return actor.capacity == "system" or body_of(obj) == actor.organisation_id


permission("proctoring.see_cameras", _("See cameras and room collectors"), *READERS)
permission("proctoring.keep_cameras", _("Look after cameras and room collectors"), *PLACERS)
for name, title in {
    "enrol_agent": _("Enrolled a room collector"),
    "renew_code": _("Gave a room collector a new enrolment code"),
    "claim_agent": _("A machine claimed the place of a room collector"),
    "confirm_key": _("Confirmed the key of a room collector"),
    "refuse_key": _("Refused the key of a room collector"),
    "revoke_agent": _("Revoked a room collector"),
    "place_camera": _("Placed a camera"),
    "move_camera": _("Changed the pose of a camera"),
    "learn_reference": _("Checked the aim of a camera"),
    "retire_camera": _("Retired a camera"),
}.items():
    permission(f"proctoring.{name}", title, *(("system",) if name == "claim_agent" else PLACERS), scope=own_body)
