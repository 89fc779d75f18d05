"""What is open about accounts and appointments on the home page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.contrib.sessions.models import Session
from django.test import Client

from exams import clock
from exams.appointments import plugs as appointments
from exams.people import actions, credentials, plugs
from exams.people.models import Account, RecoveryCode, SignInTries
from tests.cast import Cast, id_number, sign_in_as


def test_few_recovery_codes(cast: Cast) -> None:
    clerk = cast.actor("exam_clerk")
    assert list(plugs.few_recovery_codes(clerk)) == []
    credentials.new_recovery_codes(by=clerk, account=Account.objects.get(pk=clerk.account_id))
    assert list(plugs.few_recovery_codes(clerk)) == []
    RecoveryCode.objects.filter(pk__in=RecoveryCode.objects.values("pk")[:8]).update(used_at=clock.machine())
    assert [item.state for item in plugs.few_recovery_codes(clerk)] == ["todo"]


def test_first_passwords_that_run_out(cast: Cast) -> None:
    head = cast.actor("head_of_body")
    person = actions.register_person(by=head, name="贺兰静", id_number=id_number(8))
    credentials.open_account(by=head, person=person, username="helan", password="Quiet-River-73")
    assert list(plugs.first_passwords(head)) == []
    Account.objects.filter(person=person).update(password_until=datetime.now(UTC) + timedelta(days=1))
    assert len(list(plugs.first_passwords(head))) == 1
    assert list(plugs.first_passwords(cast.actor("head_of_body", cast.other_body))) == []


def test_appointments_that_run_out(cast: Cast) -> None:
    head = cast.actor("head_of_body")
    cast.appoint(cast.person("贺兰静", 1), "chief", cast.body, until=clock.today() + timedelta(days=30))
    cast.appoint(cast.person("马骏", 2), "chief", cast.body, until=clock.today() + timedelta(days=31))
    assert len(list(appointments.running_out(head))) == 1
    assert list(appointments.running_out(cast.actor("head_of_body", cast.other_body))) == []


def test_old_counts_are_forgotten(db: None) -> None:
    SignInTries.objects.create(key="a", since=clock.machine() - timedelta(days=2))
    SignInTries.objects.create(key="b", since=clock.machine())
    plugs.forget_old_tries()
    assert list(SignInTries.objects.values_list("key", flat=True)) == ["b"]


def test_sessions_that_ran_out_are_cleared(client: Client, cast: Cast) -> None:
    sign_in_as(client, cast.actor("exam_clerk"))
    plugs.clear_sessions()
    assert Session.objects.count() == 1
    Session.objects.update(expire_date=clock.machine() - timedelta(seconds=1))
    plugs.clear_sessions()
    assert Session.objects.count() == 0
