"""Every page of the system, as everybody who may open it: it opens, it fits a telephone, it can be operated, it speaks one language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polib
import pytest

from tests.journeys.browser import Site
from tests.journeys.tour import Tour, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.walk]

CATALOGUE = Path(__file__).resolve().parents[2] / "config/locale/zh_Hans/LC_MESSAGES/django.po"
LATIN = re.compile(r"(?<![\w.@/:#·-])[A-Za-z][a-z]{2,}(?![\w@/:-])")
HAN = re.compile(r"[\u4e00-\u9fff]")
# Codes, formats and names of things that are the same in either language.
SAME_IN_BOTH = {
    "English",
    "Excel",
    "xlsx",
    "Esc",
    "Tab",
    "Enter",
    "Chromium",
    "Asia",
    "Shanghai",
    "Ed25519",
    "BagIt",
    "Python",
    "iCal",
    "Word",
    "min",
    "Ctrl",
}

# On English pages: the name of the other language, and words that stand in the data of the demo.
DATA = {"中文", "示例"}


@dataclass
class Seen:
    """What the browser saw of one page in one language."""

    visit: Visit
    language: str
    texts: list[str]
    overflow: dict[int, int]
    barriers: list[str]
    faults: list[str]


@dataclass
class Record:
    tour: Tour
    seen: list[Seen] = field(default_factory=list)


@pytest.fixture(scope="module")
def record(site: Site) -> Record:
    """The walk as everybody, then one example of each page looked at in Chinese on a telephone and in English at a desk."""
    tour = Tour(site.server.address)
    tour.walk("", "")
    for persona, person in site.world.people.items():
        tour.walk(persona, person["session"])
    made = Record(tour)
    for language, width, theme in (("zh-hans", 390, "dark"), ("en", 1280, "light")):
        page = site.visitor(width=width, language=language, theme=theme)
        for visit in tour.examples().values():
            if visit.persona:
                page.sign_in(visit.persona)
            else:
                page.sign_out()
            page.faults.clear()
            page.go(visit.path)
            made.seen.append(Seen(visit, language, page.texts(), _overflow(page, width), page.barriers(), list(page.faults)))
        page.context.close()
    return made


def _overflow(page: object, width: int) -> dict[int, int]:
    widths = (360, 390) if width < 768 else (800, 1280)
    found = {}
    for one in widths:
        page.set_viewport_size({"width": one, "height": 900})  # type: ignore[attr-defined]
        found[one] = page.overflow()  # type: ignore[attr-defined]
    return found


def none(found: set[Any]) -> None:
    """Nothing was found; otherwise every line of it is shown, not only the first few."""
    assert not found, "\n" + "\n".join(" · ".join(map(str, line)) for line in sorted(found, key=str))


def test_the_walk_reaches_pages(record: Record) -> None:
    assert len(record.tour.examples()) > 5


def test_no_page_breaks(record: Record) -> None:
    broken = {(visit.route, visit.path, visit.persona) for visit in record.tour.visits if visit.status >= 500}
    none(broken)


def test_a_link_that_is_offered_opens(record: Record) -> None:
    dead = {
        (visit.linked_from, visit.path, visit.persona, visit.status)
        for visit in record.tour.visits
        if visit.linked_from and visit.status in (403, 404, 405, 409)
    }
    none(dead)


def test_no_page_scrolls_sideways(record: Record) -> None:
    wide = {(seen.visit.route, seen.language, width, over) for seen in record.seen for width, over in seen.overflow.items() if over > 0}
    none(wide)


def test_nothing_stands_in_the_way_of_anybody(record: Record) -> None:
    barriers = {(seen.visit.route, seen.language, barrier) for seen in record.seen for barrier in seen.barriers}
    none(barriers)


def test_the_browser_complains_of_nothing(record: Record) -> None:
    faults = {(seen.visit.route, fault) for seen in record.seen for fault in seen.faults}
    none(faults)


def test_a_chinese_page_is_chinese(record: Record) -> None:
    left = {
        (seen.visit.route, word, text[:80])
        for seen in record.seen
        if seen.language == "zh-hans"
        for text in seen.texts
        for word in LATIN.findall(text)
    }
    none({found for found in left if found[1] not in SAME_IN_BOTH})


def test_an_english_page_is_english(record: Record) -> None:
    """No sentence of the Chinese catalogue stands on an English page; names of persons and bodies are data."""
    chinese = {
        entry.msgstr for entry in polib.pofile(str(CATALOGUE)) if entry.msgstr and HAN.search(entry.msgstr) and entry.msgstr != entry.msgid
    }
    mixed = {
        (seen.visit.route, text[:80])
        for seen in record.seen
        if seen.language == "en"
        for text in seen.texts
        if text in chinese and text not in DATA
    }
    none(mixed)
