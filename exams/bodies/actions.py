"""Changes to exam bodies: entrustment by the authority; documents, business, staff and internal checks by the body."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from exams import clock, lifecycle
from exams.access import SYSTEM, Actor
from exams.bodies.models import BodyStandard, Entrustment, InternalCheck, ManagementDocument, OtherBusiness, StaffRecord
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.people.models import Organisation, Person
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _


@action("bodies.entrust", on="body")
def entrust(
    *,
    by: Actor,
    body: Organisation,
    families: Iterable[str],
    places: Iterable[str],
    since: date,
    until: date,
    document_number: str,
) -> Entrustment:
    """Entrust a body with item families at places for a period."""
    families, places = sorted({one.strip() for one in families} - {""}), [one.strip() for one in places if one.strip()]
    objections = [
        Objection(f"bodies.entrust_{name}", message)
        for name, missing, message in (
            ("body", body.kind != "exam_body", _("Only an exam body can be entrusted.")),
            ("families", not families, _("Name at least one item.")),
            ("places", not places, _("Name at least one place.")),
            ("period", until < since, _("The entrustment ends before it begins.")),
            ("number", not document_number.strip(), _("Give the number of the entrustment document.")),
        )
        if missing
    ]
    if Entrustment.objects.filter(body=body, document_number=document_number.strip()).exists():
        objections.append(Objection("bodies.entrusted_already", _("This entrustment document is on record already.")))
    if objections:
        raise Refused(objections)
    entrustment = Entrustment.objects.create(
        body=body,
        authority_id=by.organisation_id or body.supervised_by_id,
        document_number=document_number.strip(),
        families=families,
        places=places,
        since=since,
        until=until,
    )
    facts = {"families": families, "places": places, "since": since, "until": until, "number": document_number}
    record("bodies.entrust", entrustment, by=by, about=[body], **facts)
    return entrustment


@action("bodies.suspend", on="entrustment")
def suspend(*, by: Actor, entrustment: Entrustment, reason: str) -> Entrustment:
    """Suspend an entrustment: no new event until it is resumed."""
    return _move(entrustment, "suspend", by, reason)


@action("bodies.resume", on="entrustment")
def resume(*, by: Actor, entrustment: Entrustment, reason: str) -> Entrustment:
    """Resume a suspended entrustment."""
    return _move(entrustment, "resume", by, reason)


@action("bodies.end", on="entrustment")
def end(*, by: Actor, entrustment: Entrustment, reason: str) -> Entrustment:
    """End an entrustment for good."""
    return _move(entrustment, "end", by, reason)


@action("bodies.expire", on="entrustment")
def expire(*, by: Actor = SYSTEM, entrustment: Entrustment) -> Entrustment:
    """The last day of the entrustment has passed."""
    if entrustment.until >= clock.today():
        refuse("bodies.not_over", _("This entrustment has not ended yet."))
    lifecycle.move(entrustment, "expire")
    record("bodies.expire", entrustment, by=by, about=[entrustment.body], until=entrustment.until)
    return entrustment


def _move(entrustment: Entrustment, verb: str, by: Actor, reason: str) -> Entrustment:
    _reasoned(reason)
    lifecycle.move(entrustment, verb, reason=reason.strip())
    record(f"bodies.{verb}", entrustment, by=by, about=[entrustment.body], reason=reason.strip())
    return entrustment


@action("bodies.file_document", on="body")
def file_document(
    *,
    by: Actor,
    body: Organisation,
    kind: str,
    version: str,
    approved_on: date,
    review_on: date,
    published_on: date | None = None,
    document_id: str = "",
) -> ManagementDocument:
    """File one version of a management document with the day of its next review."""
    if kind not in ManagementDocument.Kind.values:
        refuse("bodies.document_kind", _("Choose a document from the list."))
    if not version.strip():
        refuse("bodies.document_version", _("Give the version of the document."))
    if review_on <= approved_on:
        refuse("bodies.document_review", _("The next review must lie after the approval."))
    if approved_on > clock.today():
        refuse("bodies.document_future", _("The day of approval lies in the future."))
    if ManagementDocument.objects.filter(body=body, kind=kind, version=version.strip()).exists():
        refuse("bodies.document_known", _("This version of the document is on record already."))
    document = ManagementDocument.objects.create(
        body=body,
        kind=kind,
        version=version.strip(),
        approved_on=approved_on,
        published_on=published_on,
        review_on=review_on,
        document_id=str(document_id or ""),
        recorded_at=clock.now(),
    )
    facts = {"kind": kind, "version": document.version, "approved_on": approved_on, "review_on": review_on}
    record("bodies.file_document", document, by=by, about=[body], **facts)
    return document


@action("bodies.declare_business", on="body")
def declare_business(*, by: Actor, body: Organisation, businesses: Iterable[str]) -> OtherBusiness:
    """Declare which other business the body does; none is an answer too, and needs no decision."""
    codes = sorted(set(businesses))
    if set(codes) - set(OtherBusiness.Business.values):
        refuse("bodies.business", _("Choose from the list."))
    row = OtherBusiness.objects.filter(body=body).first()
    if row is None:
        row = OtherBusiness.objects.create(body=body, businesses=codes, declared_on=clock.today())
    elif lifecycle.can(row, "declare"):
        lifecycle.move(row, "declare", businesses=codes, declared_on=clock.today(), decided_on=None, conditions="")
    else:
        OtherBusiness.objects.filter(pk=row.pk, state="declared").update(businesses=codes, declared_on=clock.today())
        row.refresh_from_db()
    if not codes:
        lifecycle.move(row, "allow", decided_on=clock.today())
    record("bodies.declare_business", row, by=by, about=[body], businesses=codes)
    return row


@action("bodies.decide_business", on="business")
def decide_business(*, by: Actor, business: OtherBusiness, allowed: bool, conditions: str = "") -> OtherBusiness:
    """The authority decides whether the declared business may stand beside examinations."""
    verb = "allow" if allowed else "forbid"
    lifecycle.move(business, verb, decided_on=clock.today(), conditions=conditions.strip())
    record("bodies.decide_business", business, by=by, about=[business.body], allowed=allowed, conditions=conditions)
    return business


# ------------------------------------------------------------------------------------------------------------------ staff


@action("bodies.register_staff", on="body")
def register_staff(
    *,
    by: Actor,
    body: Organisation,
    person: Person,
    full_time: bool,
    assessor: bool,
    qualification: str = "",
    years: int = 0,
    since: date | None = None,
) -> StaffRecord:
    """Put a person on the body's list of full-time staff or assessors."""
    if not (full_time or assessor):
        refuse("bodies.staff_kind", _("Say whether the person is full-time staff, an assessor, or both."))
    if StaffRecord.objects.filter(body=body, person=person, until=None).exists():
        refuse("bodies.staff_known", _("This person is on the list already."))
    row = StaffRecord.objects.create(
        body=body,
        person=person,
        full_time=full_time,
        assessor=assessor,
        qualification=qualification.strip(),
        years=years,
        since=since or clock.today(),
    )
    facts: dict[str, Any] = {"full_time": full_time, "assessor": assessor, "years": years, "since": row.since}
    record("bodies.register_staff", row, by=by, about=[body, person], private={"person": person.name}, **facts)
    return row


@action("bodies.end_staff", on="staff")
def end_staff(*, by: Actor, staff: StaffRecord, until: date) -> StaffRecord:
    """Take a person off the list; the record stays."""
    if StaffRecord.objects.filter(pk=staff.pk, until=None).update(until=until) != 1:
        refuse("bodies.staff_ended", _("This record has ended already."))
    staff.until = until
    record("bodies.end_staff", staff, by=by, about=[staff.body, staff.person], until=until)
    return staff


@action("bodies.set_standard")
def set_standard(
    *,
    by: Actor,
    full_time: int,
    assessors: int,
    source: str,
    effective_from: date,
    many_candidates: int = 0,
    assessors_if_many: int = 0,
    findings_block: bool = False,
) -> BodyStandard:
    """The authority says from which day on it asks how much staff, and whether open major findings stop events."""
    if not source.strip():
        refuse("bodies.standard_source", _("Name the source of the value."))
    if effective_from < clock.today():
        refuse("bodies.standard_past", _("A parameter cannot be set for the past."))
    facts = {
        "full_time": full_time,
        "assessors": assessors,
        "many_candidates": many_candidates,
        "assessors_if_many": assessors_if_many,
        "findings_block": findings_block,
        "source": source.strip(),
        "effective_from": effective_from,
    }
    row, _new = BodyStandard.objects.update_or_create(
        authority_id=by.organisation_id, effective_from=effective_from, defaults=facts
    )
    record("bodies.set_standard", row, by=by, **facts)
    return row


# --------------------------------------------------------------------------------------------------------- internal checks


@action("bodies.record_check", on="body")
def record_check(
    *, by: Actor, body: Organisation, checked_on: date, item: str, finding: str, major: bool = False, due_on: date | None = None
) -> InternalCheck:
    """Put a finding of the body's own yearly check on record."""
    if not item.strip() or not finding.strip():
        refuse("bodies.check_words", _("Name what was checked and what was found."))
    row = InternalCheck.objects.create(
        body=body, checked_on=checked_on, item=item.strip(), finding=finding.strip(), major=major, due_on=due_on
    )
    record("bodies.record_check", row, by=by, about=[body], item=row.item, finding=row.finding, major=major, due_on=due_on)
    return row


@action("bodies.correct_check", on="check")
def correct_check(*, by: Actor, check: InternalCheck, correction: str) -> InternalCheck:
    """Report how a finding was corrected."""
    _reasoned(correction)
    lifecycle.move(check, "correct", correction=correction.strip(), corrected_on=clock.today())
    record("bodies.correct_check", check, by=by, about=[check.body], correction=check.correction)
    return check


@action("bodies.close_check", on="check")
def close_check(*, by: Actor, check: InternalCheck, accepted: bool = True) -> InternalCheck:
    """The head of the body accepts the correction, or opens the finding again."""
    lifecycle.move(check, "accept" if accepted else "reopen")
    record("bodies.close_check", check, by=by, about=[check.body], accepted=accepted)
    return check


def _reasoned(reason: str) -> None:
    if len(reason.strip()) < 4:
        refuse("bodies.reason", _("State the reason; it is kept with the decision."))
