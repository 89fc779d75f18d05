"""The chain of fonts: it ends in the OpenCV wheel, and its very end says so on every page."""

import pytest
from fontTools.ttLib import TTFont

from exams.printing import sources


@pytest.fixture
def bare_machine(settings, tmp_path, monkeypatch):
    """A machine on which nobody ever installed a font."""
    settings.DATA_DIR = tmp_path
    for chain in ("TRUETYPE", "RARE", "CFF"):
        monkeypatch.setattr(sources, chain, ())
    return tmp_path


def test_a_machine_without_fonts_takes_the_face_of_the_wheel(bare_machine):
    source = sources.regular()
    assert source.origin == "wheel"
    with TTFont(source.path) as font:
        assert "glyf" in font
        assert {ord(character) for character in "特种设备检验检测人员0123456789ABCxyz"} <= set(font.getBestCmap())


def test_the_face_of_the_wheel_is_inflated_once(bare_machine):
    first = sources.from_wheel().stat().st_mtime_ns
    assert sources.from_wheel().stat().st_mtime_ns == first
    assert [path.name for path in (bare_machine / "fonts").iterdir()] == ["WenQuanYiMicroHei.ttf"]


def test_a_damaged_wheel_gives_nothing_instead_of_an_error(bare_machine, monkeypatch, tmp_path):
    broken = tmp_path / "cv2.abi3.so"
    broken.write_bytes(b"\0" * 64 + b"\x1f\x8b\x08\x08" + b"\0" * 6 + sources.MEMBER + b"not deflate")
    monkeypatch.setattr(sources, "_libraries", lambda: [broken])
    assert sources.regular() is None


def test_the_setting_comes_first(bare_machine, settings):
    settings.PDF_FONT_REGULAR = str(sources.from_wheel())
    assert sources.regular().origin == "setting"


def test_rare_characters_are_converted_from_a_cff_font(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    source = sources.borrowed(frozenset({ord("㙍")}))
    if source is None:
        pytest.skip("no CFF font on this machine")
    with TTFont(source.path) as font:
        assert "glyf" in font
        assert "CFF " not in font
        assert set(font.getBestCmap()) == {ord("㙍")}


def test_two_conversions_bear_different_names(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    found = [sources.borrowed(frozenset({ord(character)})) for character in "㙍䶮"]
    if None in found:
        pytest.skip("no CFF font on this machine")
    names = set()
    for source in found:
        with TTFont(source.path) as font:
            names.add(font["name"].getDebugName(6))
    assert len(names) == 2
