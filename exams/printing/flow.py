"""Parts that stand on a page: text over several faces, drawings with their own pen, codes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus.flowables import Flowable

from exams.printing import codes, fonts
from exams.printing.lines import wrap

BOLDER = 0.03  # stroke of a thickened face, as a part of its size
Align = str


def draw_text(
    canvas: Any, x: float, y: float, text: str, size: float, *, bold: bool = False, align: Align = "left", grey: float = 0
) -> None:
    """Draw one line at a baseline, over as many faces as it needs; bold is a real face or a thickened one."""
    if align != "left":
        x -= fonts.width(text, size) * (1 if align == "right" else 0.5)
    real = fonts.faces().bold if bold else None
    writing = canvas.beginText(x, y)
    writing.setFillGray(grey)
    writing.setStrokeGray(grey)
    if bold and not real:
        canvas.setLineWidth(size * BOLDER)
        writing.setTextRenderMode(2)
    for name, part in fonts.runs(text):
        writing.setFont(real if real and name == "regular" else name, size)
        writing.textOut(part)
    writing.setTextRenderMode(0)
    canvas.drawText(writing)


class Text(Flowable):
    """A paragraph; breaks into lines by itself and over pages by lines."""

    def __init__(
        self,
        text: Any,
        size: float = 10.5,
        *,
        bold: bool = False,
        align: Align = "left",
        leading: float = 1.5,
        grey: float = 0,
        after: float = 0,
    ) -> None:
        super().__init__()
        self.text, self.size, self.bold, self.align = str(text), size, bold, align
        self.step, self.grey, self.spaceAfter = size * leading, grey, after
        self.lines: list[str] = []

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width = width
        self.lines = wrap(self.text, width, lambda part: fonts.width(part, self.size))
        self.height = len(self.lines) * self.step
        return width, self.height

    def minWidth(self) -> float:
        return self.size

    def split(self, width: float, height: float) -> list[Flowable]:
        self.wrap(width, height)
        fitting = int(height // self.step)
        if fitting < 1 or fitting >= len(self.lines):
            return [] if fitting < 1 else [self]
        return [self._part(self.lines[:fitting]), self._part(self.lines[fitting:])]

    def _part(self, lines: list[str]) -> Text:
        part = Text("\n".join(lines), self.size, bold=self.bold, align=self.align, grey=self.grey)
        part.step = self.step
        return part

    def draw(self) -> None:
        x = {"left": 0.0, "centre": self.width / 2, "right": self.width}[self.align]
        y = self.height - self.step + (self.step - self.size) / 2 + self.size * 0.12
        for line in self.lines:
            draw_text(self.canv, x, y, line, self.size, bold=self.bold, align=self.align, grey=self.grey)
            y -= self.step


class Pen:
    """What a drawing may use: millimetres from the upper left corner, and text that finds its faces."""

    def __init__(self, canvas: Any, height: float) -> None:
        self.canvas, self.height = canvas, height

    def line(self, x1: float, y1: float, x2: float, y2: float, *, weight: float = 0.5, dash: bool = False) -> None:
        self.canvas.setLineWidth(weight)
        self.canvas.setDash([2, 2] if dash else [])
        self.canvas.line(x1 * mm, self.height - y1 * mm, x2 * mm, self.height - y2 * mm)
        self.canvas.setDash([])

    def box(self, x: float, y: float, w: float, h: float, *, weight: float = 0.5, fill: float | None = None, dash: bool = False) -> None:
        self.canvas.setLineWidth(weight)
        self.canvas.setDash([2, 2] if dash else [])
        if fill is not None:
            self.canvas.setFillGray(fill)
        self.canvas.rect(x * mm, self.height - (y + h) * mm, w * mm, h * mm, stroke=int(weight > 0), fill=int(fill is not None))
        self.canvas.setDash([])

    def text(
        self,
        x: float,
        y: float,
        text: Any,
        size: float = 9,
        *,
        bold: bool = False,
        align: Align = "left",
        grey: float = 0,
        within: float = 0,
    ) -> None:
        """One line with its baseline at y; `within` millimetres shrink the type until the whole name fits."""
        text = str(text)
        if within:
            size = min(size, size * within * mm / max(fonts.width(text, size), 0.1))
        draw_text(self.canvas, x * mm, self.height - y * mm, text, size, bold=bold, align=align, grey=grey)

    def lines(self, x: float, y: float, text: Any, width: float, size: float = 9, leading: float = 1.4) -> float:
        """Several lines from a first baseline; returns the next free baseline."""
        for line in wrap(str(text), width * mm, lambda part: fonts.width(part, size)):
            self.text(x, y, line, size)
            y += size * leading / mm
        return y

    def qr(self, x: float, y: float, side: float, data: str) -> None:
        codes.draw_qr(self.canvas, data, x * mm, self.height - (y + side) * mm, side * mm)

    def code128(self, x: float, y: float, width: float, height: float, data: str) -> None:
        codes.draw_code128(self.canvas, data, x * mm, self.height - (y + height) * mm, width * mm, height * mm)

    def image(self, x: float, y: float, w: float, h: float, data: bytes) -> None:
        """A picture inside a box, whole and undistorted."""
        self.canvas.drawImage(
            ImageReader(io.BytesIO(data)),
            x * mm,
            self.height - (y + h) * mm,
            w * mm,
            h * mm,
            preserveAspectRatio=True,
            anchor="c",
            mask="auto",
        )


class Drawing(Flowable):
    """A box of given size in millimetres that a function fills with a pen."""

    def __init__(self, width: float, height: float, paint: Callable[[Pen], None]) -> None:
        super().__init__()
        self.width, self.height, self.paint = width * mm, height * mm, paint

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        self.canv.saveState()
        self.paint(Pen(self.canv, self.height))
        self.canv.restoreState()
