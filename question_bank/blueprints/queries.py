"""Reads of blueprints, and of what the bank holds for their rows."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from exams.access import Actor
from question_bank.blueprints.models import Blueprint
from question_bank.questions.models import Question
from question_bank.questions.wall import live_appointment

READERS = ("assembler", "question_approver", "paper_approver")


def visible_to(actor: Actor) -> QuerySet[Blueprint]:
    """The blueprints of the actor's body and families."""
    appointment = live_appointment(actor)
    if appointment is None or actor.capacity not in READERS:
        return Blueprint.objects.none()
    found = Blueprint.objects.filter(organisation_id=actor.organisation_id)
    return found.filter(family__in=appointment.families) if appointment.families else found


def supply(actor: Actor, family: str) -> list[dict[str, object]]:
    """How many questions of each unit, kind, marks and difficulty stand in the bank: numbers only, no text."""
    return list(
        Question.objects.filter(organisation_id=actor.organisation_id, family=family, state="in_bank")
        .values("unit", "kind", "marks", "difficulty")
        .annotate(n=Count("id"))
        .order_by("unit", "kind", "marks", "difficulty")
    )
