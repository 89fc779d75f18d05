"""Entering certificates, bars and integrity records, and lifting a bar."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from exams import lifecycle
from exams.access import Actor
from exams.catalogue.models import Qualification
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.people.models import Person
from exams.register.models import Bar, Certificate, IntegrityEntry
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _


@action("register.record_certificate")
def record_certificate(
    *,
    by: Actor,
    person: Person,
    qualification: Qualification,
    number: str,
    issued_on: date,
    valid_until: date | None,
    issued_by: str,
    employer_name: str = "",
) -> Certificate:
    """Enter a certificate as the issuing authority's register has it."""
    if not number.strip():
        refuse("register.number", _("Enter the number of the certificate."))
    if valid_until and valid_until < issued_on:
        refuse("register.period", _("The last day lies before the first."))
    try:
        with transaction.atomic():
            certificate = Certificate.objects.create(
                person=person,
                qualification=qualification,
                number=number.strip(),
                issued_on=issued_on,
                valid_until=valid_until,
                issued_by=issued_by,
                employer_name=employer_name,
            )
    except IntegrityError:
        refuse("register.number_taken", _("A certificate with this number is entered already."))
    record("register.record_certificate", certificate, by=by, about=[person], number=number, item=qualification.code)
    return certificate


@action("register.enter_bar")
def enter_bar(
    *, by: Actor, person: Person, kind: str, since: date, until: date, reason: str, basis: str, decided_by: str, document_number: str = ""
) -> Bar:
    """Enter a bar on applying, as decided; both days are inside it."""
    objections = []
    if kind not in Bar.KINDS:
        objections.append(Objection("register.kind", _("This kind of bar is not known.")))
    if until < since:
        objections.append(Objection("register.period", _("The last day lies before the first.")))
    if not (reason.strip() and basis.strip() and decided_by.strip()):
        objections.append(Objection("register.grounds", _("A bar needs its reason, its basis and who decided it.")))
    if objections:
        raise Refused(objections)
    bar = Bar.objects.create(
        person=person,
        kind=kind,
        since=since,
        until=until,
        reason=reason,
        basis=basis,
        decided_by=decided_by,
        document_number=document_number,
    )
    record("register.enter_bar", bar, by=by, about=[person], kind=kind, since=since, until=until, basis=basis, private={"reason": reason})
    return bar


@action("register.lift_bar", on="bar")
def lift_bar(*, by: Actor, bar: Bar, reason: str) -> Bar:
    """End a bar before its time; the entry stays."""
    if not reason.strip():
        refuse("register.reason", _("State the reason."))
    lifecycle.move(bar, "lift", lifted_reason=reason.strip())
    record("register.lift_bar", bar, by=by, about=[bar.person], reason=reason.strip())
    return bar


@action("register.enter_integrity")
def enter_integrity(*, by: Actor, person: Person, happened_on: date, text: str, basis: str = "") -> IntegrityEntry:
    """Note a breach in the integrity file; by itself it bars nothing."""
    if not text.strip():
        refuse("register.text", _("Say what happened."))
    entry = IntegrityEntry.objects.create(person=person, happened_on=happened_on, text=text.strip(), basis=basis)
    record("register.enter_integrity", entry, by=by, about=[person], happened_on=happened_on, private={"text": text})
    return entry
