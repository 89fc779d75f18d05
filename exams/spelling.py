"""How times, figures, shares and masked numbers are written in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

NOTHING = "—"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAYS_ZH = "一二三四五六日"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DURATIONS_EN = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_DURATIONS_ZH = ((86400, "天"), (3600, "小时"), (60, "分"), (1, "秒"))


def chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "").startswith("zh")


def language_of(environment: Mapping[str, str]) -> str:
    """The language of a terminal, by the names that every program there goes by: Chinese or English."""
    named = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh-hans" if named.startswith("zh") else "en"


def named(row: Any) -> str:
    """An item or a subject in the reader's language; by its Chinese name where it has no other."""
    return str(row.name_zh if chinese() else row.name_en or row.name_zh)


def local(moment: datetime) -> datetime:
    """The moment on the clock of the place; a naive one is taken to be there already."""
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def day(value: date | datetime | None) -> str:
    """Sat 28 Nov 2026 / 2026年11月28日（周六）; the weekday always."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = local(value).date()
    if chinese():
        return f"{value.year}年{value.month}月{value.day}日（周{_DAYS_ZH[value.weekday()]}）"
    return f"{_DAYS_EN[value.weekday()]} {value.day} {_MONTHS[value.month - 1]} {value.year}"


def hour(value: datetime | time | None, *, seconds: bool = False) -> str:
    """09:00, or 09:00:07 in records."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = local(value)
    return value.strftime("%H:%M:%S" if seconds else "%H:%M")


def when(value: datetime | date | None, *, seconds: bool = False) -> str:
    """Day and hour together; a date without an hour is written as the day."""
    if value is None:
        return NOTHING
    if not isinstance(value, datetime):
        return day(value)
    return day(value) + _joint() + hour(value, seconds=seconds)


def span(start: datetime | date | None, end: datetime | date | None, *, seconds: bool = False) -> str:
    """An interval, the day once where both ends lie on it."""
    if start is None or end is None:
        return when(start if end is None else end, seconds=seconds)
    if isinstance(start, datetime) and isinstance(end, datetime):
        if local(start).date() == local(end).date():
            return f"{day(start)}{_joint()}{hour(start, seconds=seconds)}–{hour(end, seconds=seconds)}"
    elif start == end:
        return day(start)
    return f"{when(start, seconds=seconds)} – {when(end, seconds=seconds)}"


def _joint() -> str:
    return "" if chinese() else ", "


def duration(seconds: float | None) -> str:
    """1 h 30 min / 1小时30分; parts that are nought are left out."""
    if seconds is None:
        return NOTHING
    left, parts = int(seconds), []
    for size, unit in _DURATIONS_ZH if chinese() else _DURATIONS_EN:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}" if chinese() else f"{count} {unit}")
    if not parts:
        return "0秒" if chinese() else "0 s"
    return ("" if chinese() else " ").join(parts)


def number(value: int | float | Decimal | None) -> str:
    """Figures with separators from 10,000; decimals as they are stored."""
    if value is None or value == "":
        return NOTHING
    return f"{value:,}" if abs(value) >= 10000 else f"{value}"


def percent(part: int | Decimal, whole: int | Decimal, *, places: int = 2, up: bool = False) -> str:
    """A share. Coverage is cut off, so that one gap never reads 100%; a loss is rounded `up`, so that it never reads 0%."""
    if not whole:
        return NOTHING
    share = Fraction(part) * 100 / Fraction(whole)
    if share in (0, 100):
        return f"{share}%"
    steps = share * 10**places
    whole_steps = -(-steps.numerator // steps.denominator) if up else steps.numerator // steps.denominator
    return f"{Decimal(whole_steps).scaleb(-places)}%"


def cut(value: Decimal, places: int, *, up: bool = False) -> Decimal:
    """A decimal cut off (or rounded up) to so many places."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_CEILING if up else ROUND_FLOOR)


def masked(value: str | None) -> str:
    """1101**********0025, 138****5678; nobody reads a whole number by accident."""
    text = (value or "").strip()
    if not text:
        return NOTHING
    if len(text) >= 15:
        return f"{text[:4]}{'*' * (len(text) - 8)}{text[-4:]}"
    if len(text) == 11 and text.isdigit():
        return f"{text[:3]}****{text[-4:]}"
    if len(text) >= 7:
        return f"{text[:2]}{'*' * (len(text) - 4)}{text[-2:]}"
    return f"{text[:1]}{'*' * (len(text) - 1)}"
