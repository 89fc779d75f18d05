"""Workbooks of reports: a preview that writes nothing, and the import, whole or not at all."""

from __future__ import annotations

import json
from typing import Any

from django.db import IntegrityError, transaction

from exams import clock, lifecycle
from exams.access import Actor
from exams.documents import kinds
from exams.documents.actions import store
from exams.documents.keeping import content_of
from exams.documents.models import Document
from exams.documents.workbook import annotate
from exams.errors import Stale, refuse
from exams.interests import identifying, matching, planned, recording
from exams.interests.models import Authorship, Course, ReportBatch
from exams.interests.planning import Plan
from exams.journal.actions import Act, action, record, record_many
from exams.people import news
from exams.people.actions import declare_kin
from exams.people.models import Employment, Organisation, Person
from exams.people.registering import keep_posts, register
from exams.verdicts import gettext_noop as _

LARGEST = 10 * 1024 * 1024
OWNER = "exams.ReportBatch"


@action("interests.hand_in", on="kind")
def take_workbook(*, by: Actor, kind: str, organisation: Organisation, file_bytes: bytes, file_name: str) -> ReportBatch:
    """Keep a workbook to be read; what is in it is looked at by preview_batch."""
    return _take(by, kind, organisation, file_bytes, file_name)


@action("interests.hand_in", on="kind")
def preview_workbook(*, by: Actor, kind: str, organisation: Organisation, file_bytes: bytes, file_name: str) -> ReportBatch:
    """Read a workbook and say what it would put on record. Nothing of it is written."""
    return _preview(by, _take(by, kind, organisation, file_bytes, file_name), file_bytes)


@action("interests.import_reports", on="batch")
def preview_batch(*, by: Actor, batch: ReportBatch) -> ReportBatch:
    """Read a workbook that was taken before."""
    return _preview(by, batch, content_of(Document.objects.get(pk=batch.document_id)))


@action("interests.import_reports", on="batch")
def import_reports(*, by: Actor, batch: ReportBatch) -> ReportBatch:
    """Put everything in the workbook on record, or nothing while one row is wrong. It is read again: much may have changed."""
    # One import of an organisation at a time: the same workbook handed in twice is new only once.
    Organisation.objects.select_for_update().get(pk=by.organisation_id)
    batch = ReportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != "previewed":
        raise Stale(batch)
    plan = planned.plan(batch.kind, content_of(Document.objects.get(pk=batch.document_id)), by, batch.organisation, clock.today())
    if plan.faults:
        refuse(
            "interests.not_all_right",
            _("%(n)s faults are left. Nothing is put on record before every row is right."),
            remedy=_("Correct the workbook and hand it in again."),
            n=len(plan.faults),
        )
    if not plan.changes:
        refuse("interests.nothing_new", _("Everything in this workbook is on record already."))
    try:
        with transaction.atomic():
            _write(by, plan)
    except IntegrityError:
        refuse(
            "interests.meanwhile",
            _("Somebody else has put a part of this on record at the same moment."),
            remedy=_("Hand the workbook in again; what is on record by then is left as it is."),
        )
    _count(batch, plan)
    batch.save(update_fields=["new", "changed", "same", "unmatched", "wrong", "faults"])
    lifecycle.move(batch, "import", imported_at=clock.now())
    record("interests.import_reports", batch, by=by, about=[batch.organisation], kind=batch.kind, **_figures(batch))
    return batch


@action("interests.discard_reports", on="batch")
def discard_batch(*, by: Actor, batch: ReportBatch) -> ReportBatch:
    """Put a preview away; nothing had been written."""
    lifecycle.move(batch, "discard")
    record("interests.discard_reports", batch, by=by)
    return batch


def _take(by: Actor, kind: str, organisation: Organisation, content: bytes, file_name: str) -> ReportBatch:
    if by.organisation_id != organisation.pk:
        refuse("interests.other_organisation", _("Reports are handed in for the own organisation."))
    batch = ReportBatch.objects.create(
        kind=kind, organisation=organisation, uploaded_by_id=by.person_id, uploaded_at=clock.now(), file_name=file_name[:200]
    )
    document = store(by, content, file_name, "", OWNER, batch.pk, accept=kinds.WORKBOOKS, limit=LARGEST)
    batch.document_id = document.pk
    batch.save(update_fields=["document_id"])
    record("interests.hand_in", batch, by=by, about=[organisation], kind=kind, sha256=document.sha256)
    return batch


def _preview(by: Actor, batch: ReportBatch, content: bytes) -> ReportBatch:
    plan = planned.plan(batch.kind, content, by, batch.organisation, clock.today())
    _count(batch, plan)
    may_be = matching.possible((one.name, one.birth_date) for _row, one in plan.named)
    names = [
        {"sheet": row.sheet, "row": row.number, "name": one.name, "possible": len(may_be[one.name, one.birth_date])}
        for row, one in plan.named
    ]
    batch.report = json.dumps({"faults": [fault.as_json() for fault in plan.faults], "names": names}, ensure_ascii=False)
    if any(fault.row for fault in plan.faults):
        marked = store(by, annotate(content, plan.faults), batch.file_name, "", OWNER, batch.pk, limit=3 * LARGEST)
        batch.annotated_id = marked.pk
    batch.save(update_fields=["new", "changed", "same", "unmatched", "wrong", "faults", "report", "annotated_id"])
    lifecycle.move(batch, "preview")
    record("interests.hand_in", batch, by=by, kind=batch.kind, **_figures(batch))
    return batch


def _count(batch: ReportBatch, plan: Plan) -> None:
    batch.new, batch.changed, batch.same, batch.unmatched = plan.new, plan.changed, plan.same, len(plan.named)
    batch.wrong, batch.faults = plan.wrong, len(plan.faults)


def _figures(batch: ReportBatch) -> dict[str, Any]:
    return {name: getattr(batch, name) for name in ("new", "changed", "same", "unmatched", "wrong")}


# ------------------------------------------------------------------------------------------------------------------- writing


def _write(by: Actor, plan: Plan) -> None:
    persons = _persons(by, plan)
    recording.courses(by, plan.courses)
    _end_courses(by, plan)
    recording.teachers(by, plan.taught(persons))
    recording.trainees(by, ((course, persons[index]) for index, course in plan.trainees))
    recording.works(by, [Authorship(person=persons[index], **work) for index, work in plan.works])
    keep_posts(by, [Employment(person=persons[index], organisation_id=by.organisation_id, **post) for index, post in plan.posts])
    _end_posts(by, plan)
    own = Organisation.objects.get(pk=by.organisation_id)
    for given in plan.kin:
        declare_kin.plain(by=by, reported_by=own, **given)  # type: ignore[attr-defined]
    matching.wait_for(by, [one for _row, one in plan.named])
    # What an earlier workbook said by name alone, this one may say by document.
    identifying.settle_by_number(by, matching.answered_by(by, plan.certain(persons), plan.still_named))


def _persons(by: Actor, plan: Plan) -> dict[str, Person]:
    """Everybody the workbook names by document; who is not registered yet is registered now."""
    indices = list(plan.stated)
    made = dict(zip(indices, register(by, [plan.stated[index] for index in indices]), strict=True)) if indices else {}
    wanted = {index for rows in (plan.teachers, plan.trainees, plan.works, plan.posts) for index, _given in rows}
    return {person.id_index: person for person in Person.objects.filter(id_index__in=wanted - made.keys())} | made


def _end_courses(by: Actor, plan: Plan) -> None:
    """A course is given its last day, and with it everybody's work in it that was still going on."""
    acts = []
    for course, until in plan.ended_courses:
        Course.objects.filter(pk=course.pk, until=None).update(until=until)
        course.until = until
        acts.append(Act("interests.record_course", course, about=[course.organisation], facts={"until": until}))
        for engagement in course.engagements.filter(until=None).select_related("person"):
            type(engagement).objects.filter(pk=engagement.pk).update(until=until)
            engagement.until = until
            acts.append(Act("interests.end_training", engagement, about=[engagement.person], facts={"until": until}))
            news.announce(engagement.person_id)
    record_many(acts, by=by)


def _end_posts(by: Actor, plan: Plan) -> None:
    acts = []
    for post, until in plan.ended_posts:
        Employment.objects.filter(pk=post.pk, until=None).update(until=until)
        post.until = until
        acts.append(Act("people.end_employment", post, about=[post.person], facts={"until": until}))
        news.announce(post.person_id)
    record_many(acts, by=by)
