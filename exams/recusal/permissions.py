"""Who asks the recusal rules, who sees rulings, who decides."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.recusal import queries
from exams.recusal.models import LateGround, RecusalRequest, Ruling, Waiver
from exams.verdicts import Objection, gettext_noop


def _seen(actor: Actor, ruling: Ruling) -> bool:
    return queries.visible_to(actor).filter(pk=ruling.pk).exists()


def _decides(actor: Actor, ruling: Ruling) -> bool | Objection:
    """A superior of the body, and never about oneself."""
    if actor.person_id == ruling.person_id:
        return _own_case()
    return queries.visible_to(actor).filter(pk=ruling.pk).exists()


def _decides_waiver(actor: Actor, waiver: Waiver) -> bool | Objection:
    return _decides(actor, waiver.ruling)


def _decides_ground(actor: Actor, ground: LateGround) -> bool | Objection:
    if actor.person_id == ground.person_id:
        return _own_case()
    return queries.late_grounds_visible_to(actor).filter(pk=ground.pk).exists()


def _decides_request(actor: Actor, request: RecusalRequest) -> bool | Objection:
    if actor.person_id == request.person_id:
        return _own_case()
    return queries.requests_visible_to(actor).filter(pk=request.pk).exists()


def _filed(actor: Actor, request: RecusalRequest) -> bool:
    return actor.person_id is not None and actor.person_id == request.filed_by_id


def _own_case() -> Objection:
    return Objection(
        "recusal.own_case",
        gettext_noop("Nobody decides on their own case."),
        basis=gettext_noop("Civil Servant Law, Arts. 76 and 77; notice 2024 No. 34, I (3)"),
        remedy=gettext_noop("Another superior decides."),
    )


_SUPERIORS = ("head_of_body", "authority_officer")

permission("recusal.view", _("See rulings on recusal"), "anyone")
permission("recusal.look", _("Look at the named facts of a ruling"), "anyone", scope=_seen)
permission("recusal.rule_on", _("Ask the recusal rules"), "system")
permission("recusal.reask", _("Ask the recusal rules again"), "system")
permission("recusal.waive", _("Set an objection aside"), *_SUPERIORS, scope=_decides)
permission("recusal.confirm_waiver", _("Confirm a waiver as second superior"), *_SUPERIORS, scope=_decides_waiver)
permission("recusal.refuse_waiver", _("Do not waive"), *_SUPERIORS, scope=_decides_waiver)
permission("recusal.request", _("Request recusal"), "anyone")
permission("recusal.requests", _("See requests for recusal"), "anyone")
permission("recusal.withdraw_request", _("Withdraw a request for recusal"), "anyone", scope=_filed)
permission("recusal.decide_request", _("Decide on a request for recusal"), *_SUPERIORS, scope=_decides_request)
permission("recusal.order", _("Order recusal"), *_SUPERIORS)
permission("recusal.name_person", _("Say whom a request for recusal means"), *_SUPERIORS, scope=_decides_request)
permission("recusal.record_late_ground", _("Record a ground proved after the sitting"), *_SUPERIORS, scope=_decides)
permission("recusal.revoke_late_ground", _("Revoke a ground proved after the sitting"), *_SUPERIORS, scope=_decides_ground)
permission("recusal.late_grounds", _("See grounds proved after the sitting"), *_SUPERIORS, "oversight_inspector")
permission("recusal.set_policy", _("Set a parameter of the recusal rules"), "authority_officer")
