"""Pages of the draw: choosing slots, reading the whole paper before its approval, drawing again."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams import spelling
from exams.access import needs, require
from exams.errors import Refused
from question_bank.assembly import actions, queries
from question_bank.assembly.forms import DrawForm
from question_bank.assembly.models import Paper
from question_bank.blueprints import queries as blueprints


@require_http_methods(["GET", "POST"])
@needs("assembly.draw")
def draw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Draw a paper by a blueprint for one or several slots."""
    blueprint = get_object_or_404(blueprints.visible_to(request.actor), pk=pk)
    slots = queries.open_slots(request.actor, blueprint.family)
    choices = [(str(slot.pk), f"{spelling.span(slot.starts_at, slot.ends_at)} · {slot.venue} · {slot.event}") for slot in slots]
    form, refusal = DrawForm(request.POST or None, slots=choices), None
    if form.is_valid():
        wanted = {"slot_ids": form.cleaned_data["slots"], "seed": form.cleaned_data["seed"] or None}
        try:
            paper = actions.draw_paper(by=request.actor, blueprint=blueprint, **wanted)
            return redirect("papers:page", paper.pk)
        except Refused as error:
            refusal = error
    context = {"blueprint": blueprint, "form": form, "refusal": refusal, "choices": choices}
    return render(request, "question_bank/papers/draw.html", context, status=409 if refusal else 200)


@require_GET
@never_cache
@needs("assembly.read")
def text(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole paper, for the person who approves it; the look is recorded."""
    paper = _found(request, pk)
    require(request.actor, "assembly.read", paper)
    forms = actions.read_paper(by=request.actor, paper=paper)
    return render(request, "question_bank/papers/text.html", {"paper": paper, "forms": forms, "spare": queries.spare_of(paper)})


@require_POST
@needs("assembly.approve")
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve the paper and its spare."""
    actions.approve_paper(by=request.actor, paper=_found(request, pk))
    return redirect("papers:page", pk)


@require_POST
@needs("assembly.discard")
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Drop the draw, with a reason."""
    actions.discard_paper(by=request.actor, paper=_found(request, pk), reason=request.POST.get("reason", ""))
    return redirect("papers:list")


def _found(request: HttpRequest, pk: UUID) -> Paper:
    return get_object_or_404(queries.visible_to(request.actor), pk=pk)
