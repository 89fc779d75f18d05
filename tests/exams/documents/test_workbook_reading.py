"""Reading workbooks as an opponent writes them: refused before unpacking, or every fault with its place."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from exams.documents.sheets import Limits
from exams.documents.workbook import make
from exams.documents.workbook_reading import read
from tests.exams.documents.workbooks import HEADS, TEMPLATE, book, saved, spoil


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


GOOD = ["王五", "男", "0123", 2, "1990-01-31"]
MISSING_WORKBOOK = "This is no workbook (.xlsx)."
DAMAGED = "The file is damaged and cannot be read. Open it in the spreadsheet program and save it again."


def faults(data: bytes, **limits: int) -> list[str]:
    found = read(TEMPLATE, data, Limits(**limits)).faults
    return [f"{fault.sheet}!{fault.column}{fault.row}: {fault.text()}" for fault in found]


def whole(data: bytes, **limits: int) -> str:
    (fault,) = read(TEMPLATE, data, Limits(**limits)).faults
    assert (fault.sheet, fault.row, fault.column) == ("", 0, "")
    return fault.text()


def test_a_good_row_is_typed() -> None:
    reading = read(TEMPLATE, book(GOOD))
    (row,) = reading.rows["people"]
    assert reading.faults == ()
    assert (row.sheet, row.number) == ("考生", 2)
    assert row.values == {"name": "王五", "sex": "male", "id": "0123", "years": Decimal(2), "born": date(1990, 1, 31)}


def test_the_template_itself_can_be_filled_and_read() -> None:
    made = make(TEMPLATE, {"people": [{"name": "李四", "sex": "female", "id": "0007", "born": date(1991, 2, 3)}]})
    reading = read(TEMPLATE, made)
    assert reading.faults == () and reading.version == "7"
    assert dict(reading.rows["people"][0].values) == {
        "name": "李四", "sex": "female", "id": "0007", "years": None, "born": date(1991, 2, 3),
    }  # fmt: skip


def test_the_empty_template_has_no_rows_and_no_faults() -> None:
    reading = read(TEMPLATE, make(TEMPLATE))
    assert (reading.counted, reading.faults) == (0, ())


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ([None, "男", "0123"], "考生!A2: “姓名” is empty."),
        (["  ", "男", "0123"], "考生!A2: “姓名” is empty."),
        (["王五", "男性", "0123"], "考生!B2: Only one of these is possible: 男 / 女."),
        (
            ["王五", "男", 110101199001011237],
            "考生!C2: The number was stored as a figure and its last digits may be lost. Format the column as text and enter it again.",
        ),
        (
            ["王五", "男", 123],
            "考生!C2: The number was stored as a figure and its last digits may be lost. Format the column as text and enter it again.",
        ),
        (["王五", "男", "12345"], "考生!C2: Four signs are expected."),
        (
            ["=1+1", "男", "0123"],
            "考生!A2: The cell is a formula; only values are taken. Copy it and paste it as a value.",
        ),
        (["王五", "男", "0123", "two"], "考生!D2: A number is expected here."),
        (["王五", "男", "0123", "NaN"], "考生!D2: A number is expected here."),
        (["王五", "男", "0123", True], "考生!D2: A number is expected here."),
        (["王五", "男", "0123", 2, "2026/2/30"], "考生!E2: This is no date, or there is no such day."),
        (["王五", "男", "0123", 2, 45000], "考生!E2: This is no date, or there is no such day."),
        (["王" * 201, "男", "0123"], "考生!A2: Longer than 200 characters."),
        ([True, "男", "0123"], "考生!A2: Text is expected here."),
        (["#N/A", "男", "0123"], "考生!A2: The cell holds an error of the spreadsheet."),
    ],
)
def test_each_wrong_cell(row: list[Any], fault: str) -> None:
    assert faults(book(row)) == [fault]


def test_every_fault_of_every_row_at_once() -> None:
    found = faults(book([None, "?", "1"], GOOD, ["=A1", "男", 5, "x", "y"]))
    assert [line.split(":")[0] for line in found] == [
        "考生!A2", "考生!B2", "考生!C2", "考生!A4", "考生!C4", "考生!D4", "考生!E4",
    ]  # fmt: skip


def test_wrong_rows_are_left_out_and_right_ones_kept() -> None:
    reading = read(TEMPLATE, book(GOOD, [None, "男", "0123"], GOOD))
    assert [row.number for row in reading.rows["people"]] == [2, 4]
    assert reading.wrong_rows == {("考生", 3)} and reading.counted == 3


def test_columns_may_be_moved() -> None:
    reading = read(TEMPLATE, book(["0123", "王五"], heads=["证件号 *", "Name"]))
    assert reading.rows["people"][0].values == {"name": "王五", "id": "0123"}


def test_a_column_missing_twice_unknown() -> None:
    assert faults(book(heads=["姓名", "姓名", "年纪"])) == [
        "考生!B1: This column stands here twice.",
        "考生!1: The column “证件号” is missing.",
        "考生!C1: The template has no such column.",
    ]


def test_empty_rows_between_are_skipped_but_counted_in_row_numbers() -> None:
    reading = read(TEMPLATE, book(GOOD, [], [None, " "], GOOD))
    assert [row.number for row in reading.rows["people"]] == [2, 5]


def test_the_wrong_sheet() -> None:
    assert whole(book(GOOD, sheet="Sheet1")) == "The sheet “考生” is missing."


def test_a_template_made_for_something_else_or_outdated() -> None:
    other = openpyxl.load_workbook(io.BytesIO(make(TEMPLATE)))
    other["_template"]["A1"] = "marks"
    assert whole(saved(other)) == "This workbook was made for something else. Download the right template."
    other["_template"]["A1"], other["_template"]["A2"] = "people", "6"
    assert whole(saved(other)) == "The template is version 6, the present one 7. Download it again."


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04rubbish", b"%PDF-1.7", "姓名,证件号".encode()])
def test_no_workbook_at_all(data: bytes) -> None:
    assert whole(data) == MISSING_WORKBOOK


def test_a_zip_that_is_no_workbook() -> None:
    assert whole(spoil(book(), lambda _name, part: part)[:-30]) == MISSING_WORKBOOK
    made = io.BytesIO()
    import zipfile

    with zipfile.ZipFile(made, "w") as parcel:
        parcel.writestr("a.txt", "x")
    assert whole(made.getvalue()) == MISSING_WORKBOOK


def test_old_excel_or_password() -> None:
    assert whole(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600).startswith("This is a file of the old .xls format")


def test_macros() -> None:
    data = spoil(book(GOOD), lambda _name, part: part, {"xl/vbaProject.bin": b"x"})
    assert whole(data) == "The workbook contains macros. Save it as .xlsx without macros."


def test_too_large() -> None:
    assert whole(book(GOOD), bytes=1000) == "The file is larger than 0 MB."


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openpyxl, "load_workbook", None)
    data = spoil(book(GOOD), lambda _name, part: part, {"xl/media/a.png": b"\0" * 50_000_000})
    assert len(data) < 100_000
    assert whole(data) == "The file unpacks to far more than a workbook holds and is not opened."


def test_the_same_part_twice() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = spoil(book(GOOD), lambda _name, part: part, {"xl/workbook.xml": b"<x/>"})
    assert whole(data) == "The file unpacks to far more than a workbook holds and is not opened."


def test_entities_are_not_expanded() -> None:
    laugh = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'

    def change(name: str, part: bytes) -> bytes:
        return laugh + part.split(b"?>", 1)[-1] if name == "xl/worksheets/sheet1.xml" else part

    assert whole(spoil(book(GOOD), change)) == DAMAGED


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_damaged_parts(part: str) -> None:
    data = spoil(book(GOOD), lambda name, content: b"<broken" if name == part else content)
    assert whole(data) == DAMAGED


def test_a_row_number_far_away_costs_nothing() -> None:
    def far(name: str, part: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return part
        return part.replace(b'<row r="2"', b'<row r="1048576"').replace(b'"A2"', b'"A1048576"')

    assert faults(spoil(book(GOOD), far)) == []


def test_too_many_rows() -> None:
    assert faults(book(*[GOOD] * 6), rows=5) == ["考生!7: More than 5 rows; divide the workbook."]


def test_ten_thousand_rows_of_errors_are_all_listed() -> None:
    data = book(*[[f"n{n}", "?", 5, "x", "y"] for n in range(10_000)])
    reading = read(TEMPLATE, data)
    assert len(reading.faults) == 40_000 and reading.rows["people"] == ()


def test_heads_are_as_in_the_template() -> None:
    assert [column.title for column in TEMPLATE.sheets[0].columns] == HEADS


def test_faults_name_the_sheet_as_it_is_called_in_the_workbook() -> None:
    assert faults(book([None, "男", "0123"], sheet="Candidates")) == ["Candidates!A2: “姓名” is empty."]
