"""Forms on paper: every face embedded, every name printed, every page numbered, the same bytes twice."""

import io
import re

import pytest
from django.utils import translation
from pypdf import PdfReader

from exams.printing import Paper, fonts, missing
from exams.printing.flow import Pen

RARE = "㙍䶮骉㛃赟镕喆"


@pytest.fixture(autouse=True)
def still_clock(monkeypatch):
    monkeypatch.setattr("exams.clock.simulated", lambda: False)


def form(language="zh-hans", **marks) -> bytes:
    paper = Paper("考场情况记录表", number="2026-04-07", body="临江考试中心", language=language, **marks)
    paper.printed_at = paper.printed_at.replace(2026, 11, 22, 9, 0, 0, 0)
    paper.title()
    paper.pairs([("考点", "临江职业技术学院"), ("姓名", f"陈{RARE[0]}"), ("说明", "短")])
    paper.table(["序号", "姓名"], [[number, f"禤{RARE[1]}"] for number in range(80)], [1, 3])
    paper.signatures(["监考员签字：", "主考签字："])
    paper.draw(40, 30, draw_code)
    return paper.render()


def draw_code(pen: Pen) -> None:
    pen.qr(0, 0, 28, "EX1.token")
    pen.text(29, 10, "座位", 12, bold=True, within=10)
    pen.code128(0, 28, 30, 2, "2026041130517")


def used_fonts(data: bytes) -> list[dict]:
    found = {}
    for page in PdfReader(io.BytesIO(data)).pages:
        for font in page["/Resources"]["/Font"].values():
            found[font.get_object()["/BaseFont"]] = font.get_object()
    return list(found.values())


def test_every_face_is_embedded_and_none_is_helvetica():
    for font in used_fonts(form()):
        assert "/FontFile2" in font["/FontDescriptor"], font["/BaseFont"]
        assert "Helvetica" not in font["/BaseFont"]


def test_the_same_parts_give_the_same_bytes():
    assert form() == form()


def test_text_can_be_copied_out_again():
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(form())).pages)
    for word in ("考场情况记录表", "临江职业技术学院", "临江考试中心"):
        assert word in text


def test_characters_beyond_the_basic_plane_can_be_copied():
    paper = Paper("名单", language="zh-hans")
    paper.text("姓名𬭚")
    if missing("𬭚"):
        pytest.skip("no font with this character on this machine")
    assert "𬭚" in PdfReader(io.BytesIO(paper.render())).pages[0].extract_text()


def test_pages_are_counted_and_table_heads_repeated():
    pages = PdfReader(io.BytesIO(form("en"))).pages
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert re.search(rf"page {number} of {len(pages)}", page.extract_text())
    assert all("序号" in page.extract_text() for page in pages[:2])


@pytest.mark.parametrize(("marks", "word"), [({"example": True}, "example edition"), ({"reprint": 2}, "reprint no. 2")])
def test_marks_stand_on_every_page(marks, word):
    assert all(word in page.extract_text() for page in PdfReader(io.BytesIO(form("en", **marks))).pages)
    assert word not in PdfReader(io.BytesIO(form("en"))).pages[0].extract_text()


def test_simulated_time_is_said(monkeypatch):
    monkeypatch.setattr("exams.clock.simulated", lambda: True)
    assert "simulated time" in PdfReader(io.BytesIO(form("en"))).pages[0].extract_text()


def test_without_any_embeddable_face_every_page_warns(monkeypatch):
    fonts.faces.cache_clear()
    monkeypatch.setattr("exams.printing.sources.regular", lambda: None)
    try:
        assert not fonts.faces().embedded
        data = form("en")
        assert len(PdfReader(io.BytesIO(data)).pages) > 1
        assert b"STSong-Light" in data
        with translation.override("en"):
            assert Paper("x")._marks() == ["WARNING: no Chinese font could be embedded; the viewer substitutes one"]
    finally:
        fonts.faces.cache_clear()


def test_a_character_nobody_has_is_named_beforehand_and_marked_on_paper(monkeypatch):
    monkeypatch.setattr("exams.printing.sources.borrowed", lambda runes: None)
    assert missing("陈\ue123一") == "\ue123"
    assert [part for _name, part in fonts.runs("陈\ue123一")] == ["陈〓一"]


def test_a_name_is_never_cut_in_a_narrow_box():
    paper = Paper("桌贴")
    paper.draw(20, 10, lambda pen: pen.text(0, 5, "迪丽拜尔·阿卜杜克热木·伊敏", 12, within=20))
    assert "迪丽拜尔·阿卜杜克热木·伊敏" in PdfReader(io.BytesIO(paper.render())).pages[0].extract_text()
