"""Workbooks of reports for tests: made from the template as it is handed out, filled row by row."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import openpyxl

from exams.access import Actor
from exams.catalogue.models import Qualification
from exams.documents.workbook import make
from exams.interests import importing
from exams.interests.models import ReportBatch
from exams.interests.template import template_for
from exams.people.models import Organisation
from tests.cast import id_number

COURSE = {"number": "PX-1", "title": "超声Ⅱ级班", "family": "UT", "since": date(2025, 6, 9), "until": date(2025, 6, 20)}


def families() -> None:
    for code in ("UT", "RT"):
        Qualification.objects.get_or_create(
            code=code, defaults={"name_zh": f"{code}检测", "regulation": "TSG Z8001-2019", "level": "Ⅱ", "family": code}
        )


def who(name: str, n: int | None = None, born: date | None = None) -> dict[str, Any]:
    """Somebody in a row: by number, or by name alone."""
    return {"name": name, "id_number": id_number(n) if n is not None else None, "birth_date": born}


def book(kind: str, rows: Mapping[str, Sequence[Mapping[str, Any]]], language: str = "zh-hans") -> bytes:
    families()
    return make(template_for(kind, language), rows)


def course_book(teachers: Sequence[Any] = (), trainees: Sequence[Any] = (), courses: Sequence[Any] = (COURSE,), **more: Any) -> bytes:
    of = {"course": "PX-1"}
    return book(
        "courses", {"courses": courses, "teachers": [of | one for one in teachers], "trainees": [of | one for one in trainees]}, **more
    )


def preview(by: Actor, kind: str, data: bytes) -> ReportBatch:
    own = Organisation.objects.get(pk=by.organisation_id)
    return importing.preview_workbook(by=by, kind=kind, organisation=own, file_bytes=data, file_name="上报.xlsx")


def put_on_record(by: Actor, kind: str, data: bytes) -> ReportBatch:
    return importing.import_reports(by=by, batch=preview(by, kind, data))


def changed(data: bytes, sheet: str, cell: str, value: Any) -> bytes:
    """The workbook with one cell changed, as a person would."""
    opened = openpyxl.load_workbook(io.BytesIO(data))
    opened[sheet][cell] = value
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()
