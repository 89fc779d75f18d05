"""Entering rule versions, having another person confirm them, and putting them in force; the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from exams import clock, lifecycle
from exams.access import Actor
from exams.catalogue.calendar import load_calendar
from exams.catalogue.loading import Loaded, LoadError, load, load_text
from exams.catalogue.models import CalendarDay, Edition, Qualification
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

BASIS = _("Two persons for each value of the rules (R-03)")


def load_or_refuse(read: Any, *given: Any) -> Any:
    """The content of a file, or every fault of it as an objection."""
    try:
        return read(*given)
    except LoadError as error:
        raise Refused(
            Objection(
                "catalogue.file",
                _("%(file)s, line %(line)s: %(fault)s"),
                {"file": fault.file, "line": fault.line, "fault": fault.message % dict(fault.params)},
                remedy=_("Correct the file and enter it again."),
            )
            for fault in error.faults
        ) from None


@action("catalogue.enter_edition")
def enter_edition(*, by: Actor, path: Path | str, key: str = "") -> Edition:
    """Enter a rule version from a file; `key` names the item where the file has several."""
    items = load_or_refuse(load, Path(path))
    return _enter(by, _the_one(items, key))


@action("catalogue.enter_edition")
def enter_text(*, by: Actor, name: str, text: str) -> list[Edition]:
    """Enter every rule version of an uploaded file."""
    return [_enter(by, item) for item in load_or_refuse(load_text, name, text)]


@action("catalogue.enter_edition")
def enter_all(*, by: Actor, path: Path | str) -> list[Edition]:
    """Enter every rule version of a file."""
    return [_enter(by, item) for item in load_or_refuse(load, Path(path))]


def _the_one(items: Sequence[Loaded], key: str) -> Loaded:
    found = [item for item in items if item.key == key] if key else list(items)
    if len(found) != 1:
        refuse(
            "catalogue.which_item",
            _("The file has %(n)s items; name one of: %(keys)s."),
            remedy=_("Name the item."),
            n=len(items),
            keys=", ".join(item.key for item in items),
        )
    return found[0]


def _enter(by: Actor, item: Loaded) -> Edition:
    qualification = _qualification(item)
    known = Edition.objects.select_for_update().filter(qualification=qualification, version=item.version).first()
    if known and known.state != "draft":
        refuse(
            "catalogue.edition_stands",
            _("Rule version %(version)s of %(code)s is confirmed or in force and stands still."),
            basis=BASIS,
            remedy=_("Enter the new values as a new version with its own effective date."),
            version=item.version,
            code=qualification.code,
        )
    edition = known or Edition(qualification=qualification, version=item.version)
    edition.effective_from, edition.values, edition.is_example = item.effective_from, item.values, item.is_example
    edition.entered_by_id, edition.entered_at, edition.return_reason = by.person_id, clock.now(), ""
    edition.save()
    record("catalogue.enter_edition", edition, by=by, about=[qualification], version=item.version, example=item.is_example)
    return edition


def _qualification(item: Loaded) -> Qualification:
    """The item by its key, which is the official code where one is known; what the file says of it is written anew."""
    described = {
        "name_zh": item.name_zh,
        "name_en": item.name_en,
        "regulation": item.regulation,
        "level": item.level,
        "family": item.family,
        "issued_by": item.values["issued_by"].get("value") or "",
        "scope": item.values["scope"].get("value") or "",
    }
    qualification, made = Qualification.objects.get_or_create(code=item.key, defaults={**described, "is_example": item.is_example})
    if not made and not qualification.editions.exclude(state="draft").exists():
        Qualification.objects.filter(pk=qualification.pk).update(**described)
        qualification.refresh_from_db()
    return qualification


@action("catalogue.confirm_edition", on="edition")
def confirm_edition(*, by: Actor, edition: Edition) -> Edition:
    """A second person compared every value with the printed rule."""
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    if by.person_id and by.person_id == edition.entered_by_id:
        refuse(
            "catalogue.same_person",
            _("You entered these values. Another person must confirm them."),
            basis=BASIS,
            remedy=_("Ask a colleague to compare them with the printed rule."),
        )
    lifecycle.move(edition, "confirm", confirmed_by_id=by.person_id, confirmed_at=clock.now())
    record("catalogue.confirm_edition", edition, by=by, about=[edition.qualification], version=edition.version)
    return edition


@action("catalogue.return_edition", on="edition")
def return_edition(*, by: Actor, edition: Edition, reason: str) -> Edition:
    """Back to draft, with the reason."""
    if not reason.strip():
        refuse("catalogue.reason", _("State the reason."))
    lifecycle.move(edition, "return", confirmed_by_id=None, confirmed_at=None, return_reason=reason.strip())
    record("catalogue.return_edition", edition, by=by, about=[edition.qualification], reason=reason.strip())
    return edition


@action("catalogue.put_in_force", on="edition")
def put_in_force(*, by: Actor, edition: Edition) -> Edition:
    """From now on applications are judged by this version; the former one is superseded."""
    edition = Edition.objects.select_for_update().select_related("qualification").get(pk=edition.pk)
    objections = hindrances(edition, clock.today())
    if objections:
        raise Refused(objections)
    former = Edition.objects.select_for_update().filter(qualification=edition.qualification, state="in_force").first()
    if former:
        lifecycle.move(former, "supersede")
        record("catalogue.supersede", former, by=by, about=[edition.qualification], version=former.version)
    lifecycle.move(edition, "put_in_force", in_force_at=clock.now())
    record("catalogue.put_in_force", edition, by=by, about=[edition.qualification], version=edition.version)
    return edition


def hindrances(edition: Edition, on: date) -> list[Objection]:
    """What still keeps a rule version from being in force: the gate, and what the page shows beforehand."""
    found = [
        Objection(
            "catalogue.missing",
            _("Still empty: %(subject)s %(field)s.") if gap.subject else _("Still empty: %(field)s."),
            {"field": gap.label, "subject": gap.subject},
            edition.qualification.regulation,
            _("Enter the value with its clause and have it confirmed."),
        )
        for gap in edition.missing()
    ]
    if edition.state == "draft":
        message, remedy = _("No second person has confirmed the values."), _("Have them confirmed by another person.")
        found.append(Objection("catalogue.unconfirmed", message, {}, BASIS, remedy))
    if edition.effective_from and edition.effective_from > on:
        message = _("The version takes effect on %(date)s.")
        found.append(Objection("catalogue.not_yet", message, {"date": edition.effective_from.isoformat()}, "", _("Wait for the day.")))
    current = edition.qualification.editions.filter(state="in_force").first()
    if current and edition.effective_from and current.effective_from and current.effective_from >= edition.effective_from:
        message = _("A version effective from %(date)s is in force already.")
        found.append(Objection("catalogue.older", message, {"date": current.effective_from.isoformat()}))
    return found


@action("catalogue.enter_calendar")
def enter_calendar(*, by: Actor, path: Path | str) -> list[CalendarDay]:
    """Enter a year of holidays and shifted workdays from a file; the year's former days are replaced."""
    year = load_or_refuse(load_calendar, Path(path))
    CalendarDay.objects.filter(date__year=year.year).delete()
    days = CalendarDay.objects.bulk_create(
        CalendarDay(date=day.date, kind=day.kind, name=day.name, source=year.source, is_example=not year.verified) for day in year.days
    )
    record("catalogue.enter_calendar", f"calendar {year.year}", by=by, year=year.year, days=len(days), source=year.source)
    return days


@action("catalogue.enter_calendar")
def set_day(*, by: Actor, day: date, kind: str, name: str, source: str) -> CalendarDay | None:
    """Enter, change or (with an empty kind) take away one day."""
    with transaction.atomic():
        CalendarDay.objects.filter(date=day).delete()
        made = CalendarDay.objects.create(date=day, kind=kind, name=name, source=source) if kind else None
    record("catalogue.enter_calendar", f"calendar {day.year}", by=by, date=day, kind=kind, name=name, source=source)
    return made
