"""Who does what to an application: the applicant, the employer's clerk for its own people, the body's officers for theirs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.applications import queries
from exams.applications.models import Application, ImportBatch
from exams.people.models import Organisation
from exams.programme.models import Event

LOOKERS = ("exam_clerk", "verifier", "application_approver", "head_of_body", "authority_officer", "oversight_inspector", "employer_clerk")
IMPORTERS = ("exam_clerk", "employer_clerk")


def own(actor: Actor, application: Application) -> bool:
    return actor.person_id is not None and actor.person_id == application.person_id


def of_employer(actor: Actor, application: Application) -> bool:
    return actor.organisation_id is not None and actor.organisation_id == application.employer_id


def of_body(actor: Actor, application: Application) -> bool:
    return actor.capacity == "system" or (actor.organisation_id is not None and actor.organisation_id == application.body_id)


def of_event(actor: Actor, event: Event) -> bool:
    return actor.organisation_id is not None and actor.organisation_id == event.body_id


def own_or_employer(actor: Actor, application: Application) -> bool:
    return own(actor, application) or (actor.capacity == "employer_clerk" and of_employer(actor, application))


def seen(actor: Actor, application: Application) -> bool:
    return queries.visible_to(actor).filter(pk=application.pk).exists()


def _import_for(actor: Actor, employer: Organisation | ImportBatch) -> bool:
    """An employer's clerk imports for that employer only; the body's clerk for any."""
    if isinstance(employer, ImportBatch):
        return queries.batches_visible_to(actor).filter(pk=employer.pk).exists()
    return actor.capacity != "employer_clerk" or actor.organisation_id == employer.pk


def _own_batch(actor: Actor, batch: ImportBatch) -> bool:
    return queries.batches_visible_to(actor).filter(pk=batch.pk).exists()


permission("applications.list", _("See applications"), *LOOKERS, scope=seen)
permission("applications.print", _("Print papers of an application"), "anyone")
permission("applications.own", _("See one’s own applications"), "anyone")
permission("applications.preview_workbook", _("Hand in a workbook of applications"), *IMPORTERS, scope=_import_for)
permission("applications.import_workbook", _("Import applications"), *IMPORTERS, scope=_own_batch)
permission("applications.import_row", _("Application imported"), "system")
permission("applications.undo_import", _("Undo an import"), *IMPORTERS, scope=_own_batch)
permission("applications.undo_row", _("Import of the application undone"), "system")
permission("applications.discard_batch", _("Discard a preview"), *IMPORTERS, scope=_own_batch)
permission("applications.start", _("Begin an application"), "anyone")
permission("applications.state", _("Fill in the application"), "anyone", scope=own)
permission("applications.list_performance", _("Add a line to the performance form"), "anyone", scope=own)
permission("applications.add_material", _("Hand in material"), "anyone", scope=own_or_employer)
permission("applications.submit", _("Submit"), "anyone", scope=own)
permission("applications.submit_correction", _("Submit correction"), "anyone", scope=own_or_employer)
permission("applications.withdraw", _("Withdraw"), "anyone", scope=own)
permission("applications.confirm_by_employer", _("Confirm and stamp"), "employer_clerk", scope=of_employer)
permission("applications.return_by_employer", _("Return to applicant"), "employer_clerk", scope=of_employer)
permission("applications.verify", _("Record outcome of a verification"), "verifier", scope=of_body)
permission("applications.work", _("Handle several applications at once"), "exam_clerk", "verifier", "application_approver")
permission("applications.accept", _("Accept application"), "exam_clerk", "application_approver", scope=of_body)
permission("applications.lapse", _("Period over: counts as accepted"), "system", scope=of_body)
permission("applications.ask_correction", _("Request correction"), "exam_clerk", "application_approver", scope=of_body)
permission("applications.do_not_accept", _("Do not accept"), "exam_clerk", "application_approver", scope=of_body)
permission(
    "applications.draw_recheck", _("Draw applications for the spot re-check"), "application_approver", "head_of_body", scope=of_event
)
permission("applications.approve", _("Approve application"), "application_approver", scope=of_body)
permission("applications.do_not_approve", _("Do not approve application"), "application_approver", scope=of_body)
