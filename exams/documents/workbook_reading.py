"""Reading somebody else's workbook: limits before anything is unpacked, then every fault of every cell at once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from exams.documents.sheets import REASON_TITLES, CellFault, CellWrong, Column, Limits, Reading, Row, Sheet, Template, convert, show
from exams.verdicts import gettext_noop as _

META = "_template"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read(template: Template, data: bytes, limits: Limits = Limits()) -> Reading:
    """Read the workbook against the template. Never raises for what is in the file: that becomes faults."""
    refusal = refuse_container(data, limits)
    if refusal:
        return Reading(faults=(refusal,))
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except _BROKEN:
        return Reading(faults=(_whole(_("The file is damaged and cannot be read. Open it in the spreadsheet program and save it again.")),))
    try:
        return _read_book(template, book, limits)
    except _BROKEN:
        return Reading(faults=(_whole(_("The file is damaged and cannot be read. Open it in the spreadsheet program and save it again.")),))
    finally:
        book.close()


# What openpyxl and the parsers beneath it raise on files that are not what they say.
_BROKEN = (
    InvalidFileException,
    DefusedXmlException,
    zipfile.BadZipFile,
    SyntaxError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OSError,
    EOFError,
)


def refuse_container(data: bytes, limits: Limits) -> CellFault | None:
    """What speaks against the file before anything is unpacked."""
    if len(data) > limits.bytes:
        return _whole(_("The file is larger than %(limit)s MB."), limit=limits.bytes // 1024**2)
    if data.startswith(OLD_EXCEL):
        return _whole(_("This is a file of the old .xls format, or it has a password. Save it as .xlsx without a password."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parcel:
            return _refuse_parts(parcel.infolist(), limits)
    except (zipfile.BadZipFile, ValueError, OSError):
        return _whole(_("This is no workbook (.xlsx)."))


def _refuse_parts(parts: list[zipfile.ZipInfo], limits: Limits) -> CellFault | None:
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        return _whole(_("This is no workbook (.xlsx)."))
    if any(name.endswith("vbaProject.bin") for name in names):
        return _whole(_("The workbook contains macros. Save it as .xlsx without macros."))
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    too_tight = unpacked > 8 * 1024**2 and unpacked / packed > limits.ratio
    if len(parts) > limits.parts or unpacked > limits.unpacked or too_tight or len(names) != len(parts):
        return _whole(_("The file unpacks to far more than a workbook holds and is not opened."))
    if any(part.flag_bits & 0x1 for part in parts):
        return _whole(_("The file has a password. Save it without one."))
    return None


def _whole(message: str, **params: Any) -> CellFault:
    return CellFault("", 0, "", "", message, params)


def _read_book(template: Template, book: Any, limits: Limits) -> Reading:
    kind, version = _stamp(book)
    if kind and kind != template.kind:
        return Reading(version, faults=(_whole(_("This workbook was made for something else. Download the right template.")),))
    if kind and version != template.version:
        message = _("The template is version %(found)s, the present one %(present)s. Download it again.")
        return Reading(version, faults=(_whole(message, found=version, present=template.version),))
    rows: dict[str, tuple[Row, ...]] = {}
    broken: dict[str, tuple[Row, ...]] = {}
    faults: list[CellFault] = []
    counted = 0
    for sheet in template.sheets:
        found = next((title for title in sheet.titles if title in book.sheetnames), None)
        if found is None:
            rows[sheet.key] = ()
            if sheet.required:
                faults.append(_whole(_("The sheet “%(sheet)s” is missing."), sheet=sheet.title))
            continue
        rows[sheet.key], broken[sheet.key], wrong, n = _read_sheet(_as_found(sheet, found), book[found], limits)
        faults += wrong
        counted += n
    return Reading(version, rows, tuple(faults), counted, broken)


def _as_found(sheet: Sheet, title: str) -> Sheet:
    """The sheet under the name it has in this workbook: faults are marked there, whatever language the reader prefers."""
    return replace(sheet, titles=(title, *(other for other in sheet.titles if other != title)))


def _stamp(book: Any) -> tuple[str, str]:
    """Kind and version written into the hidden sheet when the template was made."""
    if META not in book.sheetnames:
        return "", ""
    cells = [row[0] for row in book[META].iter_rows(min_row=1, max_row=2, max_col=1, values_only=True)]
    kind, version = (*map(str, cells), "", "")[:2]
    return kind, version


def _read_sheet(sheet: Sheet, page: Any, limits: Limits) -> tuple[tuple[Row, ...], tuple[Row, ...], list[CellFault], int]:
    # The size a file declares for a sheet may be anything; rows are counted as they come.
    page.reset_dimensions()
    lines = page.iter_rows(min_row=1, max_row=limits.rows + 2, max_col=limits.columns)
    heads = [str(cell.value or "").strip() for cell in next(lines, ())]
    places, faults = _places(sheet, heads)
    if faults:
        return (), (), faults, 0
    letters = {column.key: get_column_letter(at + 1) for column, at in places}
    good: list[Row] = []
    broken: list[Row] = []
    counted = 0
    for number, cells in _filled(lines, [at for _column, at in places]):
        if number > limits.rows + 1:
            message = _("More than %(limit)s rows; divide the workbook.")
            faults.append(CellFault(sheet.title, number, "", "", message, {"limit": limits.rows}))
            break
        counted += 1
        values, wrong = _read_row(sheet, places, cells, number)
        faults += wrong
        (broken if wrong else good).append(Row(sheet.title, number, values, letters))
    return tuple(good), tuple(broken), faults, counted


def _places(sheet: Sheet, heads: list[str]) -> tuple[list[tuple[Column, int]], list[CellFault]]:
    """Which column of the template stands where; people move columns, and that is no fault."""
    places: list[tuple[Column, int]] = []
    faults: list[CellFault] = []
    for column in sheet.columns:
        found = [at for at, head in enumerate(heads) if head.rstrip(" *") in column.titles]
        if len(found) > 1:
            letter = get_column_letter(found[1] + 1)
            faults.append(CellFault(sheet.title, 1, letter, column.title, _("This column stands here twice.")))
        elif found:
            places.append((column, found[0]))
        elif column.required:
            message = _("The column “%(column)s” is missing.")
            faults.append(CellFault(sheet.title, 1, "", "", message, {"column": column.title}, column.title))
    known = {title for column in sheet.columns for title in column.titles} | set(REASON_TITLES)
    for at, head in enumerate(heads):
        if head and head.rstrip(" *") not in known:
            letter = get_column_letter(at + 1)
            faults.append(CellFault(sheet.title, 1, letter, show(head), _("The template has no such column.")))
    return places, faults


def _filled(lines: Iterator[Any], places: list[int]) -> Iterator[tuple[int, Any]]:
    """The rows in which one of the known columns holds anything, with their numbers."""
    for number, cells in enumerate(lines, start=2):
        if any(at < len(cells) and not _blank(cells[at].value) for at in places):
            yield number, cells


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _read_row(sheet: Sheet, places: list[tuple[Column, int]], cells: Any, number: int) -> tuple[dict[str, Any], list[CellFault]]:
    values: dict[str, Any] = {}
    faults: list[CellFault] = []
    for column, at in places:
        cell = cells[at] if at < len(cells) else None
        value = cell.value if cell is not None else None
        try:
            values[column.key] = convert(column, value, cell.data_type if value is not None else "n")
        except CellWrong as wrong:
            where = get_column_letter(at + 1)
            fault = CellFault(sheet.title, number, where, show(value), wrong.message, wrong.params, wrong.example or column.example)
            faults.append(fault)
    return values, faults
