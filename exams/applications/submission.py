"""What happens when an application is submitted, whoever hands it in: number, rule version of the day, eligibility."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from exams import clock
from exams.applications.eligibility import Applicant, Finding, examine
from exams.applications.models import Application
from exams.catalogue import queries as catalogue
from exams.catalogue.models import Edition
from exams.errors import Refused
from exams.people.models import Person
from exams.programme.models import Event
from exams.register.queries import active_bars, held_codes
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

LICENSING_78 = _("Administrative Licensing Law, Arts. 78 and 79")


def next_number(event: Event) -> str:
    """The event's number with a running one; the event's row is held, so that two do not get the same."""
    Event.objects.select_for_update().get(pk=event.pk)
    last = Application.objects.filter(event=event).order_by("-number").values_list("number", flat=True).first()
    running = int(last.rsplit("-", 1)[1]) + 1 if last else 1
    return f"{event.number}-{running:05d}"


def hindrances(event: Event, person: Person, on: date) -> list[Objection]:
    """What keeps somebody from submitting: the window of the event, and an active bar."""
    found = []
    if event.state != "announced" or not event.apply_from <= on <= event.apply_until:
        found.append(
            Objection(
                "applications.window",
                _("Applications are taken from %(from)s to %(until)s."),
                {"from": event.apply_from.isoformat(), "until": event.apply_until.isoformat()},
                _("Notice of the examination"),
                _("Apply in the period of the notice, or for a later event."),
            )
        )
    for bar in active_bars(person.pk, on):
        message = _("You may not apply until %(until)s: %(kind)s.")
        params = {"until": bar.until.isoformat(), "kind": _BARS[bar.kind]}
        remedy = _("Apply after that day. If the bar was lifted, ask the authority to enter it.")
        found.append(Objection("applications.barred", message, params, bar.basis or LICENSING_78, remedy))
    return found


_BARS = {
    "false_material": _("False material: one year"),
    "fraud": _("Certificate obtained by fraud: three years"),
    "decision": _("Examination ban by decision"),
}


def edition_or_refuse(application: Application, on: date) -> Edition:
    """The rule version in force on the day of submission: by it the application is judged for good (R-04)."""
    qualification = application.item.qualification
    edition = catalogue.in_force(qualification, on)
    if edition is None:
        message = _("No rules of %(code)s are in force on the day of submission.")
        remedy = _("Wait until the rules are in force.")
        raise Refused([Objection("applications.no_rules", message, {"code": qualification.code}, "", remedy)])
    return edition


def applicant_of(application: Application, holds: frozenset[str] | None = None, performance: int | None = None) -> Applicant:
    """What the application states, as the eligibility rules see it.

    `holds` and `performance` where they are known: looked up for many applications at once, or lines not written yet.
    """
    stated, health = application.stated, health_of(application)
    return Applicant(
        birth_date=application.person.birth_date,
        education=stated.get("education", ""),
        science={"yes": True, "no": False}.get(stated.get("science", "")),
        title=stated.get("title", ""),
        years=_decimal(stated.get("years")),
        holds=held_codes(application.person_id) if holds is None else holds,
        eyesight=_decimal(health.get("eyesight")),
        colour_vision={"yes": True, "no": False}.get(health.get("colour_vision", "")),
        performance=application.performance.count() if performance is None else performance,
    )


def health_of(application: Application) -> dict[str, str]:
    """The medical part, opened."""
    pairs = (part.split("=", 1) for part in application.health.split(";") if "=" in part)
    return dict(pairs)


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except ArithmeticError:
        return None


def judged(
    application: Application, edition: Edition, on: date, holds: frozenset[str] | None = None, performance: int | None = None
) -> list[Finding]:
    """Every condition of the rule version against the application."""
    code = application.item.qualification.code
    return examine(applicant_of(application, holds, performance), edition.rulebook, on, application.category, code)


def submitted_values(application: Application, on: date) -> dict[str, Any]:
    """What is written when the application becomes submitted."""
    edition = edition_or_refuse(application, on)
    findings = judged(application, edition, on)
    return {"edition": edition, "eligibility": [finding.as_json() for finding in findings], "submitted_at": clock.now()}


def day_of(moment: datetime | None) -> date:
    """The legal day of a moment; today where there is none yet."""
    return timezone.localtime(moment).date() if moment else clock.today()


def findings_of(application: Application) -> list[Finding]:
    """The eligibility result as kept with the application."""
    return [Finding.from_json(data) for data in application.eligibility]
