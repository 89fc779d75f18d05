"""Files the rows of a workbook: persons and posts, applications with their performance forms, notices, journal; each table at once."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any
from uuid import UUID

from exams import clock, lifecycle
from exams.access import Actor
from exams.applications import planning, submission
from exams.applications.models import Application, ImportBatch, PerformanceEntry
from exams.applications.planning import Planned
from exams.catalogue.models import Edition
from exams.documents.sheets import Row
from exams.journal.actions import Act, record_many
from exams.messages.actions import Notice, send_many
from exams.people import registering
from exams.people.models import Person
from exams.people.registering import Stated
from exams.register.queries import records_of

# What an import changes of an application that stood already, and what its undoing puts back.
_KEPT = ("category", "stated", "health", "state", "eligibility")


def file(by: Actor, batch: ImportBatch, rows: list[Planned]) -> dict[str, Any]:
    """File the rows; how the applications were that stood already is returned, by their keys, for the undoing."""
    number = submission.next_number(batch.event)
    standing = [planned.application for planned in rows if planned.application]
    lifecycle.hold(standing)
    before = {str(application.pk): state_of(application) for application in standing}
    _enter_people(by, batch, rows)
    _set_up(batch, rows, number)
    _judge(rows)
    _write(rows)
    send_many(_notice(batch, planned) for planned in rows if planned.kind == "new")
    record_many((_filed(batch, planned) for planned in rows), by=by)
    return before


def _enter_people(by: Actor, batch: ImportBatch, rows: list[Planned]) -> None:
    """Who is not known yet is registered; whoever has no post with the employer gets one; both organisations find them all."""
    unknown = [planned for planned in rows if planned.person is None]
    for planned, person in zip(unknown, registering.register(by, [_stated(planned) for planned in unknown]), strict=True):
        planned.person = person
    since: dict[Person, Any] = {}
    for planned in rows:
        since.setdefault(planned.person, planned.row["employed_since"])
    registering.employ(by, batch.employer, since)
    registering.enrol([batch.employer_id, batch.body_id], since)


def _stated(planned: Planned) -> Stated:
    row = planned.row
    return Stated(name=row["name"], id_number=row["id_number"], phone=row["phone"], document_type=planned.document_type)


def _set_up(batch: ImportBatch, rows: list[Planned], number: str) -> None:
    """Each row's application as stated; a new one gets the next number of the event."""
    items = {item.qualification.code: item for item in batch.event.items.select_related("qualification")}
    stem, running = number.rsplit("-", 1)
    numbers = (f"{stem}-{each:05d}" for each in count(int(running)))
    for planned in rows:
        row, application = planned.row, planned.application
        if application is None:
            application = Application(body=batch.body, event=batch.event, batch=batch, number=next(numbers), created_at=clock.now())
            planned.application = application
        application.item, application.person, application.employer = items[row["item"]], planned.person, batch.employer
        application.category, application.state = row["category"], "submitted"
        application.stated, application.health = planning.stated_of(row), planning.health_text(row)


def _judge(rows: list[Planned]) -> None:
    """By the rules of the day."""
    today = clock.today()
    editions: dict[UUID, Edition] = {}
    registers = records_of([planned.application.person_id for planned in rows], today)
    for planned in rows:
        application = planned.application
        if application.item_id not in editions:
            editions[application.item_id] = submission.edition_or_refuse(application, today)
        edition, holds = editions[application.item_id], registers[application.person_id].codes
        findings = submission.judged(application, edition, today, holds, len(planned.performance))
        application.edition, application.submitted_at = edition, clock.now()
        application.eligibility = [finding.as_json() for finding in findings]


def _write(rows: list[Planned]) -> None:
    changed = [planned.application for planned in rows if planned.kind == "changed"]
    Application.objects.bulk_create(planned.application for planned in rows if planned.kind == "new")
    for application in changed:
        application.save()
    PerformanceEntry.objects.filter(application__in=changed).delete()
    PerformanceEntry.objects.bulk_create(_entry(planned.application, line) for planned in rows for line in planned.performance)


def _entry(application: Application, row: Row) -> PerformanceEntry:
    return PerformanceEntry(
        application=application,
        equipment=row["equipment"],
        equipment_number=row["equipment_number"] or "",
        inspected_on=row["inspected_on"],
        report_number=row["report_number"],
    )


def _notice(batch: ImportBatch, planned: Planned) -> Notice:
    application = planned.application
    params = {"number": application.number, "employer": batch.employer.name, "item": planned.row["item"]}
    url = f"/applications/mine/{application.pk}/"
    return Notice(person_id=application.person_id, kind="applications.filed", params=params, url=url)


def _filed(batch: ImportBatch, planned: Planned) -> Act:
    facts = {"row": planned.row.number, "kind": planned.kind}
    return Act("applications.import_row", planned.application, about=[batch, planned.person], facts=facts)


_LINE = ("equipment", "equipment_number", "inspected_on", "report_number")


def state_of(application: Application) -> dict[str, Any]:
    """How an application stands, as JSON can hold it."""
    lines = [{name: getattr(line, name) for name in _LINE} for line in application.performance.all()]
    performance = [{**line, "inspected_on": line["inspected_on"].isoformat()} for line in lines]
    return {**{key: getattr(application, key) for key in _KEPT}, "performance": performance}


def put_back(application: Application, before: Mapping[str, Any]) -> None:
    """Let an application stand as it did before it was changed."""
    for key in _KEPT:
        setattr(application, key, before[key])
    application.save(update_fields=list(_KEPT))
    application.performance.all().delete()
    PerformanceEntry.objects.bulk_create(PerformanceEntry(application=application, **line) for line in before["performance"])
