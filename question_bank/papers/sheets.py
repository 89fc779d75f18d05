"""The printed paper and its answer sheet: laid out from the opened text in memory, marked with who printed and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from exams.printing import Paper, Pen, Text, fonts
from exams.printing.flow import draw_text

LANGUAGE = "zh-hans"
NUMERALS = "一二三四五六七八九十"
COLUMNS, ROW_MM = 4, 8.5


@dataclass(frozen=True)
class Head:
    """What stands over a printed form, and the mark that goes over every page of it."""

    body: str
    event: str
    subject: str
    number: str
    label: str
    minutes: int
    full_marks: str
    mark: str
    example: bool
    spare: bool = False


class Marked(Paper):
    """A paper whose every page bears, faintly and over its whole face, who printed it and when."""

    mark = ""

    def _watermark(self, canvas: Any) -> None:
        super()._watermark(canvas)
        canvas.saveState()
        canvas.setFillAlpha(0.09)
        canvas.setStrokeAlpha(0.09)
        wide, high = self.size
        step = fonts.width(self.mark, 10) + 40
        for number, y in enumerate(range(60, int(high), 110)):
            x = -step / 2 if number % 2 else 0.0
            while x < wide:
                canvas.saveState()
                canvas.translate(x, y)
                canvas.rotate(24)
                draw_text(canvas, 0, 0, self.mark, 10)
                canvas.restoreState()
                x += step
        canvas.restoreState()


def paper_pdf(head: Head, questions: Sequence[dict[str, Any]]) -> bytes:
    """The questions of one form, section by section, without keys."""
    with translation.override(LANGUAGE):
        page = _page(head, _("Test paper"))
        page.title(head.event, _("%(subject)s  form %(label)s") % {"subject": head.subject, "label": head.label})
        _front(page, head)
        for place, (section, part) in enumerate(_sections(questions)):
            _section(page, place, section, part)
        page.space(4)
        page.text(_("End of the paper"), 9, align="centre", grey=0.3)
        return page.render()


def answer_sheet_pdf(head: Head, questions: Sequence[dict[str, Any]]) -> bytes:
    """Boxes for the objective questions, lines for the others; the same numbers as in the paper."""
    with translation.override(LANGUAGE):
        page = _page(head, _("Answer sheet"))
        told = _("%(subject)s  form %(label)s") % {"subject": head.subject, "label": head.label}
        page.title(_("Answer sheet"), f"{head.event}  {told}")
        _front(page, head)
        page.note(_("Fill the box of the right letter completely. Write inside the frames only."))
        for place, (section, part) in enumerate(_sections(questions)):
            page.heading(_heading(place, section, part))
            paint = _frames if section[0] == "short_answer" else _boxes
            paint(page, part)
        return page.render()


def _page(head: Head, title: str) -> Marked:
    name = f"{title} {head.number} {head.label}"
    page = Marked(name, number=f"{head.number}-{head.label}", body=head.body, language=LANGUAGE, example=head.example)
    page.mark = head.mark
    return page


def _front(page: Paper, head: Head) -> None:
    minutes = _("%(n)s min") % {"n": head.minutes}
    pairs = [(_("Name"), ""), (_("Ticket number"), ""), (_("Duration"), minutes), (_("Full marks"), head.full_marks)]
    if head.spare:
        pairs.append((_("Test paper"), _("Spare paper")))
    page.pairs(pairs)
    page.space(2)


def _sections(questions: Sequence[dict[str, Any]]) -> list[tuple[tuple[str, str], list[tuple[int, dict[str, Any]]]]]:
    """Runs of questions of one kind and worth, numbered through the whole paper."""
    numbered = list(enumerate(questions, 1))
    runs = groupby(numbered, key=lambda pair: (pair[1]["kind"], pair[1]["marks"]))
    return [(key, list(run)) for key, run in runs]


def _heading(place: int, section: tuple[str, str], part: Sequence[Any]) -> str:
    kinds = {
        "single_choice": _("Single choice"),
        "multiple_choice": _("Multiple choice"),
        "true_false": _("True or false"),
        "short_answer": _("Short answer"),
    }
    numeral = NUMERALS[place] if place < len(NUMERALS) else str(place + 1)
    told = _("%(kind)s (number %(n)s, %(marks)s marks each)") % {"kind": kinds[section[0]], "n": len(part), "marks": plain(section[1])}
    return f"{numeral}、{told}"


def _section(page: Paper, place: int, section: tuple[str, str], part: Sequence[tuple[int, dict[str, Any]]]) -> None:
    page.heading(_heading(place, section, part))
    for number, question in part:
        bracket = "（　　）" if question["kind"] == "true_false" else ""
        options = [f"{chr(ord('A') + index)}. {choice}" for index, choice in enumerate(question["choices"])]
        lines = [f"　　{line}" for line in _option_lines(options, page.width)]
        # A question is not torn apart by the end of a page.
        page.together([Text(f"{number}. {question['stem']}{bracket}"), *(Text(line) for line in lines)])
        page.space(14 if question["kind"] == "short_answer" else 2)


def _option_lines(options: Sequence[str], width: float) -> list[str]:
    """Short options share a line, four or two to it; long ones stand alone."""
    if not options:
        return []
    longest = max(fonts.width(option, 10.5) for option in options)
    per_line = next((n for n in (4, 2) if longest * n < (width - 60) and "\n" not in "".join(options)), 1)
    lines = [options[start : start + per_line] for start in range(0, len(options), per_line)]
    cell = (width - 60) / per_line
    return ["".join(_padded(option, cell) for option in line).rstrip("\u3000") for line in lines]


def _padded(option: str, cell: float) -> str:
    missing = cell - fonts.width(option, 10.5)
    return option + "\u3000" * max(1, int(missing // fonts.width("\u3000", 10.5)))


def _frames(page: Paper, part: Sequence[tuple[int, dict[str, Any]]]) -> None:
    for number, _question in part:
        page.draw(page.width_mm, 42, _frame(number, page.width_mm))


def _boxes(page: Paper, part: Sequence[tuple[int, dict[str, Any]]]) -> None:
    rows = [part[start : start + COLUMNS] for start in range(0, len(part), COLUMNS)]
    for row in rows:
        page.draw(page.width_mm, ROW_MM, _box_row(row, page.width_mm / COLUMNS))


def _box_row(row: Sequence[tuple[int, dict[str, Any]]], wide: float) -> Any:
    def paint(pen: Pen) -> None:
        for column, (number, question) in enumerate(row):
            x = column * wide
            pen.text(x + 7, 5.6, str(number), 9.5, align="right")
            for place, letter in enumerate(_letters(question)):
                left = x + 9 + place * 6
                pen.box(left, 2, 5, 4.6, weight=0.6)
                pen.text(left + 2.5, 5.5, letter, 8, align="centre", grey=0.35)

    return paint


def _letters(question: dict[str, Any]) -> list[str]:
    if question["kind"] == "true_false":
        return ["√", "×"]
    return [chr(ord("A") + index) for index in range(len(question["choices"]))]


def _frame(number: int, wide: float) -> Any:
    def paint(pen: Pen) -> None:
        pen.text(0, 5, f"{number}.", 10)
        pen.box(8, 1, wide - 8, 39, weight=0.6)
        for line in range(1, 5):
            pen.line(10, 1 + line * 7.8, wide - 2, 1 + line * 7.8, weight=0.3, dash=True)

    return paint


def plain(marks: str) -> str:
    """Marks without a needless nought after the point."""
    return marks.rstrip("0").rstrip(".") if "." in marks else marks
