"""What still blocks acceptance and admission: the same list that refuses is shown beforehand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from exams import clock, lifecycle
from exams.applications import rules, submission
from exams.applications.eligibility import Finding
from exams.applications.eligibility import objections as failed
from exams.applications.models import Application, EmployerConfirmation, Material, PerformanceEntry, Verification
from exams.applications.rules import Seen
from exams.register.queries import Record, records_of
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _


def seen_of(rows: Iterable[Verification]) -> list[Seen]:
    """Verifications as the rules see them."""
    return [Seen(row.round, str(row.officer_id), row.outcome) for row in rows]


def mandatory(application: Application) -> list[str]:
    """The kinds of material this application must have."""
    return rules.mandatory_materials(bool(application.stated.get("title")))


def hindrances_to_accept(application: Application) -> list[Objection]:
    """R-45: each mandatory document is there and the employer has confirmed and stamped it."""
    return each_hindered_to_accept([application])[application.pk]


def each_hindered_to_accept(applications: Sequence[Application]) -> dict[UUID, list[Objection]]:
    """The same for many applications, by their keys, in two queries."""
    have, stamped = defaultdict(set), defaultdict(set)
    for key, kind in Material.objects.filter(application__in=applications, replaced_at=None).values_list("application", "kind"):
        have[key].add(kind)
    for key, covers in EmployerConfirmation.objects.filter(application__in=applications).values_list("application", "covers"):
        stamped[key].update(covers)
    return {one.pk: _not_handed_in(one, have[one.pk], stamped[one.pk]) for one in applications}


def _not_handed_in(application: Application, have: set[str], stamped: set[str]) -> list[Objection]:
    found = []
    for kind in mandatory(application):
        params = {"material": LABELS[kind]}
        if kind not in have:
            message = _("%(material)s is missing.")
            found.append(
                Objection("applications.missing", message, params, rules.NOTICE_I_4, _("Request correction, once and completely."))
            )
        if kind not in stamped:
            message = _("%(material)s is not confirmed and stamped by the employer.")
            found.append(
                Objection("applications.unstamped", message, params, rules.NOTICE_I_4, _("Return it to the employer for confirmation."))
            )
    return found


LABELS = {"education": _("Education certificate"), "title": _("Title certificate"), "performance": _("Inspection-performance form")}
KIND_LABELS = {
    "education": _("Education"),
    "title": _("Professional title"),
    "performance": _("Inspection performance"),
    "public_platform": _("Certificate on the public platform"),
    "social_insurance": _("Social insurance"),
}


@dataclass(frozen=True)
class Case:
    """One application with everything the admission check looks at."""

    application: Application
    looks: list[Verification]
    register: Record
    findings: list[Finding]


def cases(applications: Sequence[Application]) -> list[Case]:
    """Each application as a case; the queries are the same for one and for many."""
    looks = defaultdict(list)
    for look in Verification.objects.filter(application__in=applications):
        looks[look.application_id].append(look)
    listed = Counter(PerformanceEntry.objects.filter(application__in=applications).order_by().values_list("application", flat=True))
    registers = records_of([one.person_id for one in applications], clock.today())
    return [_case(one, looks[one.pk], registers[one.person_id], listed[one.pk]) for one in applications]


def _case(application: Application, looks: list[Verification], register: Record, performance: int) -> Case:
    """The conditions are judged by the rule version and on the day of submission (R-04)."""
    findings: list[Finding] = []
    if application.edition_id:
        on = submission.day_of(application.submitted_at)
        findings = submission.judged(application, application.edition, on, register.codes, performance)
    return Case(application, looks, register, findings)


def hindrances_to_approve(application: Application, decider: UUID | None = None) -> list[Objection]:
    """R-50, R-42, R-43: two officers per fact, every condition met on the day of submission, no bar."""
    (case,) = cases([application])
    return against(case, decider)


def against(case: Case, decider: UUID | None) -> list[Objection]:
    """What hinders the approval of a case by this person."""
    application, rows = case.application, case.looks
    found = [objection for kind in to_verify(application) for objection in _unverified(kind, rows, application.recheck_drawn)]
    found += _mismatches(case)
    if decider and any(row.officer_id == decider for row in rows):
        message = _("You have verified this application and do not decide on it.")
        found.append(Objection("applications.decider", message, {}, rules.LICENSING_34, _("Ask another approver.")))
    found += failed(case.findings)
    for bar in case.register.bars:
        message = _("The applicant is barred until %(until)s.")
        found.append(
            Objection("applications.barred", message, {"until": bar.until.isoformat()}, bar.basis, _("Do not approve, with the reason."))
        )
    return found


def to_verify(application: Application) -> list[str]:
    """The kinds two officers must look at."""
    return rules.kinds_to_verify(application.category, bool(application.stated.get("title")))


def _unverified(kind: str, rows: list[Verification], drawn: bool) -> Iterable[Objection]:
    seen = seen_of(row for row in rows if row.kind == kind)
    stand, params = rules.standing(seen), {"kind": KIND_LABELS[kind]}
    if stand == "second_done" and drawn:
        message, remedy = _("%(kind)s: drawn for the spot re-check."), _("A third officer verifies it.")
        yield Objection("applications.recheck_open", message, params, rules.NOTICE_I_4, remedy)
    elif stand in ("to_do", "first_done"):
        message = _("%(kind)s: %(done)s of 2 verifications by different officers.")
        remedy = _("A verifier who has not yet looked records the outcome.")
        yield Objection("applications.unverified", message, {**params, "done": len(seen)}, rules.LICENSING_34, remedy)
    elif stand == "differing":
        message = _("%(kind)s: the two outcomes differ.")
        yield Objection("applications.differing", message, params, rules.LICENSING_34, _("A third officer settles it, with the reason."))
    elif rules.outcome(seen) != "confirmed":
        message = _("%(kind)s was not confirmed.")
        yield Objection("applications.not_confirmed", message, params, rules.LICENSING_78, _("Do not approve, with the reason."))


def _mismatches(case: Case) -> Iterable[Objection]:
    """R-49: what the public platform says of the certificate must be what the register has."""
    if "public_platform" not in to_verify(case.application):
        return
    held = case.register.certificate(case.application.item.qualification_id)
    expected = {"number": held.number, "valid_until": held.valid_until.isoformat() if held.valid_until else ""} if held else {}
    for row in case.looks:
        for name, value in row.found.items() if row.kind == "public_platform" else ():
            if value and expected.get(name, "") and value != expected[name]:
                message = _("Public platform: %(found)s, register: %(expected)s.")
                params = {"found": value, "expected": expected[name]}
                yield Objection("applications.platform_differs", message, params, rules.NOTICE_I_4, _("Clear it up with the authority."))


def state_label(application: Application) -> str:
    """The state in words."""
    return str(lifecycle.label(Application, application.state))


def verification_rows(application: Application, rows: list[Verification]) -> list[dict[str, Any]]:
    """Each kind with where it stands, for the page."""
    found = []
    for kind in dict.fromkeys([*to_verify(application), *(row.kind for row in rows)]):
        own = [row for row in rows if row.kind == kind]
        stand = rules.standing(seen_of(own))
        found.append(
            {
                "kind": kind,
                "label": KIND_LABELS[kind],
                "stand": rules.STANDING_LABELS[stand],
                "tone": rules.STANDING_TONES[stand],
                "rows": own,
            }
        )
    return found
