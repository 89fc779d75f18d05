"""Who may see, give and end appointments, and choose among the own ones."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.appointments import queries
from exams.appointments.models import Appointment
from exams.people.models import Organisation

GRANTING = ("head_of_body", "security_administrator", "authority_officer")


def _for_organisation(actor: Actor, organisation: Organisation) -> bool:
    """The head within the own body and for employers; the authority in itself and below; the security administrator anywhere."""
    if actor.capacity in {"security_administrator", "system"} or actor.organisation_id == organisation.pk:
        return True
    if actor.capacity == "authority_officer":
        return organisation.supervised_by_id == actor.organisation_id or organisation.kind == "training_body"
    return actor.capacity == "head_of_body" and organisation.kind == "employer"


def _appointment(actor: Actor, appointment: Appointment) -> bool:
    return _for_organisation(actor, appointment.organisation)


def _seen(actor: Actor, appointment: Appointment) -> bool:
    return queries.visible_to(actor).filter(pk=appointment.pk).exists()


permission(
    "appointments.list",
    _("See appointments"),
    *GRANTING,
    "exam_clerk",
    "chief",
    "archivist",
    "audit_administrator",
    "oversight_inspector",
    scope=_seen,
)
permission("appointments.appoint", _("Appoint a person to a capacity"), *GRANTING, "system", scope=_for_organisation)
permission("appointments.revoke", _("End an appointment"), *GRANTING, "system", scope=_appointment)
permission("appointments.choose", _("Choose the capacity to act in"), "anyone")
permission("appointments.end", _("End what has run out"), "system")
permission("home", _("See what is open"), "anyone")
