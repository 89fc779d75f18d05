"""What the exam body does: two officers verify, acceptance or one request for correction, the admission check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from exams import clock, lifecycle
from exams.access import SYSTEM, Actor, require
from exams.applications import rules, submission
from exams.applications.gates import hindrances_to_accept, hindrances_to_approve, seen_of
from exams.applications.matter import matter_of, matter_of_all
from exams.applications.models import Application, Correction, Material, Verification
from exams.documents import kinds
from exams.documents.actions import store
from exams.errors import Refused, Stale, refuse
from exams.journal.actions import action, record
from exams.messages.actions import send
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
    round_ = _round_for(by, application, kind)
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
    return _keep_verification(by, verification)


@action("applications.verify")
def verify_many(
    *, by: Actor, applications: Sequence[Application], kind: str, outcome: str, method: str, report_numbers: Mapping[Any, str] | None = None
) -> list[Verification]:
    """The same look at one kind of material of many applications, as an officer goes through a list.

    Recusal is asked once, about all these candidates and employers together: whoever is clear of all is clear of each. If
    anything objects nothing is written, and the officer takes them one by one.
    """
    numbers = report_numbers or {}
    held = list(_locked().filter(pk__in=[one.pk for one in applications]).order_by("number"))
    if not held:
        refuse("applications.none_chosen", _("Choose at least one application."))
    for application in held:
        require(by, "applications.verify", application)
        _refuse_wrong_record(application, kind, outcome, method, numbers.get(application.pk, ""), "")
    officer = Person.objects.get(pk=by.person_id)
    require_clear(person=officer, capacity="verifier", matter=matter_of_all(held), by=by, about=held[0].event)
    made, now = [], clock.now()
    for application in held:
        verification = Verification(
            application=application, kind=kind, round=_round_for(by, application, kind), officer=officer, outcome=outcome, method=method,
            report_number=numbers.get(application.pk, "").strip(), queried_at=now, made_at=now,
        )  # fmt: skip
        made.append(_keep_verification(by, verification))
    return made


def _keep_verification(by: Actor, verification: Verification) -> Verification:
    try:
        with transaction.atomic():
            verification.save(force_insert=True)
    except IntegrityError:
        refuse(
            "applications.verified_meanwhile",
            _("This verification was recorded by somebody in the meantime."),
            remedy=_("Look at the page again."),
        )
    record(
        "applications.verify", verification, by=by, about=[verification.application], kind=verification.kind, round=verification.round,
        came_to=verification.outcome, method=verification.method, report_number=verification.report_number,
    )  # fmt: skip
    return verification


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


def _round_for(by: Actor, application: Application, kind: str) -> int:
    """The round this officer may make; the same person twice is refused, whatever the capacity."""
    rows = list(Verification.objects.filter(application=application, kind=kind))
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
    lifecycle.move(application, "accept", accepted_at=clock.now(), accepted_by_id=by.person_id)
    _accepted(application, by, "applications.accept")
    return application


@action("applications.accept")
def accept_many(*, by: Actor, applications: Sequence[Application]) -> list[Application]:
    """Accept all of a list or, if one of them is hindered, none: the refusal names every one that is."""
    return _each(by, "applications.accept", applications, accept)


@action("applications.lapse", on="application")
def lapse(*, by: Actor, application: Application) -> bool:
    """Count an application as accepted because its period is over."""
    application = _held(application)
    if application.state != "employer_confirmed" or not rules.period_over(application.accept_by or clock.today(), clock.today()):
        refuse("applications.period_open", _("The period is not over."), basis=rules.LICENSING_32)
    lifecycle.move(application, "lapse_to_accepted", accepted_at=clock.now(), accepted_by_lapse=True)
    _accepted(application, by, "applications.lapse")
    return True


def _accepted(application: Application, by: Actor, name: str) -> None:
    """On record, to the applicant, and to the rules of recusal: who stands near the new candidate is asked again."""
    record(name, application, by=by, about=[application.event, application.person], by_lapse=application.accepted_by_lapse)
    send(person_id=application.person_id, kind="applications.accepted", params={"number": application.number})
    announce(application.person_id)


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
    application = _held(application)
    objections = hindrances_to_approve(application, by.person_id)
    if objections:
        raise Refused(objections)
    findings = [finding.as_json() for finding in submission.judged(application, application.edition, _submitted_on(application))]
    lifecycle.move(application, "approve", decided_at=clock.now(), decided_by_id=by.person_id, eligibility=findings)
    record("applications.approve", application, by=by, about=[application.event, application.person], edition=application.edition.version)
    send(person_id=application.person_id, kind="applications.approved", params={"number": application.number})
    announce(application.person_id)
    return application


@action("applications.approve")
def approve_many(*, by: Actor, applications: Sequence[Application]) -> list[Application]:
    """Approve all of a list or, if one of them is hindered, none."""
    return _each(by, "applications.approve", applications, approve)


def _each(by: Actor, name: str, applications: Sequence[Application], one: Any) -> list[Application]:
    done, objections = [], []
    for application in applications:
        require(by, name, application)
        try:
            done.append(one.plain(by=by, application=application))
        except Refused as refusal:
            about = {"number": application.number}
            objections += [replace(said, params={**said.params, **about}) for said in refusal.objections]
    if objections:
        raise Refused(objections)
    return done


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


def _locked() -> QuerySet[Application]:
    return Application.objects.select_for_update(of=("self",)).select_related("event", "person", "edition", "item__qualification")


def _submitted_on(application: Application) -> date:
    return submission.day_of(application.submitted_at)


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
