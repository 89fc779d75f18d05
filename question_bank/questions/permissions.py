"""Who may do what with questions. Every permission asks the wall first; no administrator and no authority is among them."""

from __future__ import annotations

from exams.access import Actor, permission
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _
from question_bank.questions.models import Question
from question_bank.questions.queries import visible_to
from question_bank.questions.wall import wall, wall_and_letter

READABLE = {"setter": ("draft", "returned"), "reviewer": ("in_review",), "question_approver": ("reviewed", "in_bank")}


def of_the_actor(actor: Actor, question: Question) -> bool:
    """The question is one the actor may know of."""
    return visible_to(actor).filter(pk=question.pk).exists()


def readable(actor: Actor, question: Question) -> bool | Objection:
    """Its text is open to the actor in this step, and in no other."""
    state = Question.objects.filter(pk=question.pk).values_list("state", flat=True).first()
    if state not in READABLE.get(actor.capacity, ()):
        return Objection(
            "questions.not_in_this_step",
            _("The text of question %(number)s is open only to whoever takes the present step."),
            {"number": question.number},
            "R-29",
            _("Wait until it comes back to you."),
        )
    return of_the_actor(actor, question)


permission(
    "questions.sign_letter",
    _("Sign the secrecy letter"),
    "setter",
    "reviewer",
    "question_approver",
    "assembler",
    "paper_approver",
    "custodian",
    gate=wall,
)
permission("questions.list", _("See the list of own questions"), "setter", "reviewer", "question_approver", gate=wall)
permission("questions.write", _("Write a question"), "setter", gate=wall_and_letter)
permission("questions.save", _("Save a question"), "setter", gate=wall_and_letter, scope=of_the_actor)
permission("questions.describe", _("Describe a question"), "setter", gate=wall_and_letter, scope=of_the_actor)
permission("questions.submit", _("Submit a question for review"), "setter", gate=wall_and_letter, scope=of_the_actor)
permission("questions.new_version", _("Begin a new version"), "setter", gate=wall_and_letter, scope=of_the_actor)
permission(
    "questions.read",
    _("Read the text of a question"),
    "setter",
    "reviewer",
    "question_approver",
    gate=wall_and_letter,
    scope=readable,
)
permission(
    "questions.withdraw", _("Withdraw a question from use"), "question_approver", gate=wall_and_letter, scope=of_the_actor
)
