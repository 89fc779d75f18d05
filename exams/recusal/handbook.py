"""The manual of recusal out of the code: capacities, what they exclude, the rules, and what a case as a file may contain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from exams import wording
from exams.capacities import CAPACITIES, EXCLUSIONS
from exams.recusal import cases
from exams.recusal.rules import RULES

Row = tuple[str, ...]
Table = tuple[Row, Iterable[Row]]


def capacities() -> Iterator[dict[str, Any]]:
    for row in CAPACITIES.values():
        yield {"id": row.id, "title": row.title, "in": list(row.organisation_kinds), "for": row.doc}


def exclusions() -> Iterator[dict[str, Any]]:
    """For each capacity those that the same person may not hold, in the order of the list, once for each pair."""
    others: dict[tuple[str, str], list[str]] = {}
    for pair, basis in EXCLUSIONS.items():
        first, second = sorted(pair, key=list(CAPACITIES).index)
        others.setdefault((first, basis), []).append(second)
    for (first, basis), names in others.items():
        yield {"id": first, "excludes": names, "basis": basis}


def rules() -> Iterator[dict[str, Any]]:
    for rule in RULES:
        told = {name: rule.about[name] for name in ("title", "message", "severity", "waivable", "basis", "remedy")}
        yield {"id": rule.id, "says": rule.doc, **told, "capacities": [one for one in CAPACITIES if one in rule.capacities]}


def spoken(row: dict[str, Any]) -> dict[str, Any]:
    """The row in the language of the moment; what a rule says of itself in the code stays as it is."""
    return {name: wording.template(value) if name in _WORDED else value for name, value in row.items()}


_WORDED = frozenset({"title", "for", "message", "basis", "remedy"})


def capacities_table() -> Table:
    rows = ((f"`{row['id']}`", row["title"], ", ".join(row["in"]), row["for"]) for row in capacities())
    return ("capacity", "title", "in", "what it is for"), rows


def exclusions_table() -> Table:
    rows = ((f"`{row['id']}`", ", ".join(f"`{other}`" for other in row["excludes"]), row["basis"]) for row in exclusions())
    return ("capacity", "may not also be", "basis"), rows


def rules_table() -> Table:
    rows = ((f"`{row['id']}`", row["says"], row["severity"], row["basis"]) for row in rules())
    return ("rule", "what it says", "severity", "basis"), rows


def cases_table() -> Table:
    return ("where", "names", "what it is"), ((f"`{where}`", names, meant) for where, names, meant in cases.shape())


TABLES: dict[str, Callable[[], Table]] = {
    "capacities": capacities_table,
    "exclusions": exclusions_table,
    "recusal rules": rules_table,
    "recusal case": cases_table,
}
