"""Who inspects whom, and who answers for the body."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.oversight.models import Audit, Finding, Rectification
from exams.oversight.queries import AUTHORITY, BODY
from exams.people.models import Organisation


def audit_of(obj: Any) -> Audit:
    """The audit that a finding or a rectification belongs to."""
    if isinstance(obj, Rectification):
        return obj.finding.audit
    return obj.audit if isinstance(obj, Finding) else obj


def own_audit(actor: Actor, obj: Any) -> bool:
    return audit_of(obj).authority_id == actor.organisation_id


def supervised(actor: Actor, body: Organisation) -> bool:
    return body.kind == "exam_body" and body.supervised_by_id == actor.organisation_id


def inspected(actor: Actor, obj: Any) -> bool:
    """The body answers for its own audit, and only once it has been served."""
    audit = audit_of(obj)
    return audit.body_id == actor.organisation_id and audit.served_at is not None


permission("oversight.see", _("See audits"), *AUTHORITY, *BODY)
permission("oversight.bodies", _("See supervised exam bodies"), *AUTHORITY)
permission("oversight.returns", _("See statistical returns"), *AUTHORITY)
permission("oversight.open_audit", _("Opened an audit"), *AUTHORITY, scope=supervised)
permission("oversight.serve_audit", _("Served the audit on the body"), *AUTHORITY, scope=own_audit)
permission("oversight.run_checks", _("Ran the automatic checks"), *AUTHORITY, scope=own_audit)
permission("oversight.add_finding", _("Established a finding"), *AUTHORITY, scope=own_audit)
permission("oversight.drop_finding", _("Dropped a finding"), *AUTHORITY, scope=own_audit)
permission("oversight.order_rectification", _("Ordered rectification"), *AUTHORITY, scope=own_audit)
permission("oversight.report_rectification", _("Reported rectification"), *BODY, scope=inspected)
permission("oversight.accept_rectification", _("Accepted the rectification"), *AUTHORITY, scope=own_audit)
permission("oversight.return_rectification", _("Did not accept the rectification"), *AUTHORITY, scope=own_audit)
permission("oversight.close_audit", _("Closed the audit"), *AUTHORITY, scope=own_audit)
permission("oversight.terminate_audit", _("Terminated the audit"), *AUTHORITY, scope=own_audit)
permission("oversight.print_report", _("Printed the inspection record"), *AUTHORITY, scope=own_audit)
