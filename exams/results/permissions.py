"""Who may record, check, change, sign and publish scores, and who may see them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.programme.models import Event
from exams.results.queries import AUTHORITY, RECORDERS, STAFF


def event_of(obj: Any) -> Event:
    """The event that a place, mark, change, sitting, sheet or result belongs to."""
    if isinstance(obj, Event):
        return obj
    for name in ("event", "slot", "place", "mark", "application"):
        if hasattr(obj, name):
            return event_of(getattr(obj, name))
    raise TypeError(f"{obj!r} belongs to no event")


def own_body(actor: Actor, obj: Any) -> bool:
    """Staff act for their own body only; the system for all."""
    return actor.capacity == "system" or event_of(obj).body_id == actor.organisation_id


def own_result(actor: Actor, result: Any) -> bool:
    return result.application.person_id == actor.person_id


permission("results.see", _("See scores and results"), *STAFF, *AUTHORITY)
permission("results.see_own", _("See one’s own result"), "candidate")
permission("results.record", _("Record scores"), *RECORDERS)
permission("results.compare", _("Check scores"), "score_checker")
permission("results.enter_mark", _("Recorded a score"), *RECORDERS, scope=own_body)
permission("results.enter_marks", _("Recorded the scores of a sitting"), *RECORDERS, scope=own_body)
permission("results.check_mark", _("Checked a score"), "score_checker", scope=own_body)
permission("results.check_marks", _("Checked the scores of a sitting"), "score_checker", scope=own_body)
permission("results.settle_mark", _("Settled a differing score"), "score_approver", scope=own_body)
permission("results.import_marks_workbook", _("Took scores from a workbook"), *RECORDERS, "score_checker", scope=own_body)
permission("results.void_mark", _("Made a score void"), "score_approver", "head_of_body", scope=own_body)
permission("results.ask_change", _("Asked for a change of score"), *RECORDERS, "score_checker", "exam_clerk", scope=own_body)
permission("results.approve_change", _("Approved a change of score"), "score_approver", "head_of_body", "chief", scope=own_body)
permission("results.refuse_change", _("Refused a change of score"), "score_approver", "head_of_body", "chief", scope=own_body)
permission("results.start_marking", _("Started marking"), "exam_clerk", "head_of_body", "score_clerk", "system", scope=own_body)
permission(
    "results.grade", _("Graded the event"), "exam_clerk", "score_clerk", "score_checker", "score_approver", "head_of_body", scope=own_body
)
permission("results.sign_results", _("Signed the results"), "chief", "score_checker", "score_approver", scope=own_body)
permission("results.publish_results", _("Published the results"), "score_approver", "head_of_body", scope=own_body)
