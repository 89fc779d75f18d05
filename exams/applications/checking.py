"""What the exam body does: two officers verify, acceptance or one request for correction, the admission check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from exams import clock, lifecycle
from exams.access import SYSTEM, Actor, require
from exams.applications import rules
from exams.applications.gates import Case, against, cases, each_hindered_to_accept, hindrances_to_accept, seen_of
from exams.applications.matter import matter_of, matter_of_all
from exams.applications.models import Application, Correction, Material, Verification
from exams.documents import kinds
from exams.documents.actions import store
from exams.errors import Refused, Stale, refuse
from exams.journal.actions import Act, action, record, record_many
from exams.messages.actions import Notice, send, send_many
from exams.people.models import Person
from exams.people.news import announce
from exams.recusal.actions import require_clear
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _

OWNER = "exams.Application"
VERIFIED_WHILE = ("employer_confirmed", "correction_requested", "accepted")


@action("applications.verify", on="application")
def verify(
    *,
    by: Actor,
    application: Application,
    kind: str,
    outcome: str,
    method: str,
    report_number: str = "",
    note: str = "",
    evidence: bytes | None = None,
    check_code: str = "",
    queried_at: datetime | None = None,
    valid_until: date | None = None,
    found: dict[str, Any] | None = None,
) -> Verification:
    """One officer's own look at one kind of material. The second look is another officer's; a third settles a difference."""
    Application.objects.select_for_update().get(pk=application.pk)
    _refuse_wrong_record(application, kind, outcome, method, report_number, note)
    round_ = _round_for(by, application, _looks_at([application], kind)[application.pk])
    officer = Person.objects.get(pk=by.person_id)
    require_clear(person=officer, capacity="verifier", matter=matter_of(application), by=by, about=application)
    evidence_id = None
    if evidence:
        evidence_id = store(by, evidence, f"{application.number} {kind} {round_}", "", OWNER, application.pk, accept=kinds.SCANS).pk
    verification = Verification(
        application=application, kind=kind, round=round_, officer=officer, outcome=outcome, method=method,
        report_number=report_number.strip(), check_code=check_code.strip(), queried_at=queried_at or clock.now(),
        valid_until=valid_until, found=found or {}, note=note.strip(), evidence_id=evidence_id, made_at=clock.now(),
    )  # fmt: skip
    return _keep_verifications(by, [verification])[0]


@action("applications.verify")
def verify_many(
    *, by: Actor, applications: Sequence[Application], kind: str, outcome: str, method: str, report_numbers: Mapping[Any, str] | None = None
) -> list[Verification]:
    """The same look at one kind of material of many applications, as an officer goes through a list.

    Recusal is asked once, about all these candidates and employers together: whoever is clear of all is clear of each. If
    anything objects nothing is written, and the officer takes them one by one.
    """
    numbers = report_numbers or {}
    held = _all_held(applications)
    if not held:
        refuse("applications.none_chosen", _("Choose at least one application."))
    for application in held:
        require(by, "applications.verify", application)
        _refuse_wrong_record(application, kind, outcome, method, numbers.get(application.pk, ""), "")
    officer = Person.objects.get(pk=by.person_id)
    require_clear(person=officer, capacity="verifier", matter=matter_of_all(held), by=by, about=held[0].event)
    looks, now = _looks_at(held, kind), clock.now()
    made = [
        Verification(
            application=application, kind=kind, round=_round_for(by, application, looks[application.pk]), officer=officer,
            outcome=outcome, method=method, report_number=numbers.get(application.pk, "").strip(), queried_at=now, made_at=now,
        )
        for application in held
    ]  # fmt: skip
    return _keep_verifications(by, made)


def _keep_verifications(by: Actor, made: list[Verification]) -> list[Verification]:
    try:
        with transaction.atomic():
            Verification.objects.bulk_create(made)
    except IntegrityError:
        refuse(
            "applications.verified_meanwhile",
            _("This verification was recorded by somebody in the meantime."),
            remedy=_("Look at the page again."),
        )
    record_many([_verified(verification) for verification in made], by=by)
    return made


def _verified(row: Verification) -> Act:
    facts = {"kind": row.kind, "round": row.round, "came_to": row.outcome, "method": row.method, "report_number": row.report_number}
    return Act("applications.verify", row, about=[row.application], facts=facts)


def _refuse_wrong_record(application: Application, kind: str, outcome: str, method: str, report_number: str, note: str) -> None:
    """Everything that is wrong with the record itself, at once."""
    objections = []
    if application.state not in VERIFIED_WHILE:
        objections.append(Objection("applications.not_to_verify", _("In its present state the application is not verified.")))
    if method not in rules.METHODS.get(kind, {}):
        objections.append(Objection("applications.method", _("This way of verifying does not fit this material."), {}, rules.NOTICE_I_4))
    if outcome not in Verification.OUTCOMES:
        objections.append(Objection("applications.outcome", _("Say what came of it.")))
    if method in rules.NUMBERED and not report_number.strip():
        message = _("This way of verifying leaves a number; enter it, so that others can look again.")
        objections.append(Objection("applications.report_number", message, {}, rules.NOTICE_I_4))
    if (outcome != "confirmed" or method == "other") and not note.strip():
        objections.append(Objection("applications.note", _("Say in words what was found, or which way was taken.")))
    if objections:
        raise Refused(objections)


def _looks_at(applications: Sequence[Application], kind: str) -> dict[UUID, list[Verification]]:
    """What has been verified already of one kind of material, by application."""
    looks: dict[UUID, list[Verification]] = {application.pk: [] for application in applications}
    for row in Verification.objects.filter(application__in=applications, kind=kind):
        looks[row.application_id].append(row)
    return looks


def _round_for(by: Actor, application: Application, rows: list[Verification]) -> int:
    """The round this officer may make; the same person twice is refused, whatever the capacity."""
    if any(row.officer_id == by.person_id for row in rows):
        refuse(
            "applications.same_verifier",
            _("You have verified this already. The other verification must be made by another officer."),
            basis=rules.LICENSING_34,
            remedy=_("Ask another verifier."),
        )
    stand = rules.standing(seen_of(rows))
    if stand == "second_done" and application.recheck_drawn:
        return 3
    if stand in ("second_done", "settled"):
        refuse("applications.verified_already", _("Two officers have verified this already."))
    return {"to_do": 1, "first_done": 2, "differing": 3}[stand]


@action("applications.accept", on="application")
def accept(*, by: Actor, application: Application) -> Application:
    """Formally accept: the material is complete and bears the employer's stamp."""
    application = _held(application)
    objections = hindrances_to_accept(application)
    if objections:
        raise Refused(objections)
    return _accept(by, [application])[0]


@action("applications.accept")
def accept_many(*, by: Actor, applications: Sequence[Application]) -> list[Application]:
    """Accept all of a list or, if one of them is hindered, none: the refusal names every one that is."""
    held = _all_held(applications)
    _refuse_hindered(by, "accept", held, each_hindered_to_accept(held))
    return _accept(by, held)


def _accept(by: Actor, held: list[Application]) -> list[Application]:
    lifecycle.move_many(held, "accept", accepted_at=clock.now(), accepted_by_id=by.person_id)
    _accepted(held, by, "applications.accept")
    return held


@action("applications.lapse", on="application")
def lapse(*, by: Actor, application: Application) -> bool:
    """Count an application as accepted because its period is over."""
    application = _held(application)
    if application.state != "employer_confirmed" or not rules.period_over(application.accept_by or clock.today(), clock.today()):
        refuse("applications.period_open", _("The period is not over."), basis=rules.LICENSING_32)
    lifecycle.move(application, "lapse_to_accepted", accepted_at=clock.now(), accepted_by_lapse=True)
    _accepted([application], by, "applications.lapse")
    return True


def _accepted(accepted: list[Application], by: Actor, name: str) -> None:
    """On record, to the applicants, and to the rules of recusal: who stands near a new candidate is asked again."""
    record_many([Act(name, one, about=[one.event, one.person], facts={"by_lapse": one.accepted_by_lapse}) for one in accepted], by=by)
    send_many(Notice(person_id=one.person_id, kind="applications.accepted", params={"number": one.number}) for one in accepted)
    for one in accepted:
        announce(one.person_id)


@action("applications.ask_correction", on="application")
def ask_correction(*, by: Actor, application: Application, missing: Sequence[str]) -> Correction:
    """Tell the applicant, once, everything that is missing; kinds of material, or sentences."""
    application = _held(application)
    wanted = [text.strip() for text in missing if text.strip()]
    if not wanted:
        refuse(
            "applications.nothing_missing", _("Name everything that is missing; the list is complete and final."), basis=rules.LICENSING_32
        )
    if Correction.objects.filter(application=application).exists():
        refuse(
            "applications.correction_once",
            _("A correction was asked for already. It is asked once, with the complete list."),
            basis=rules.LICENSING_32,
            remedy=_("Accept the application, or refuse acceptance with the reason."),
        )
    if application.accept_by and rules.period_over(application.accept_by, clock.today()):
        refuse(
            "applications.correction_late",
            _("The period for asking ended on %(date)s; the application counts as accepted."),
            basis=rules.LICENSING_32,
            date=application.accept_by.isoformat(),
        )
    correction = Correction.objects.create(application=application, missing=wanted, asked_at=clock.now(), asked_by_id=by.person_id)
    lifecycle.move(application, "ask_correction")
    record("applications.ask_correction", application, by=by, about=[correction], missing=wanted)
    listed = [str(Material(kind=kind)) if kind in dict(Material._meta.get_field("kind").choices) else kind for kind in wanted]
    send(person_id=application.person_id, kind="applications.correction", params={"number": application.number, "list": listed})
    return correction


@action("applications.do_not_accept", on="application")
def do_not_accept(*, by: Actor, application: Application, reason: str) -> Application:
    """Refuse acceptance, with the reason on a receipt."""
    return _end(by, application, "do_not_accept", reason, "applications.not_accepted")


@action("applications.approve", on="application")
def approve(*, by: Actor, application: Application) -> Application:
    """The admission check: two officers confirmed each fact and the conditions are met."""
    (case,) = cases([_held(application)])
    objections = against(case, by.person_id)
    if objections:
        raise Refused(objections)
    return _approve(by, [case])[0]


@action("applications.approve")
def approve_many(*, by: Actor, applications: Sequence[Application]) -> list[Application]:
    """Approve all of a list or, if one of them is hindered, none."""
    held = _all_held(applications)
    found = cases(held)
    _refuse_hindered(by, "approve", held, {case.application.pk: against(case, by.person_id) for case in found})
    return _approve(by, found)


def _approve(by: Actor, found: list[Case]) -> list[Application]:
    held = [case.application for case in found]
    lifecycle.move_many(held, "approve", decided_at=clock.now(), decided_by_id=by.person_id)
    for case in found:
        case.application.eligibility = [finding.as_json() for finding in case.findings]
    Application.objects.bulk_update(held, ["eligibility"])
    acts = [Act("applications.approve", one, about=[one.event, one.person], facts={"edition": one.edition.version}) for one in held]
    record_many(acts, by=by)
    send_many(Notice(person_id=one.person_id, kind="applications.approved", params={"number": one.number}) for one in held)
    for one in held:
        announce(one.person_id)
    return held


def _refuse_hindered(by: Actor, verb: str, held: list[Application], found: Mapping[UUID, list[Objection]]) -> None:
    """Refuse with every objection to any of a list, each with the number of its application; what was moved on is Stale."""
    objections = []
    for application in held:
        require(by, f"applications.{verb}", application)
        if not found[application.pk] and not lifecycle.can(application, verb):
            raise Stale(application)
        objections += [replace(said, params={**said.params, "number": application.number}) for said in found[application.pk]]
    if objections:
        raise Refused(objections)


@action("applications.do_not_approve", on="application")
def do_not_approve(*, by: Actor, application: Application, reason: str) -> Application:
    """The conditions are not met, or the material is not true."""
    return _end(by, application, "do_not_approve", reason, "applications.not_approved")


def _end(by: Actor, application: Application, verb: str, reason: str, kind: str) -> Application:
    if not reason.strip():
        refuse("applications.reason", _("State the reason."), basis=rules.LICENSING_32)
    application = _held(application)
    lifecycle.move(application, verb, decided_at=clock.now(), decided_by_id=by.person_id, reason=reason.strip())
    record(f"applications.{verb}", application, by=by, about=[application.event], reason=reason.strip())
    send(person_id=application.person_id, kind=kind, params={"number": application.number, "reason": reason.strip()})
    return application


def _held(application: Application) -> Application:
    """The row as it is now, held until the decision is written."""
    return _locked().get(pk=application.pk)


def _all_held(applications: Sequence[Application]) -> list[Application]:
    """All of a list in the order of their numbers, so that two who hold many never wait for one another."""
    return list(_locked().filter(pk__in=[one.pk for one in applications]).order_by("number"))


def _locked() -> QuerySet[Application]:
    return Application.objects.select_for_update(of=("self",)).select_related("event", "person", "edition", "item__qualification")


def accept_overdue() -> int:
    """Count as accepted whatever the period has run out for; safe in two processes at once."""
    overdue = Application.objects.filter(state="employer_confirmed", accept_by__lt=clock.today())
    n = 0
    for application in overdue.order_by("accept_by")[:500]:
        try:
            n += bool(lapse(by=SYSTEM, application=application))
        except (Refused, Stale):
            continue
    return n
