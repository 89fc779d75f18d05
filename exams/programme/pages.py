"""What the pages of an event show: its stages, the notice as it is printed, the separation report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from exams import lifecycle, spelling
from exams.access import Actor
from exams.catalogue.rulebook import EDUCATION_LABELS, FORMS, MEDIA, Rulebook, Subject
from exams.programme import rules
from exams.programme.models import Event, EventItem
from exams.recusal import queries as recusal
from exams.recusal.rules import RULES

STAGES = ("draft", "announced", "applications_closed", "arranged", "running", "marking", "published", "closed")


@dataclass(frozen=True)
class Stage:
    """One stage of an event: passed, present or to come, and when."""

    label: Any
    state: str  # done, now, ahead
    at: date | datetime | None = None


def stages(event: Event) -> list[Stage]:
    """The way of an event from plan to closing."""
    if event.state == "cancelled":
        return [Stage(lifecycle.label(Event, "cancelled"), "now")]
    here = STAGES.index(event.state)
    dates = {"announced": event.published_at, "applications_closed": event.apply_until, "running": event.starts_on}
    return [
        Stage(lifecycle.label(Event, state), "done" if place < here else "now" if place == here else "ahead", dates.get(state))
        for place, state in enumerate(STAGES)
    ]


def categories(event: Event) -> str:
    return spelling_list([_(rules.CATEGORIES.get(code, code)) for code in event.categories])


def items_of(event: Event) -> str:
    return spelling_list([spelling.named(item.qualification) for item in event.items.all()])


@dataclass(frozen=True)
class NoticeItem:
    """One item of a notice with what its rules say."""

    code: str
    name: str
    level: str
    conditions: list[str]
    subjects: list[dict[str, Any]]
    version: str


def notice_items(event: Event) -> list[NoticeItem]:
    """The items with conditions and subjects, straight from the rules in force, so that the notice cannot say otherwise."""
    return [_notice_item(item) for item in event.items.all()]


def _notice_item(item: EventItem) -> NoticeItem:
    book, qualification = item.edition.rulebook, item.qualification
    subjects = [_subject(subject) for subject in book.subjects]
    return NoticeItem(
        qualification.code, spelling.named(qualification), qualification.level, list(_conditions(book)), subjects, item.edition.version
    )


def _subject(subject: Subject) -> dict[str, Any]:
    value = {name: cell.value for name, cell in subject.cells.items()}
    return {
        "name": spelling.named(subject),
        "form": _(FORMS.get(value["form"] or "", "")) if value["form"] else "",
        "medium": _(MEDIA.get(value["medium"] or "", "")) if value["medium"] else "",
        "minutes": value["minutes"],
        "full_mark": value["full_mark"],
        "pass_mark": value["pass_mark"],
        "open_book": value["open_book"],
    }


def _conditions(book: Rulebook) -> Any:
    low, high = book.age_min, book.age_max
    if low and high:
        yield _("Age %(low)s to %(high)s") % {"low": low, "high": high}
    if book.eyesight_min:
        yield _("Eyesight at least %(value)s") % {"value": book.eyesight_min}
    if book.colour_vision:
        yield _("No colour blindness")
    for row in book.eligibility:
        words = [_(EDUCATION_LABELS.get(row.education, row.education))] if row.education else []
        words += [row.title] if row.title else []
        words += [_("holds %(level)s") % {"level": row.holds}] if row.holds else []
        if row.years is not None:
            words.append(_("%(n)s years of related work") % {"n": row.years})
        yield spelling_list(words)


def spelling_list(words: list[Any]) -> str:
    """Parallel words in one line."""
    return ("、" if spelling.chinese() else ", ").join(str(word) for word in words if word)


def address(name: str, *args: Any) -> str:
    """The address of a page of a subject above, or nothing where it has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def late(grounds: list[Any], actor: Actor) -> list[dict[str, Any]]:
    """What was proved after the sitting; its page is for the superiors who decide and the inspector."""
    if not grounds:
        return []
    seen = set(recusal.late_grounds_visible_to(actor).filter(pk__in=[row.pk for row in grounds]).values_list("pk", flat=True))
    return [
        {"ground": row, "title": _(RULES.get(row.rule_id).title) if row.rule_id in RULES else row.rule_id, "linked": row.pk in seen}
        for row in grounds
    ]


def hits(counter: dict[str, int]) -> list[dict[str, Any]]:
    """What was found, by rule, the most frequent first."""
    rows = sorted(counter.items(), key=lambda hit: (-hit[1], hit[0]))
    return [{"id": id, "title": _(RULES.get(id).title) if id in RULES else id, "n": n} for id, n in rows]
