"""Audits: opening with impartial inspectors, serving, checking, findings, rectification, closing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from exams import clock, lifecycle
from exams.access import Actor
from exams.appointments.models import Appointment
from exams.documents.actions import store
from exams.documents.kinds import SCANS, ZIP
from exams.documents.models import Document
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.messages.actions import send
from exams.oversight import checking, queries, report
from exams.oversight.models import Audit, Finding, Inspector, Rectification
from exams.people.models import Organisation, Person
from exams.programme.models import Event
from exams.recusal import actions as recusal
from exams.recusal.facts import Matter
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

_VISIT = _("Order 57 (2022), Arts. 19 to 29, by analogy")


@action("oversight.open_audit", on="body")
def open_audit(*, by: Actor, body: Organisation, event: Event | None, inspectors: Iterable[Person], kind: str = "random") -> Audit:
    """Open an audit with at least two inspectors whom nothing ties to the body. The body does not see it before it is served."""
    people = list({person.pk: person for person in inspectors}.values())
    if len(people) < 2:
        refuse("oversight.two_inspectors", _("An audit needs at least two inspectors."), basis=_VISIT, remedy=_("Name another inspector."))
    if event is not None and event.body_id != body.pk:
        refuse("oversight.other_event", _("This event belongs to another body."))
    rulings = _cleared(by, body, people)
    opened = {"opened_by_id": by.person_id, "opened_at": clock.now()}
    audit = Audit.objects.create(authority_id=by.organisation_id, body=body, event=event, number=_number(), kind=kind, **opened)
    for person in people:
        Inspector.objects.create(audit=audit, person=person, ruling=rulings[person.pk])
    names = {"inspectors": [person.name for person in people]}
    record("oversight.open_audit", audit, by=by, body=body.pk, kind=kind, rulings=[row.pk for row in rulings.values()], private=names)
    return audit


@action("oversight.serve_audit", on="audit")
def serve_audit(*, by: Actor, audit: Audit) -> Audit:
    """The visit begins: from now on the body sees the audit."""
    return _serve(by, audit)


@action("oversight.run_checks", on="audit")
def run_checks(*, by: Actor, audit: Audit) -> list[Finding]:
    """Run every registered check; new departures become findings. What was found before is not found twice."""
    if audit.state in ("closed", "terminated"):
        refuse("oversight.over", _("The audit is over."), remedy=_("Open a new one."))
    found = checking.run(audit)
    runs = {run.check_id: run.found if not run.failed else run.failed for run in found.runs}
    record("oversight.run_checks", audit, by=by, runs=runs, new=[finding.number for finding in found.new])
    for finding in found.new:
        record("oversight.run_checks", finding, by=by, about=[audit], check=finding.check_id, level=finding.level)
    return found.new


@action("oversight.add_finding", on="audit")
def add_finding(*, by: Actor, audit: Audit, block: str, level: str, text: str, basis: str) -> Finding:
    """A finding made by people."""
    if not text.strip() or not basis.strip():
        refuse("oversight.text", _("A finding needs its facts and its basis."), basis=_VISIT)
    finding = checking.keep(audit, block=block, level=level, message=text.strip(), basis=basis.strip())
    record("oversight.add_finding", finding, by=by, about=[audit], level=level)
    return finding


@action("oversight.drop_finding", on="finding")
def drop_finding(*, by: Actor, finding: Finding, reason: str) -> Finding:
    """Not upheld, for a stated reason."""
    if not reason.strip():
        refuse("oversight.reason", _("State the reason."))
    lifecycle.move(finding, "drop")
    record("oversight.drop_finding", finding, by=by, about=[finding.audit], reason=reason.strip())
    return finding


@action("oversight.order_rectification", on="audit")
def order_rectification(*, by: Actor, audit: Audit, finding: Finding, due_on: date, text: str) -> Rectification:
    """Order the body to put a finding right by a day; an audit still hidden is served with it."""
    if finding.audit_id != audit.pk:
        refuse("oversight.other_audit", _("This finding belongs to another audit."))
    if due_on < clock.today():
        refuse("oversight.past", _("The last day lies in the past."), remedy=_("Choose a later day."))
    if not text.strip():
        refuse("oversight.what", _("Say what is to be put right."), basis=_VISIT)
    if audit.state == "planned":
        _serve(by, audit)
    lifecycle.move(finding, "order")
    lifecycle.move(audit, "order")
    row = Rectification.objects.create(
        finding=finding, due_on=due_on, ordered_text=text.strip(), ordered_by_id=by.person_id, ordered_at=clock.now()
    )
    record("oversight.order_rectification", row, by=by, about=[finding, audit], due_on=due_on)
    params = {"finding": finding.number, "number": audit.number, "due_on": due_on.isoformat()}
    _tell_body(audit, "rectification.ordered", params)
    return row


@action("oversight.report_rectification", on="rectification")
def report_rectification(*, by: Actor, rectification: Rectification, text: str, evidence: bytes | None = None) -> Rectification:
    """The body says what it did, with evidence where there is some."""
    if not text.strip():
        refuse("oversight.report", _("Say what was done: cause, measure, who, when."), basis=_VISIT)
    document = None
    if evidence:
        owner = ("exams.Rectification", rectification.pk)
        document = store(by, evidence, rectification.finding.number, "", *owner, accept=SCANS | {ZIP})
    finding = rectification.finding
    lifecycle.move(finding, "report")
    values = {"reported_text": text.strip(), "reported_by_id": by.person_id, "reported_at": clock.now()}
    _write(rectification, **values, evidence_id=document.pk if document else rectification.evidence_id)
    record("oversight.report_rectification", rectification, by=by, about=[finding, finding.audit], evidence=document and document.sha256)
    return rectification


@action("oversight.accept_rectification", on="rectification")
def accept_rectification(*, by: Actor, rectification: Rectification, answer: str = "") -> Rectification:
    """The re-check is passed; the finding is rectified."""
    return _decide(by, rectification, "accept", answer)


@action("oversight.return_rectification", on="rectification")
def return_rectification(*, by: Actor, rectification: Rectification, answer: str, due_on: date) -> Rectification:
    """The re-check is not passed: reason and a new last day."""
    if not answer.strip():
        refuse("oversight.reason", _("State the reason."))
    if due_on < clock.today():
        refuse("oversight.past", _("The last day lies in the past."), remedy=_("Choose a later day."))
    _write(rectification, due_on=due_on)
    return _decide(by, rectification, "return", answer)


@action("oversight.close_audit", on="audit")
def close_audit(*, by: Actor, audit: Audit) -> Audit:
    """Close an audit without open findings."""
    against = queries.closing_blockers(audit)
    if against:
        raise Refused(against)
    lifecycle.move(audit, "close", closed_at=clock.now())
    record("oversight.close_audit", audit, by=by, findings=audit.findings.count())
    return audit


@action("oversight.terminate_audit", on="audit")
def terminate_audit(*, by: Actor, audit: Audit, reason: str) -> Audit:
    """Stop an audit for a stated reason; that it was begun stays on record."""
    if not reason.strip():
        refuse("oversight.reason", _("State the reason."), basis=_VISIT)
    lifecycle.move(audit, "terminate", closed_at=clock.now(), opinion=reason.strip())
    record("oversight.terminate_audit", audit, by=by, reason=reason.strip())
    return audit


@action("oversight.print_report", on="audit")
def print_report(*, by: Actor, audit: Audit) -> Document:
    """The inspection record as a printed document."""
    document = store(by, report.render(audit), audit.number, "application/pdf", "exams.Audit", audit.pk)
    Audit.objects.filter(pk=audit.pk).update(report_id=document.pk)
    record("oversight.print_report", audit, by=by, sha256=document.sha256)
    return document


def _cleared(by: Actor, body: Organisation, people: list[Person]) -> dict:
    """A ruling for each inspector; one refusal names everything that stands against any of them."""
    against: list[Objection] = []
    kept, rulings = [], {}
    for person in people:
        against += _not_appointed(by, person)
        matter = Matter(on=clock.today(), body_id=str(body.pk), inspected=frozenset({str(body.pk)}))
        try:
            rulings[person.pk] = recusal.require_clear(person=person, capacity="oversight_inspector", matter=matter, by=by, about=body)
        except Refused as refusal:
            against += refusal.objections
            kept += refusal.keep
    if against:
        raise Refused(against, keep=kept)
    return rulings


def _not_appointed(by: Actor, person: Person) -> list[Objection]:
    today = clock.today()
    appointed = Appointment.objects.filter(
        person=person, capacity="oversight_inspector", organisation_id=by.organisation_id, state="in_force", since__lte=today
    )
    if any(one.until is None or one.until >= today for one in appointed):
        return []
    message = _("%(person)s is not appointed as an oversight inspector of this authority.")
    return [Objection("oversight.not_appointed", message, {"person": person.name}, _VISIT, _("Choose an appointed inspector."))]


def _serve(by: Actor, audit: Audit) -> Audit:
    lifecycle.move(audit, "serve", served_at=clock.now())
    record("oversight.serve_audit", audit, by=by, about=[audit.body])
    _tell_body(audit, "audit.served", {"number": audit.number, "body": audit.body.name})
    return audit


def _decide(by: Actor, rectification: Rectification, verb: str, answer: str) -> Rectification:
    finding = rectification.finding
    lifecycle.move(finding, verb)
    _write(rectification, decided_by_id=by.person_id, decided_at=clock.now(), answer=answer.strip())
    record(f"oversight.{verb}_rectification", rectification, by=by, about=[finding, finding.audit], answer=answer.strip())
    words = {"accept": _("accepted"), "return": _("not accepted")}
    params = {"finding": finding.number, "number": finding.audit.number, "outcome": words[verb]}
    _tell_body(finding.audit, "rectification.decided", params)
    return rectification


def _write(rectification: Rectification, **values: object) -> None:
    Rectification.objects.filter(pk=rectification.pk).update(**values)
    for name, value in values.items():
        setattr(rectification, name, value)


def _tell_body(audit: Audit, kind: str, params: dict[str, str]) -> None:
    heads = Appointment.objects.filter(organisation=audit.body, capacity="head_of_body", state="in_force")
    for person_id in set(heads.values_list("person_id", flat=True)):
        send(person_id=person_id, kind=kind, params=params, url=f"/oversight/{audit.pk}/")


def _number() -> str:
    year = clock.today().year
    last = Audit.objects.filter(number__startswith=f"JC-{year}-").order_by("-number").values_list("number", flat=True).first()
    return f"JC-{year}-{int(last.rsplit('-', 1)[1]) + 1 if last else 1:03d}"
