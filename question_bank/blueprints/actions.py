"""Making, using and withdrawing blueprints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from exams import clock, lifecycle
from exams.access import Actor
from exams.errors import Refused, Stale, refuse
from exams.journal.actions import action, record
from exams.verdicts import gettext_noop as _
from question_bank.blueprints.models import Blueprint
from question_bank.blueprints.rules import full_marks, read_rows
from question_bank.questions.models import KINDS
from question_bank.questions.queries import families_of


@action("blueprints.make")
def make_blueprint(
    *, by: Actor, family: str, title: str, rows: Iterable[Mapping[str, Any]], minutes: int = 120
) -> Blueprint:
    """Begin a blueprint; it may be changed until a paper is drawn by it."""
    families = families_of(by)
    if families and family not in families:
        refuse(
            "questions.foreign_family",
            _("Your appointment does not cover %(family)s."),
            basis=_("Rules of the question bank"),
            remedy=_("Choose a family of your appointment."),
            family=family,
        )
    normal = _checked(title, rows, minutes)
    blueprint = Blueprint.objects.create(
        organisation_id=by.organisation_id,
        family=family,
        title=title.strip(),
        rows=normal,
        minutes=minutes,
        made_by_id=by.person_id,
        made_at=clock.now(),
    )
    record("blueprints.make", blueprint, by=by, rows=normal, full_marks=str(full_marks(normal)), minutes=minutes)
    return blueprint


@action("blueprints.change", on="blueprint")
def change_blueprint(
    *, by: Actor, blueprint: Blueprint, title: str, rows: Iterable[Mapping[str, Any]], minutes: int
) -> Blueprint:
    """Change a blueprint that no paper was drawn by."""
    normal = _checked(title, rows, minutes)
    values = {"title": title.strip(), "rows": normal, "minutes": minutes}
    if Blueprint.objects.filter(pk=blueprint.pk, state="draft").update(**values) != 1:
        raise Stale(blueprint)
    blueprint.refresh_from_db()
    record("blueprints.change", blueprint, by=by, rows=normal, full_marks=str(full_marks(normal)), minutes=minutes)
    return blueprint


@action("blueprints.withdraw", on="blueprint")
def withdraw_blueprint(*, by: Actor, blueprint: Blueprint) -> Blueprint:
    """Take a blueprint out of use; the papers drawn by it keep it."""
    lifecycle.move(blueprint, "withdraw")
    record("blueprints.withdraw", blueprint, by=by)
    return blueprint


def _checked(title: str, rows: Iterable[Mapping[str, Any]], minutes: int) -> list[dict[str, Any]]:
    if not title.strip():
        refuse("blueprints.title", _("The title is missing."), basis="R-25", remedy=_("Write the title."))
    if not 10 <= minutes <= 480:
        refuse("blueprints.minutes", _("The time must lie between 10 and 480 minutes."), basis="R-25", remedy=_("Correct the time."))
    normal, wrong = read_rows(rows, [kind for kind, _title in KINDS])
    if wrong:
        raise Refused(wrong)
    return normal
