"""Where glyphs come from: a chain of places that ends in the OpenCV wheel, so that a machine without fonts still prints Chinese."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import io
import mmap
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

# reportlab embeds TrueType outlines only; what stands here can be used as it is.
TRUETYPE = (
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/wqy-microhei/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/arphic/uming.ttc", 0),
    ("/System/Library/Fonts/Supplemental/Songti.ttc", 0),
    ("C:/Windows/Fonts/simsun.ttc", 0),
    ("C:/Windows/Fonts/msyh.ttc", 0),
)
# Fonts with rare characters, asked only for what the first face lacks.
RARE = (("/usr/share/fonts/truetype/hanazono/HanaMinA.ttf", 0), ("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf", 0))
# CFF outlines: converted before use. Index 2 of a Noto collection is simplified Chinese.
CFF = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
)
MEMBER = b"WenQuanYiMicroHei.ttf\0"
GZIP_HEADER = 10


@dataclass(frozen=True)
class Source:
    """A font file that can be embedded, and how it was come by."""

    path: Path
    index: int
    origin: str


def regular() -> Source | None:
    """The first embeddable Chinese face of the chain, or None: then nothing can be embedded."""
    return next(_chain(), None)


def _chain() -> Iterator[Source]:
    chosen = getattr(settings, "PDF_FONT_REGULAR", "")
    if chosen:
        yield _chosen(Path(chosen))
    for name, index in TRUETYPE:
        if Path(name).exists():
            yield Source(Path(name), index, "system")
    # The wheel comes before the conversion of a CFF font: 0.1 s against 10 s, and the same face on every machine.
    inflated = from_wheel()
    if inflated:
        yield Source(inflated, 0, "wheel")
    for name, index in CFF:
        if Path(name).exists():
            yield Source(converted(Path(name), index, _gb2312()), 0, "converted")


def _chosen(path: Path) -> Source:
    with TTFont(path, fontNumber=0, lazy=True) as font:
        is_cff = "glyf" not in font
    return Source(converted(path, 0, _gb2312()) if is_cff else path, 0, "setting")


def bold() -> Source | None:
    """A bold face only if the operator names one; otherwise strokes are thickened."""
    chosen = getattr(settings, "PDF_FONT_BOLD", "")
    return _chosen(Path(chosen)) if chosen else None


def rare() -> list[Source]:
    """Whole faces that may hold what the first one lacks."""
    return [Source(Path(name), index, "system") for name, index in RARE if Path(name).exists()]


def borrowed(runes: frozenset[int]) -> Source | None:
    """A small face with just these characters, made from a CFF font of the system that has any of them."""
    for name, index in CFF:
        if not Path(name).exists():
            continue
        found = runes & _characters(name, index)
        if found:
            return Source(converted(Path(name), index, found), 0, "borrowed")
    return None


@functools.cache
def _characters(name: str, index: int) -> frozenset[int]:
    with TTFont(name, fontNumber=index, lazy=True) as font:
        return frozenset(font.getBestCmap())


def from_wheel() -> Path | None:
    """The face that the OpenCV wheel carries for its own drawing, inflated once. Undocumented, so it may be missing."""
    target = _cache() / "WenQuanYiMicroHei.ttf"
    if target.exists():
        return target
    for library in _libraries():
        data = _member(library)
        if data:
            return _keep(target, data)
    return None


def _libraries() -> list[Path]:
    found = importlib.util.find_spec("cv2")
    places = (found.submodule_search_locations or []) if found else []
    return [library for place in places for library in sorted(Path(place).glob("cv2*")) if library.suffix in {".so", ".pyd", ".dylib"}]


def _member(library: Path) -> bytes | None:
    with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(MEMBER)
        if at < GZIP_HEADER or content[at - GZIP_HEADER : at - GZIP_HEADER + 2] != b"\x1f\x8b":
            return None
        try:
            data = zlib.decompressobj(31).decompress(content[at - GZIP_HEADER :])
        except zlib.error:
            return None
    return data if data[:4] == b"\0\1\0\0" else None


def converted(path: Path, index: int, runes: Iterable[int]) -> Path:
    """A TrueType file with the given characters of a CFF font, made once per set and kept."""
    wanted = sorted(set(runes))
    key = hashlib.sha256(f"{path}:{index}:{path.stat().st_mtime_ns}:{wanted}".encode()).hexdigest()[:20]
    target = _cache() / f"from-cff-{key}.ttf"
    return target if target.exists() else _keep(target, _convert(path, index, wanted, key))


def _convert(path: Path, index: int, runes: list[int], key: str) -> bytes:
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, drop_tables=["vhea", "vmtx", "VORG", "BASE"])
    with TTFont(path, fontNumber=index, lazy=True) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=runes)
        subsetter.subset(font)
        order, glyphs = font.getGlyphOrder(), font.getGlyphSet()
        outlines = {}
        for name in order:
            pen = TTGlyphPen(glyphs)
            glyphs[name].draw(Cu2QuPen(pen, 1.0, reverse_direction=True))
            outlines[name] = pen.glyph()
        _replace_outlines(font, order, outlines)
        # Equal PostScript names would make reportlab take the first face for all of them.
        for record in font["name"].names:
            if record.nameID in {1, 4, 6}:
                record.string = f"Face-{key}"
        buffer = io.BytesIO()
        font.save(buffer)
        return buffer.getvalue()


def _replace_outlines(font: TTFont, order: list[str], outlines: dict) -> None:
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, outlines
    del font["CFF "]
    largest = font["maxp"]
    largest.tableVersion = 0x00010000
    for name in (
        "maxZones",
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
        "maxSizeOfInstructions",
    ):
        setattr(largest, name, 0)
    largest.maxZones = 1
    largest.maxComponentElements = largest.maxComponentDepth = 0
    font["post"].formatType = 3.0
    font.sfntVersion = "\000\001\000\000"


def _gb2312() -> list[int]:
    """ASCII and every character of the national character set in two bytes."""
    pairs = (bytes([high, low]) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    texts = (pair.decode("gb2312", errors="ignore") for pair in pairs)
    return [*range(32, 127), *(ord(text) for text in texts if text)]


def _cache() -> Path:
    folder = Path(settings.DATA_DIR) / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _keep(target: Path, data: bytes) -> Path:
    """Write whole or not at all: two processes may want the same face at once."""
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(temporary).replace(target)
    return target
