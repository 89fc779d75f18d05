"""Official forms on A4: titles, ruled pairs, tables, signature lines, codes; head, foot and marks on every page."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, KeepTogether, PageBreak, PageTemplate, Spacer, Table
from reportlab.platypus.flowables import Flowable

from exams import clock
from exams.printing import fonts
from exams.printing.flow import Drawing, Pen, Text, draw_text

RULE = 0.5
MARGIN = 18 * mm
TOP, BOTTOM = 20 * mm, 18 * mm


class Paper:
    """One document. Parts are added in reading order; `render` gives the bytes of a PDF with every face embedded."""

    def __init__(
        self,
        title: str,
        *,
        number: str = "",
        body: str = "",
        language: str | None = None,
        across: bool = False,
        example: bool = False,
        reprint: int = 0,
        counted: bool = True,
        printed: bool = True,
    ) -> None:
        self.name, self.number, self.body = str(title), number, body
        self.language = language or translation.get_language() or "zh-hans"
        self.size = landscape(A4) if across else A4
        self.example, self.reprint, self.counted, self.printed = example, reprint, counted, printed
        self.simulated = clock.simulated()
        self.printed_at = timezone.localtime(clock.now())
        self.story: list[Flowable] = []

    @property
    def width(self) -> float:
        """Usable width in points."""
        return self.size[0] - 2 * MARGIN

    @property
    def width_mm(self) -> float:
        return self.width / mm

    # Parts

    def add(self, *parts: Flowable) -> None:
        self.story.extend(parts)

    def title(self, text: Any = "", under: Any = "") -> None:
        """The title of the form, centred, with an optional line under it."""
        self.add(Text(text or self.name, 18, bold=True, align="centre", leading=1.4))
        if under:
            self.add(Text(under, 10.5, align="centre", leading=1.5))
        self.space(4)

    def heading(self, text: Any) -> None:
        self.space(3)
        self.add(Text(text, 12, bold=True, leading=1.6))

    def text(self, text: Any, size: float = 10.5, *, bold: bool = False, align: str = "left", grey: float = 0) -> None:
        self.add(Text(text, size, bold=bold, align=align, grey=grey))

    def note(self, text: Any) -> None:
        self.add(Text(text, 8.5, leading=1.45, grey=0.25))

    def items(self, texts: Iterable[Any], size: float = 10) -> None:
        """A numbered list."""
        rows = [[Text(f"{number}.", size), Text(text, size)] for number, text in enumerate(texts, 1)]
        if rows:
            self.add(_table(rows, [7 * mm, self.width - 7 * mm], ruled=False, padding=0.5))

    def space(self, millimetres: float) -> None:
        self.add(Spacer(1, millimetres * mm))

    def new_page(self) -> None:
        self.add(PageBreak())

    def together(self, parts: Sequence[Flowable]) -> None:
        self.add(KeepTogether(list(parts)))

    def pairs(self, pairs: Iterable[tuple[Any, Any]], columns: int = 2, label: float = 24, size: float = 10) -> None:
        """Ruled fields: a label and its value, `columns` pairs to a line; a single field at the end takes the whole line."""
        fields = [(Text(name, size, align="centre"), value if isinstance(value, Flowable) else Text(value, size)) for name, value in pairs]
        rest = self.width / columns - label * mm
        for start in range(0, len(fields), columns):
            line = fields[start : start + columns]
            last = self.width - (len(line) - 1) * (label * mm + rest) - label * mm
            widths = [w for _pair in line[:-1] for w in (label * mm, rest)] + [label * mm, last]
            self.add(_table([[cell for pair in line for cell in pair]], widths))

    def table(
        self,
        head: Sequence[Any],
        rows: Iterable[Sequence[Any]],
        widths: Sequence[float] | None = None,
        align: Sequence[str] | None = None,
        size: float = 9.5,
        row_height: float | None = None,
    ) -> None:
        """A ruled table whose head is repeated on every page; widths are shares of the whole, align left, centre or right."""
        aligned = list(align or ["left"] * len(head))
        body = [[_cell(value, size, how) for value, how in zip(row, aligned, strict=True)] for row in rows]
        top = [_cell(value, size, "centre", bold=True) for value in head]
        shares = list(widths or [1] * len(head))
        points = [self.width * share / sum(shares) for share in shares]
        heights = [None, *([row_height * mm] * len(body))] if row_height else None
        self.add(_table([top, *body], points, head=1, heights=heights))

    def signatures(self, labels: Iterable[Any], columns: int = 2, height: float = 12) -> None:
        """Lines to be signed by hand, with the label before the line."""
        names = list(labels)
        cells = [Drawing(self.width_mm / columns, height, _signature(name, self.width_mm / columns)) for name in names]
        rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
        for row in rows:
            row += [Spacer(1, 1)] * (columns - len(row))
        self.add(_table(rows, [self.width / columns] * columns, ruled=False, padding=0))

    def draw(self, width: float, height: float, paint: Callable[[Pen], None]) -> None:
        """A drawing in a box of the given millimetres."""
        self.add(Drawing(width, height, paint))

    # Output

    def render(self) -> bytes:
        """The finished document. The same parts give the same bytes."""
        buffer = io.BytesIO()
        with translation.override(self.language):
            document = BaseDocTemplate(
                buffer, pagesize=self.size, title=self.name, author=self.body, invariant=1, initialFontName=fonts.faces().regular
            )
            frame = Frame(MARGIN, BOTTOM, self.width, self.size[1] - TOP - BOTTOM, 0, 0, 0, 0)
            document.addPageTemplates([PageTemplate(frames=[frame])])
            paper = self

            class Numbered(Canvas):
                """Draws head and foot when the number of pages is known."""

                def __init__(self, *args: Any, **kwargs: Any) -> None:
                    kwargs["initialFontName"] = fonts.faces().regular
                    super().__init__(*args, **kwargs)
                    self.pages: list[dict[str, Any]] = []

                def showPage(self) -> None:
                    self.pages.append(dict(self.__dict__))
                    self._startPage()

                def save(self) -> None:
                    for number, page in enumerate(self.pages, 1):
                        self.__dict__.update(page)
                        paper._furnish(self, number, len(self.pages))
                        super().showPage()
                    super().save()

            document.build(list(self.story) or [Spacer(1, 1)], canvasmaker=Numbered)
        return buffer.getvalue()

    def _furnish(self, canvas: Canvas, page: int, pages: int) -> None:
        """Head, foot and marks of one page."""
        right, high = self.size[0] - MARGIN, self.size[1]
        draw_text(canvas, MARGIN, high - 12 * mm, self.body, 8.5, grey=0.25)
        draw_text(canvas, right, high - 12 * mm, self.number, 8.5, align="right", grey=0.25)
        left = [self.name]
        if self.printed:
            left.append(_("printed %(time)s") % {"time": f"{self.printed_at:%Y-%m-%d %H:%M:%S}"})
        left += self._marks()
        draw_text(canvas, MARGIN, 9 * mm, "  ·  ".join(left), 8, grey=0.25)
        if self.counted:
            numbers = _("page %(page)s of %(pages)s") % {"page": page, "pages": pages}
            draw_text(canvas, right, 9 * mm, numbers, 8, align="right", grey=0.25)
        self._watermark(canvas)

    def _marks(self) -> list[str]:
        """What a reader must know about this copy."""
        marks = []
        if self.reprint:
            marks.append(_("reprint no. %(number)s") % {"number": self.reprint})
        if self.example:
            marks.append(_("example edition of the rules"))
        if self.simulated:
            marks.append(_("simulated time"))
        if not fonts.faces().embedded:
            marks.append(_("WARNING: no Chinese font could be embedded; the viewer substitutes one"))
        return marks

    def _watermark(self, canvas: Canvas) -> None:
        words = [word for word, wanted in ((_("EXAMPLE"), self.example), (_("SIMULATED"), self.simulated)) if wanted]
        if not words:
            return
        canvas.saveState()
        canvas.translate(self.size[0] / 2, self.size[1] / 2)
        canvas.rotate(35)
        canvas.setFillAlpha(0.06)
        draw_text(canvas, 0, 0, "　".join(words), 54, align="centre")
        canvas.restoreState()


def _cell(value: Any, size: float, align: str, bold: bool = False) -> Any:
    if isinstance(value, Flowable):
        return value
    return Text("" if value is None else value, size, align=align, bold=bold, leading=1.35)


def _signature(name: Any, width: float) -> Callable[[Pen], None]:
    def paint(pen: Pen) -> None:
        start = fonts.width(str(name), 10) / mm + 3
        pen.text(0, 9, name, 10)
        pen.line(start, 9.8, width - 6, 9.8)

    return paint


def _table(
    rows: list[list[Any]],
    widths: Sequence[float],
    *,
    head: int = 0,
    ruled: bool = True,
    padding: float = 1.2,
    heights: list[float | None] | None = None,
) -> Table:
    # The face is named although every cell draws itself: reportlab would otherwise note an unembedded Helvetica.
    style: list[tuple] = [
        ("FONTNAME", (0, 0), (-1, -1), fonts.faces().regular),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        *((side, (0, 0), (-1, -1), padding * mm) for side in ("TOPPADDING", "BOTTOMPADDING")),
        *((side, (0, 0), (-1, -1), (1.5 if ruled else 0) * mm) for side in ("LEFTPADDING", "RIGHTPADDING")),
    ]
    if ruled:
        style.append(("GRID", (0, 0), (-1, -1), RULE, "black"))
    return Table(rows, colWidths=list(widths), rowHeights=heights, repeatRows=head, style=style, splitByRow=1)
