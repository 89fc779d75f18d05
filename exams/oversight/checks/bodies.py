"""Checks over the body: its entrustment on the days of its events, and its management documents."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from exams import clock
from exams.bodies.models import Entrustment, ManagementDocument
from exams.oversight.registry import Draft, Scope, audit_check
from exams.verdicts import gettext_noop


@audit_check("bodies.E001", _("Event outside the entrustment"), basis=_("Entrustment document; notice 2024 No. 34, I (3)"), level="serious")
def not_entrusted(scope: Scope) -> Iterator[Draft]:
    """On every day of an event, every family examined was entrusted."""
    entrustments = list(Entrustment.objects.filter(body=scope.body).exclude(state="drafted"))
    for event in scope.events:
        families = {item.qualification.family for item in event.items.select_related("qualification")}
        covered = {
            family for one in entrustments if one.since <= event.starts_on and event.ends_on <= one.until for family in one.families
        }  # fmt: skip
        for family in sorted(families - covered):
            yield Draft(
                gettext_noop("%(event)s examined %(family)s, for which no entrustment was in force."),
                {"event": event.number, "family": family},
                about=("exams.Event", f"{event.pk}:{family}"[:60]),
            )


@audit_check("bodies.E002", _("Management documents missing or overdue"), basis=_("Notice 2024 No. 34, I (3): management rules"))
def documents(scope: Scope) -> Iterator[Draft]:
    """Each required management document is there and has been looked at again in time."""
    newest: dict[str, ManagementDocument] = {}
    for row in ManagementDocument.objects.filter(body=scope.body).order_by("approved_on"):
        newest[row.kind] = row
    for kind, _title in ManagementDocument.Kind.choices:
        row = newest.get(kind)
        about = ("exams.ManagementDocument", f"{scope.body.pk}:{kind}"[:60])
        if row is None:
            yield Draft(gettext_noop("There is no “%(kind)s”."), {"kind": _msgid(kind)}, about=about)
        elif row.review_on < clock.today():
            params = {"kind": _msgid(kind), "day": row.review_on.isoformat()}
            yield Draft(gettext_noop("“%(kind)s” should have been reviewed by %(day)s."), params, about=about, level="notice")


def _msgid(kind: str) -> str:
    """The title's English message id, so that it reads in either language later."""
    with translation.override("en"):
        return str(ManagementDocument.Kind(kind).label)
