"""Pages of blueprints: the list, the editor, what the bank holds for each row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams.access import may, needs
from exams.catalogue import queries as catalogue
from exams.errors import Refused
from exams.listing import Column, Listing
from question_bank.blueprints import actions, queries
from question_bank.blueprints.forms import BlueprintForm, lines, rows_of
from question_bank.blueprints.models import Blueprint
from question_bank.blueprints.rules import by_unit, full_marks
from question_bank.questions.models import DIFFICULTIES, KINDS
from question_bank.questions.queries import known_families


@require_GET
@needs("blueprints.list")
def blueprints(request: HttpRequest) -> HttpResponse:
    """The blueprints of the actor's families."""
    families = catalogue.families()
    listing = Listing(
        queryset=queries.visible_to(request.actor),
        columns=[
            Column("title", _("Blueprint"), kind="head", sort="title", link=lambda row: reverse("blueprints:page", args=[row.pk])),
            Column("state", _("State"), kind="state", sort="state"),
            Column("family", _("Item family"), lambda row: families.get(row.family, row.family), sort="family"),
            Column("rows", _("Rows"), lambda row: len(row.rows), kind="number"),
            Column("full_marks", _("Full marks"), lambda row: full_marks(row.rows), kind="number"),
            Column("made_at", _("Made"), kind="when", sort="made_at"),
        ],
        search=("title", "family"),
        default_sort="title",
        name="blueprints",
        empty=_("A paper is drawn by a blueprint. Begin one."),
    )
    context = {"can_make": bool(may(request.actor, "blueprints.make"))}
    return listing.answer(request, "question_bank/blueprints/list.html", context)


@require_http_methods(["GET", "POST"])
@needs("blueprints.make")
def make(request: HttpRequest) -> HttpResponse:
    """Begin a blueprint."""
    form = BlueprintForm(request.POST or None, families=known_families(request.actor), initial={"minutes": 120})
    rows, refusal = rows_of(request.POST), None
    if form.is_valid():
        try:
            made = actions.make_blueprint(by=request.actor, rows=rows, **form.cleaned_data)
            return redirect("blueprints:page", made.pk)
        except Refused as error:
            refusal = error
    return _editor(request, None, form, rows, refusal)


@require_GET
@needs("blueprints.list")
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One blueprint: rows against what the bank holds, shares per unit, papers drawn by it."""
    blueprint = _found(request, pk)
    supply = queries.supply(request.actor, blueprint.family)
    context = {
        "blueprint": blueprint,
        "rows": [_with_supply(row, supply) for row in blueprint.rows],
        "units": by_unit(blueprint.rows),
        "full_marks": full_marks(blueprint.rows),
        "may_change": blueprint.state == "draft" and bool(may(request.actor, "blueprints.change", blueprint)),
        "may_withdraw": blueprint.state == "in_use" and bool(may(request.actor, "blueprints.withdraw", blueprint)),
        "may_draw": blueprint.state != "withdrawn" and bool(may(request.actor, "assembly.draw", blueprint)),
    }
    return render(request, "question_bank/blueprints/page.html", context)


@require_http_methods(["GET", "POST"])
@needs("blueprints.change")
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a blueprint by which no paper was drawn."""
    blueprint = _found(request, pk)
    initial = {"title": blueprint.title, "minutes": blueprint.minutes}
    form = BlueprintForm(request.POST or None, families=[], fixed=True, initial=initial)
    rows, refusal = rows_of(request.POST) if request.method == "POST" else blueprint.rows, None
    if form.is_valid():
        try:
            actions.change_blueprint(by=request.actor, blueprint=blueprint, rows=rows, **form.cleaned_data)
            return redirect("blueprints:page", pk)
        except Refused as error:
            refusal = error
    return _editor(request, blueprint, form, rows, refusal)


@require_POST
@needs("blueprints.withdraw")
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a blueprint out of use."""
    actions.withdraw_blueprint(by=request.actor, blueprint=_found(request, pk))
    return redirect("blueprints:list")


def _found(request: HttpRequest, pk: UUID) -> Blueprint:
    return get_object_or_404(queries.visible_to(request.actor).select_related("made_by"), pk=pk)


def _editor(
    request: HttpRequest, blueprint: Blueprint | None, form: BlueprintForm, rows: list[dict[str, Any]], refusal: Refused | None
) -> HttpResponse:
    context = {"blueprint": blueprint, "form": form, "lines": lines(rows), "kinds": KINDS, "difficulties": DIFFICULTIES, "refusal": refusal}
    return render(request, "question_bank/blueprints/edit.html", context, status=409 if refusal else 200)


def _with_supply(row: dict[str, Any], supply: list[dict[str, Any]]) -> dict[str, Any]:
    fitting = [
        line["n"]
        for line in supply
        if (line["unit"], line["kind"], str(line["marks"])) == (row["unit"], row["kind"], row["marks"])
        and row["easiest"] <= line["difficulty"] <= row["hardest"]
    ]
    have, kinds, levels = sum(fitting), dict(KINDS), dict(DIFFICULTIES)
    tone = "ok" if have >= 3 * row["count"] else "warn" if have >= row["count"] else "danger"
    return {**row, "have": have, "tone": tone, "kind_label": kinds[row["kind"]],
            "from_label": levels[row["easiest"]], "to_label": levels[row["hardest"]]}  # fmt: skip
