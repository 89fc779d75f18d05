"""The calendar of working days: read from a file of one year, and as the periods count with it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from exams.catalogue.loading import Fault, LoadError, lines_of_keys
from exams.verdicts import gettext_noop as _


@dataclass(frozen=True)
class Day:
    """One day that is not what the week says."""

    date: date
    kind: str
    name: str


@dataclass(frozen=True)
class Year:
    """A year as a file has it; `verified` only if somebody compared it with the original notice."""

    year: int
    source: str
    verified: bool
    days: tuple[Day, ...]


def load_calendar(path: Path) -> Year:
    """Read a calendar file. Raises LoadError with all faults."""
    text = path.read_text(encoding="utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LoadError([Fault(path.name, 1, _("Not readable as TOML: %(error)s"), {"error": str(error)})]) from None
    lines = lines_of_keys(text)
    faults: list[Fault] = []

    def fault(where: tuple[str | int, ...], message: str, **params: Any) -> None:
        faults.append(Fault(path.name, lines.get(where, 1), message, params))

    for key in data.keys() - {"year", "source", "verified", "holiday", "workday"}:
        fault((key,), _("“%(key)s” is not known here."), key=key)
    if not isinstance(data.get("year"), int):
        fault(("year",), _("“%(key)s” must be %(type)s."), key="year", type=_("a whole number"))
    if not data.get("source"):
        fault(("source",), _("“%(key)s” has a value without a source."), key="year")
    days = [day for kind in ("holiday", "workday") for day in _days(kind, data, fault)]
    _check(days, data.get("year"), fault)
    if faults:
        raise LoadError(faults)
    return Year(data["year"], data["source"], bool(data.get("verified")), tuple(days))


def _days(kind: str, data: dict[str, Any], fault: Any) -> Iterator[Day]:
    for n, raw in enumerate(data.get(kind, [])):
        for key in raw.keys() - {"name", "from", "until", "days"}:
            fault((kind, n, key), _("“%(key)s” is not known here."), key=key)
        found = [day for day in raw.get("days", []) if isinstance(day, date)]
        first, last = raw.get("from"), raw.get("until")
        if isinstance(first, date) and isinstance(last, date) and first <= last:
            found += [first + timedelta(days=k) for k in range((last - first).days + 1)]
        if not found or not raw.get("name"):
            fault((kind, n), _("Each entry needs a name and either “from” and “until” or “days”."))
        yield from (Day(day, kind, raw.get("name", "")) for day in found)


def _check(days: list[Day], year: Any, fault: Any) -> None:
    seen: set[date] = set()
    for day in days:
        if day.date in seen:
            fault((), _("“%(key)s” stands here twice."), key=str(day.date))
        if day.date.year != year:
            fault((), _("%(date)s is not in the year of the file."), date=str(day.date))
        if day.kind == "workday" and day.date.weekday() < 5:
            fault((), _("%(date)s is no weekend and cannot be a shifted workday."), date=str(day.date))
        seen.add(day.date)
