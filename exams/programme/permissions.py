"""Who plans, publishes, consents and closes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.people.models import Organisation
from exams.programme.models import AnnualPlan, Event, ForbiddenWord, LateConsent
from exams.programme.queries import BODY_STAFF


def _own_body(actor: Actor, body: Organisation) -> bool:
    return actor.capacity == "system" or actor.organisation_id == body.pk


def _own_event(actor: Actor, event: Event) -> bool:
    return actor.capacity == "system" or actor.organisation_id == event.body_id


def _own_plan(actor: Actor, plan: AnnualPlan) -> bool:
    return actor.organisation_id == plan.body_id


def _own_word(actor: Actor, word: ForbiddenWord) -> bool:
    return actor.organisation_id == word.organisation_id


def _supervised(actor: Actor, consent: LateConsent) -> bool:
    return consent.event.body.supervised_by_id == actor.organisation_id


_PLANNERS = ("exam_clerk", "head_of_body")

permission("programme.view", _("See exam events"), *sorted(BODY_STAFF), "authority_officer", "oversight_inspector")
permission("programme.plan_event", _("Plan an exam event"), *_PLANNERS, "system", scope=_own_body)
permission("programme.change_event", _("Edit a planned event"), *_PLANNERS, scope=_own_event)
permission("programme.publish_notice", _("Publish the notice"), *_PLANNERS, "system", scope=_own_event)
permission("programme.accept_words", _("Look at words of training and textbooks in a notice"), "head_of_body", scope=_own_event)
permission("programme.words", _("See the words looked for in texts"), *_PLANNERS, "authority_officer", "oversight_inspector")
permission("programme.set_word", _("Keep a word to be looked for"), "head_of_body", "authority_officer", scope=_own_body)
permission("programme.withdraw_word", _("Take back a word to be looked for"), "head_of_body", "authority_officer", scope=_own_word)
permission("programme.correct_notice", _("Publish a correction"), *_PLANNERS, scope=_own_event)
permission("programme.ask_late_consent", _("Ask for consent to a late notice"), *_PLANNERS, scope=_own_event)
permission("programme.decide_late_consent", _("Decide on a late notice"), "authority_officer", scope=_supervised)
permission("programme.ask_declarations", _("Ask staff to declare"), *_PLANNERS, "system", scope=_own_event)
permission("programme.close_applications", _("Close applications"), *_PLANNERS, "system", scope=_own_event)
permission("programme.cancel_event", _("Cancel an event"), "head_of_body", scope=_own_event)
permission(
    "programme.separation", _("See the separation report"), *_PLANNERS, "chief", "authority_officer", "oversight_inspector"
)
permission("programme.plans", _("See annual plans"), *sorted(BODY_STAFF), "authority_officer", "oversight_inspector")
permission("programme.plan_year", _("Draw up the annual plan"), *_PLANNERS, scope=_own_body)
permission("programme.publish_plan", _("Publish the annual plan"), *_PLANNERS, scope=_own_plan)
permission("programme.set_parameter", _("Set a parameter of the programme"), "authority_officer")
