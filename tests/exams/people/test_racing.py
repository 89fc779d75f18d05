"""What several processes do in the same instant: one code, one number, one name, one lock, one authenticator."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django_otp.oath import totp

from exams.access import SYSTEM
from exams.errors import Refused
from exams.people import actions, credentials, limits, signin
from exams.people.models import Account, Authenticator, Person
from tests.cast import Cast, id_number

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer, so nothing races there"),
]
AT_ONCE = 8


def race(act: Callable[[int], Any]) -> Counter[str]:
    """The same act in several threads that start together; what came of each."""
    start, outcomes = threading.Barrier(AT_ONCE), Counter[str]()

    def one(n: int) -> None:
        start.wait()
        try:
            act(n)
            outcomes["done"] += 1
        except Refused as refusal:
            outcomes[refusal.objections[0].id] += 1
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[n]) for n in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_one_code_signs_in_once() -> None:
    cast = Cast()
    account = cast.account(cast.person("沈砚秋", 1), "shen")
    code = f"{totp(bytes.fromhex('31' * 20)):06d}"
    assert race(lambda n: signin.check_code(Account.objects.get(pk=account.pk), code))["done"] == 1


def test_one_recovery_code_signs_in_once() -> None:
    cast = Cast()
    account = cast.account(cast.person("沈砚秋", 1), "shen")
    (code, *_rest) = credentials.new_recovery_codes(by=cast.candidate(account.person), account=account)
    assert race(lambda n: signin.check_recovery(Account.objects.get(pk=account.pk), code))["done"] == 1


def test_no_more_tries_than_allowed_come_through() -> None:
    taken: list[Any] = []
    race(lambda n: taken.append(limits.take(("name", "shen"))))
    assert taken.count(None) == 5


def test_one_document_becomes_one_person() -> None:
    outcomes = race(lambda n: actions.register_person(by=SYSTEM, name="沈砚秋", id_number=id_number(7)))
    assert outcomes == {"done": AT_ONCE}
    assert Person.objects.count() == 1


def test_one_document_under_several_names_becomes_one_person() -> None:
    outcomes = race(lambda n: actions.register_person(by=SYSTEM, name="沈砚秋" + "甲乙丙丁戊己庚辛"[n], id_number=id_number(7)))
    assert outcomes == {"done": 1, "people.other_name": AT_ONCE - 1}


def test_one_person_gets_one_account() -> None:
    person = Cast().person("沈砚秋", 1)
    outcomes = race(lambda n: credentials.open_account(by=SYSTEM, person=person, username=f"shen{n}", password="Quiet-River-73"))
    assert outcomes == {"done": 1, "people.has_account": AT_ONCE - 1}
    assert Account.objects.count() == 1


def test_one_user_name_is_given_once() -> None:
    cast = Cast()
    people = [cast.person(f"某人{n}", n) for n in range(AT_ONCE)]
    outcomes = race(lambda n: credentials.open_account(by=SYSTEM, person=people[n], username="shen", password="Quiet-River-73"))
    assert outcomes == {"done": 1, "people.username_taken": AT_ONCE - 1}


def test_one_authenticator_is_confirmed() -> None:
    cast = Cast()
    account = cast.account(cast.person("沈砚秋", 1), "shen", second_factor=False)
    by = cast.candidate(account.person)
    drafted = credentials.drafted_authenticator(account)
    code = f"{totp(bytes.fromhex(drafted.key)):06d}"
    outcomes = race(lambda n: credentials.confirm_authenticator(by=by, account=account, authenticator=drafted, code=code))
    assert outcomes == {"done": 1, "people.enrolled_already": AT_ONCE - 1}
    assert Authenticator.objects.filter(user=account, confirmed=True).count() == 1


def test_two_authenticators_drafted_at_once_leave_one() -> None:
    cast = Cast()
    account = cast.account(cast.person("沈砚秋", 1), "shen", second_factor=False)
    by = cast.candidate(account.person)
    drafts = [Authenticator.objects.create(user=account, name="totp", confirmed=False, key=f"{n:02d}" * 20) for n in range(AT_ONCE)]

    def confirm(n: int) -> None:
        code = f"{totp(bytes.fromhex(drafts[n].key)):06d}"
        credentials.confirm_authenticator(by=by, account=account, authenticator=drafts[n], code=code)

    assert race(confirm)["done"] == 1
    assert Authenticator.objects.filter(user=account).count() == 1
