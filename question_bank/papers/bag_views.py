"""Posting hand-overs of bags and decisions about their seals."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from exams.access import needs
from exams.errors import Refused
from question_bank.papers import custody, queries
from question_bank.papers.forms import HandOverForm
from question_bank.papers.views import found, shown


@require_POST
@needs("papers.hand_over")
def hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a hand-over."""
    paper = found(request, pk)
    form = HandOverForm(request.POST, staff=queries.staff_of(paper.organisation_id))
    if not form.is_valid():
        return shown(request, paper, bag_form=form)
    try:
        custody.hand_over(by=request.actor, paper=paper, **form.cleaned_data)
    except Refused as refusal:
        return shown(request, paper, refusal, form)
    return redirect("papers:page", pk)


@require_POST
@needs("papers.decide_seal")
def decide_seal(request: HttpRequest, pk: UUID, link_pk: UUID) -> HttpResponse:
    """Let a stopped bag go on, with a reason."""
    paper = found(request, pk)
    link = get_object_or_404(paper.hand_overs.all(), pk=link_pk)
    custody.decide_seal(by=request.actor, paper=paper, link=link, note=request.POST.get("text", ""))
    return redirect("papers:page", pk)
