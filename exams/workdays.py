"""Counting in working days: weekdays without public holidays, with the weekends that were made workdays."""

from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
# Monday is 0; a period of licensing law never counts Saturday and Sunday unless they were made workdays.
WEEKEND = (5, 6)


@dataclass(frozen=True)
class Calendar:
    """The days that are not what the week says: public holidays, and weekends made workdays."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        both = self.holidays & self.workdays
        if both:
            raise ValueError(f"both holiday and workday: {', '.join(sorted(map(str, both)))}")

    def is_workday(self, day: date) -> bool:
        """Whether the day counts in a period of working days."""
        if day in self.workdays:
            return True
        return day.weekday() not in WEEKEND and day not in self.holidays

    def knows(self, year: int) -> bool:
        """Whether anything was entered for the year: without it only weekends are left out."""
        return any(day.year == year for day in self.holidays | self.workdays)


def add(start: date, n: int, calendar: Calendar) -> date:
    """The n-th working day after the start; the day on which a period begins is not counted."""
    if n < 0:
        raise ValueError("a period cannot be negative")
    day = start
    while n:
        day += ONE_DAY
        n -= calendar.is_workday(day)
    return day


def between(start: date, end: date, calendar: Calendar) -> int:
    """How many working days lie after the start up to and including the end; negative if the end is earlier."""
    if end < start:
        return -between(end, start, calendar)
    counted = _weekdays_until(end) - _weekdays_until(start)
    counted -= sum(start < day <= end and day.weekday() not in WEEKEND for day in calendar.holidays)
    counted += sum(start < day <= end and day.weekday() in WEEKEND for day in calendar.workdays)
    return counted


def _weekdays_until(day: date) -> int:
    """Monday-to-Friday days from the first Monday of the calendar up to and including the day."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)
