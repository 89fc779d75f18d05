"""Codes on paper as vectors: a QR code that a scanner reads at any print resolution, and Code 128 for the number."""

from __future__ import annotations

from typing import Any

import segno
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm

QUIET = 4  # modules of white that the standard asks for around the code


def draw_qr(canvas: Any, data: str, x: float, y: float, side: float, error: str = "m") -> None:
    """Draw a QR code with its quiet zone into the square whose lower left corner is (x, y), in points."""
    rows = [bytes(row) for row in segno.make(data, error=error, boost_error=False, micro=False).matrix]
    module = side / (len(rows) + 2 * QUIET)
    canvas.saveState()
    canvas.setFillGray(0)
    path = canvas.beginPath()
    for number, row in enumerate(rows):
        top = y + side - (QUIET + number + 1) * module
        for start, length in _dark_runs(row):
            path.rect(x + (QUIET + start) * module, top, length * module, module)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def qr_path(data: str, error: str = "m") -> dict[str, Any]:
    """A QR code for a page: one path of squares, so that the stylesheet decides its colours, and its side with the quiet zone."""
    matrix = segno.make(data, error=error, micro=False).matrix
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, module in enumerate(row) if module]
    return {"path": "".join(dark), "side": len(matrix) + 2 * QUIET}


def _dark_runs(row: bytes) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for column, dark in enumerate(row):
        if not dark:
            continue
        if found and sum(found[-1]) == column:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((column, 1))
    return found


def draw_code128(canvas: Any, data: str, x: float, y: float, width: float, height: float = 8 * mm) -> None:
    """Draw Code 128 without its text, fitted to a width in points."""
    natural = Code128(data, barWidth=1, barHeight=height, quiet=0).width
    Code128(data, barWidth=width / natural, barHeight=height, quiet=0, humanReadable=False).drawOn(canvas, x, y)
