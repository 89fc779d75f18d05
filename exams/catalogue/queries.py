"""Reads of the catalogue: public by nature; what is in force on a day, what is missing, what counts as a working day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Max, Prefetch, Q, QuerySet

from exams import spelling
from exams.access import Actor
from exams.catalogue.models import CalendarDay, Edition, Qualification
from exams.workdays import Calendar


def visible_to(actor: Actor) -> QuerySet[Qualification]:
    """Conditions are published before an examination, so everybody sees the catalogue."""
    return Qualification.objects.all()


def with_editions(actor: Actor) -> QuerySet[Qualification]:
    """The catalogue with its rule versions, newest first, in two queries."""
    editions = Edition.objects.select_related("qualification", "entered_by", "confirmed_by").order_by("-effective_from", "-entered_at")
    latest = Max("editions__effective_from")
    return visible_to(actor).annotate(latest=latest).prefetch_related(Prefetch("editions", editions, to_attr="versions"))


def in_force(qualification: Qualification, on: date) -> Edition | None:
    """The rule version by which an application made on that day is judged."""
    candidates = Edition.objects.filter(Q(state="in_force") | Q(state="superseded"), qualification=qualification, effective_from__lte=on)
    return candidates.order_by("-effective_from", "-in_force_at").first()


def plannable(qualification: Qualification, on: date) -> Edition | None:
    """The rule version an event may be planned with: in force on the day, with nothing missing."""
    edition = in_force(qualification, on)
    return edition if edition and not edition.missing() else None


def families() -> dict[str, str]:
    """Item families by id, each with the shortest name among its items, without the level, in the reader's language."""
    chinese = spelling.chinese()
    found: dict[str, str] = {}
    for row in Qualification.objects.order_by("family", "code"):
        title = _without_level(row, chinese)
        if row.family not in found or len(title) < len(found[row.family]):
            found[row.family] = title
    return found


def _without_level(row: Qualification, chinese: bool) -> str:
    """Names end with their level: 超声检测Ⅱ级, 锅炉检验员, “Ultrasonic testing, level Ⅱ”."""
    if not chinese and row.name_en:
        return row.name_en.rsplit(", ", 1)[0]
    ends = (f"{row.level}级", row.level) if row.level else ()
    return next((row.name_zh.removesuffix(end) for end in ends if row.name_zh.endswith(end)), "") or row.name_zh


def calendar() -> Calendar:
    """Holidays and shifted workdays as entered."""
    days: dict[str, set[date]] = {"holiday": set(), "workday": set()}
    for day, kind in CalendarDay.objects.values_list("date", "kind"):
        days[kind].add(day)
    return Calendar(frozenset(days["holiday"]), frozenset(days["workday"]))


def years_known() -> list[int]:
    """The years for which days were entered: in others only weekends are left out."""
    return sorted({day.year for day in CalendarDay.objects.values_list("date", flat=True)})


def example_in_force() -> bool:
    """Whether any rule version in force is an example, so that pages say so."""
    return Edition.objects.filter(state="in_force", is_example=True).exists()


def open_editions() -> QuerySet[Any]:
    """Rule versions that wait for a second person or for their day."""
    return Edition.objects.filter(state__in=("draft", "confirmed")).select_related("qualification").order_by("entered_at")
