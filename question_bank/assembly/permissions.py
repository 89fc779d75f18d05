"""Who draws papers, who reads them before sealing, and who may only know that they exist."""

from __future__ import annotations

from exams.access import Actor, permission
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _
from question_bank.assembly.models import Paper
from question_bank.assembly.queries import visible_to
from question_bank.blueprints.models import Blueprint
from question_bank.blueprints.queries import visible_to as blueprints_visible_to
from question_bank.questions.wall import wall, wall_and_letter


def own_blueprint(actor: Actor, blueprint: Blueprint) -> bool:
    """The blueprint belongs to the actor's body and families."""
    return blueprints_visible_to(actor).filter(pk=blueprint.pk).exists()


def known(actor: Actor, paper: Paper) -> bool:
    """The paper is one the actor may know of."""
    return visible_to(actor).filter(pk=paper.pk).exists()


def unsealed(actor: Actor, paper: Paper) -> bool | Objection:
    """Its text may be read only between the draw and the approval."""
    if not Paper.objects.filter(pk=paper.pk, state="assembled").exists():
        return Objection(
            "assembly.closed",
            _("Paper %(number)s is no longer open for reading; from its approval on two custodians are needed."),
            {"number": paper.number},
            "R-29, R-33",
            _("Wait for its opening."),
        )
    return known(actor, paper)


SEES = ("assembler", "paper_approver", "custodian", "chief", "head_of_body")
permission("assembly.list", _("See papers without their text"), *SEES, gate=wall)
permission("assembly.draw", _("Draw a paper"), "assembler", gate=wall_and_letter, scope=own_blueprint)
permission("assembly.read", _("Read a paper before its approval"), "paper_approver", gate=wall_and_letter, scope=unsealed)
permission("assembly.approve", _("Approve a paper"), "paper_approver", gate=wall_and_letter, scope=known)
permission("assembly.discard", _("Discard a drawn paper"), "assembler", "paper_approver", gate=wall_and_letter, scope=known)
