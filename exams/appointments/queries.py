"""Reads of appointments: who is acting, read anew for every request and every frame, and who holds what."""

from __future__ import annotations

import importlib
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.models import Device

from exams import clock
from exams.access import ANONYMOUS, Actor
from exams.appointments.models import Appointment
from exams.people import session as sessions
from exams.people.models import Account, Organisation, Person

# Sees every appointment of the installation: roles are what the security administrator keeps.
EVERY = frozenset({"security_administrator", "audit_administrator", "system"})
OF_BODY = frozenset({"head_of_body", "exam_clerk", "chief", "archivist"})
OF_AUTHORITY = frozenset({"authority_officer", "oversight_inspector"})


def in_force(on: date | None = None) -> QuerySet[Appointment]:
    """Appointments that hold on a day (today unless told); the last day counts."""
    day = on or clock.today()
    return Appointment.objects.filter(state="in_force", since__lte=day).filter(Q(until=None) | Q(until__gte=day))


def holders(capacity: str, organisation: Organisation, on: date | None = None) -> QuerySet[Appointment]:
    """Who holds a capacity in an organisation on a day."""
    return in_force(on).filter(capacity=capacity, organisation=organisation).select_related("person")


def visible_to(actor: Actor) -> QuerySet[Appointment]:
    """One's own, those of the own body for its staff office, those of supervised bodies for the authority."""
    if actor.capacity in EVERY:
        return Appointment.objects.all()
    condition = Q(person=actor.person_id)
    if actor.capacity in OF_BODY:
        condition |= Q(organisation=actor.organisation_id)
    if actor.capacity in OF_AUTHORITY:
        condition |= Q(organisation=actor.organisation_id) | Q(organisation__supervised_by=actor.organisation_id)
    return Appointment.objects.filter(condition)


def choices_of(person: Person | Any) -> list[Appointment]:
    """The capacities among which a person may choose today."""
    return list(in_force().filter(person=person).select_related("organisation").order_by("capacity", "organisation__name"))


# -- who is acting -----------------------------------------------------------------------------------------------------


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request. A session that stood idle too long ends here."""
    account: Any = request.user
    if not account.is_authenticated or _expired(account):
        return ANONYMOUS
    if sessions.is_idle(request.session):
        auth.logout(request)
        request.session["ended_by_idleness"] = True
        return ANONYMOUS
    if sessions.by_hand(request) or "active_at" not in request.session:
        sessions.note_activity(request.session)
    return _actor(account, request.session, verified=account.is_verified())


def actor_of_scope(scope: dict[str, Any]) -> Actor:
    """The actor of a socket, from the database alone: session, account, password, second factor and appointment as they are now.

    No middleware of pages runs for a socket, so everything it would have checked is checked here.
    """
    stored = _sessions().SessionStore(getattr(scope.get("session"), "session_key", None))
    account = _account_of(stored)
    if account is None or _expired(account) or sessions.is_idle(stored):
        return ANONYMOUS
    return _actor(account, stored, verified=_verified(account, stored))


def _sessions() -> Any:
    return importlib.import_module(settings.SESSION_ENGINE)


def _account_of(session: SessionBase) -> Account | None:
    key = session.get(SESSION_KEY)
    account = Account.objects.filter(pk=key, is_active=True).first() if key else None
    if account is None:
        return None
    fits = constant_time_compare(session.get(HASH_SESSION_KEY, ""), account.get_session_auth_hash())
    return account if fits else None


def _verified(account: Account, session: SessionBase) -> bool:
    device = Device.from_persistent_id(session.get(DEVICE_ID_SESSION_KEY) or "")
    return device is not None and device.user_id == account.pk and device.confirmed


def _expired(account: Account) -> bool:
    return account.expires_on is not None and account.expires_on < clock.today()


def _actor(account: Account, session: SessionBase, *, verified: bool) -> Actor:
    """With an appointment chosen: that one if it still holds, otherwise no capacity at all. Without: the person's own matters."""
    known = {"account_id": account.pk, "person_id": account.person_id, "verified": verified, "language": account.language}
    chosen = session.get("appointment_id")
    if chosen:
        appointment = in_force().filter(pk=chosen, person=account.person_id).select_related("person", "organisation").first()
        if appointment is None:
            return Actor(**known, name=_name(account))
        return Actor(
            **known,
            name=appointment.person.name,
            capacity=appointment.capacity,
            organisation_id=appointment.organisation_id,
            organisation=appointment.organisation.name,
            appointment_id=appointment.pk,
        )
    return Actor(**known, name=_name(account), capacity="candidate" if account.person_id else "")


def _name(account: Account) -> str:
    """The person's name, or the user name of an account without one."""
    return Person.objects.filter(pk=account.person_id).values_list("name", flat=True).first() or account.username
