"""The page on which a question is reviewed or approved."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from exams.access import needs, require
from exams.errors import Refused
from question_bank.questions import queries
from question_bank.questions.actions import read_question
from question_bank.questions.comparison import changes
from question_bank.questions.forms import options_shown
from question_bank.questions.models import Question
from question_bank.review.actions import approve_question, review_question
from question_bank.review.forms import OpinionForm

STEPS = {"reviewer": ("review", review_question), "question_approver": ("approval", approve_question)}


@require_GET
@never_cache
@needs("questions.read")
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The question with its earlier version and opinions, and the form of the opinion."""
    return _page(request, _found(request, pk))


@require_POST
@needs("questions.read")
def give(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give the opinion of the actor's step."""
    question = _found(request, pk)
    step, act = STEPS[request.actor.capacity]
    form = OpinionForm(request.POST, step=step)
    if not form.is_valid():
        return _page(request, question, form)
    try:
        act(by=request.actor, question=question, **form.cleaned_data)
    except Refused as refusal:
        return _page(request, question, form, refusal)
    return redirect("questions:list")


def _found(request: HttpRequest, pk: UUID) -> Question:
    question = get_object_or_404(queries.visible_to(request.actor), pk=pk)
    require(request.actor, "questions.read", question)
    if request.actor.capacity not in STEPS:
        return get_object_or_404(Question.objects.none(), pk=pk)
    return question


def _page(request: HttpRequest, question: Question, form: OpinionForm | None = None, refusal: Refused | None = None) -> HttpResponse:
    step, _act = STEPS[request.actor.capacity]
    version = read_question(by=request.actor, question=question, address=request.META.get("REMOTE_ADDR", ""))
    earlier = queries.previous(version)
    context = {
        "question": question,
        "version": version,
        "step": step,
        "options": options_shown(version.choices, version.key)[: len(version.choices)],
        "earlier": earlier,
        "changes": changes(queries.texts(earlier), queries.texts(version)) if earlier else [],
        "opinions": queries.opinions(question),
        "versions": queries.versions(question),
        "form": form or OpinionForm(step=step),
        "refusal": refusal,
    }
    return render(request, "question_bank/review/page.html", context, status=409 if refusal else 200)
