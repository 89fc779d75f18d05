"""Whoever holds an account acts as its person: an outsider who knows a number must not come to hold one of the staff."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from exams.access import SYSTEM
from exams.appointments import actions as appointments
from exams.appointments.models import Appointment
from exams.errors import NotPermitted, Refused
from exams.people import actions as people
from exams.people import credentials
from exams.people.models import Account
from tests.cast import Cast, id_number

GOOD = "Quiet-River-73-stones"
SINCE = date(2026, 1, 1)


def refused(error: Any) -> list[str]:
    return [objection.id for objection in error.value.objections]


def test_knowing_a_number_is_not_enough_to_open_an_account(cast: Cast) -> None:
    clerk = cast.actor("employer_clerk")
    people.register_person(by=SYSTEM, name="贺兰静", id_number=id_number(8))
    found = people.register_person(by=clerk, name="贺兰静", id_number=id_number(8))
    with pytest.raises(NotPermitted):
        credentials.open_account(by=clerk, person=found, username="helan", password=GOOD)
    people.record_employment(by=clerk, person=found, organisation=cast.employer, since=SINCE)
    assert credentials.open_account(by=clerk, person=found, username="helan", password=GOOD).vouched_by_id == cast.employer.pk


def test_a_pretended_post_does_not_open_the_account_of_an_invigilator(cast: Cast) -> None:
    clerk = cast.actor("employer_clerk")
    found = people.register_person(by=clerk, name="贺兰静", id_number=id_number(8))
    cast.appoint(found, "invigilator", cast.body)
    people.record_employment(by=clerk, person=found, organisation=cast.employer, since=SINCE)
    with pytest.raises(Refused) as error:
        credentials.open_account(by=clerk, person=found, username="helan", password=GOOD)
    assert refused(error) == ["appointments.serves_elsewhere"]
    account = credentials.open_account(by=cast.actor("head_of_body"), person=found, username="helan", password=GOOD)
    with pytest.raises(Refused) as error:
        credentials.renew_first_password(by=clerk, account=account, password=GOOD, reason="forgotten")
    assert refused(error) == ["appointments.serves_elsewhere"]


def test_an_account_from_an_employer_is_vouched_for_again_before_it_serves(cast: Cast) -> None:
    clerk, head = cast.actor("employer_clerk"), cast.actor("head_of_body")
    person = people.register_person(by=clerk, name="贺兰静", id_number=id_number(8))
    people.record_employment(by=clerk, person=person, organisation=cast.employer, since=SINCE)
    account = credentials.open_account(by=clerk, person=person, username="helan", password=GOOD)
    people.register_person(by=head, name="贺兰静", id_number=id_number(8))
    wanted = {"by": head, "person": person, "capacity": "assessor", "organisation": cast.body, "since": SINCE}
    with pytest.raises(Refused) as error:
        appointments.appoint(**wanted)
    assert refused(error) == ["appointments.not_vouched"]
    credentials.renew_first_password(by=head, account=account, password=GOOD, reason="card checked")
    assert appointments.appoint(**wanted).state == "in_force"
    assert Account.objects.get(pk=account.pk).vouched_by_id == cast.body.pk


def test_the_employer_may_still_make_its_own_clerk(cast: Cast) -> None:
    clerk = cast.actor("employer_clerk")
    person = people.register_person(by=clerk, name="贺兰静", id_number=id_number(8))
    people.record_employment(by=clerk, person=person, organisation=cast.employer, since=SINCE)
    credentials.open_account(by=clerk, person=person, username="helan", password=GOOD)
    given = appointments.appoint(
        by=cast.actor("security_administrator"), person=person, capacity="employer_clerk", organisation=cast.employer, since=SINCE
    )
    assert Appointment.objects.get(pk=given.pk).state == "in_force"
