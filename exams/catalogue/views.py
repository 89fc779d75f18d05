"""Pages of the catalogue: the list with what is missing, one item with the source of each value, the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exams import cells, clock, spelling
from exams.access import may, needs
from exams.catalogue import actions, queries
from exams.catalogue.forms import Day, Reason, RulesFile
from exams.catalogue.models import CalendarDay, Edition, Qualification
from exams.catalogue.rulebook import EDUCATION_LABELS, FIELDS, SUBJECT_FIELDS, Cell, Field
from exams.errors import Refused
from exams.listing import Column, Filter, Listing


def _page(row: Qualification) -> str:
    return reverse("catalogue:item", args=[row.pk])


@require_safe
@needs("catalogue.view")
def item_list(request: HttpRequest) -> HttpResponse:
    """All items with their state and how many values are missing."""
    regulations = Qualification.objects.order_by().values_list("regulation", flat=True).distinct()
    listing = Listing(
        queries.with_editions(request.actor),
        [
            Column("name", _("Item"), spelling.named, kind="head", sort="name_zh", link=_page),
            Column("code", _("Item code"), official_code, sort="code"),
            Column("regulation", _("Regulation"), sort="regulation"),
            Column("level", _("Level"), sort="level"),
            Column("version", _("Rule version"), _version),
            Column("edition", _("State"), _state, kind="html", export=lambda row: str(_state_words(row))),
            Column("missing", _("Missing values"), lambda row: len(row.versions[0].missing()) if row.versions else None, kind="number"),
        ],
        search=["code", "name_zh", "name_en", "family"],
        filters=[Filter("regulation", _("Regulation"), [(name, name) for name in sorted(regulations)])],
        default_sort="code",
        name="catalogue",
        title=_("Catalogue"),
        empty=_("Enter the rules of the items from the printed regulation."),
    )
    context = {
        "may_enter": may(request.actor, "catalogue.enter_edition"),
        "example": queries.example_in_force(),
        "may_register": may(request.actor, "register.view"),
    }
    return listing.answer(request, "exams/catalogue/list.html", context)


def official_code(row: Any) -> str:
    """The code as the rule has it; the key under which an item without one is kept is no code and not shown as one."""
    return (row.versions[0].rulebook.code or "") if row.versions else ""


def _version(row: Any) -> str:
    return row.versions[0].version if row.versions else ""


def _state(row: Any) -> Any:
    if not row.versions:
        return cells.mark("chip", "off", _("No rules entered"))
    edition = row.versions[0]
    if edition.is_example and edition.state == "in_force":
        return cells.mark("chip", "warn", _("In force (example)"))
    return cells.state(edition)


def _state_words(row: Any) -> str:
    return str(cells.lifecycle.label(Edition, row.versions[0].state)) if row.versions else _("No rules entered")


@require_safe
@needs("catalogue.view")
def item(request: HttpRequest, pk: UUID, edition: UUID | None = None) -> HttpResponse:
    """One item: each value of a rule version with its source, and what is missing."""
    qualification = get_object_or_404(queries.with_editions(request.actor), pk=pk)
    return _item_page(request, qualification, edition)


def _item_page(request: HttpRequest, qualification: Any, edition_pk: UUID | None = None, **more: Any) -> HttpResponse:
    chosen = _chosen(qualification.versions, edition_pk)
    context = {
        "qualification": qualification,
        "name": spelling.named(qualification),
        "code": official_code(qualification),
        "edition": chosen,
        "open": actions.hindrances(chosen, clock.today()) if chosen and chosen.state in ("draft", "confirmed") else [],
        "values": list(value_rows(FIELDS, chosen.rulebook.cells)) if chosen else [],
        "subjects": [(spelling.named(subject), list(value_rows(SUBJECT_FIELDS, subject.cells))) for subject in chosen.rulebook.subjects]
        if chosen
        else [],
        "rows": [(row, EDUCATION_LABELS[row.education], _(row.source)) for row in chosen.rulebook.eligibility] if chosen else [],
        "may_enter": may(request.actor, "catalogue.enter_edition"),
        "own": bool(chosen and chosen.entered_by_id and chosen.entered_by_id == request.actor.person_id),
        "form": Reason(),
        **more,
    }
    return render(request, "exams/catalogue/item.html", context, status=409 if more.get("refusal") else 200)


def _chosen(versions: list[Edition], pk: UUID | None) -> Edition | None:
    if pk:
        return next((version for version in versions if version.pk == pk), None)
    return versions[0] if versions else None


def value_rows(fields: dict[str, Field], found: Any) -> Iterator[dict[str, Any]]:
    """Label, value in words and source of each value, for a table."""
    for name, spec in fields.items():
        cell: Cell = found[name]
        yield {
            "label": _(spec.label),
            "value": _words(spec, cell),
            "source": _(cell.source) if cell.source else "",
            "filled": cell.filled,
            "required": spec.required,
        }


def _words(spec: Field, cell: Cell) -> str:
    if cell.none:
        return _("no such condition")
    if cell.value is None:
        return ""
    if spec.kind is bool:
        return _("Yes") if cell.value else _("No")
    return _(spec.choices[cell.value]) if spec.choices else str(cell.value)


@require_POST
@needs("catalogue.enter_edition")
def enter(request: HttpRequest) -> HttpResponse:
    """Take a file of rule versions."""
    form = RulesFile(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "exams/catalogue/enter.html", {"form": form}, status=422)
    try:
        made = actions.enter_text(by=request.actor, name=request.FILES["file"].name, text=form.cleaned_data["file"])
    except Refused as refusal:
        return render(request, "exams/catalogue/enter.html", {"form": form, "refusal": refusal}, status=409)
    messages.success(request, _("%(n)d rule versions entered. Another person confirms them.") % {"n": len(made)})
    return redirect("catalogue:item", made[0].qualification_id) if len(made) == 1 else redirect("catalogue:list")


@require_safe
@needs("catalogue.enter_edition")
def enter_form(request: HttpRequest) -> HttpResponse:
    """Where a file of rule versions is chosen."""
    return render(request, "exams/catalogue/enter.html", {"form": RulesFile()})


@require_POST
@needs("catalogue.view")
def move(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Confirm, return or put in force; refusals are shown on the item's page."""
    edition = get_object_or_404(Edition.objects.select_related("qualification"), pk=pk)
    try:
        if verb == "return":
            actions.return_edition(by=request.actor, edition=edition, reason=request.POST.get("reason", ""))
        elif verb == "confirm":
            actions.confirm_edition(by=request.actor, edition=edition)
        else:
            actions.put_in_force(by=request.actor, edition=edition)
    except Refused as refusal:
        qualification = get_object_or_404(queries.with_editions(request.actor), pk=edition.qualification_id)
        return _item_page(request, qualification, pk, refusal=refusal)
    return redirect("catalogue:edition", edition.qualification_id, edition.pk)


@needs("catalogue.view")
def calendar(request: HttpRequest) -> HttpResponse:
    """The days that are not what the week says, and a form to enter one."""
    allowed = may(request.actor, "catalogue.enter_calendar")
    form = Day(request.POST or None) if allowed else None
    if request.method == "POST" and form and form.is_valid():
        actions.set_day(by=request.actor, **form.cleaned_data)
        return redirect("catalogue:calendar")
    listing = Listing(
        CalendarDay.objects.all(),
        [
            Column("date", _("Day"), kind="day", sort="date"),
            Column("kind", _("What it is"), lambda row: row.get_kind_display()),
            Column("name", _("Name")),
            Column("source", _("Source")),
        ],
        filters=[Filter("year", _("Year"), [(str(year), str(year)) for year in queries.years_known()], "date__year")],
        default_sort="date",
        name="calendar",
        title=_("Working-day calendar"),
        empty=_("Without entries only weekends are left out of periods of working days."),
    )
    unknown = [year for year in (clock.today().year, clock.today().year + 1) if year not in queries.years_known()]
    return listing.answer(
        request,
        "exams/catalogue/calendar.html",
        {"form": form, "unknown": unknown, "unverified": CalendarDay.objects.filter(is_example=True).exists()},
    )
