"""Lists: search, sort and filters in the address, pages of fifty, and an export of exactly what is shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext

from exams import cells, workbook

PAGE_SIZE = 50
_MAX_WORDS = 8

_ALIGN = {"number": "num", "act": "row-act"}

Value = str | Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """One column. `value` is a dotted path or a function of the row; `sort` names the database fields; `link` gives an address.

    Kinds: text, head (the row's name), number, when, day, state (the chip of the row itself), masked, html (a SafeString; then
    give `export`), act (a link at the row's end, never exported).
    """

    key: str
    title: Any
    value: Value = ""
    kind: str = "text"
    sort: str | Sequence[str] = ""
    link: Callable[[Any], str] | None = None
    export: Callable[[Any], Any] | None = None

    def read(self, row: Any) -> Any:
        value = self.value or self.key
        return value(row) if callable(value) else _follow(row, value)

    @property
    def sort_fields(self) -> list[str]:
        return [self.sort] if isinstance(self.sort, str) and self.sort else list(self.sort)


@dataclass(frozen=True)
class Filter:
    """One filter: a closed list of choices, and the lookup (or a function of queryset and value) that applies it."""

    key: str
    title: Any
    choices: Iterable[tuple[str, Any]] | Callable[[], Iterable[tuple[str, Any]]]
    lookup: str | Callable[[QuerySet[Any], str], QuerySet[Any]] = ""

    def options(self) -> list[tuple[str, Any]]:
        found = self.choices() if callable(self.choices) else self.choices
        return [(str(value), title) for value, title in found]

    def apply(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        if callable(self.lookup):
            return self.lookup(queryset, value)
        return queryset.filter(**{self.lookup or self.key: value})


@dataclass
class Listing:
    """A list as its subject declares it; `answer(request, template)` makes the page or the export."""

    queryset: QuerySet[Any]
    columns: Sequence[Column]
    search: Sequence[str] = ()
    filters: Sequence[Filter] = ()
    default_sort: str = ""
    name: str = "list"
    empty: Any = ""
    empty_url: str = ""
    empty_link: Any = ""
    title: Any = ""
    prefix: str = ""
    export: bool = True
    selected: Callable[[Any], bool] | None = None

    def page(self, request: HttpRequest) -> Page:
        """What of the list this address asks for."""
        return Page(self, request)

    def answer(self, request: HttpRequest, template: str, context: dict[str, Any] | None = None) -> HttpResponse:
        """The page with `listing` in its context, or the workbook when the address says export=xlsx."""
        page = self.page(request)
        if page.wants_export:
            return page.workbook()
        return render(request, template, {**(context or {}), "listing": page})


@dataclass
class Page:
    """One view of a listing: the rows of one page, and every address that leads to another view of it."""

    listing: Listing
    request: HttpRequest
    query: str = field(init=False)
    sort: str = field(init=False)
    chosen: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.query = self._asked("q").replace("\x00", "").strip()[:200]
        wanted = self._asked("sort") or self.listing.default_sort
        self.sort = wanted if wanted.removeprefix("-") in self._sortable() else self.listing.default_sort
        self.options = {one.key: one.options() for one in self.listing.filters}
        asked = {key: self._asked(key) for key in self.options}
        self.chosen = {key: value for key, value in asked.items() if value in dict(self.options[key])}
        self._matching = self._sorted(self._filtered())
        self.total = self._matching.count()
        self.pages = max(1, math.ceil(self.total / PAGE_SIZE))
        number = self._asked("page")
        self.number = min(max(int(number), 1), self.pages) if number.isascii() and number.isdigit() and len(number) < 9 else 1

    # -- what the address says --

    def _asked(self, key: str) -> str:
        return self.request.GET.get(self.listing.prefix + key, "")

    def _sortable(self) -> dict[str, list[str]]:
        return {column.key: column.sort_fields for column in self.listing.columns if column.sort}

    def _filtered(self) -> QuerySet[Any]:
        found = self.listing.queryset
        for one in self.listing.filters:
            if one.key in self.chosen:
                found = one.apply(found, self.chosen[one.key])
        for word in self.query.split()[:_MAX_WORDS] if self.listing.search else ():
            condition = Q()
            for name in self.listing.search:
                condition |= Q(**{f"{name}__icontains": word})
            found = found.filter(condition)
        return found

    def _sorted(self, found: QuerySet[Any]) -> QuerySet[Any]:
        """Every order ends with the key, so that pages neither repeat nor lose a row."""
        fields = self._sortable().get(self.sort.removeprefix("-"))
        if not fields:
            return found if found.ordered else found.order_by("pk")
        sign = "-" if self.sort.startswith("-") else ""
        return found.order_by(*[sign + name if not name.startswith("-") else (name[1:] if sign else name) for name in fields], "pk")

    def address(self, **changes: Any) -> str:
        """The address of this list with some of its parts changed; None takes one away."""
        params = self.request.GET.copy()
        for key, value in changes.items():
            params.pop(self.listing.prefix + key, None)
            if value not in (None, ""):
                params[self.listing.prefix + key] = str(value)
        text = params.urlencode()
        return f"?{text}" if text else "?"

    # -- what the template shows --

    @property
    def wants_export(self) -> bool:
        return self.listing.export and self._asked("export") == "xlsx"

    @property
    def searched(self) -> bool:
        return bool(self.query or self.chosen)

    def heads(self) -> Iterator[dict[str, Any]]:
        for column in self.listing.columns:
            direction = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort, "")
            turned = f"-{column.key}" if direction == "ascending" else column.key
            yield {"column": column, "direction": direction, "url": self.address(sort=turned, page=None) if column.sort else ""}

    def rows(self) -> Iterator[dict[str, Any]]:
        start = (self.number - 1) * PAGE_SIZE
        for row in self._matching[start : start + PAGE_SIZE]:
            shown = [self._cell(column, row) for column in self.listing.columns]
            yield {"cells": shown, "selected": bool(self.listing.selected and self.listing.selected(row)), "row": row}

    def _cell(self, column: Column, row: Any) -> dict[str, Any]:
        html = cells.shown(column.kind, row, None if column.kind == "state" else column.read(row))
        address = column.link(row) if column.link else ""
        if address and html:
            html = format_html('<a href="{}">{}</a>', address, html)
        css = [_ALIGN.get(column.kind, ""), "nowrap" if cells.short(html, head=column.kind == "head") else ""]
        return {"column": column, "html": html, "css": " ".join(filter(None, css))}

    def filter_fields(self) -> Iterator[dict[str, Any]]:
        for one in self.listing.filters:
            yield {
                "key": self.listing.prefix + one.key,
                "title": one.title,
                "options": self.options[one.key],
                "value": self.chosen.get(one.key, ""),
            }

    def chosen_chips(self) -> Iterator[dict[str, Any]]:
        for one in self.listing.filters:
            if one.key in self.chosen:
                title = dict(self.options[one.key])[self.chosen[one.key]]
                yield {"text": f"{one.title}: {title}", "url": self.address(**{one.key: None, "page": None})}

    def kept(self) -> list[tuple[str, str]]:
        """What else stands in the address, to be carried along by the search form."""
        own = {self.listing.prefix + key for key in ("q", "page", "export", *self.options)}
        return [(key, value) for key, values in self.request.GET.lists() if key not in own for value in values]

    @property
    def clear_url(self) -> str:
        return self.address(q=None, page=None, **dict.fromkeys(self.options))

    @property
    def export_url(self) -> str:
        return self.address(export="xlsx", page=None) if self.listing.export else ""

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE_SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * PAGE_SIZE, self.total)

    @property
    def previous_url(self) -> str:
        return self.address(page=self.number - 1) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        return self.address(page=self.number + 1) if self.number < self.pages else ""

    # -- what leaves --

    def workbook(self) -> HttpResponse:
        """Every matching row, in the order shown, with the columns shown."""
        columns = [column for column in self.listing.columns if column.kind != "act"]
        rows = (
            [cells.exported(column.kind, row, _for_export(column, row)) for column in columns]
            for row in self._matching.iterator(chunk_size=2000)
        )
        content = workbook.write([str(column.title) for column in columns], rows, sheet=str(self.listing.title or gettext("List")))
        response = HttpResponse(content, content_type=workbook.MEDIA_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{self.listing.name}.xlsx"'
        response["Cache-Control"] = "no-store"
        return response


def _for_export(column: Column, row: Any) -> Any:
    if column.export:
        return column.export(row)
    return None if column.kind == "state" else column.read(row)


def _follow(row: Model | Any, path: str) -> Any:
    """The value at a dotted path; nothing where a link of it is empty."""
    value = row
    for name in path.split("."):
        value = getattr(value, name, None)
        if callable(value):
            value = value()
        if value is None:
            return None
    return value
