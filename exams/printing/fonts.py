"""Faces ready for drawing: every character goes to the first face that has it, and what nobody has is named."""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from exams.printing import sources

# The mark of Chinese printing for a type that is missing: visible, and never silently another character.
GETA = "〓"


BEYOND_BMP = re.compile(r"> <([0-9A-F]{5,6})>")


class Face(TTFont):
    """A TrueType face whose text can also be copied out of the document for characters beyond the basic plane."""

    def addObjects(self, doc: Any) -> None:
        super().addObjects(doc)
        # reportlab writes the code point where the format wants UTF-16; readers then copy another character.
        for name, stream in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:") and isinstance(stream.content, str):
                stream.content = BEYOND_BMP.sub(_utf16, stream.content)


def _utf16(found: re.Match[str]) -> str:
    return f"> <{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"


@dataclass
class Faces:
    """The faces of this process. `warning` says that nothing can be embedded, and stands on every page then."""

    regular: str
    bold: str | None
    embedded: bool
    origin: str
    covers: dict[str, frozenset[int]]
    known: dict[int, str | None] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def face_of(self, rune: int) -> str | None:
        """The name of the face that has this character; asked of the other sources once, then remembered."""
        if rune in self.covers[self.regular] or not self.embedded:
            return self.regular
        if rune not in self.known:
            with self.lock:
                self.known[rune] = self._find(rune)
        return self.known[rune]

    def _find(self, rune: int) -> str | None:
        for name, covered in self.covers.items():
            if rune in covered:
                return name
        source = sources.borrowed(frozenset({rune}))
        if source is None:
            return None
        name = f"rare-{rune:x}"
        self.covers[name] = _register(name, source)
        return name


@functools.cache
def faces() -> Faces:
    """The faces of this machine; the chain is walked once per process."""
    source = sources.regular()
    if source is None:
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        return Faces("STSong-Light", None, False, "not embedded", {"STSong-Light": frozenset()})
    covers = {"regular": _register("regular", source)}
    for number, rare in enumerate(sources.rare()):
        covers[f"system-{number}"] = _register(f"system-{number}", rare)
    bold = sources.bold()
    if bold:
        _register("bold", bold)
    return Faces("regular", "bold" if bold else None, True, source.origin, covers)


def _register(name: str, source: sources.Source) -> frozenset[int]:
    try:
        font = Face(name, str(source.path), subfontIndex=source.index)
    except TTFError:  # a damaged file must not stop the printing of a ticket
        return frozenset()
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def runs(text: str) -> Iterator[tuple[str, str]]:
    """Split a text into (face, part); a character nobody has becomes the geta mark."""
    available = faces()
    name, part = available.regular, ""
    for character in text:
        found = available.face_of(ord(character))
        if found is None:
            found, character = available.regular, GETA
        if found != name and part:
            yield name, part
            part = ""
        name, part = found, part + character
    if part:
        yield name, part


def width(text: str, size: float) -> float:
    """Width in points, over all faces the text needs."""
    return sum(pdfmetrics.stringWidth(part, name, size) for name, part in runs(text))


def missing(text: str) -> str:
    """The characters of a text that no face of this machine has: to be told before printing, not found on paper."""
    available = faces()
    return "".join(sorted({character for character in text if available.face_of(ord(character)) is None}))
