"""Checks over draws: each is done over again, and one set aside after its chance was known is named."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from exams.journal.models import Entry
from exams.oversight.registry import Draft, Scope, audit_check
from exams.sittings.models import Draw
from exams.sittings.replay import replay
from exams.verdicts import gettext_noop

KINDS = {"seats": gettext_noop("Seats"), "roster": gettext_noop("Duty roster")}
_BASIS = _("Requirement R-21: a seeded, recorded draw")


@audit_check("draws.E001", _("A draw does not come out as recorded"), basis=_BASIS, level="serious")
def not_as_recorded(scope: Scope) -> Iterator[Draft]:
    """Pool, journal, witness, seed and result of every draw fit together, and none was thrown twice."""
    for draw in Draw.objects.filter(event__in=scope.events).exclude(state="open").select_related("event", "slot").order_by("opened_at"):
        for fault in replay(draw).faults:
            yield Draft(
                gettext_noop("Draw of %(when)s (%(kind)s): %(fault)s"),
                {"when": draw.opened_at.isoformat(), "kind": KINDS[draw.kind], "fault": fault.message},
                about=("exams.Draw", f"{draw.pk}:{fault.id}"[:60]),
                facts={"draw": str(draw.pk), "fault": fault.id},
            )


@audit_check("draws.E002", _("A draw was set aside after its outcome was known"), basis=_BASIS, level="notice")
def set_aside_late(scope: Scope) -> Iterator[Draft]:
    """Two persons and a reason stand for it; whether the reason holds is for the inspector to judge."""
    draws = {str(draw.pk): draw for draw in Draw.objects.filter(event__in=scope.events, state__in=["abandoned", "replaced"])}
    for body in Entry.objects.filter(action="sittings.abandon_draw", object_id__in=draws).order_by("pk").values_list("body", flat=True):
        said = json.loads(bytes(body))
        draw = draws[said["object"]["id"]]
        if said["facts"]["outcome_known"]:
            yield Draft(
                gettext_noop("Draw of %(when)s (%(kind)s) was replaced after its outcome was known: %(reason)s"),
                {"when": draw.opened_at.isoformat(), "kind": KINDS[draw.kind], "reason": said["facts"]["reason"]},
                about=draw,
            )
