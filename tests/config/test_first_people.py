"""The first three people of an empty installation."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from exams.appointments.models import Appointment
from exams.people.models import Account, Organisation, Person
from tests.cast import id_number

CODE = "91350100M000100Y43"
THREE = {
    "system_administrator": ("shan", "单雁翎", id_number(1)),
    "security_administrator": ("ouyang", "欧阳思远", id_number(2)),
    "audit_administrator": ("bian", "卞之恒", id_number(3)),
}


def opened(**more: Any) -> str:
    out = StringIO()
    call_command("first_people", stdout=out, **({"name": "临江考试中心", "credit_code": CODE} | THREE | more))
    return out.getvalue()


def test_three_people_with_first_passwords(client: Client, db: None) -> None:
    lines = [line.split() for line in opened().splitlines()]
    assert [username for username, _secret in lines] == ["shan", "ouyang", "bian"]
    assert set(Appointment.objects.values_list("capacity", flat=True)) == set(THREE)
    username, secret = lines[0]
    assert client.post("/people/sign-in/", {"username": username, "password": secret}).url == "/people/new-password/"


def test_it_works_once(db: None) -> None:
    opened()
    with pytest.raises(CommandError, match="has administrators"):
        opened(credit_code="91350100M000100Y4X")


@pytest.mark.parametrize(
    "wrong",
    [
        {"credit_code": "123"},
        {"audit_administrator": ("bian", "卞之恒", "123")},
        {"audit_administrator": ("shan", "卞之恒", id_number(3))},
        {"audit_administrator": ("bian", "单雁翎", id_number(1))},
    ],
)
def test_a_fault_leaves_nothing_behind(db: None, wrong: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        opened(**wrong)
    assert (Organisation.objects.count(), Person.objects.count(), Account.objects.count(), Appointment.objects.count()) == (0, 0, 0, 0)
