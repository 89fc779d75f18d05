"""Changes to appointments: given after every rule was asked, revoked at once, ended when they have run out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from exams import clock, lifecycle
from exams.access import SYSTEM, Actor
from exams.appointments import rules
from exams.appointments.models import Appointment
from exams.errors import Refused, refuse
from exams.journal.actions import action, record
from exams.messages.actions import send
from exams.people import sockets
from exams.people.models import Account, Organisation, Person
from exams.recusal import actions as recusal
from exams.recusal.facts import Matter
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _


@action("appointments.appoint", on="organisation")
def appoint(
    *,
    by: Actor,
    person: Person,
    capacity: str,
    organisation: Organisation,
    since: date,
    until: date | None = None,
    families: Iterable[str] = (),
) -> Appointment:
    """Give a person a capacity. The person's row is locked, so that two appointments that exclude one another cannot both be given."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    for over in run_out().filter(person=person):
        _end(over)
    wanted = rules.Held(capacity, str(organisation.pk), organisation.kind, organisation.name, since, until)
    objections: list[Objection] = list(rules.grant_objections(by.capacity, capacity, oneself=by.person_id == person.pk))
    objections += rules.objections(person.name, wanted, _held(person), clock.today())
    account = Account.objects.filter(person=person, vouched_by__isnull=False).select_related("vouched_by").first()
    if account is not None:
        objections += rules.vouching_objections(person.name, wanted, str(account.vouched_by_id), account.vouched_by.kind)
    if objections:
        raise Refused(objections)
    wide = tuple(sorted(set(families)))
    matter = Matter(on=max(since, clock.today()), body_id=str(organisation.pk), families=frozenset(wide))
    ruling = recusal.require_clear(person=person, capacity=capacity, matter=matter, by=by, about=organisation)
    given = Appointment(
        person=person, capacity=capacity, organisation=organisation, families=list(wide),
        since=since, until=until, ruling=ruling, appointed_at=clock.now(),
    )  # fmt: skip
    _insert(given)
    facts = {"capacity": capacity, "since": since, "until": until, "families": list(wide), "ruling": ruling.pk}
    record("appointments.appoint", given, by=by, about=[person, organisation], **facts)
    _tell(given, "appointments.appointed", since=since.isoformat())
    return given


def _held(person: Person) -> list[rules.Held]:
    rows = Appointment.objects.filter(person=person, state="in_force").select_related("organisation")
    return [
        rules.Held(row.capacity, str(row.organisation_id), row.organisation.kind, row.organisation.name, row.since, row.until)
        for row in rows
    ]


def _insert(given: Appointment) -> None:
    """The database holds the three administrators apart too, whatever the rules let through."""
    try:
        with transaction.atomic():
            given.save(force_insert=True)
    except IntegrityError:
        refuse(
            "appointments.one_administration",
            _("One person is at most one of system, security and audit administrator."),
            basis="GB/T 22239-2019 8.1.4.2",
            remedy=_("End the other appointment first, or appoint somebody else."),
        )


@action("appointments.revoke", on="appointment")
def revoke(*, by: Actor, appointment: Appointment, reason: str) -> Appointment:
    """End an appointment at once: the next request and the next frame of an open socket are refused."""
    if len(reason.strip()) < 2:
        refuse("appointments.reason", _("State the reason in a few words; the words are kept."))
    if by.person_id == appointment.person_id:
        refuse("appointments.oneself", _("Nobody ends the own appointment."), remedy=_("Ask another person who may appoint."))
    lifecycle.move(appointment, "revoke", closed_at=clock.now(), reason=reason.strip())
    record("appointments.revoke", appointment, by=by, about=[appointment.person, appointment.organisation], reason=reason.strip())
    _tell(appointment, "appointments.revoked", reason=reason.strip())
    _recheck(appointment)
    return appointment


@action("appointments.choose")
def choose(*, by: Actor, appointment: Appointment | None) -> None:
    """Put on record in which capacity the person acts from now on."""
    record("appointments.choose", appointment or ("capacity", "candidate"), by=by)


@action("appointments.end", on="appointment")
def end(*, by: Actor, appointment: Appointment) -> Appointment:
    """Mark as ended what has run out; whoever reads looks at the dates anyway."""
    _end(appointment)
    return appointment


def _end(appointment: Appointment) -> None:
    lifecycle.move(appointment, "end", closed_at=clock.now())
    record("appointments.end", appointment, by=SYSTEM, about=[appointment.person])
    _recheck(appointment)


def run_out() -> QuerySet[Appointment]:
    """Still marked as in force, though the last day is over."""
    return Appointment.objects.filter(state="in_force", until__lt=clock.today()).select_related("person", "organisation")


def _tell(appointment: Appointment, kind: str, **params: str) -> None:
    words = {"capacity": appointment.capacity, "organisation": appointment.organisation.name}
    send(person_id=appointment.person_id, kind=kind, params={**words, **params})


def _recheck(appointment: Appointment) -> None:
    for account_id in Account.objects.filter(person=appointment.person_id).values_list("pk", flat=True):
        sockets.recheck(account_id)
