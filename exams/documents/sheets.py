"""What a workbook must look like: sheets, columns, the faults of a cell. No library, no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from exams import wording
from exams.verdicts import gettext_noop as _

REASON_TITLES = ("错误原因", "What is wrong")
TEXT, CODE, NUMBER, DATE, CHOICE = "text", "code", "number", "date", "choice"
DATE_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")


class CellWrong(ValueError):
    """A value that cannot be taken: message id, its parameters, and what would be right."""

    def __init__(self, message: str, example: str = "", **params: Any) -> None:
        super().__init__(message)
        self.message, self.example, self.params = message, example, params


@dataclass(frozen=True)
class Column:
    """One column. `titles` are the head in each language: the first is printed, all are recognised.

    `code` columns (numbers of documents, telephones) are text whose every character counts:
    a figure in such a cell has lost digits for ever and is refused.
    """

    key: str
    titles: tuple[str, ...]
    kind: str = TEXT
    required: bool = False
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    example: str = ""
    explain: str = ""
    width: int = 16
    longest: int = 200
    check: Callable[[str], Any] | None = None

    @property
    def title(self) -> str:
        return self.titles[0]


@dataclass(frozen=True)
class Sheet:
    """One sheet of data."""

    key: str
    titles: tuple[str, ...]
    columns: tuple[Column, ...]
    required: bool = True

    @property
    def title(self) -> str:
        return self.titles[0]


@dataclass(frozen=True)
class Template:
    """A whole workbook as it is handed out."""

    kind: str
    version: str
    sheets: tuple[Sheet, ...]
    guide_title: str = "说明"
    guide: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Limits:
    """What is read at most: a workbook is somebody else's file."""

    bytes: int = 10 * 1024 * 1024
    unpacked: int = 120 * 1024 * 1024
    ratio: int = 150
    parts: int = 200
    rows: int = 20_000
    columns: int = 60


@dataclass(frozen=True)
class CellFault:
    """One thing wrong: where it stands, what stands there, why not, and what would be right."""

    sheet: str
    row: int
    column: str
    value: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    example: str = ""

    def text(self) -> str:
        """The sentence in the reader's language."""
        return wording.render(self.message, dict(self.params))

    def as_json(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "message": self.message,
            "params": {key: wording.plain(value) for key, value in self.params.items()},
            "example": self.example,
        }


@dataclass(frozen=True)
class Row:
    """One row as read: its number in the sheet and the values by column key (empty cells are None)."""

    sheet: str
    number: int
    values: Mapping[str, Any]
    columns: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __getitem__(self, key: str) -> Any:
        return self.values.get(key)

    def fault(self, key: str, message: str, example: str = "", **params: Any) -> CellFault:
        """A fault of this row found by somebody who knows more than the cell."""
        value = self.values.get(key)
        return CellFault(self.sheet, self.number, self.columns.get(key, ""), show(value), message, params, example)


@dataclass(frozen=True)
class Reading:
    """A workbook as read: the rows of each sheet (wrong ones are left out) and every fault."""

    version: str = ""
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    faults: tuple[CellFault, ...] = ()
    counted: int = 0
    # What could be read of wrong rows: enough to know whose row it was.
    broken: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    @property
    def wrong_rows(self) -> set[tuple[str, int]]:
        return {(fault.sheet, fault.row) for fault in self.faults if fault.row}


def show(value: Any) -> str:
    """A cell's value as a person sees it, cut to a length that fits a list."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.date() if value.time().isoformat() == "00:00:00" else value
    return str(value)[:80]


def convert(column: Column, value: Any, data_type: str) -> Any:
    """The value of one cell as the column wants it; raises CellWrong with the reason."""
    if data_type == "f":
        raise CellWrong(_("The cell is a formula; only values are taken. Copy it and paste it as a value."), column.example)
    if data_type == "e":
        raise CellWrong(_("The cell holds an error of the spreadsheet."), column.example)
    if value is None or (isinstance(value, str) and not value.strip()):
        if column.required:
            raise CellWrong(_("“%(column)s” is empty."), column.example, column=column.title)
        return None
    taken = _CONVERTERS[column.kind](column, value)
    return column.check(taken) if column.check else taken


def _text(column: Column, value: Any) -> str:
    text = _plain(column, value)
    if len(text) > column.longest:
        raise CellWrong(_("Longer than %(longest)s characters."), column.example, longest=column.longest)
    return text


def _plain(column: Column, value: Any) -> str:
    if isinstance(value, bool):
        raise CellWrong(_("Text is expected here."), column.example)
    if isinstance(value, datetime | date):
        return show(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):
        raise CellWrong(_("The cell contains characters that cannot be shown."), column.example)
    return text


def _code(column: Column, value: Any) -> str:
    if not isinstance(value, str):
        raise CellWrong(
            _("The number was stored as a figure and its last digits may be lost. Format the column as text and enter it again."),
            column.example,
        )
    return _text(column, value)


def _number(column: Column, value: Any) -> Decimal:
    try:
        number = None if isinstance(value, bool | datetime | date) else Decimal(str(value).strip())
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) > 10**12:
        raise CellWrong(_("A number is expected here."), column.example)
    return number


def _date(column: Column, value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for form in DATE_FORMS if isinstance(value, str) else ():
        try:
            return datetime.strptime(value.strip(), form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    raise CellWrong(_("This is no date, or there is no such day."), column.example or "2026-02-28")


def _choice(column: Column, value: Any) -> str:
    wanted = _plain(column, value)
    for key, labels in column.choices.items():
        if wanted == key or wanted in labels:
            return key
    labels = [each[0] for each in column.choices.values()]
    listed = " / ".join(labels[:12]) + (" …" if len(labels) > 12 else "")
    raise CellWrong(_("Only one of these is possible: %(choices)s."), column.example or labels[0], choices=listed)


_CONVERTERS: dict[str, Callable[[Column, Any], Any]] = {
    TEXT: _text,
    CODE: _code,
    NUMBER: _number,
    DATE: _date,
    CHOICE: _choice,
}
