"""Reads of supervision; each begins with what the reader may see. An audit not served does not exist for the body."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from exams import clock
from exams.access import Actor
from exams.oversight.models import Audit, Finding, Inspector, Rectification
from exams.oversight.registry import Scope
from exams.people.models import Organisation
from exams.programme.models import Event
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

AUTHORITY = ("authority_officer", "oversight_inspector")
BODY = ("head_of_body", "exam_clerk", "archivist")
LOOKED_AT = ("arranged", "running", "marking", "published", "closed")
OPEN = ("established", "to_rectify", "reported", "not_passed")
WAITING_FOR_BODY = ("to_rectify", "not_passed")


def visible_to(actor: Actor) -> QuerySet[Audit]:
    """The authority's own audits; for the body those that have been served on it."""
    if actor.capacity == "system":
        return Audit.objects.all()
    if actor.capacity in AUTHORITY:
        return Audit.objects.filter(authority=actor.organisation_id)
    if actor.capacity in BODY:
        return Audit.objects.filter(body=actor.organisation_id, served_at__isnull=False)
    return Audit.objects.none()


def findings_visible_to(actor: Actor) -> QuerySet[Finding]:
    """Findings of visible audits; the body sees one only once rectification is ordered or the audit has come to an end."""
    found = Finding.objects.filter(audit__in=visible_to(actor))
    return found if actor.capacity in AUTHORITY else found.exclude(state__in=["established", "dropped"])


def rectifications_visible_to(actor: Actor) -> QuerySet[Rectification]:
    return Rectification.objects.filter(finding__in=findings_visible_to(actor))


def bodies_visible_to(actor: Actor) -> QuerySet[Organisation]:
    """The exam bodies an authority supervises."""
    if actor.capacity not in AUTHORITY:
        return Organisation.objects.none()
    return Organisation.objects.filter(kind="exam_body", supervised_by=actor.organisation_id)


def with_figures(bodies: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Each body with its events, its open and its overdue findings, and its last audit."""
    still = Q(audits__findings__state__in=OPEN)
    late = Q(audits__findings__state__in=WAITING_FOR_BODY, audits__findings__rectification__due_on__lt=clock.today())
    last = Audit.objects.filter(body=OuterRef("pk"), served_at__isnull=False).order_by("-served_at").values("served_at")[:1]
    return bodies.annotate(
        event_count=Count("events", distinct=True),
        open_findings=Count("audits__findings", filter=still, distinct=True),
        overdue_findings=Count("audits__findings", filter=late, distinct=True),
        last_audit=Subquery(last),
    )


def scope_of(audit: Audit) -> Scope:
    """What an audit looks at: the event it was opened for, or every event of the body that has come so far."""
    events = Event.objects.filter(body=audit.body, state__in=LOOKED_AT).order_by("starts_on")
    return Scope(audit.body, (audit.event,) if audit.event else tuple(events))


def inspectors(audit: Audit) -> list[Inspector]:
    return list(audit.inspectors.select_related("person", "ruling").order_by("person__name"))


def closing_blockers(audit: Audit) -> list[Objection]:
    """What stands between an audit and its closing: it was never served, findings are open."""
    against = []
    if audit.served_at is None:
        message, remedy = _("The audit has not been served on the body."), _("Serve it, or terminate it.")
        against.append(Objection("oversight.not_served", message, remedy=remedy))
    findings = list(audit.findings.filter(state__in=OPEN).select_related("rectification").order_by("number"))
    undecided = [finding.number for finding in findings if finding.state == "established"]
    if undecided:
        params = {"n": len(undecided), "numbers": ", ".join(undecided[:6]) + (" …" if len(undecided) > 6 else "")}
        message, remedy = (
            _("Nothing has been decided about %(n)s findings: %(numbers)s."),
            _("Order rectification, or drop it with a reason."),
        )
        against.append(Objection("oversight.undecided", message, params, remedy=remedy))
    return against + [_open(finding) for finding in findings if finding.state != "established"]


def waiting(audit: Audit) -> dict[str, Finding]:
    """The open findings with an order, by number."""
    rows = audit.findings.filter(state__in=OPEN, rectification__isnull=False).select_related("rectification")
    return {row.number: row for row in rows}


def _open(finding: Finding) -> Objection:
    messages = {
        "to_rectify": (_("%(number)s: no rectification report has come (due %(due)s)."), _("Remind the body.")),
        "reported": (_("%(number)s: the rectification report waits for your decision."), _("Accept it or return it.")),
        "not_passed": (_("%(number)s: the rectification was returned (due %(due)s)."), _("Remind the body.")),
    }
    message, remedy = messages[finding.state]
    params = {"number": finding.number, "due": finding.rectification.due_on.isoformat()}
    return Objection(f"oversight.open.{finding.number}", message, params, finding.basis, remedy)


def overdue(rows: Iterable[Rectification], on: date | None = None) -> list[Rectification]:
    """Rectifications the body owes past their last day."""
    day = on or clock.today()
    return [row for row in rows if row.finding.state in WAITING_FOR_BODY and row.due_on < day]
