"""Workbooks that leave the system: text stays text, whatever it begins with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_CELL = 32767
_FORBIDDEN_IN_TITLE = dict.fromkeys(map(ord, "[]:*?/\\"), " ")


def write(heads: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet: str) -> bytes:
    """One sheet with a bold head row that stays in view, written row by row so that a long list needs little memory."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.translate(_FORBIDDEN_IN_TITLE).strip()[:31] or "1")
    page.freeze_panes = "A2"
    for index, head in enumerate(heads, start=1):
        page.column_dimensions[get_column_letter(index)].width = max(12, min(40, 2 * len(head) + 4))
    page.append([_text(page, head, bold=True) for head in heads])
    for row in rows:
        page.append([_cell(page, value) for value in row])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(page: WriteOnlyWorksheet, value: Any) -> Any:
    if isinstance(value, datetime):
        cell = WriteOnlyCell(page, value=value)
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
        return cell
    if isinstance(value, date):
        cell = WriteOnlyCell(page, value=value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    return _text(page, value) if isinstance(value, str) else value


def _text(page: WriteOnlyWorksheet, value: str, *, bold: bool = False) -> WriteOnlyCell:
    """A cell that stays a string: one beginning with = would otherwise be run as a formula where it is opened."""
    cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_CELL])
    cell.data_type = "s"
    cell.number_format = "@"
    if bold:
        cell.font = Font(bold=True)
    return cell
