"""Who entrusts, who files documents, who decides on other business."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.people.models import Organisation


def _own_body(actor: Actor, body: Organisation) -> bool:
    return actor.capacity == "system" or actor.organisation_id == body.pk


def _supervised(actor: Actor, body: Organisation) -> bool:
    return actor.capacity == "system" or body.supervised_by_id == actor.organisation_id


def _of_own_body(actor: Actor, row: Any) -> bool:
    return _own_body(actor, row.body)


def _of_supervised(actor: Actor, row: Any) -> bool:
    return _supervised(actor, row.body)


_BODY = ("head_of_body", "system")
_AUTHORITY = ("authority_officer", "system")

_SEE = ("head_of_body", "exam_clerk", "chief", "archivist", "authority_officer", "oversight_inspector")

permission("bodies.view", _("See exam bodies"), *_SEE)
permission("bodies.entrust", _("Entrust"), *_AUTHORITY, scope=_supervised)
permission("bodies.suspend", _("Suspend entrustment"), "authority_officer", scope=_of_supervised)
permission("bodies.resume", _("Resume entrustment"), "authority_officer", scope=_of_supervised)
permission("bodies.end", _("End entrustment"), "authority_officer", scope=_of_supervised)
permission("bodies.expire", _("Let an entrustment expire"), "system")
permission("bodies.file_document", _("File a management document"), *_BODY, "exam_clerk", scope=_own_body)
permission("bodies.declare_business", _("Declare other business"), *_BODY, scope=_own_body)
permission("bodies.decide_business", _("Decide on other business"), "authority_officer", scope=_of_supervised)
permission("bodies.register_staff", _("Register staff"), *_BODY, "exam_clerk", scope=_own_body)
permission("bodies.end_staff", _("End a staff record"), *_BODY, "exam_clerk", scope=_of_own_body)
permission("bodies.set_standard", _("Set what is asked of exam bodies"), "authority_officer")
permission("bodies.record_check", _("Record a finding of the internal check"), *_BODY, "exam_clerk", scope=_own_body)
permission("bodies.correct_check", _("Report a correction"), *_BODY, "exam_clerk", scope=_of_own_body)
permission("bodies.close_check", _("Accept a correction"), "head_of_body", scope=_of_own_body)
