"""Who makes blueprints and who may look at them."""

from __future__ import annotations

from exams.access import Actor, permission
from exams.verdicts import gettext_noop as _
from question_bank.blueprints.models import Blueprint
from question_bank.blueprints.queries import visible_to
from question_bank.questions.wall import wall


def _visible(actor: Actor, blueprint: Blueprint) -> bool:
    return visible_to(actor).filter(pk=blueprint.pk).exists()


permission("blueprints.list", _("See blueprints"), "assembler", "question_approver", "paper_approver", gate=wall)
permission("blueprints.make", _("Make a blueprint"), "assembler", gate=wall)
permission("blueprints.change", _("Change a blueprint"), "assembler", gate=wall, scope=_visible)
permission("blueprints.withdraw", _("Withdraw a blueprint"), "assembler", gate=wall, scope=_visible)
