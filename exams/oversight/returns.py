"""Statistical returns: figures computed from the record, each with the rows behind it (annex 2 of notice 2024 No. 34)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.oversight.models import Audit, Finding
from exams.people.models import Organisation
from exams.registry import Registry

RETURNS = Registry("statistical returns")


@dataclass(frozen=True)
class Period:
    """What a return covers: an authority, and the days from the first to the last."""

    authority: Organisation
    since: date
    until: date


@dataclass(frozen=True)
class Figure:
    """One number of a return with the rows it was counted from."""

    value: int
    rows: tuple[Any, ...] = ()


def statistical_return(id: str, label: Any, *, annex: str = "2") -> Callable[[Callable[[Period], Figure]], Any]:
    """Register one field of a return; `label` is the official one."""
    return RETURNS.register(id, label=label, annex=annex)


def computed(period: Period, annex: str = "2") -> Iterable[tuple[Any, Figure]]:
    """Every field of an annex with its figure."""
    return [(entry, entry(period)) for entry in RETURNS if entry.annex == annex]


def carried_out(period: Period) -> list[Audit]:
    """Audits that really took place in the period: planned and terminated ones do not count."""
    served = Audit.objects.filter(authority=period.authority, served_at__date__range=(period.since, period.until))
    return list(served.exclude(state="terminated").select_related("body").order_by("body__name", "served_at"))


@statistical_return("annex2.B6", _("Exam bodies inspected (number of bodies)"))
def bodies_inspected(period: Period) -> Figure:
    """Different exam bodies at which an audit was carried out; not the number of visits."""
    bodies = {audit.body_id: audit.body for audit in carried_out(period)}
    return Figure(len(bodies), tuple(bodies.values()))


def bodies_with_problems(period: Period) -> list[tuple[Organisation, list[Finding]]]:
    """List (II) of annex 2: every exam body with an open or rectified finding of the period."""
    found: dict[Any, tuple[Organisation, list[Finding]]] = {}
    rows = Finding.objects.filter(audit__in=carried_out(period)).exclude(state="dropped").select_related("audit__body")
    for finding in rows.order_by("audit__body__name", "audit__number", "number"):
        found.setdefault(finding.audit.body_id, (finding.audit.body, []))[1].append(finding)
    return list(found.values())
