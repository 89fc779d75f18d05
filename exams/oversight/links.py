"""Where the row behind a finding can be looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import NoReverseMatch, reverse

from exams.oversight.models import Finding
from exams.results.models import Result, ResultSheet
from exams.sittings.models import Duty

PAGES = {
    "exams.Mark": "results:mark",
    "exams.ScoreChange": "results:change",
    "exams.Bag": "archive:bag",
    "exams.Sitting": "sittings:sitting",
    "exams.Event": "programme:event",
    "exams.Application": "applications:application",
}


def links(findings: Iterable[Finding]) -> dict[Any, str]:
    """An address for each finding whose row has a page; three queries however many there are."""
    rows = list(findings)
    through = {
        "exams.Duty": ("sittings:slot", dict(Duty.objects.filter(pk__in=_ids(rows, "exams.Duty")).values_list("pk", "slot_id"))),
        "exams.Result": ("results:event", dict(_results(rows))),
        "exams.ResultSheet": ("results:event", dict(_sheets(rows))),
    }
    return {row.pk: _address(row, through) for row in rows}


def _address(row: Finding, through: dict[str, tuple[str, dict[Any, Any]]]) -> str:
    page, id = PAGES.get(row.about_type, ""), row.about_id.split(":")[0]
    if row.about_type in through:
        page, known = through[row.about_type]
        id = next((target for pk, target in known.items() if str(pk) == id), "")
    try:
        return reverse(page, args=[id]) if page and id else ""
    except NoReverseMatch:
        return ""


def _ids(rows: list[Finding], kind: str) -> list[str]:
    return [row.about_id.split(":")[0] for row in rows if row.about_type == kind]


def _results(rows: list[Finding]) -> Any:
    return Result.objects.filter(pk__in=_ids(rows, "exams.Result")).values_list("pk", "application__event_id")


def _sheets(rows: list[Finding]) -> Any:
    return ResultSheet.objects.filter(pk__in=_ids(rows, "exams.ResultSheet")).values_list("pk", "event_id")
