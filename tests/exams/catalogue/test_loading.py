"""Reading rule files: every fault at once with its line, and the shipped data as they are."""

from pathlib import Path

import pytest

from exams.catalogue.loading import LoadError, lines_of_keys, load
from exams.catalogue.rulebook import Rulebook

DATA = Path("exams/catalogue/data")
GOOD = """regulation = "TSG X"

[[item]]
key = "A-1"
name_zh = "甲"
family = "A"
[item.edition]
version = "1"
effective_from = 2026-01-01
code = { value = "A-1", source = "cl. 1" }
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(LoadError) as caught:
        load(write(tmp_path, text))
    return [str(fault) for fault in caught.value.faults]


def test_a_good_file(tmp_path: Path) -> None:
    (item,) = load(write(tmp_path, GOOD))
    assert (item.key, item.is_example, str(item.effective_from)) == ("A-1", False, "2026-01-01")
    assert item.values["code"] == {"value": "A-1", "source": "cl. 1"}
    assert item.values["age_min"] == {"value": None, "source": ""}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("age_min = 18", 'rules.toml:11: “age_min” must be written with its source: { value = …, source = "…" }.'),
        ('age_min = { value = 18, source = " " }', "rules.toml:11: “age_min” has a value without a source."),
        ("age_min = { none = true }", "rules.toml:11: “age_min” has a value without a source."),
        ('age_min = { value = "18", source = "x" }', "rules.toml:11: “age_min” must be a whole number."),
        ('age_min = { value = true, source = "x" }', "rules.toml:11: “age_min” must be a whole number."),
        ('age_min = { value = -1, source = "x" }', "rules.toml:11: “age_min” cannot be negative."),
        ('eyesight_min = { value = "clear", source = "x" }', "rules.toml:11: “eyesight_min” must be a number."),
        ('eyesight_min = { value = "NaN", source = "x" }', "rules.toml:11: “eyesight_min” must be a number."),
        ('colour_vision = { value = 1, source = "x" }', "rules.toml:11: “colour_vision” must be true or false."),
        ('age_mim = { value = 18, source = "x" }', "rules.toml:11: “age_mim” is not known here."),
        ('issued_by = { value = "me", source = "x" }', "rules.toml:11: “me” is not one of national, provincial."),
        ('age_min = { value = 18, source = "x", clause = "y" }', "rules.toml:11: “clause” is not known here."),
    ],
)
def test_each_fault_by_name(tmp_path: Path, line: str, fault: str) -> None:
    assert faults(tmp_path, GOOD + line) == [fault]


def test_all_faults_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = GOOD.replace('name_zh = "甲"\n', "colour = 1\n") + "age_max = 60\n\n[[item.edition.eligibility]]\nyears = 1\n"
    found = faults(tmp_path, text)
    assert [line.split(":")[1] for line in found] == ["3", "5", "11", "13", "13"]


def test_pass_mark_above_full_mark(tmp_path: Path) -> None:
    text = (
        GOOD
        + """
[[item.edition.subjects]]
code = "theory"
name_zh = "理论"
full_mark = { value = 100, source = "x" }
pass_mark = { value = 101, source = "x" }
"""
    )
    assert faults(tmp_path, text) == ["rules.toml:16: The pass mark is above the full mark."]


def test_a_subject_twice(tmp_path: Path) -> None:
    subject = '\n[[item.edition.subjects]]\ncode = "theory"\nname_zh = "理论"\n'
    assert faults(tmp_path, GOOD + subject + subject) == ["rules.toml:16: “theory” stands here twice."]


def test_an_item_twice(tmp_path: Path) -> None:
    item = GOOD.split("\n", 2)[2]
    assert faults(tmp_path, GOOD + item) == ["rules.toml:11: “A-1” stands here twice."]


@pytest.mark.parametrize("text", ["", 'regulation = "X"', "item = 3"])
def test_no_item(tmp_path: Path, text: str) -> None:
    assert any("The file has no item." in fault for fault in faults(tmp_path, text))


def test_not_toml_names_the_line(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, GOOD + "age_min = {\n")
    assert fault.startswith("rules.toml:11: Not readable as TOML")


def test_lines_follow_tables_of_tables() -> None:
    lines = lines_of_keys("[[a]]\nx = 1\n[[a.b]]\ny = 1\n[[a.b]]\ny = 2\n[[a]]\nx = 3\n")
    assert lines[("a", 0, "x")] == 2
    assert lines[("a", 0, "b", 1, "y")] == 6
    assert lines[("a", 1, "x")] == 8


@pytest.mark.parametrize("path", sorted(DATA.glob("tsg-*.toml")), ids=lambda path: path.name)
def test_the_rules_as_shipped_can_not_be_planned(path: Path) -> None:
    items = load(path)
    assert items
    for item in items:
        book = Rulebook.from_values(item.values)
        assert not item.is_example
        assert {"eligibility", "subjects"} <= {gap.path for gap in book.missing()}
        assert book.subjects == () and book.eligibility == ()


@pytest.mark.parametrize("path", sorted(DATA.glob("example-*.toml")), ids=lambda path: path.name)
def test_the_examples_are_complete_and_marked(path: Path) -> None:
    (item,) = load(path)
    assert item.is_example
    book = Rulebook.from_values(item.values)
    assert book.missing() == []
    sources = {cell.source for cell in book.cells.values()} | {row.source for row in book.eligibility}
    assert sources == {"Example for demonstration, not a value of the regulation"}
