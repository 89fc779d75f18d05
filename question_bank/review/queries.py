"""What a person already did for a question."""

from __future__ import annotations

from exams.access import Actor
from exams.verdicts import Objection
from question_bank.questions.models import Question
from question_bank.questions.queries import judges
from question_bank.questions.rules import step_objection

OTHER = {"review": "approval", "approval": "review"}


def step_taken(actor: Actor, question: Question, step: str) -> Objection | None:
    """Why this person may not take this step: he wrote the question, or took the other step of it."""
    return step_objection(str(actor.person_id), question.number, str(question.setter_id), judges(question, OTHER[step]))
