"""Making workbooks: templates to fill in, and the user's own workbook with its faults marked."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from exams.documents.sheets import CHOICE, CODE, DATE, REASON_TITLES, CellFault, Column, Sheet, Template
from exams.documents.workbook_reading import META

YELLOW = PatternFill("solid", fgColor="FFFFF2A8", bgColor="FFFFF2A8")
HEAD = PatternFill("solid", fgColor="FFF3F5F9")
BOLD = Font(bold=True)
WRAP = Alignment(wrap_text=True, vertical="top")
AS_TEXT = "@"
# Beyond this many rows there are no drop-downs.
PREPARED_ROWS = 2000


def make(template: Template, rows: Mapping[str, Iterable[Mapping[str, Any]]] | None = None) -> bytes:
    """A workbook to fill in, optionally with rows already in it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    codes = book.create_sheet("_codes")
    codes.sheet_state = "veryHidden"
    for sheet in template.sheets:
        page = book.create_sheet(sheet.title)
        _lay_out(page, sheet, codes)
        for number, row in enumerate((rows or {}).get(sheet.key, ()), start=2):
            _fill(page, sheet, number, row)
    _guide(book, template)
    meta = book.create_sheet(META)
    meta.sheet_state = "veryHidden"
    meta["A1"], meta["A2"] = template.kind, template.version
    book.active = book.sheetnames.index(template.sheets[0].title)
    return _saved(book)


def annotate(data: bytes, faults: Sequence[CellFault], reason_title: str = REASON_TITLES[0]) -> bytes:
    """The user's own workbook again: wrong cells yellow, and a column at the right that says why."""
    book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    by_sheet: dict[str, dict[int, list[CellFault]]] = {}
    for fault in faults:
        if fault.sheet in book.sheetnames:
            by_sheet.setdefault(fault.sheet, {}).setdefault(fault.row, []).append(fault)
    for page in book.worksheets:
        _clear_marks(page)
        if page.title in by_sheet:
            _mark(page, by_sheet[page.title], reason_title)
    return _saved(book)


def _saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _as_text(cell: Any, value: Any) -> Any:
    """Write text that stays text."""
    cell.value = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", str(value))
    cell.data_type = "s"
    cell.number_format = AS_TEXT
    return cell


def _lay_out(page: Any, sheet: Sheet, codes: Any) -> None:
    page.freeze_panes = "A2"
    for at, column in enumerate(sheet.columns, start=1):
        head = page.cell(1, at, column.title + (" *" if column.required else ""))
        head.font, head.fill, head.alignment = BOLD, HEAD, WRAP
        letter = get_column_letter(at)
        page.column_dimensions[letter].width = column.width
        if column.kind in (CODE, DATE) or column.kind == "text":
            # The format of the column holds for cells nobody has touched yet.
            page.column_dimensions[letter].number_format = AS_TEXT
        if column.kind == CHOICE:
            _drop_down(page, letter, column, codes)


def _drop_down(page: Any, letter: str, column: Column, codes: Any) -> None:
    at = codes.max_column + 1 if codes.max_row > 1 or codes["A1"].value else 1
    labels = [each[0] for each in column.choices.values()]
    for number, label in enumerate(labels, start=1):
        _as_text(codes.cell(number, at), label)
    where = get_column_letter(at)
    rule = DataValidation(
        type="list",
        formula1=f"'{codes.title}'!${where}$1:${where}${max(len(labels), 1)}",
        allow_blank=not column.required,
        showErrorMessage=True,
    )
    rule.error = " / ".join(labels)[:220]
    page.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{PREPARED_ROWS + 1}")


def _fill(page: Any, sheet: Sheet, number: int, row: Mapping[str, Any]) -> None:
    for at, column in enumerate(sheet.columns, start=1):
        value = row.get(column.key)
        if value is None:
            continue
        cell = page.cell(number, at)
        if column.kind == CHOICE:
            value = column.choices[value][0]
        if isinstance(value, date):
            value = value.isoformat()
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            cell.value = value
        else:
            _as_text(cell, value)


def _guide(book: Any, template: Template) -> None:
    page = book.create_sheet(template.guide_title)
    for number, line in enumerate(template.guide, start=1):
        for at, text in enumerate(line, start=1):
            _as_text(page.cell(number, at), text).alignment = WRAP
    for at, width in enumerate((24, 14, 60, 30), start=1):
        page.column_dimensions[get_column_letter(at)].width = width
    for cell in page[1]:
        cell.font = BOLD


def _clear_marks(page: Any) -> None:
    """Take away what an earlier round marked, so that a corrected cell is white again."""
    heads = {str(cell.value or ""): cell.column for cell in page[1]}
    for title in REASON_TITLES:
        if title in heads:
            page.delete_cols(heads[title])
    for line in page.iter_rows():
        for cell in line:
            if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb == YELLOW.fgColor.rgb:
                cell.fill = PatternFill()


def _mark(page: Any, rows: Mapping[int, Sequence[CellFault]], reason_title: str) -> None:
    last = max((cell.column for cell in page[1] if cell.value not in (None, "")), default=0) + 1
    head = page.cell(1, last, reason_title)
    head.font, head.fill = BOLD, copy(HEAD)
    page.column_dimensions[get_column_letter(last)].width = 60
    for number, faults in rows.items():
        if number < 1:
            continue
        for fault in faults:
            if fault.column:
                page[f"{fault.column}{number}"].fill = YELLOW
        reasons = "\n".join(_reason(fault) for fault in faults)
        # Row 1 is the head: what is wrong with the columns stands in the cell below it.
        cell = _as_text(page.cell(max(number, 2), last), reasons)
        cell.alignment, cell.fill = WRAP, YELLOW


def _reason(fault: CellFault) -> str:
    where = f"{fault.column}: " if fault.column else ""
    right = f" → {fault.example}" if fault.example else ""
    return f"{where}{fault.text()}{right}"
