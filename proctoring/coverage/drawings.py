"""Coverage as drawings: cameras by time and seats by time, with the same fills everywhere."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from exams.drawing import Row, Segment, Timeline
from exams.sittings.models import Sitting
from proctoring.cameras.states import word, words
from proctoring.coverage.queries import Report, moment
from proctoring.coverage.timeline import Stretch

FILL = {"gap": "gap", "doubt": "wait"}


def cameras(report: Report) -> Timeline:
    """One row per camera."""
    rows = [Row(name, _segments(line), "ok") for name, line in report.coverage.cameras.items()]
    return _timeline(_("Cameras by time"), report, rows)


def seats(report: Report) -> Timeline:
    """One row per seat."""
    rows = [Row(label, _segments(line), "ok") for label, line in report.coverage.seats.items()]
    return _timeline(_("Seats by time"), report, rows)


def _segments(line: Iterable[Stretch]) -> list[Segment]:
    return [
        Segment(moment(one.start), moment(one.end), FILL[one.verdict], said(one.reasons))  # type: ignore[arg-type]
        for one in line
        if one.verdict != "ok"
    ]


def said(reasons: Iterable[str]) -> str:
    """Reasons in words; a seat's reason names the camera before the colon."""
    parts = [reason.partition(":") for reason in reasons]
    if not any(colon for _name, colon, _code in parts):
        return words(name for name, _colon, _code in parts)
    return ", ".join(f"{name} {word(code)}" if colon else word(name) for name, colon, code in parts)


def _timeline(title: str, report: Report, rows: list[Row]) -> Timeline:
    start, end = (moment(at) for at in report.coverage.window)
    return Timeline(title, start, end, rows, marks=_marks(report.sitting))


def _marks(sitting: Sitting) -> list[tuple[object, str]]:
    return [(bell.at, bell.get_kind_display()) for bell in sitting.bells.all() if bell.kind in ("start", "end")]
