"""The manual is true: its tables are those of the code, and every place it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.management.commands import manual

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", manual.pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_tables_are_those_of_the_code(page):
    assert manual.renewed(page.read_text()) == page.read_text(), "run manage.py manual --write"


def test_every_table_stands_in_some_readme():
    text = "".join(path.read_text() for path in manual.pages())
    assert [name for name in manual.TABLES if manual.BEGIN.format(name=name) not in text] == []


def test_every_row_of_a_table_says_something():
    def dumb(name: str) -> list[str]:
        _, rows = manual.TABLES[name]()
        return [row[0] for row in rows if not all(str(cell).strip() for cell in row[:2])]

    assert {name: dumb(name) for name in manual.TABLES if dumb(name)} == {}


def test_where_would_i_add_names_places_that_exist():
    table = (ROOT / "README.md").read_text().split("### Where would I add")[1].split("\n## ")[0]
    places = re.findall(r"`([\w/]+(?:\.\w+)?)`", table)
    named = [place for place in places if "/" in place]
    assert len(named) > 15
    assert [place for place in named if not (ROOT / place).exists()] == []
