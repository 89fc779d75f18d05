"""Workbooks of applications: a preview that writes nothing, the import, and its undoing."""

from __future__ import annotations

import json
from typing import Any

from exams import clock, lifecycle
from exams.access import Actor
from exams.applications import planning
from exams.applications.filing import file, put_back
from exams.applications.models import Application, ImportBatch
from exams.applications.planning import Plan
from exams.documents import kinds
from exams.documents.actions import store
from exams.documents.keeping import content_of
from exams.documents.models import Document
from exams.documents.workbook import annotate
from exams.errors import NotPermitted, Refused, Stale, refuse
from exams.journal.actions import Act, action, record, record_many
from exams.people.models import Organisation
from exams.programme.models import Event
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

LARGEST = 10 * 1024 * 1024
OWNER = "exams.ImportBatch"


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
def import_workbook(*, by: Actor, batch: ImportBatch, mode: str = "good", at_most: int = 0) -> ImportBatch:
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
    before |= file(by, batch, part)
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
    # What the import made new is withdrawn, not erased.
    lifecycle.move_many([application for application in touched if str(application.pk) not in before], "withdraw", reason="undone")
    for application in touched:
        if str(application.pk) in before:
            put_back(application, before[str(application.pk)])
    record_many((Act("applications.undo_row", application, about=[batch]) for application in touched), by=by)
    lifecycle.move(batch, "undo")
    record("applications.undo_import", batch, by=by, about=[batch.event], n=len(touched))
    return batch


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
