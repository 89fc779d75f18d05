"""How one value of a list is shown on the page and how it leaves in a workbook."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

from exams import lifecycle, spelling

_ONE_LINE, _ONE_LINE_HEAD = 18, 28  # Latin characters; a Han character is two
_TONES = ("ok", "warn", "danger", "wait", "off")


def mark(css: str, tone: str, words: Any) -> SafeString:
    """A status: icon, word and colour together, in a box (chip) or without (said)."""
    tone = tone if tone in _TONES else "off"
    return format_html('<span class="{0} {1}"><svg class="i" aria-hidden="true"><use href="#i-{1}"/></svg>{2}</span>', css, tone, words)


def state(row: Any, name: str = "state") -> SafeString:
    """The state of a row as its life cycle words it."""
    value = getattr(row, name, "")
    return mark("chip", lifecycle.tone(type(row), value), lifecycle.label(type(row), value)) if value else mark_safe("")


def shown(kind: str, row: Any, value: Any) -> SafeString:
    """The cell on the page, escaped."""
    if kind == "state":
        return state(row)
    if value is None or value == "":
        return mark_safe(spelling.NOTHING) if kind != "act" else mark_safe("")
    if kind == "masked":
        return format_html('<span class="mono">{}</span>', spelling.masked(value))
    if kind == "day" or (isinstance(value, date) and not isinstance(value, datetime)):
        return conditional_escape(spelling.day(value))
    if kind == "when" or isinstance(value, datetime):
        return conditional_escape(spelling.when(value))
    if kind == "number" and isinstance(value, int | float | Decimal):
        return conditional_escape(spelling.number(value))
    return conditional_escape(value)


def short(html: str, *, head: bool = False) -> bool:
    """Whether a cell stays on one line: names, codes, numbers and days do; a sentence or a long title may break."""
    text = strip_tags(html)
    return sum(2 if ord(mark) > 0x2E7F else 1 for mark in text) <= (_ONE_LINE_HEAD if head else _ONE_LINE)


def exported(kind: str, row: Any, value: Any) -> Any:
    """The cell in the workbook: figures as figures, times as local times, everything else as text that is no formula."""
    if kind == "state":
        return str(lifecycle.label(type(row), getattr(row, "state", "")))
    if value is None:
        return ""
    if kind == "masked":
        return spelling.masked(value)
    if isinstance(value, datetime):
        return spelling.local(value).replace(tzinfo=None)
    if isinstance(value, int | float | Decimal | date) and not isinstance(value, bool):
        return value
    return strip_tags(value) if isinstance(value, SafeString) else str(value)
