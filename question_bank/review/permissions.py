"""Who may review and who may approve: other persons than the setter, and other persons than one another."""

from __future__ import annotations

from exams.access import Actor, permission
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _
from question_bank.questions.models import Question
from question_bank.questions.permissions import of_the_actor
from question_bank.questions.wall import wall_and_letter
from question_bank.review.queries import step_taken


def _reviewable(actor: Actor, question: Question) -> bool | Objection:
    return step_taken(actor, question, "review") or of_the_actor(actor, question)


def _approvable(actor: Actor, question: Question) -> bool | Objection:
    return step_taken(actor, question, "approval") or of_the_actor(actor, question)


permission("review.review", _("Review a question"), "reviewer", gate=wall_and_letter, scope=_reviewable)
permission("review.approve", _("Approve a question into the bank"), "question_approver", gate=wall_and_letter, scope=_approvable)
