"""Workbooks of applications: a preview that writes nothing, the import, and its undoing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from exams import clock, lifecycle
from exams.access import Actor
from exams.applications import planning, submission
from exams.applications.models import Application, ImportBatch, PerformanceEntry
from exams.applications.planning import Plan, Planned
from exams.catalogue.models import Edition
from exams.documents import kinds
from exams.documents.actions import store
from exams.documents.keeping import content_of
from exams.documents.models import Document
from exams.documents.sheets import Row
from exams.documents.workbook import annotate
from exams.errors import NotPermitted, Refused, Stale, refuse
from exams.journal.actions import action, record
from exams.messages.actions import send
from exams.people import actions as people
from exams.people.models import Employment, Organisation, Person, Registration
from exams.programme.models import Event
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

LARGEST = 10 * 1024 * 1024
OWNER = "exams.ImportBatch"
Beat = Callable[[], None]


def _nothing() -> None:
    """Progress that nobody follows."""


@action("applications.preview_workbook", on="employer")
def take_workbook(*, by: Actor, event: Event, employer: Organisation, file_bytes: bytes, file_name: str) -> ImportBatch:
    """Keep a workbook to be read; what is in it is looked at by preview_batch."""
    return _take(by, event, employer, file_bytes, file_name)


@action("applications.preview_workbook", on="employer")
def preview_workbook(*, by: Actor, event: Event, employer: Organisation, file_bytes: bytes, file_name: str) -> ImportBatch:
    """Read a workbook and say what it would change: new, changed, same, wrong. Nothing is written to the applications."""
    return _preview(by, _take(by, event, employer, file_bytes, file_name), file_bytes)


@action("applications.preview_workbook", on="batch")
def preview_batch(*, by: Actor, batch: ImportBatch) -> ImportBatch:
    """Read a workbook that was taken before."""
    return _preview(by, batch, content_of(Document.objects.get(pk=batch.document_id)))


def _take(by: Actor, event: Event, employer: Organisation, content: bytes, file_name: str) -> ImportBatch:
    if by.capacity == "exam_clerk" and by.organisation_id != event.body_id:
        raise NotPermitted(Objection("access.not_yours", _("This record belongs to somebody else."), remedy=_("Change capacity.")))
    _window_open(event)
    batch = ImportBatch.objects.create(
        body=event.body, event=event, employer=employer, uploaded_by_id=by.person_id, uploaded_at=clock.now(), file_name=file_name[:200]
    )
    document = store(by, content, file_name, "", OWNER, batch.pk, accept=kinds.WORKBOOKS, limit=LARGEST)
    batch.document_id = document.pk
    batch.save(update_fields=["document_id"])
    record("applications.preview_workbook", batch, by=by, about=[event, employer], sha256=document.sha256)
    return batch


def _preview(by: Actor, batch: ImportBatch, content: bytes) -> ImportBatch:
    found = planning.plan(content, batch.event, batch.employer, clock.today())
    batch.new, batch.changed, batch.same = (found.count(kind) for kind in ("new", "changed", "same"))
    batch.wrong, batch.faults = found.wrong, len(found.faults)
    batch.report = json.dumps([fault.as_json() for fault in found.faults], ensure_ascii=False)
    if any(fault.row for fault in found.faults):
        marked = store(by, annotate(content, found.faults), batch.file_name, "", OWNER, batch.pk, limit=3 * LARGEST)
        batch.annotated_id = marked.pk
    batch.save(update_fields=["new", "changed", "same", "wrong", "faults", "report", "annotated_id"])
    lifecycle.move(batch, "preview")
    record(
        "applications.preview_workbook",
        batch,
        by=by,
        about=[batch.event],
        new=batch.new,
        changed=batch.changed,
        same=batch.same,
        wrong=batch.wrong,
    )
    return batch


@action("applications.import_workbook", on="batch")
def import_workbook(*, by: Actor, batch: ImportBatch, mode: str = "good", beat: Beat = _nothing, at_most: int = 0) -> ImportBatch:
    """Write the right rows (mode "good"), or all or nothing (mode "all"). The workbook is read again: much may have changed.

    With `at_most` only so many rows are written and the import stays open: the next call goes on with the rest. A long import
    in parts lets others write in between, which an embedded database would not in one long transaction.
    """
    batch = ImportBatch.objects.select_for_update().select_related("event", "employer", "body").get(pk=batch.pk)
    if batch.state != "previewed":
        raise Stale(batch)
    _window_open(batch.event)
    document = Document.objects.get(pk=batch.document_id)
    found = planning.plan(content_of(document), batch.event, batch.employer, clock.today())
    before: dict[str, Any] = json.loads(batch.before or "{}")
    earlier = batch.applications.count() + len(before)
    if not earlier:
        _refuse_unready(found, mode)
    todo = [planned for planned in found.rows if planned.kind in ("new", "changed")]
    part = todo[:at_most] if at_most and mode == "good" else todo
    _write(by, batch, part, before, beat)
    batch.new, batch.changed = batch.applications.count(), len(before)
    batch.same, batch.wrong = found.count("same") - earlier, found.wrong
    batch.before = json.dumps(before, ensure_ascii=False)
    batch.save(update_fields=["new", "changed", "same", "wrong", "before"])
    if len(part) == len(todo):
        lifecycle.move(batch, "import", imported_at=clock.now())
    record(
        "applications.import_workbook",
        batch,
        by=by,
        about=[batch.event, batch.employer],
        mode=mode,
        new=batch.new,
        changed=batch.changed,
        wrong=batch.wrong,
        left=len(todo) - len(part),
    )
    return batch


def _write(by: Actor, batch: ImportBatch, rows: list[Planned], before: dict[str, Any], beat: Beat) -> None:
    writer = _Writer(by, batch, before)
    for planned in rows:
        application = writer.write(planned)
        about = [batch, application.person]
        record("applications.import_row", application, by=by, about=about, row=planned.row.number, kind=planned.kind)
        beat()
    writer.register()


def _refuse_unready(found: Plan, mode: str) -> None:
    if mode == "all" and found.faults:
        refuse(
            "applications.not_all_right",
            _("%(n)s faults are left, and all rows were to be right."),
            remedy=_("Correct the workbook and hand it in again, or import the right rows only."),
            n=len(found.faults),
        )
    if not (found.count("new") or found.count("changed")):
        refuse("applications.nothing_to_import", _("No row would change anything."), remedy=_("Correct the workbook and hand it in again."))


class _Writer:
    """Writes the rows of one import; what is the same for all of them is looked up once, for the database is held meanwhile."""

    def __init__(self, by: Actor, batch: ImportBatch, before: dict[str, Any]) -> None:
        self.by, self.batch, self.before, self.today = by, batch, before, clock.today()
        self.items = {item.qualification.code: item for item in batch.event.items.select_related("qualification", "event")}
        self.editions: dict[str, Edition] = {}
        self.persons: set[Any] = set()
        self.stem, self.next = submission.next_number(batch.event).rsplit("-", 1)

    def write(self, planned: Planned) -> Application:
        """One new or changed application, with its person, post and performance form."""
        row = planned.row
        person = self._person(planned)
        application = planned.application
        if application is None:
            application = Application(body=self.batch.body, event=self.batch.event, item=self.items[row["item"]], person=person)
            application.created_at, application.batch = clock.now(), self.batch
            application.number = f"{self.stem}-{int(self.next):05d}"
            self.next = str(int(self.next) + 1)
        else:
            self.before[str(application.pk)] = _state_of(application)
        self._fill(application, planned)
        if planned.kind == "new":
            params = {"number": application.number, "employer": self.batch.employer.name, "item": row["item"]}
            send(person_id=person.pk, kind="applications.filed", params=params, url=f"/applications/mine/{application.pk}/")
        return application

    def _person(self, planned: Planned) -> Person:
        row = planned.row
        person = planned.person or people.register_person.plain(
            by=self.by, name=row["name"], id_number=row["id_number"], phone=row["phone"], document_type=planned.document_type
        )
        self.persons.add(person.pk)
        if not Employment.objects.filter(person=person, organisation=self.batch.employer, until=None).exists():
            people.record_employment.plain(by=self.by, person=person, organisation=self.batch.employer, since=row["employed_since"])
        return person

    def _fill(self, application: Application, planned: Planned) -> None:
        """The stated facts and the judgement by the rules of the day."""
        row = planned.row
        application.employer, application.category, application.state = self.batch.employer, row["category"], "submitted"
        application.stated, application.health = planning.stated_of(row), planning.health_text(row)
        if row["item"] not in self.editions:
            self.editions[row["item"]] = submission.edition_or_refuse(application, self.today)
        edition = self.editions[row["item"]]
        findings = submission.judged(application, edition, self.today, len(planned.performance))
        application.edition, application.submitted_at = edition, clock.now()
        application.eligibility = [finding.as_json() for finding in findings]
        application.save()
        if planned.kind == "changed":
            application.performance.all().delete()
        PerformanceEntry.objects.bulk_create(_entry(application, listed) for listed in planned.performance)

    def register(self) -> None:
        """Employer and exam body may find the persons from now on."""
        pairs = [(place, person) for place in (self.batch.employer_id, self.batch.body_id) for person in self.persons]
        rows = [Registration(organisation_id=place, person_id=person) for place, person in pairs]
        Registration.objects.bulk_create(rows, ignore_conflicts=True)


def _entry(application: Application, row: Row) -> PerformanceEntry:
    return PerformanceEntry(
        application=application,
        equipment=row["equipment"],
        equipment_number=row["equipment_number"] or "",
        inspected_on=row["inspected_on"],
        report_number=row["report_number"],
    )


_KEPT = ("category", "stated", "health", "state", "eligibility")


def _state_of(application: Application) -> dict[str, Any]:
    entries = application.performance.values("equipment", "equipment_number", "inspected_on", "report_number")
    performance = [{**entry, "inspected_on": entry["inspected_on"].isoformat()} for entry in entries]
    return {**{key: getattr(application, key) for key in _KEPT}, "performance": performance}


@action("applications.undo_import", on="batch")
def undo_import(*, by: Actor, batch: ImportBatch) -> ImportBatch:
    """Take back a whole import while applications are still taken; what somebody has gone on with stays and refuses it."""
    batch = ImportBatch.objects.select_for_update().select_related("event").get(pk=batch.pk)
    if batch.state != "imported":
        raise Stale(batch)
    _window_open(batch.event)
    before = json.loads(batch.before or "{}")
    touched = list(
        Application.objects.select_for_update().filter(pk__in=before) | Application.objects.select_for_update().filter(batch=batch)
    )
    gone_on = [application for application in touched if application.state not in planning.OPEN_TO_CHANGE]
    if gone_on:
        raise Refused(
            Objection(
                "applications.gone_on",
                _("Application %(number)s has been confirmed or checked since."),
                {"number": application.number},
                remedy=_("Withdraw or change the others one by one."),
            )
            for application in gone_on
        )
    for application in touched:
        _restore(application, before.get(str(application.pk)))
        record("applications.undo_row", application, by=by, about=[batch])
    lifecycle.move(batch, "undo")
    record("applications.undo_import", batch, by=by, about=[batch.event], n=len(touched))
    return batch


def _restore(application: Application, before: dict[str, Any] | None) -> None:
    """As it was; what the import made new is withdrawn, not erased."""
    if before is None:
        lifecycle.move(application, "withdraw", reason="undone")
        return
    for key in _KEPT:
        setattr(application, key, before[key])
    application.save(update_fields=list(_KEPT))
    application.performance.all().delete()
    PerformanceEntry.objects.bulk_create(PerformanceEntry(application=application, **entry) for entry in before["performance"])


@action("applications.discard_batch", on="batch")
def discard_batch(*, by: Actor, batch: ImportBatch) -> ImportBatch:
    """Put a preview away; nothing had been written."""
    if batch.before or batch.applications.exists():
        refuse("applications.half_imported", _("A part of the rows is imported already. Finish the import, then undo it."))
    lifecycle.move(batch, "discard")
    record("applications.discard_batch", batch, by=by, about=[batch.event])
    return batch


def _window_open(event: Event) -> None:
    today = clock.today()
    if event.state != "announced" or not event.apply_from <= today <= event.apply_until:
        refuse(
            "applications.window",
            _("Applications are taken from %(from)s to %(until)s."),
            basis=_("Notice of the examination"),
            remedy=_("Apply in the period of the notice, or for a later event."),
            **{"from": event.apply_from.isoformat(), "until": event.apply_until.isoformat()},
        )
