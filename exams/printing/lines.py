"""Breaking a text into lines the way Chinese and English readers expect it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

NOT_FIRST = frozenset("，。、；：？！）》」』”’】〕…—·%％℃,.;:?!)]}")
NOT_LAST = frozenset("（《「『“‘【〔([{")

Measure = Callable[[str], float]


def wrap(text: str, width: float, measure: Measure) -> list[str]:
    """Lines no wider than `width` where that is possible; what was typed as a new line stays one."""
    return [line for paragraph in text.split("\n") for line in _paragraph(paragraph, width, measure)]


def _paragraph(text: str, width: float, measure: Measure) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _fitting(_pieces(text), width, measure):
        size = measure(piece)
        if line and used + size > width + 0.01:
            lines.append(line.rstrip(" "))
            line, used = "", 0.0
            piece = piece.lstrip(" ")
            size = measure(piece)
        line, used = line + piece, used + size
    return [*lines, line.rstrip(" ")]


def _fitting(pieces: Iterator[str], width: float, measure: Measure) -> Iterator[str]:
    """Break a word that is wider than the line: a long number must not leave its cell."""
    for piece in pieces:
        if len(piece) > 1 and measure(piece) > width:
            yield from piece
        else:
            yield piece


def _pieces(text: str) -> Iterator[str]:
    """The smallest parts between which a line may end."""
    piece = ""
    for character in text:
        if piece and _may_break(piece[-1], character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if after in NOT_FIRST or before in NOT_LAST or after == " ":
        return False
    return before == " " or _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    """Chinese, Japanese and Korean characters and their punctuation may end a line anywhere."""
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\uffef" or character >= "\U00020000"
