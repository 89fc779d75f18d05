"""Checks over the archive and the journal: sealed in time, unbroken on the shelf, witnessed, and the log itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from exams import clock
from exams.archive import queries
from exams.archive.models import Bag
from exams.journal import naming, verify
from exams.oversight.registry import Draft, Scope, audit_check
from exams.sittings.models import Sitting
from exams.verdicts import gettext_noop

FILING = _("Notice 2024 No. 34, I (3): filing of records")
SEAL_WITHIN = timedelta(days=30)
WITNESS_WITHIN = timedelta(days=1)
MOST = 10_000  # faults counted in one run; one is serious enough


@audit_check("archive.E001", _("Dossier not sealed in time"), basis=FILING, block="archive")
def unsealed(scope: Scope) -> Iterator[Draft]:
    """Thirty days after a sitting its dossier is sealed (example value; the body sets its own)."""
    rows = Sitting.objects.filter(slot__event__in=scope.events, live=True, ends_at__lt=clock.now() - SEAL_WITHIN).exclude(state="sealed")
    for sitting in rows.select_related("room", "slot__event"):
        yield Draft(
            gettext_noop("Room %(room)s of %(event)s has no sealed dossier."),
            {"room": str(sitting.room), "event": sitting.slot.event.number},
            about=sitting,
        )


@audit_check("archive.E002", _("Dossier no longer verifies"), basis=_("Archives Law, Arts. 14 and 21"), level="serious", block="archive")
def broken(scope: Scope) -> Iterator[Draft]:
    """Every bag on the shelf is read back by the one-file verifier."""
    for bag in Bag.objects.filter(event__in=scope.events):
        names = queries.report(bag).broken() if bag.receipt_size else queries.bag_only(bag).broken()
        if names:
            yield Draft(
                gettext_noop("Dossier %(name)s: %(broken)s."), {"name": bag.name, "broken": ", ".join(sorted(set(names)))}, about=bag
            )


@audit_check("archive.E003", _("Seal not witnessed"), basis=FILING, level="ordinary", block="archive")
def unwitnessed(scope: Scope) -> Iterator[Draft]:
    """A day after sealing the authority’s counter-signature is there."""
    for bag in Bag.objects.filter(event__in=scope.events, state="waiting", sealed_at__lt=clock.now() - WITNESS_WITHIN):
        yield Draft(gettext_noop("Dossier %(name)s still waits for the counter-signature."), {"name": bag.name}, about=bag)


@audit_check(
    "journal.E001",
    _("The journal does not verify"),
    basis=_("Cybersecurity Law, Art. 21; notice 2024 No. 34, I (3)"),
    level="serious",
    block="archive",
)
def journal_faults(scope: Scope) -> Iterator[Draft]:
    """The whole log is recomputed: entries, leaves, signed heads, counter-signatures, details, watched tables."""
    kinds: dict[tuple[str, str], list[verify.Fault]] = {}
    for fault in islice(verify.faults(), MOST):
        kinds.setdefault((fault.id, str(fault.params.get("table", ""))), []).append(fault)
    for (id, table), found in kinds.items():
        more = [fault.message % fault.params for fault in found[1:20]]
        facts = {"fault": id, "count": len(found), "more": more}
        yield Draft(found[0].message, _worded(found[0].params), about=("journal", f"{id}:{table}"[:60]), facts=facts)


def _worded(params: dict[str, Any]) -> dict[str, Any]:
    """Table and column by the names a reader knows; their labels stand in the facts and in the key of the finding."""
    words = {"table": naming.table, "field": naming.column}
    return {key: words[key](value) if key in words else value for key, value in params.items()}
