"""What a plan and a notice must hold: order of dates, fields, lead time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

_PUBLISHED = _("Administrative Licensing Law, Art. 54")

# The least a body or an authority may set as lead time; the value in force is a parameter with its source.
LEAD_DAYS, LEAD_DAYS_SOURCE, LEAST_LEAD_DAYS = 20, "W-CASEI23", 10

CATEGORIES = {
    "first": _("First certification"),
    "retake": _("Retake (first certification)"),
    "renewal": _("Renewal by exam"),
    "renewal_retake": _("Retake (renewal)"),
}


@dataclass(frozen=True)
class Item:
    """One item of a plan: which gaps its rules still have, and whether rules are in force at all."""

    name: str
    missing: tuple[str, ...] = ()
    in_force: bool = True


def plan_objections(
    *, items: Sequence[Item], apply_from: date, apply_until: date, starts_on: date, ends_on: date
) -> Iterator[Objection]:
    """An event needs items with complete rules in force, and days in their order."""
    if not items:
        yield Objection("programme.no_items", _("The event has no item yet."), remedy=_("Choose at least one item."))
    for item in items:
        if item.missing:
            yield Objection(
                "programme.missing_values",
                _("Item “%(item)s” cannot be put into the plan. Still empty: %(fields)s."),
                {"item": item.name, "fields": ", ".join(item.missing)},
                _("Notice 2024 No. 34, I (3); Administrative Licensing Law, Art. 54"),
                _("Enter the values with their clause and have them confirmed."),
            )
        elif not item.in_force:
            yield Objection(
                "programme.no_edition",
                _("No rules of item “%(item)s” are in force on %(date)s."),
                {"item": item.name, "date": apply_from},
                _PUBLISHED,
                _("Have the values confirmed and put in force."),
            )
    if apply_until < apply_from:
        yield Objection("programme.apply_order", _("Applications end before they begin."))
    if ends_on < starts_on:
        yield Objection("programme.event_order", _("The event ends before it begins."))
    if starts_on <= apply_until:
        yield Objection("programme.apply_late", _("Applications must end before the event begins."))


def fields_objections(fields: Mapping[str, object], titles: Mapping[str, str]) -> Iterator[Objection]:
    """Every field of the notice that is still empty (R-38)."""
    empty = [titles[name] for name in titles if not fields.get(name)]
    for title in empty:
        yield Objection(
            "programme.empty_field", _("The notice still lacks: %(field)s."), {"field": title}, _PUBLISHED, _("Fill it in.")
        )


def lead_objection(*, today: date, starts_on: date, lead_days: int, source: str, consent: bool) -> Iterator[Objection]:
    """A notice appears so many days before the first day of the event, or with the authority's consent."""
    last = starts_on - timedelta(days=lead_days)
    if today <= last or consent:
        return
    yield Objection(
        "programme.late_notice",
        _("The notice must appear by %(last)s, %(days)s days before the event begins on %(starts)s."),
        {"last": last, "days": lead_days, "starts": starts_on, "source": source},
        _("Administrative Licensing Law, Art. 54; lead time of notices: %(days)s days (%(source)s)"),
        _("Move the event, or ask the authority to consent to a late notice."),
    )
