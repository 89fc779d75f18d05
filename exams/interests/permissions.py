"""Who may put on record what may stand in the way of fairness."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exams.access import Actor, permission
from exams.interests import queries
from exams.interests.identifying import BASIS
from exams.interests.models import Concealment, Declaration, Dispute, MatchDoubt, ReportBatch, TrainingEngagement, Unmatched
from exams.people.models import Organisation, Person
from exams.people.queries import persons_visible_to
from exams.verdicts import Objection, gettext_noop


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


def _party(actor: Actor, person: Person) -> bool | Objection:
    """One's own dispute; a superior puts one on record about the people of the own body, never about oneself."""
    if actor.person_id == person.pk:
        return True
    return actor.capacity in queries.SUPERIORS and persons_visible_to(actor).filter(pk=person.pk).exists()


def _own_dispute(actor: Actor, dispute: Dispute) -> bool:
    """Whoever put it on record ends it: the person, or a superior of the body that did, who is not the person."""
    if dispute.reported_by_id is None:
        return actor.person_id is not None and actor.person_id == dispute.person_id
    superior = actor.capacity in queries.SUPERIORS and actor.organisation_id == dispute.reported_by_id
    return superior and actor.person_id != dispute.person_id


def _decides(actor: Actor, found: MatchDoubt | Unmatched) -> bool | Objection:
    """A superior who sees the doubt and is not concerned by it."""
    unmatched = found.unmatched if isinstance(found, MatchDoubt) else found
    concerned = {unmatched.person_id, *([found.person_id] if isinstance(found, MatchDoubt) else [])}
    if actor.person_id in concerned:
        return Objection(
            "interests.own_doubt", gettext_noop("Nobody decides on their own case."), {}, BASIS, gettext_noop("Another superior decides.")
        )
    rows = queries.doubts_visible_to(actor)
    return rows.filter(pk=found.pk).exists() if isinstance(found, MatchDoubt) else rows.filter(unmatched=found).exists()


def _reported_it(actor: Actor, unmatched: Unmatched) -> bool:
    """Whoever named somebody: the person for the own kin and disputes, else the organisation that reported it."""
    if unmatched.reported_by_id is None:
        return actor.person_id is not None and actor.person_id == unmatched.person_id
    return queries.unmatched_visible_to(actor).filter(pk=unmatched.pk, reported_by=actor.organisation_id).exists()


def _decided_it(actor: Actor, concealment: Concealment) -> bool | Objection:
    """The body that decided, or the authority above it; never about oneself."""
    if actor.person_id == concealment.person_id:
        return Objection(
            "interests.own_concealment",
            gettext_noop("Nobody decides on their own case."),
            {},
            BASIS,
            gettext_noop("Another superior decides."),
        )
    return queries.concealments_visible_to(actor).filter(pk=concealment.pk).exists()


def _hands_in(actor: Actor, kind: str) -> bool:
    return kind in queries.importable(actor)


def _own_batch(actor: Actor, batch: ReportBatch) -> bool:
    return queries.batches_visible_to(actor).filter(pk=batch.pk).exists()


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
permission("interests.record_dispute", _("Declare a dispute"), "anyone", scope=_party)
permission("interests.end_dispute", _("End a dispute"), "anyone", scope=_own_dispute)
permission("interests.withdraw_dispute", _("Withdraw a dispute put on record in error"), "anyone", scope=_own_dispute)
permission("interests.disputes", _("See disputes put on record by the own body"), *sorted(queries.SUPERIORS))
permission("interests.declare_relative", _("Declare an own relative by name"), "anyone", scope=_self)
permission("interests.names", _("See who is reported without a number"), *sorted(queries.IMPORTERS), "oversight_inspector")
permission("interests.report_name", _("Name somebody without a number"), "anyone", "system")
permission("interests.decide_doubt", _("Decide who is meant"), *sorted(queries.SUPERIORS), scope=_decides)
permission("interests.reopen_doubt", _("Take up a doubt again"), *sorted(queries.SUPERIORS), scope=_decides)
permission("interests.identify", _("Give the number of somebody reported by name"), "anyone", scope=_reported_it)
permission("interests.withdraw_name", _("Take back a report made in error"), "anyone", scope=_reported_it)
permission("interests.match_again", _("Look again for people reported by name"), "system")
permission("interests.record_course", _("Record a training course"), *_REPORT)
permission("interests.hand_in", _("Hand in a workbook of reports"), *sorted(queries.IMPORTERS), scope=_hands_in)
permission("interests.import_reports", _("Import reports"), *sorted(queries.IMPORTERS), scope=_own_batch)
permission("interests.discard_reports", _("Discard a preview of reports"), *sorted(queries.IMPORTERS), scope=_own_batch)
permission("interests.remind", _("Remind of declarations"), "system")
permission("interests.revoke_concealment", _("Revoke a proved concealment"), *sorted(queries.SUPERIORS), scope=_decided_it)
permission("interests.record_concealment", _("Record a proved concealment"), "head_of_body", "authority_officer", "system")
