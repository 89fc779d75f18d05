"""Grading an event as a whole, signing its results, publishing them."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.utils import timezone

from exams import clock, lifecycle, workdays
from exams.access import Actor
from exams.applications.models import Application
from exams.catalogue.queries import calendar
from exams.errors import Refused, refuse
from exams.journal import canonical
from exams.journal.actions import action, record
from exams.messages.actions import send
from exams.programme.models import Event
from exams.results import grading, queries
from exams.results.models import Mark, Result, ResultSheet, SheetSignature
from exams.sittings.models import Place
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

# Start value; its source is one province's rule, so every page that shows it says so.
PUBLISH_DAYS = 15
PUBLISH_SOURCE = _("Example value (a provincial rule); the body sets its own")
ROLES = {"chief": "chief", "score_checker": "quality", "score_approver": "quality"}
_SIGNED = _("Result rules of the body; notice 2024 No. 34, I (3)")


def grading_blockers(event: Event) -> list[Objection]:
    """Everything that stands between the event and its grading: open rooms, unanswered places, scores not agreed."""
    against = [
        Objection(
            "results.room_open",
            _("Room %(room)s is not closed yet."),
            {"room": str(sitting.room)},
            remedy=_("Close the room with its record first."),
        )
        for sitting in queries.open_sittings(event)
    ]
    against += [
        _about(place, "results.unanswered", _("%(ticket)s in room %(room)s: neither present nor absent."))
        for place in queries.unanswered(event)
    ]
    against += [
        _about(place, "results.unmarked", _("%(ticket)s in room %(room)s has no agreed score.")) for place in queries.unmarked(event)
    ]
    return against


def publishing_blockers(sheet: ResultSheet) -> list[Objection]:
    """What stands between the results and their publication: both signatures under the results as they are now."""
    if sheet.state == "open":
        return [Objection("results.not_graded", _("The event is not graded yet."), remedy=_("Grade it first."))]
    signed = {row.role for row in sheet.signatures.all() if row.digest == sheet.digest}
    return [
        Objection(f"results.unsigned_{role}", _("Not signed: %(role)s."), {"role": str(title)}, _SIGNED, _("Ask for the signature."))
        for role, title in SheetSignature.ROLES.items()
        if role not in signed
    ]


@action("results.grade", on="event")
def grade(*, by: Actor, event: Event) -> ResultSheet:
    """Grade every application of the event by its rule version; earlier signatures no longer count."""
    against = grading_blockers(event)
    if against:
        raise Refused(against)
    if event.state == "running":
        lifecycle.move(event, "start_marking")
        record("results.start_marking", event, by=by)
    if event.state != "marking":
        refuse("results.not_marking", _("The event is not being marked."), remedy=_("Results once published change only by a request."))
    applications = _applications(event)
    carried = queries.carried(applications)
    for application in applications:
        _keep(by, application, _graded(application, carried))
    sheet, _made = ResultSheet.objects.get_or_create(event=event)
    values = {"graded_at": clock.now(), "publish_by": publish_by(event), "digest": digest(event)}
    lifecycle.move(sheet, "grade", **values)
    record("results.grade", sheet, by=by, about=[event], digest=sheet.digest, figures=queries.figures(event))
    return sheet


@action("results.sign_results", on="event")
def sign_results(*, by: Actor, event: Event) -> ResultSheet:
    """Sign the results as they stand, as the chief or as the quality check."""
    sheet = _sheet(event)
    if sheet.state not in ("graded", "signed"):
        refuse("results.not_graded", _("The event is not graded yet."), remedy=_("Grade it first."))
    if digest(event) != sheet.digest:
        refuse("results.digest", _("The results are not those that were graded."), basis=_SIGNED, remedy=_("Grade the event again."))
    if sheet.signatures.filter(digest=sheet.digest, person_id=by.person_id).exists():
        refuse("results.signed", _("You have signed these results already."), remedy=_("Another person signs."))
    role = ROLES[by.capacity]
    signature = SheetSignature.objects.create(sheet=sheet, role=role, person_id=by.person_id, digest=sheet.digest, at=clock.now())
    record("results.sign_results", signature, by=by, about=[sheet, event], role=role, digest=sheet.digest)
    if sheet.state == "graded" and not publishing_blockers(sheet):
        lifecycle.move(sheet, "sign")
        record("results.sign_results", sheet, by=by, about=[event], complete=True)
    return sheet


@action("results.publish_results", on="event")
def publish_results(*, by: Actor, event: Event) -> ResultSheet:
    """Publish: every candidate sees his own result from now on, and is told."""
    sheet = _sheet(event)
    against = publishing_blockers(sheet)
    if against:
        raise Refused(against)
    if digest(event) != sheet.digest:
        refuse("results.digest", _("The results are not those that were graded."), basis=_SIGNED, remedy=_("Grade the event again."))
    now = clock.now()
    lifecycle.move(sheet, "publish", published_at=now)
    lifecycle.move(event, "publish")
    for mark in Mark.objects.filter(place__slot__event=event, state__in=["checked", "corrected"]).select_related("place"):
        lifecycle.move(mark, "publish")
        record("results.publish_results", mark, by=by, about=[event])
    for result in Result.objects.filter(application__event=event).select_related("application__item__qualification", "application__event"):
        _publish(by, result, now)
    record("results.publish_results", sheet, by=by, about=[event], digest=sheet.digest, late=_late(sheet))
    record("results.publish_results", event, by=by, about=[sheet])
    return sheet


def regrade(by: Actor, mark: Mark) -> None:
    """After an approved change: the one application is graded again; a published result stays published and its candidate is told."""
    application = mark.place.application
    result = Result.objects.filter(application=application).first()
    if result is None:
        return
    before, was = result.outcome, result.state
    _keep(by, application, _graded(application, queries.carried([application])), result)
    sheet = ResultSheet.objects.get(event=application.event)
    if was == "published":
        send(person_id=application.person_id, kind="result.changed", params=_words(result), url="/results/mine/")
        return
    lifecycle.move(sheet, "grade", digest=digest(application.event))
    record("results.grade", sheet, by=by, about=[application.event], digest=sheet.digest, because=str(mark.pk), before=before)


def digest(event: Event) -> str:
    """One digest over all results of an event: what is signed is what is published."""
    rows = Result.objects.filter(application__event=event).order_by("application__number")
    return hashlib.sha256(canonical.dumps(list(rows.values_list("application__number", "outcome", "lines")))).hexdigest()


def publish_by(event: Event) -> date:
    """The last day for publishing: so many working days after the last sitting."""
    last = Place.objects.filter(slot__event=event).order_by("-slot__ends_at").values_list("slot__ends_at", flat=True).first()
    start = timezone.localtime(last).date() if last else event.ends_on
    return workdays.add(start, PUBLISH_DAYS, calendar())


def _applications(event: Event) -> list[Application]:
    placed = queries.held(event).values("application")
    return list(Application.objects.filter(pk__in=placed).select_related("item__edition", "item__qualification", "event", "person"))


def _graded(application: Application, carried: dict[Any, dict[str, date]]) -> grading.Grade:
    book = application.item.edition.rulebook
    places = queries.held(application.event).filter(application=application).select_related("slot", "mark")
    taken = [_taken(place) for place in places]
    passed = carried.get((application.person_id, application.item.qualification_id), {})
    return grading.grade(book, taken, _still_valid(passed, book.pass_validity_months, application.event.starts_on))


def _taken(place: Place) -> grading.Taken:
    mark = getattr(place, "mark", None)
    return grading.Taken(place.slot.subject, mark.score, mark.state == "void") if mark else grading.Taken(place.slot.subject)


def _still_valid(passed: dict[str, date], months: int | None, on: date) -> dict[str, date]:
    """Passes that the rules still let count; no number of months means that they set none."""
    if months is None:
        return passed
    return {code: day for code, day in passed.items() if (on.year - day.year) * 12 + on.month - day.month - (on.day < day.day) < months}


def _keep(by: Actor, application: Application, graded: grading.Grade, result: Result | None = None) -> Result:
    values = {"outcome": graded.outcome, "lines": [line.as_json() for line in graded.lines], "graded_at": clock.now()}
    result = result or Result.objects.filter(application=application).first()
    if result is None:
        result = Result.objects.create(application=application, edition=application.item.edition, **values)
    else:
        lifecycle.move(result, "regrade" if result.state == "published" else "grade", **values)
    record("results.grade", result, by=by, about=[application, application.event], conclusion=graded.outcome, lines=values["lines"])
    return result


def _publish(by: Actor, result: Result, now: Any) -> None:
    lifecycle.move(result, "publish", published_at=now)
    record("results.publish_results", result, by=by, about=[result.application])
    application = result.application
    if lifecycle.can(application, "conclude"):
        lifecycle.move(application, "conclude")
        record("results.publish_results", application, by=by, about=[result], conclusion=result.outcome)
    send(person_id=application.person_id, kind="result.published", params=_words(result), url="/results/mine/")


def _words(result: Result) -> dict[str, str]:
    qualification = result.application.item.qualification
    return {"item": qualification.name_zh, "number": result.application.number, "result": result.outcome_title}


def _sheet(event: Event) -> ResultSheet:
    found = ResultSheet.objects.filter(event=event).first()
    if found is None:
        refuse("results.not_graded", _("The event is not graded yet."), remedy=_("Grade it first."))
    return found


def _late(sheet: ResultSheet) -> bool:
    return bool(sheet.publish_by and clock.today() > sheet.publish_by)


def _about(place: Place, id: str, message: str) -> Objection:
    return Objection(id, message, {"ticket": place.ticket_number, "room": str(place.sitting.room)}, remedy=_("Look at the sitting."))
