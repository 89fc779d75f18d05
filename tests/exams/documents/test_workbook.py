"""Templates, and the user's own workbook with its faults marked."""

import io

import openpyxl

from exams.documents.workbook import YELLOW, annotate, make
from exams.documents.workbook_reading import read
from tests.exams.documents.workbooks import TEMPLATE, book, saved


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def is_yellow(cell: object) -> bool:
    return cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb == YELLOW.fgColor.rgb


def test_the_template_has_data_guide_codes_and_version() -> None:
    made = opened(make(TEMPLATE))
    assert made.sheetnames == ["_codes", "考生", "说明", "_template"]
    assert [made[name].sheet_state for name in made.sheetnames] == ["veryHidden", "visible", "visible", "veryHidden"]
    page = made["考生"]
    assert [cell.value for cell in page[1]] == ["姓名 *", "性别", "证件号 *", "年限", "出生日期"]
    assert page.column_dimensions["C"].number_format == "@"
    (rule,) = page.data_validations.dataValidation
    assert (rule.type, rule.formula1, str(rule.sqref)) == ("list", "'_codes'!$A$1:$A$2", "B2:B2001")
    assert [made["_codes"]["A1"].value, made["_codes"]["A2"].value] == ["男", "女"]
    assert [made["_template"]["A1"].value, made["_template"]["A2"].value] == ["people", "7"]
    assert made.active.title == "考生"


def test_the_own_workbook_comes_back_with_its_faults() -> None:
    data = book(["王五", "男", "0123"], ["李四", "男性", 5], ["=1", "女", "0124"])
    marked = opened(annotate(data, read(TEMPLATE, data).faults))["考生"]
    assert marked["F1"].value == "错误原因"
    assert [is_yellow(marked[at]) for at in ("A2", "B2", "B3", "C3", "A3", "A4")] == [False, False, True, True, False, True]
    assert marked["F2"].value is None
    assert marked["F3"].value.startswith("B: Only one of these is possible: 男 / 女. → 男\nC: The number was stored as")
    assert marked["A4"].value == "=1"


def test_a_corrected_workbook_loses_its_marks() -> None:
    data = book(["李四", "男性", "0123"])
    again = opened(annotate(data, read(TEMPLATE, data).faults))
    again["考生"]["B2"] = "男"
    returned = saved(again)
    reading = read(TEMPLATE, returned)
    assert reading.faults == ()
    page = opened(annotate(returned, ()))["考生"]
    assert page.max_column == 5 and not is_yellow(page["B2"])


def test_a_drop_down_reads_back() -> None:
    made = opened(make(TEMPLATE))
    made["考生"].append(["王五", "女", "0001"])
    assert read(TEMPLATE, saved(made)).rows["people"][0]["sex"] == "female"


def test_text_that_looks_like_a_formula_in_prefilled_rows() -> None:
    page = opened(make(TEMPLATE, {"people": [{"name": "=1+1", "id": "0001"}]}))["考生"]
    assert page["A2"].data_type == "s"
