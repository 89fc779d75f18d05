"""Who seals, opens, prints and hands on papers. Opening takes two custodians; the rest of the staff only sees the record."""

from __future__ import annotations

from exams.access import Actor, permission
from exams.verdicts import gettext_noop as _
from question_bank.assembly.models import Paper
from question_bank.assembly.permissions import known
from question_bank.papers.models import Opening
from question_bank.questions.wall import wall, wall_and_letter


def opened_by(actor: Actor, paper: Paper) -> bool:
    """Only the two who opened a paper print it."""
    return known(actor, paper) and Opening.objects.filter(paper=paper).exists() and _is_one_of_two(actor, paper)


def _is_one_of_two(actor: Actor, paper: Paper) -> bool:
    opening = Opening.objects.get(paper=paper)
    return actor.person_id in (opening.first_id, opening.second_id)


permission("papers.enrol_key", _("Enrol one’s own custodian key"), "custodian", gate=wall_and_letter)
permission("papers.seal", _("Seal a paper"), "custodian", gate=wall_and_letter, scope=known)
permission("papers.approve_opening", _("Approve the opening of a paper"), "custodian", gate=wall_and_letter, scope=known)
permission("papers.print", _("Print an opened paper"), "custodian", gate=wall_and_letter, scope=opened_by)
permission("papers.hand_over", _("Record a hand-over of a bag"), "custodian", "chief", gate=wall, scope=known)
permission("papers.decide_seal", _("Decide on a broken or replaced bag seal"), "chief", gate=wall, scope=known)
permission("papers.report_leak", _("Report a leak"), "custodian", "chief", "paper_approver", "head_of_body", gate=wall, scope=known)
permission("papers.ask_spare", _("Ask for the spare paper"), "chief", gate=wall, scope=known)
permission("papers.decide_spare", _("Decide on a request for the spare paper"), "head_of_body", gate=wall, scope=known)
permission("papers.close_window", _("Count an opened paper as used after its window"), "system", gate=wall)
# Steps that follow by themselves from the acts above; they are named here so that the record can name them.
permission("papers.assign", _("Assign a sealed paper to its sitting"), "system", gate=wall)
permission("papers.keep_as_spare", _("Keep a sealed paper as spare"), "system", gate=wall)
permission("papers.open", _("Open a paper by two custodians"), "system", gate=wall)
