"""Signs in somebody for every capacity of a world, and prints their sessions: `python -m tests.journeys.personas`."""

from __future__ import annotations

import json

import django

if __name__ == "__main__":
    django.setup()

from django.test import Client

from exams.appointments.models import Appointment
from exams.people.models import Account
from tests.cast import sign_in


def people() -> dict[str, dict[str, str]]:
    """For each capacity the person appointed first; for "candidate" somebody who has applied, or who holds no office."""
    found: dict[str, dict[str, str]] = {}
    in_force = Appointment.objects.filter(state="in_force", person__account__is_active=True).order_by("appointed_at", "pk")
    for appointment in in_force.select_related("person__account"):
        if appointment.capacity not in found:
            found[appointment.capacity] = _signed_in(appointment.person.account, appointment)
    candidates = Account.objects.filter(is_active=True, person__isnull=False).exclude(person__in=in_force.values("person"))
    applied = candidates.filter(person__in=_applicants()).order_by("username").first() or candidates.order_by("username").first()
    if applied is not None:
        found["candidate"] = _signed_in(applied, None)
    return found


def _applicants() -> list[object]:
    from exams.applications.models import Application

    return list(Application.objects.values_list("person_id", flat=True)[:500])


def _signed_in(account: Account, appointment: Appointment | None) -> dict[str, str]:
    client = Client()
    sign_in(client, account, appointment)
    session = client.session
    session["capacity_chosen"] = True
    session.save()
    return {
        "session": client.cookies["sessionid"].value,
        "username": account.username,
        "name": account.person.name if account.person else "",
    }


if __name__ == "__main__":
    print(json.dumps(people(), ensure_ascii=False))
