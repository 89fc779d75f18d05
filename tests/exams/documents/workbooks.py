"""Workbooks for tests: a template with one column of each kind, and ways to spoil a file."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl

from exams.documents.sheets import CHOICE, CODE, DATE, NUMBER, CellWrong, Column, Sheet, Template


def four_signs(value: str) -> str:
    if len(value) != 4:
        raise CellWrong("Four signs are expected.", "0123")
    return value


PEOPLE = Sheet(
    "people",
    ("考生", "Candidates"),
    (
        Column("name", ("姓名", "Name"), required=True, example="王五"),
        Column("sex", ("性别", "Sex"), CHOICE, choices={"male": ("男", "Male"), "female": ("女", "Female")}),
        Column("id", ("证件号", "ID number"), CODE, required=True, example="0123", check=four_signs),
        Column("years", ("年限", "Years"), NUMBER, example="2"),
        Column("born", ("出生日期", "Date of birth"), DATE, example="1990-01-31"),
    ),
)
TEMPLATE = Template("people", "7", (PEOPLE,), guide=[["姓名", "必填", "照证件填写", "王五"]])
HEADS = ["姓名", "性别", "证件号", "年限", "出生日期"]


def book(*rows: list[Any], heads: list[str] | None = None, sheet: str = "考生") -> bytes:
    """A workbook as somebody without the template would write it."""
    made = openpyxl.Workbook()
    page = made.active
    page.title = sheet
    page.append(heads or HEADS)
    for row in rows:
        page.append(row)
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def spoil(data: bytes, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> bytes:
    """The same parcel with its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return out.getvalue()
