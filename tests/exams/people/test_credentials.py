"""Accounts, passwords and second factors: what keeps one person's access that person's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from cryptography.exceptions import InvalidTag
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django_otp.oath import totp

from exams.access import SYSTEM, Actor
from exams.errors import NotPermitted, Refused
from exams.messages.models import Message
from exams.people import credentials, passwords, signin
from exams.people.models import Account, Authenticator, RecoverySheet
from tests.cast import Cast, minutes_pass, sign_in, sign_in_as

GOOD = "Quiet-River-73-stones"
KEY = bytes.fromhex("31" * 20)


def code(key: bytes = KEY, steps: int = 0) -> str:
    return f"{totp(key, drift=steps):06d}"


def refused(error: Any) -> list[str]:
    return [objection.id for objection in error.value.objections]


# -- the password rule ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "against"),
    [
        (GOOD, []),
        ("Aa1Aa1Aa1Aa1", []),
        ("云泽特检River73stone", []),
        ("Quiet-Riv-7", ["password.short"]),
        ("quietriverstones", ["password.kinds"]),
        ("QUIETRIVER73737", ["password.kinds"]),
        ("Quiet-shen-River-73", ["password.name"]),
        ("Quiet-SHEN-River-73", ["password.name"]),
        ("沈砚秋-River-Stone-73", ["password.name"]),
        ("", ["password.short", "password.kinds"]),
        ("password1234", ["password.kinds", "password.common"]),
        ("Aa1" * 50, ["password.long"]),
    ],
)
def test_the_rule(password: str, against: list[str]) -> None:
    assert [objection.id for objection in passwords.objections(password, "shen", "沈砚秋")] == against


def test_first_passwords_keep_the_rule_and_differ() -> None:
    made = {passwords.first_password() for _n in range(200)}
    assert len(made) == 200
    assert [list(passwords.objections(one, "shen")) for one in made] == [[]] * 200
    assert not set("".join(made)) & set("0O1lIio")


# -- accounts ------------------------------------------------------------------------------------


@pytest.fixture
def person(cast: Cast) -> Any:
    return cast.person("沈砚秋", 1)


def test_one_account_for_each_person_and_name(cast: Cast, person: Any) -> None:
    opened = credentials.open_account(by=SYSTEM, person=person, username=" Shen ", password=GOOD)
    assert (opened.username, opened.must_change_password) == ("shen", True)
    assert opened.check_password(GOOD)
    with pytest.raises(Refused) as error:
        credentials.open_account(by=SYSTEM, person=person, username="shen2", password=GOOD)
    assert refused(error) == ["people.has_account"]
    with pytest.raises(Refused) as error:
        credentials.open_account(by=SYSTEM, person=cast.person("另一人", 2), username="SHEN", password=GOOD)
    assert refused(error) == ["people.username_taken"]
    assert Message.objects.filter(kind="people.account_opened").count() == 1


@pytest.mark.parametrize("username", ["", "x", "110101199003070025", "a b", "a/b", "沈砚秋", "a" * 41, "-abc", "a\x00b"])
def test_what_is_no_user_name(cast: Cast, person: Any, username: str) -> None:
    with pytest.raises(Refused) as error:
        credentials.open_account(by=SYSTEM, person=person, username=username, password=GOOD)
    assert "people.username" in refused(error)


@pytest.mark.parametrize(
    ("capacity", "may"),
    [
        ("system_administrator", True),
        ("security_administrator", False),
        ("audit_administrator", False),
        ("invigilator", False),
        ("verifier", False),
    ],
)
def test_who_opens_accounts(cast: Cast, person: Any, capacity: str, may: bool) -> None:
    if may:
        assert credentials.open_account(by=cast.actor(capacity), person=person, username="shen", password=GOOD).pk
        return
    with pytest.raises(NotPermitted):
        credentials.open_account(by=cast.actor(capacity), person=person, username="shen", password=GOOD)


def test_the_stranger_opens_and_changes_nothing(cast: Cast, person: Any) -> None:
    account = cast.account(cast.person("贺兰静", 2), "helan")
    with pytest.raises(NotPermitted):
        credentials.open_account(by=cast.stranger, person=person, username="shen", password=GOOD)
    with pytest.raises(NotPermitted):
        credentials.renew_first_password(by=cast.stranger, account=account, password=GOOD, reason="forgotten")


@pytest.mark.parametrize("act", [credentials.disable_account, credentials.enable_account, credentials.reset_second_factor])
def test_nobody_acts_on_the_own_account(cast: Cast, act: Any) -> None:
    capacity = "system_administrator" if act is credentials.enable_account else "security_administrator"
    by = cast.actor(capacity)
    with pytest.raises(Refused) as error:
        act(by=by, account=Account.objects.get(pk=by.account_id), reason="no particular reason")
    assert refused(error) == ["people.not_oneself"]


def test_disable_and_enable(cast: Cast, person: Any) -> None:
    account, by = cast.account(person, "shen"), cast.actor("system_administrator")
    assert credentials.disable_account(by=by, account=account, reason="left the body").is_active is False
    with pytest.raises(Refused) as error:
        credentials.disable_account(by=by, account=account, reason="left the body")
    assert refused(error) == ["people.disabled_already"]
    assert credentials.enable_account(by=by, account=account, reason="came back").is_active is True


def test_a_reset_second_factor_takes_the_password_along(cast: Cast, person: Any) -> None:
    """One administrator alone cannot become somebody else: a second one has to give the first password."""
    account = cast.account(person, "shen", password=GOOD)
    credentials.new_recovery_codes(by=cast.candidate(person), account=account)
    credentials.reset_second_factor(by=cast.actor("security_administrator"), account=account, reason="telephone lost")
    account.refresh_from_db()
    assert not account.has_usable_password()
    assert not Authenticator.objects.filter(user=account).exists()
    assert not RecoverySheet.objects.filter(user=account).exists()
    with pytest.raises(NotPermitted):
        credentials.renew_first_password(by=cast.actor("security_administrator"), account=account, password=GOOD, reason="lost")
    credentials.renew_first_password(by=cast.actor("system_administrator"), account=account, password=GOOD, reason="lost")
    account.refresh_from_db()
    assert account.check_password(GOOD)
    assert account.must_change_password
    assert set(Message.objects.filter(person_id=person.pk).values_list("kind", flat=True)) == {
        "people.second_factor_reset",
        "people.first_password",
    }


def test_unlocking_ends_the_lock(cast: Cast, person: Any, client: Client) -> None:
    account = cast.account(person, "shen", password=GOOD)
    for _try in range(6):
        client.post("/people/sign-in/", {"username": "shen", "password": "wrong"})
    with pytest.raises(NotPermitted):
        credentials.unlock_account(by=cast.actor("system_administrator"), account=account, reason="asked in person")
    credentials.unlock_account(by=cast.actor("security_administrator"), account=account, reason="asked in person")
    assert client.post("/people/sign-in/", {"username": "shen", "password": GOOD}).url == "/people/code/"


# -- the second factor ---------------------------------------------------------------------------


def test_the_key_lies_encrypted_and_bound_to_its_row(cast: Cast, person: Any) -> None:
    one, two = cast.account(person, "shen"), cast.account(cast.person("贺兰静", 2), "helan")
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM exams_authenticator")
        assert not any("3131" in row[0] for row in cursor.fetchall())
    ours, theirs = Authenticator.objects.get(user=one), Authenticator.objects.get(user=two)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key FROM exams_authenticator WHERE user_id = %s",
            [theirs.user_id.hex if connection.vendor == "sqlite" else theirs.user_id],
        )
        (foreign,) = cursor.fetchone()
        cursor.execute("UPDATE exams_authenticator SET key = %s", [foreign])
    with pytest.raises(InvalidTag):
        _ = Authenticator.objects.get(pk=ours.pk).key
    assert Authenticator.objects.get(pk=theirs.pk).key == "31" * 20


def test_an_account_has_one_confirmed_authenticator_whatever_writes(cast: Cast, person: Any) -> None:
    account = cast.account(person, "shen")
    with pytest.raises(IntegrityError), transaction.atomic():
        Authenticator.objects.create(user=account, name="second", key="32" * 20, confirmed=True)


def enrolling(cast: Cast, person: Any, client: Client) -> tuple[Account, Authenticator]:
    account = cast.account(person, "shen", second_factor=False)
    sign_in(client, account)
    assert client.get("/people/account/second-factor/").status_code == 200
    return account, Authenticator.objects.get(user=account, confirmed=False)


def test_enrolment_asks_for_one_code_and_gives_recovery_codes(cast: Cast, person: Any, client: Client) -> None:
    account, drafted = enrolling(cast, person, client)
    session = client.session
    session["confirmed_at"] = int(datetime.now(UTC).timestamp())
    session.save()
    wrong = client.post("/people/account/second-factor/", {"code": "000000"})
    assert [o.id for o in wrong.context["refusal"].objections] == ["people.first_code"]
    done = client.post("/people/account/second-factor/", {"code": code(bytes.fromhex(drafted.key))})
    assert len(done.context["codes"]) == 10
    assert Authenticator.objects.get(user=account).confirmed
    assert client.get("/people/account/").wsgi_request.actor.verified is True


def test_enrolment_asks_for_the_password_again(cast: Cast, person: Any, client: Client) -> None:
    _account, drafted = enrolling(cast, person, client)
    given = {"code": code(bytes.fromhex(drafted.key))}
    asked = client.post("/people/account/second-factor/", given)
    assert ("code", given["code"]) in asked.context["carried"]
    assert asked.context["by_password"] is True
    assert Authenticator.objects.get().confirmed is False
    done = client.post("/people/account/second-factor/", {**given, "confirm_code": "correct horse battery"})
    assert len(done.context["codes"]) == 10


def test_the_page_shows_the_key_as_drawing_and_letters(cast: Cast, person: Any, client: Client) -> None:
    _account, drafted = enrolling(cast, person, client)
    page = client.get("/people/account/second-factor/")
    assert page.context["key"].replace(" ", "").isalnum()
    assert page.context["qr"]["path"].startswith("M")
    assert "no-store" in page["Cache-Control"]
    assert Authenticator.objects.filter(user=drafted.user).count() == 1


def test_somebody_with_the_password_alone_does_not_replace_the_authenticator(cast: Cast, person: Any, client: Client) -> None:
    account = cast.account(person, "shen")
    sign_in(client, account, verified=False)
    assert client.get("/people/account/second-factor/").url == "/people/account/verify/"
    drafted = credentials.drafted_authenticator(account)
    with pytest.raises(Refused) as error:
        by = Actor(account_id=account.pk, person_id=person.pk, name="", capacity="candidate")
        credentials.confirm_authenticator(by=by, account=account, authenticator=drafted, code=code(bytes.fromhex(drafted.key)))
    assert refused(error) == ["people.enrolled_already"]
    assert Authenticator.objects.get(user=account, confirmed=True).key == "31" * 20


def test_replacing_takes_the_old_one_away(cast: Cast, person: Any, client: Client) -> None:
    account = cast.account(person, "shen")
    sign_in(client, account)
    client.get("/people/account/second-factor/")
    drafted = Authenticator.objects.get(user=account, confirmed=False)
    given = {"code": code(bytes.fromhex(drafted.key)), "confirm_code": code()}
    assert len(client.post("/people/account/second-factor/", given).context["codes"]) == 10
    assert Authenticator.objects.get(user=account).pk == drafted.pk
    assert client.get("/people/account/").wsgi_request.actor.verified is True


def test_nobody_confirms_the_authenticator_of_another(cast: Cast, person: Any) -> None:
    victim, thief = cast.account(person, "shen", second_factor=False), cast.account(cast.person("某人", 2), "thief", second_factor=False)
    drafted = credentials.drafted_authenticator(thief)
    by = Actor(account_id=thief.pk, person_id=thief.person_id, capacity="candidate")
    with pytest.raises(NotPermitted):
        credentials.confirm_authenticator(by=by, account=victim, authenticator=drafted, code=code(bytes.fromhex(drafted.key)))
    by = Actor(account_id=victim.pk, person_id=victim.person_id, capacity="candidate")
    with pytest.raises(Refused):
        credentials.confirm_authenticator(by=by, account=victim, authenticator=drafted, code=code(bytes.fromhex(drafted.key)))


# -- confirm again -------------------------------------------------------------------------------


def test_a_grave_act_asks_again_and_loses_nothing_typed(cast: Cast, person: Any, client: Client) -> None:
    account = cast.account(person, "helan")
    sign_in_as(client, cast.actor("system_administrator"))
    minutes_pass(client)
    page = f"/people/{person.pk}/account/disable/"
    asked = client.post(page, {"purpose": "left the body"})
    assert asked.context["carried"] == [("purpose", "left the body")]
    assert Account.objects.get(pk=account.pk).is_active
    wrong = client.post(page, {"purpose": "left the body", "confirm_code": "000000"})
    assert wrong.status_code == 403
    assert wrong.context["carried"] == [("purpose", "left the body")]
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=30)):
        assert client.post(page, {"purpose": "left the body", "confirm_code": code(steps=0)}).status_code == 302
    assert not Account.objects.get(pk=account.pk).is_active


def test_confirmed_holds_for_five_minutes(cast: Cast, person: Any, client: Client) -> None:
    cast.account(person, "helan")
    sign_in_as(client, cast.actor("system_administrator"))
    client.post(f"/people/{person.pk}/account/disable/", {"purpose": "left the body", "confirm_code": code()})
    assert client.post(f"/people/{person.pk}/account/enable/", {"purpose": "came back"}).status_code == 302
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert client.post(f"/people/{person.pk}/account/disable/", {"purpose": "left"}).context["carried"] == [("purpose", "left")]


def test_the_code_of_the_sign_in_does_not_confirm(cast: Cast, person: Any) -> None:
    account = cast.account(person, "shen")
    used = code()
    signin.check_code(account, used)
    with pytest.raises(Refused) as error:
        signin.check_again(account, used)
    assert refused(error) == ["sign_in.code"]


def test_the_question_carries_no_script(cast: Cast, person: Any, client: Client) -> None:
    cast.account(person, "helan")
    sign_in_as(client, cast.actor("system_administrator"))
    asked = client.post(f"/people/{person.pk}/account/disable/", {"purpose": '"><script>alert(1)</script>', "<b>": "x"})
    assert b"<script>alert(1)" not in asked.content
    assert b"<b>" not in asked.content.replace(b"<b>\xe6", b"")
