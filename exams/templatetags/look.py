"""The template tags that every page is made of: states, refusals, what blocks, times, fields, history, lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django import template
from django.forms import BoundField, ChoiceField, ModelChoiceField
from django.forms.forms import BaseForm
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from exams import capacities, cells, spelling
from exams.access import SYSTEM
from exams.agenda import OpenItem
from exams.catalogue import queries as catalogue
from exams.journal import queries as journal
from exams.recusal.rules import RULES
from exams.verdicts import Objection

register = template.Library()

_OPEN_TONE = {"refused": "danger", "todo": "warn", "wait": "wait", "done": "ok"}
_MESSAGE_TONE = {"success": "ok", "warning": "warn", "error": "danger", "info": "off", "debug": "off"}
# A browser's own date field speaks ISO whatever the reader's language.
_ISO = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime-local": "%Y-%m-%dT%H:%M"}
# Entries read for a history; lines shown of it once runs are folded; those of them that stand in view.
_HISTORY_READ, _HISTORY_SHOWN, _HISTORY_IN_VIEW = 200, 20, 6
THEMES, SIZES = ("light", "dark"), ("large", "larger")


# ---- Marks -----------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """{% icon "ok" %}: a symbol of _symbols.html; decoration unless it has a label."""
    if label:
        return format_html('<svg class="i" role="img" aria-label="{}"><use href="#i-{}"/></svg>', label, name)
    return format_html('<svg class="i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def chip(obj: Any, field: str = "state") -> SafeString:
    """{% chip sitting %}: the state of a row with its words and tone, as its life cycle declares them."""
    return cells.state(obj, field)


@register.simple_tag
def badge(tone: str, words: Any) -> SafeString:
    """{% badge "wait" _("Waiting for the witness") %}: a chip that is no life-cycle state."""
    return cells.mark("chip", tone, words)


@register.simple_tag
def said(tone: str, words: Any) -> SafeString:
    """{% said "ok" _("May act") %}: the same without a box, for rows."""
    return cells.mark("said", tone, words)


@register.simple_tag
def witnessed(value: bool | None) -> SafeString:
    """Witnessed or waiting: a state like any other."""
    return cells.mark("chip", "ok", gettext("Witnessed")) if value else cells.mark("chip", "wait", gettext("Waiting for the witness"))


# ---- Times and figures -----------------------------------------------------


def _time(moment: date | datetime | None, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words) if moment else mark_safe(spelling.NOTHING)


@register.simple_tag(name="when")
def when_tag(moment: date | datetime | None, seconds: bool = False) -> SafeString:
    """{% when slot.starts_at %} or {% when entry.at seconds=True %}"""
    return _time(moment, spelling.when(moment, seconds=seconds))


@register.simple_tag(name="day")
def day_tag(moment: date | datetime | None) -> SafeString:
    """{% day event.starts_on %}"""
    return _time(moment, spelling.day(moment))


@register.simple_tag(name="hour")
def hour_tag(moment: datetime | None, seconds: bool = False) -> SafeString:
    """{% hour slot.starts_at %}: 09:00, for tables that give the day elsewhere."""
    return _time(moment, spelling.hour(moment, seconds=seconds))


@register.simple_tag(name="span")
def span_tag(start: datetime | date | None, end: datetime | date | None, seconds: bool = False) -> SafeString:
    """{% span slot.starts_at slot.ends_at %}"""
    return _time(start, spelling.span(start, end, seconds=seconds))


@register.simple_tag(name="percent")
def percent_tag(part: int, whole: int, up: bool = False) -> str:
    """{% percent covered total %}: cut off, never rounded to 100%; `up=True` for what is missing."""
    return spelling.percent(part, whole, up=up)


# The same words as filters, for {% blocktrans with ... %}.
register.filter("when", spelling.when)
register.filter("day", spelling.day)
register.filter("hour", spelling.hour)
register.filter("number", spelling.number)
register.filter("duration", spelling.duration)
register.filter("masked", spelling.masked)
register.filter("named", spelling.named)


@register.filter
def unlocal(value: float) -> str:
    """A coordinate of a drawing: never with the reader's separators."""
    return str(value)


@register.filter
def exactly(moment: datetime | None) -> str:
    """A moment with its seconds, for records."""
    return spelling.when(moment, seconds=True)


@register.simple_tag(name="masked")
def masked_tag(value: str | None, url: str = "") -> SafeString:
    """{% masked person.id_number url %}: with `url`, a link to the page that asks for a purpose and shows the rest."""
    if not url:
        return format_html('<span class="mono">{}</span>', spelling.masked(value))
    return format_html(
        '<span class="mono">{}</span> <a class="nowrap" href="{}">{}</a>', spelling.masked(value), url, gettext("Show (state a purpose)")
    )


@register.filter
def capacity_title(capacity: str) -> str:
    """The title of a capacity's id in the reader's language."""
    return gettext(capacities.title(capacity)) if capacity else ""


@register.filter
def actor_name(name: str) -> str:
    """A name written down at the time; what the system did by itself is said in the reader's language."""
    return gettext(capacities.title(SYSTEM.capacity)) if name == SYSTEM.name else name


@register.filter
def family_names(ids: str | Iterable[str]) -> str:
    """{{ question.family|family_names }}: one item family, or several, by name; by id where the catalogue knows no such family."""
    names = catalogue.families()
    return ("、" if spelling.chinese() else ", ").join(names.get(one, one) for one in ([ids] if isinstance(ids, str) else ids))


# ---- Refusals and what blocks ----------------------------------------------


def _as_objection(item: Any) -> Objection:
    return Objection.from_json(item) if isinstance(item, dict) else item


def objections_of(refusal: Any) -> list[Objection]:
    """The objections of a Refused, a NotPermitted, a Verdict, a list of objections or of their stored form."""
    if refusal is None:
        return []
    if isinstance(refusal, Objection | dict):
        return [_as_objection(refusal)]
    if hasattr(refusal, "objections"):
        return [_as_objection(item) for item in refusal.objections]
    if hasattr(refusal, "reason"):
        return [refusal.reason] if refusal.reason else []
    return [_as_objection(item) for item in refusal]


@register.inclusion_tag("_objections.html")
def objections(refusal: Any, named: bool = False) -> dict[str, Any]:
    """{% objections refusal %}: why, on what basis, what can be done. `named` shows what is withheld from planners."""
    tones = {"block": "danger", "decide": "warn", "disclose": "wait"}
    rows = [
        {
            "id": item.id,
            "tone": tones[item.severity],
            "severity": item.severity,
            "why": item.text(named=named),
            "basis": item.basis_text(),
            "remedy": item.remedy_text(),
        }
        for item in objections_of(refusal)
    ]
    return {"objections": rows}


def _as_open_item(item: Any) -> OpenItem:
    if isinstance(item, Objection):
        return OpenItem("refused" if item.severity == "block" else "todo", item.text(), why=item.remedy_text(), basis=item.basis_text())
    return item


def _open_word(item: OpenItem) -> str:
    words = {"refused": gettext("Refused"), "todo": gettext("To do"), "wait": gettext("Waiting"), "done": gettext("Met")}
    return item.said or words[item.state]


@register.inclusion_tag("_blockers.html")
def blockers(
    items: Iterable[Any], step: Any = "", note: Any = "", met: Any = (), heading: Any = "", heading_url: str = ""
) -> dict[str, Any]:
    """{% blockers items _("Publish arrangement") %}: what still blocks that step, from the gate that would refuse; green when nothing does.

    Items are OpenItem or Objection; those in state "done", and the sentences of `met`, fold away.
    """
    rows = [_as_open_item(_as_objection(item)) for item in items or ()]
    still = [{"item": row, "tone": _OPEN_TONE[row.state], "word": _open_word(row)} for row in rows if row.state != "done"]
    done = [row.title for row in rows if row.state == "done"] + list(met or ())
    count = ngettext("%(n)d item still open", "%(n)d items still open", len(still)) % {"n": len(still)}
    return {"rows": still, "met": done, "step": step, "note": note, "count": count, "heading": heading, "heading_url": heading_url}


@register.filter
def still_open(items: Iterable[Any] | None) -> int:
    """How many of these items block, for the button: {% act ... blocked=items|still_open %}"""
    return sum(getattr(item, "state", "refused") != "done" for item in items or ())


@register.inclusion_tag("_act.html", takes_context=True)
def act(
    context: Context, label: Any, url: str, tone: str = "", blocked: int = 0, confirm: str = "", explain: Any = "", **values: Any
) -> dict[str, Any]:
    """{% act _("Publish arrangement") url tone="primary" blocked=n %}: one button that posts.

    `tone`: "primary" (one a page) or "final" (cannot be undone); `confirm` is the number that must be typed first,
    posted as `confirmed`; further keywords are posted as hidden values.
    """
    return {
        "csrf_token": context.get("csrf_token"), "label": label, "url": url, "tone": tone, "blocked": blocked,
        "confirm": confirm, "explain": explain, "values": values.items(),
    }  # fmt: skip


# ---- Forms -----------------------------------------------------------------


@register.inclusion_tag("_field.html")
def field(bound: BoundField, hint: Any = "") -> dict[str, Any]:
    """{% field form.name %}: label above, help, the control, the error beside it, all tied together for a reader."""
    control = bound.field.widget
    kind = control.attrs.get("type", getattr(control, "input_type", ""))
    if kind in _ISO:
        control.format = _ISO[kind]
    grouped = getattr(control, "input_type", "") in ("radio", "checkbox") and bool(getattr(control, "choices", None))
    hint = hint or bound.help_text
    ids = [f"{bound.auto_id}_hint"] if hint else []
    ids += [f"{bound.auto_id}_error"] if bound.errors else []
    attrs: dict[str, Any] = {"aria-describedby": " ".join(ids)} if ids else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    single = getattr(control, "input_type", "") == "checkbox" and not grouped
    return {
        "bound": bound,
        "hint": hint,
        "grouped": grouped,
        "single": single,
        "widget": "" if grouped else bound.as_widget(attrs=attrs),
        "described": " ".join(ids),
    }


@register.inclusion_tag("_form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """{% form_errors form %}: every error on top, each a link to its field."""
    rows = [{"label": bound.label, "anchor": bound.id_for_label or bound.auto_id, "errors": bound.errors} for bound in form if bound.errors]
    total = len(form.non_field_errors()) + sum(len(row["errors"]) for row in rows)
    title = ngettext("%(n)d entry needs correction", "%(n)d entries need correction", total) % {"n": total}
    return {"rows": rows, "general": form.non_field_errors(), "title": title, "any": bool(total)}


@register.inclusion_tag("_fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """{% fields form %}: errors on top, hidden fields, then every visible field."""
    return {"form": form}


@register.filter
def worded(form: BaseForm) -> BaseForm:
    """{% fields form|worded %}: choices that the form shows by their ids, item families and rules of recusal, by name."""
    names = {**catalogue.families(), **{rule.id: gettext(rule.title) for rule in RULES}}
    for one in form.fields.values():
        if isinstance(one, ChoiceField) and not isinstance(one, ModelChoiceField):
            one.choices = [(value, names.get(str(value)) or names.get(str(label)) or label) for value, label in one.choices]
    return form


# ---- Records, lists, drawings ----------------------------------------------


@register.inclusion_tag("_history.html")
def history_of(obj: Any, rows: Any = None) -> dict[str, Any]:
    """{% history_of sitting %}: what the journal says about this row, newest first; runs of the same step are one line, old ones fold."""
    runs = _folded(journal.history(obj, limit=_HISTORY_READ) if rows is None else rows)[:_HISTORY_SHOWN]
    # A fold that hides a line or two would cost more than it saves.
    cut = _HISTORY_IN_VIEW if len(runs) > _HISTORY_IN_VIEW + 2 else len(runs)
    return {"rows": runs[:cut], "earlier": runs[cut:], "total": sum(run["count"] for run in runs)}


def _folded(lines: Iterable[journal.Line]) -> list[dict[str, Any]]:
    """Entries that follow one another with the same step, person, outcome and witness: sixty checked scores must not drown the rest."""
    runs = [list(run) for _, run in groupby(lines, key=lambda line: (line.action, line.by, line.outcome, line.witnessed))]
    return [{"line": run[0], "count": len(run), "first": run[-1].at} for run in runs]


@register.inclusion_tag("_listing.html", takes_context=True)
def listing(context: Context, page: Any) -> dict[str, Any]:
    """{% listing page %}: search, filters, table, pages and export of an exams.listing page."""
    return {"page": page, "request": context.get("request")}


@register.inclusion_tag("_bars.html")
def bars(drawn: Any) -> dict[str, Any]:
    """{% bars drawn %}: an exams.drawing.Bars with its data table."""
    return {"drawn": drawn}


@register.inclusion_tag("_timeline.html")
def timeline(drawn: Any) -> dict[str, Any]:
    """{% timeline drawn %}: an exams.drawing.Timeline with its data table."""
    return {"drawn": drawn}


@register.inclusion_tag("_job.html")
def job(job: Any) -> dict[str, Any]:
    """{% job job %}: the bar of a long piece of work; it goes on without the page."""
    return {"job": job}


# ---- Frame -----------------------------------------------------------------


@register.simple_tag(takes_context=True)
def look_attributes(context: Context, theme: str = "") -> SafeString:
    """Language, theme and print size of the root; `theme` is for a page that has only one, such as the wall."""
    cookies = getattr(context.get("request"), "COOKIES", {})
    pairs = [("lang", "zh-Hans" if (get_language() or "").startswith("zh") else "en")]
    if theme or cookies.get("theme") in THEMES:
        pairs.append(("data-theme", theme or cookies["theme"]))
    if cookies.get("print_size") in SIZES:
        pairs.append(("data-print-size", cookies["print_size"]))
    return format_html_join(" ", '{}="{}"', pairs)


@register.simple_tag
def path(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named page, or nothing where this installation has no such page (unlike {% url %}, it never fails)."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.filter
def message_tone(level: str) -> str:
    """The status look of a message of Django."""
    return _MESSAGE_TONE.get(level, "off")
