"""Drawings that pages and reports share: bars and timelines as coordinates of an SVG, each with the table of its data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from exams import spelling

Fill = Literal["ok", "once", "gap", "wait", "warn", "none", "bar"]

_LEFT, _RIGHT, _TOP = 120, 980, 30
_ROW = 34
_BAR_LEFT, _LONGEST = 260, 580
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080)  # minutes


@dataclass(frozen=True)
class Bar:
    """One quantity of a bar drawing."""

    label: Any
    value: int | Decimal
    fill: Fill = "bar"
    url: str = ""


@dataclass(frozen=True)
class Bars:
    """Quantities side by side, the longest as wide as the drawing."""

    title: Any
    bars: Sequence[Bar]
    unit: Any = ""
    label_head: Any = ""

    width: int = 1000

    @property
    def height(self) -> int:
        return _ROW * len(self.bars) + 8

    def lines(self) -> Iterator[dict[str, Any]]:
        most = max((bar.value for bar in self.bars), default=0) or 1
        for index, bar in enumerate(self.bars):
            length = int(_LONGEST * bar.value / most)
            y = 4 + _ROW * index
            words = f"{spelling.number(bar.value)} {self.unit}".strip()
            yield {
                "bar": bar,
                "y": y,
                "text_y": y + 18,
                "length": max(length, 1 if bar.value else 0),
                "end": _BAR_LEFT + 8 + length,
                "words": words,
                "left": _BAR_LEFT,
            }


@dataclass(frozen=True)
class Segment:
    """One run of a row of a timeline; its words are its title and its line in the table."""

    start: datetime
    end: datetime
    fill: Fill
    words: Any = ""
    url: str = ""


@dataclass(frozen=True)
class Row:
    """One camera, seat, room or finding over time; `ground` is what it is wherever no segment lies."""

    label: Any
    segments: Sequence[Segment]
    ground: Fill | Literal[""] = "ok"


@dataclass(frozen=True)
class Timeline:
    """Rows over one interval, with marks such as the start of the examination."""

    title: Any
    start: datetime
    end: datetime
    rows: Sequence[Row]
    marks: Sequence[tuple[datetime, Any]] = field(default_factory=tuple)
    seconds: bool = True
    width: int = 1000

    @property
    def height(self) -> int:
        return _TOP + _ROW * len(self.rows) + (24 if self.marks else 6)

    @property
    def bottom(self) -> int:
        return _TOP + _ROW * len(self.rows) + 2

    @property
    def mark_y(self) -> int:
        return self.bottom + 16

    def x(self, moment: datetime) -> float:
        """Where a moment stands, kept inside the drawing."""
        whole = (self.end - self.start).total_seconds() or 1
        share = min(max((moment - self.start).total_seconds() / whole, 0), 1)
        return round(_LEFT + (_RIGHT - _LEFT) * share, 1)

    def ticks(self) -> Iterator[dict[str, Any]]:
        minutes = (self.end - self.start).total_seconds() / 60
        step = timedelta(minutes=next((size for size in _TICKS if minutes / size <= 8), _TICKS[-1]))
        midnight = spelling.local(self.start).replace(hour=0, minute=0, second=0, microsecond=0)
        moment = midnight + step * -(-(self.start - midnight) // step)
        while moment <= self.end:
            words = spelling.hour(moment) if step < timedelta(days=1) else spelling.local(moment).strftime("%m-%d")
            yield {"x": self.x(moment), "words": words}
            moment += step

    def marked(self) -> Iterator[dict[str, Any]]:
        for moment, words in self.marks:
            yield {"x": self.x(moment), "words": words}

    def lines(self) -> Iterator[dict[str, Any]]:
        for index, row in enumerate(self.rows):
            y = _TOP + _ROW * index + 2
            yield {
                "row": row,
                "y": y,
                "text_y": y + 18,
                "left": _LEFT,
                "width": _RIGHT - _LEFT,
                "segments": [self._drawn(one) for one in row.segments],
            }

    def _drawn(self, one: Segment) -> dict[str, Any]:
        left, right = self.x(one.start), self.x(one.end)
        return {"segment": one, "x": left, "width": round(max(right - left, 1.5), 1), "words": self._words(one)}

    def _words(self, one: Segment) -> str:
        times = f"{spelling.hour(one.start, seconds=self.seconds)}–{spelling.hour(one.end, seconds=self.seconds)}"
        return f"{times} {one.words}".strip()

    def table(self) -> Iterator[dict[str, Any]]:
        for row in self.rows:
            for one in row.segments:
                yield {"label": row.label, "segment": one, "lasted": spelling.duration((one.end - one.start).total_seconds())}
