"""Review by a second person and approval by a third; each opinion moves the question once."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from exams import clock, lifecycle
from exams.access import Actor
from exams.errors import Refused, Stale, refuse
from exams.journal.actions import action, record
from exams.verdicts import gettext_noop as _
from question_bank.questions.actions import copy_version
from question_bank.questions.models import Question
from question_bank.questions.queries import latest_version
from question_bank.review.models import Review
from question_bank.review.queries import step_taken
from question_bank.review.rules import NEEDS_COMMENT, move_for


@action("review.review", on="question")
def review_question(*, by: Actor, question: Question, verdict: str, comment: str = "") -> Review:
    """Give the review opinion: recommend, return for changes, or do not use."""
    return _give(by, question, "review", verdict, comment)


@action("review.approve", on="question")
def approve_question(*, by: Actor, question: Question, verdict: str = "approve", comment: str = "") -> Review:
    """Release a reviewed question into the bank, or return it; a third person does this."""
    return _give(by, question, "approval", verdict, comment)


def _give(by: Actor, question: Question, step: str, verdict: str, comment: str) -> Review:
    question = Question.objects.select_for_update().get(pk=question.pk)
    objection = step_taken(by, question, step)
    if objection:
        raise Refused([objection])
    verb = move_for(step, verdict)
    if verb is None:
        refuse("review.verdict", _("This step cannot give that opinion."), basis="R-24", remedy=_("Choose one of the list."))
    if verdict in NEEDS_COMMENT and not comment.strip():
        refuse(
            "review.comment_missing",
            _("The opinion needs words: the setter must know what to change."),
            basis="R-24",
            remedy=_("Write the opinion."),
        )
    version = latest_version(question)
    lifecycle.move(question, verb, changed_at=clock.now())
    try:
        with transaction.atomic():
            review = Review.objects.create(
                version=version, person_id=by.person_id, step=step, verdict=verdict, comment=comment.strip(), at=clock.now()
            )
    except IntegrityError as error:
        raise Stale(question) from error
    if verdict == "return":
        copy_version(question, _reason(step))
    record(f"review.{'review' if step == 'review' else 'approve'}", question, by=by, about=[review, version], verdict=verdict)
    return review


def _reason(step: str) -> str:
    return _("Returned by review") if step == "review" else _("Returned by the approver")
