"""Who may put on record what may stand in the way of fairness."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.interests.models import Declaration, Dispute, TrainingEngagement
from exams.people.models import Organisation, Person


def _own_training(actor: Actor, organisation: Organisation) -> bool:
    """A training manager speaks for the own training body only; an exam body may report any training it learns of."""
    return actor.capacity != "training_manager" or actor.organisation_id == organisation.pk


def _engagement(actor: Actor, engagement: TrainingEngagement) -> bool:
    if actor.capacity in ("system", "authority_officer"):
        return True
    return actor.organisation_id is not None and actor.organisation_id in (engagement.organisation_id, engagement.reported_by_id)


def _self(actor: Actor, person: Person) -> bool:
    return actor.person_id == person.pk


def _own_or_staff(actor: Actor, person: Person) -> bool:
    return actor.capacity != "candidate" or actor.person_id == person.pk


def _own_declaration(actor: Actor, declaration: Declaration) -> bool:
    return actor.person_id == declaration.person_id


def _own_dispute(actor: Actor, dispute: Dispute) -> bool:
    return actor.person_id == dispute.person_id


_REPORT = ("training_manager", "exam_clerk", "head_of_body", "authority_officer")

permission("interests.mine", _("See the own interests and declarations"), "anyone")
permission("interests.trainings", _("See training engagements"), *_REPORT, "oversight_inspector")
permission("interests.declarations", _("See who has declared"), "head_of_body", "exam_clerk", "authority_officer", "oversight_inspector")
permission("interests.record_training", _("Record a training engagement"), *_REPORT, "system", scope=_own_training)
permission("interests.declare_training", _("Declare own training"), "anyone", scope=_self)
permission("interests.end_training", _("End a training engagement"), *_REPORT, "system", scope=_engagement)
permission("interests.record_attendance", _("Record trainees"), *_REPORT, "system", scope=_engagement)
permission(
    "interests.record_authorship", _("Record authorship of training material"), *_REPORT, "candidate", "system", scope=_own_or_staff
)
permission("interests.ask_declaration", _("Ask for a declaration of interest"), "head_of_body", "exam_clerk", "system")
permission("interests.sign_declaration", _("Sign declaration"), "anyone", scope=_self)
permission("interests.record_dispute", _("Declare a dispute"), "anyone", scope=_self)
permission("interests.end_dispute", _("End a dispute"), "anyone", scope=_own_dispute)
permission("interests.record_concealment", _("Record a proved concealment"), "head_of_body", "authority_officer", "system")
