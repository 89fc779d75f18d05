"""Checks over applications: the employer's stamp, two different verifiers, acceptance by mere lapse of time."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from exams.applications.models import ADMITTED_STATES, Application
from exams.oversight.registry import Draft, Scope, audit_check
from exams.verdicts import gettext_noop

SAT = (*ADMITTED_STATES, "sat", "absent", "result")


def _admitted(scope: Scope) -> QuerySet[Application]:
    return Application.objects.filter(event__in=scope.events, state__in=set(SAT)).select_related("event").order_by("number")


@audit_check("applications.E001", _("Admitted without the employer’s confirmation"), basis=_("Notice 2024 No. 34, I (4)"), level="serious")
def without_stamp(scope: Scope) -> Iterator[Draft]:
    """Nobody is admitted whose material the employer has not confirmed and stamped."""
    for application in _admitted(scope).filter(confirmations=None):
        yield Draft(
            gettext_noop("Application %(number)s was admitted without the employer’s confirmation."),
            {"number": application.number},
            about=application,
        )


@audit_check(
    "applications.E002", _("Not verified by two officers"), basis=_("Administrative Licensing Law, Art. 34; notice 2024 No. 34, I (4)")
)
def one_verifier(scope: Scope) -> Iterator[Draft]:
    """Each kind of material of everybody admitted was verified by two different officers."""
    rows = _admitted(scope).values("pk", "number", "verifications__kind")
    for row in rows.annotate(officers=Count("verifications__officer", distinct=True)).filter(officers__lt=2):
        yield Draft(
            gettext_noop("Application %(number)s: %(kind)s was verified by %(n)s officers."),
            {"number": row["number"], "kind": row["verifications__kind"] or gettext_noop("nothing"), "n": row["officers"]},
            about=("exams.Application", f"{row['pk']}:{row['verifications__kind'] or ''}"[:60]),
            facts={"application": str(row["pk"])},
        )


@audit_check(
    "applications.E003", _("Accepted because nothing was done in time"), basis=_("Administrative Licensing Law, Art. 32"), level="notice"
)
def accepted_by_lapse(scope: Scope) -> Iterator[Draft]:
    """The body let the period run out; the law takes the application as accepted."""
    for application in _admitted(scope).filter(accepted_by_lapse=True):
        yield Draft(
            gettext_noop("Application %(number)s counts as accepted because the period ran out."),
            {"number": application.number},
            about=application,
        )
