"""Signing in, as an opponent tries it: guessing, replaying, planting sessions, skipping steps."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client, override_settings
from django.urls import reverse
from django_otp.oath import totp

from exams.clock import Installation
from exams.journal.models import Entry
from exams.people import credentials, session, signin
from exams.people.models import Account, Authenticator, RecoverySheet, SignInTries
from tests.cast import Cast

PASSWORD = "correct horse battery"
KEY = bytes.fromhex("31" * 20)
SIGN_IN, CODE, HOME = "/people/sign-in/", "/people/code/", "/"


@pytest.fixture
def account(cast: Cast) -> Account:
    return cast.account(cast.person("沈砚秋", 1), "shen", password=PASSWORD)


def code(steps: int = 0) -> str:
    return f"{totp(KEY, drift=steps):06d}"


def enter(client: Client, username: str = "shen", password: str = PASSWORD, **more: Any) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password}, **more)


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_password_then_code_signs_in(client: Client, account: Account) -> None:
    assert enter(client).url == CODE
    assert not signed_in(client)
    assert client.post(CODE, {"code": code()}).url == HOME
    assert signed_in(client)
    assert client.session["otp_device_id"] == Authenticator.objects.get(user=account).persistent_id


def test_the_password_alone_opens_nothing(client: Client, account: Account) -> None:
    enter(client)
    assert client.get("/people/account/").url.startswith(SIGN_IN)


def test_the_code_page_without_a_password_leads_back(client: Client, account: Account) -> None:
    assert client.post(CODE, {"code": code()}).url == SIGN_IN
    assert not signed_in(client)


def test_an_account_without_a_second_factor_enters_for_its_own_matters_only(client: Client, cast: Cast) -> None:
    person = cast.person("贺兰静", 2)
    cast.account(person, "helan", second_factor=False, password=PASSWORD)
    cast.appoint(person, "exam_clerk", cast.body)
    assert enter(client, "helan").url == HOME
    assert client.get(HOME).url == "/appointments/choose/"
    chosen = client.post("/appointments/choose/", {"appointment": str(person.appointments.get().pk)})
    assert chosen.url == "/people/account/second-factor/"
    assert "appointment_id" not in client.session


def test_the_name_is_taken_in_any_case_and_width(client: Client, account: Account) -> None:
    assert enter(client, "  SHEN ").url == CODE


@pytest.mark.parametrize("name", ["shen", "nobody", "", "shen\x00", "' OR 1=1 --"])
def test_wrong_answers_do_not_tell_which_names_exist(client: Client, account: Account, name: str) -> None:
    answers = enter(client, name, "wrong")
    if name and "\x00" not in name:
        assert answers.status_code == 403
        assert [objection.id for objection in answers.context["refusal"].objections] == ["sign_in.wrong"]
    assert not signed_in(client)


def test_disabled_and_expired_accounts_sound_like_a_wrong_password(client: Client, account: Account) -> None:
    Account.objects.update(is_active=False)
    disabled = enter(client).context["refusal"].objections
    Account.objects.update(is_active=True, expires_on=datetime(2020, 1, 1, tzinfo=UTC).date())
    expired = enter(client).context["refusal"].objections
    assert [o.id for o in disabled] == [o.id for o in expired] == ["sign_in.wrong"]


# -- guessing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["shen", "nobody"])
def test_the_sixth_attempt_is_locked_even_with_the_right_password(client: Client, account: Account, name: str) -> None:
    for _try in range(5):
        assert enter(client, name, "wrong").context["refusal"].objections[0].id == "sign_in.wrong"
    locked = enter(client, name)
    assert locked.context["refusal"].objections[0].id == "sign_in.locked"
    assert locked.status_code == 403


def test_another_browser_is_locked_too_and_the_lock_ends(client: Client, account: Account) -> None:
    for _try in range(5):
        enter(client, password="wrong")
    assert enter(Client()).context["refusal"].objections[0].id == "sign_in.locked"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        assert enter(Client()).url == CODE


def test_success_ends_the_count(client: Client, account: Account) -> None:
    for _round in range(3):
        for _try in range(4):
            enter(client, password="wrong")
        assert enter(client).url == CODE


def test_one_address_cannot_try_one_password_on_many_names(client: Client, account: Account) -> None:
    answers = [enter(client, f"name{number}", "wrong").context["refusal"].objections[0].id for number in range(101)]
    assert answers == ["sign_in.wrong"] * 100 + ["sign_in.locked"]


def test_what_is_typed_as_a_name_is_not_kept(client: Client, account: Account) -> None:
    enter(client, "my secret password", "x")
    assert Entry.objects.filter(action="people.sign_in", outcome="refused").count() == 1
    kept = [bytes(body) for body in Entry.objects.values_list("body", flat=True)]
    assert not any(b"my secret password" in body for body in kept)
    assert all("secret" not in row.key for row in SignInTries.objects.all())


def test_codes_are_slowed_down_and_locked(client: Client, account: Account) -> None:
    enter(client)
    found = []
    for wait in range(7):
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=70 * wait), tick=False):
            refusal = client.post(CODE, {"code": "000000"}).context
            found.append(refusal["refusal"].objections[0].id if refusal and refusal.get("refusal") else "left")
    assert found[:5] == ["sign_in.code"] * 5
    assert found[5] == "sign_in.locked"
    assert not signed_in(client)


def test_two_wrong_codes_in_a_row_are_slowed_down(client: Client, account: Account) -> None:
    enter(client)
    client.post(CODE, {"code": "000000"})
    assert client.post(CODE, {"code": code()}).context["refusal"].objections[0].id == "sign_in.slow"


@pytest.mark.parametrize("given", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345", "0x1234", "12 34 5"])
def test_rubbish_is_no_code(client: Client, account: Account, given: str) -> None:
    enter(client)
    assert client.post(CODE, {"code": given}).status_code in (200, 403)
    assert not signed_in(client)


# -- replaying and planting ----------------------------------------------------------------------


def test_a_code_works_once(client: Client, account: Account) -> None:
    used = code()
    enter(client)
    assert client.post(CODE, {"code": used}).url == HOME
    thief = Client()
    enter(thief)
    assert thief.post(CODE, {"code": used}).context["refusal"].objections[0].id == "sign_in.code"
    assert not signed_in(thief)


def test_an_older_code_does_not_work_after_a_newer_one(client: Client, account: Account) -> None:
    enter(client)
    client.post(CODE, {"code": code(1)})
    thief = Client()
    enter(thief)
    assert thief.post(CODE, {"code": code()}).status_code == 403


def test_a_planted_session_key_is_worth_nothing(client: Client, account: Account) -> None:
    client.get(SIGN_IN + "?next=/people/account/")
    planted = client.session.session_key
    enter(client)
    client.post(CODE, {"code": code()})
    assert client.session.session_key != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get("/people/account/").url.startswith(SIGN_IN)


def test_the_second_factor_changes_the_session_key(client: Client, account: Account) -> None:
    enter(client)
    before = client.session.session_key
    client.post(CODE, {"code": code()})
    assert client.session.session_key != before


def test_a_password_changed_in_between_ends_the_half_way(client: Client, account: Account) -> None:
    enter(client)
    account.set_password("another long Password 1")
    account.save()
    assert client.post(CODE, {"code": code()}).url == SIGN_IN


def test_half_way_does_not_wait_for_ever(client: Client, account: Account) -> None:
    enter(client)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert client.get(CODE).url == SIGN_IN


@pytest.mark.parametrize("where", ["https://example.com/", "//example.com", "javascript:alert(1)", "/\\example.com", "http:///example.com"])
def test_next_leads_nowhere_else(client: Client, account: Account, where: str) -> None:
    client.get(SIGN_IN, {"next": where})
    enter(client)
    assert client.post(CODE, {"code": code()}).url == HOME


def test_next_leads_on_within_the_site(client: Client, account: Account) -> None:
    client.get(SIGN_IN, {"next": "/people/kin/"})
    enter(client)
    assert client.post(CODE, {"code": code()}).url == "/people/kin/"


@pytest.mark.parametrize("language", ["xx", "../../etc", "", "zh-hans;q=9", "%F0%9F%98%80", "en\x01"])
def test_a_wrong_language_cookie_does_no_harm(client: Client, account: Account, language: str) -> None:
    client.cookies["django_language"] = language
    assert client.get(SIGN_IN).status_code == 200
    assert enter(client).url == CODE


# -- first passwords -----------------------------------------------------------------------------


def test_a_first_password_has_to_be_changed_before_anything_else(client: Client, account: Account) -> None:
    Account.objects.update(must_change_password=True, password_until=datetime.now(UTC) + timedelta(days=1))
    assert enter(client).url == "/people/new-password/"
    assert client.get(CODE).url == SIGN_IN
    weak = client.post("/people/new-password/", {"old": PASSWORD, "new": "short", "again": "short"})
    assert weak.status_code == 200
    assert "new" in weak.context["form"].errors
    new = {"old": PASSWORD, "new": "Quiet-River-73-stones", "again": "Quiet-River-73-stones"}
    assert client.post("/people/new-password/", new).url == CODE
    assert client.post(CODE, {"code": code()}).url == HOME
    assert Account.objects.get().must_change_password is False


def test_a_first_password_that_was_not_used_in_time_is_dead(client: Client, account: Account) -> None:
    Account.objects.update(must_change_password=True, password_until=datetime.now(UTC) - timedelta(seconds=1))
    assert enter(client).context["refusal"].objections[0].id == "sign_in.wrong"


def test_an_old_password_has_to_be_changed_too(client: Client, account: Account) -> None:
    Account.objects.update(password_changed_at=datetime.now(UTC) - timedelta(days=179))
    assert enter(client).url == CODE
    Account.objects.update(password_changed_at=datetime.now(UTC) - timedelta(days=180))
    assert enter(client).url == "/people/new-password/"
    assert client.get(CODE).url == SIGN_IN


def test_the_present_password_cannot_be_guessed_from_an_open_session(client: Client, account: Account) -> None:
    enter(client)
    client.post(CODE, {"code": code()})
    wrong = {"old": "guess", "new": "Quiet-River-73-stones", "again": "Quiet-River-73-stones"}
    for _try in range(5):
        assert "old" in client.post("/people/account/password/", wrong).context["form"].errors
    locked = client.post("/people/account/password/", {**wrong, "old": PASSWORD})
    assert locked.context["refusal"].objections[0].id == "sign_in.locked"


def test_changing_the_password_ends_the_other_sessions(client: Client, account: Account) -> None:
    enter(client)
    client.post(CODE, {"code": code()})
    other = Client()
    enter(other)
    other.post(CODE, {"code": code(1)})
    assert other.get("/people/account/").status_code == 200
    new = {"old": PASSWORD, "new": "Quiet-River-73-stones", "again": "Quiet-River-73-stones"}
    assert client.post("/people/account/password/", new).url == "/people/account/"
    assert client.get("/people/account/").status_code == 200
    assert other.get("/people/account/").url.startswith(SIGN_IN)


# -- sitting still, leaving ----------------------------------------------------------------------


def test_idleness_ends_the_session_and_says_so(client: Client, account: Account) -> None:
    enter(client)
    client.post(CODE, {"code": code()})
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=29)):
        assert client.get("/people/account/").status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=29 + 31)):
        assert client.get("/people/account/").url.startswith(SIGN_IN)
        assert client.get(SIGN_IN).context["idle"] is True
        assert client.get(SIGN_IN).context["idle"] is False


def test_what_a_page_fetches_by_itself_keeps_nobody_signed_in(client: Client, account: Account) -> None:
    enter(client)
    client.post(CODE, {"code": code()})
    for minutes in (10, 20, 29):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
            client.get("/people/account/", headers={"accept": "application/json"})
            client.get("/people/account/", headers={"hx-request": "true"})
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31)):
        assert client.get("/people/account/").url.startswith(SIGN_IN)


def test_signing_out_ends_the_session(client: Client, account: Account) -> None:
    enter(client)
    client.post(CODE, {"code": code()})
    kept = client.session.session_key
    assert client.get("/people/sign-out/").status_code == 405
    assert client.post("/people/sign-out/").url == SIGN_IN
    thief = Client()
    thief.cookies["sessionid"] = kept
    assert thief.get("/people/account/").url.startswith(SIGN_IN)


def test_every_sign_in_is_on_record(client: Client, account: Account) -> None:
    enter(client, password="wrong")
    enter(client)
    client.post(CODE, {"code": code()})
    client.post("/people/sign-out/")
    said = list(Entry.objects.order_by("id").values_list("action", "outcome"))
    assert said == [("people.sign_in", "refused"), ("people.sign_in", "done"), ("people.sign_out", "done")]


# -- recovery ------------------------------------------------------------------------------------


def recovery_codes(account: Account, cast: Cast) -> list[str]:
    return credentials.new_recovery_codes(by=cast.candidate(account.person), account=account)


def test_a_recovery_code_signs_in_once(client: Client, account: Account, cast: Cast) -> None:
    codes = recovery_codes(account, cast)
    assert len(set(codes)) == 10
    enter(client)
    assert client.post("/people/recovery/", {"code": codes[3].lower().replace("-", " ")}).url == HOME
    again = Client()
    enter(again)
    assert again.post("/people/recovery/", {"code": codes[3]}).context["refusal"].objections[0].id == "sign_in.code"


def test_recovery_codes_are_kept_as_digests_only(account: Account, cast: Cast) -> None:
    codes = recovery_codes(account, cast)
    kept = " ".join(RecoverySheet.objects.get().codes.values_list("digest", flat=True))
    assert not any(code.replace("-", "") in kept.upper() for code in codes)


def test_a_new_sheet_makes_the_old_one_worthless(client: Client, account: Account, cast: Cast) -> None:
    old = recovery_codes(account, cast)
    recovery_codes(account, cast)
    enter(client)
    assert client.post("/people/recovery/", {"code": old[0]}).status_code == 403


def test_a_recovery_code_of_somebody_else_is_worthless(client: Client, account: Account, cast: Cast) -> None:
    other = cast.account(cast.person("贺兰静", 2), "helan", password=PASSWORD)
    codes = recovery_codes(other, cast)
    recovery_codes(account, cast)
    enter(client)
    assert client.post("/people/recovery/", {"code": codes[0]}).status_code == 403


# -- personas of the demo ------------------------------------------------------------------------


@pytest.fixture
def personas(account: Account, settings: Any, tmp_path: Any) -> list[dict[str, str]]:
    rows = [{"username": "shen", "person": "沈砚秋", "capacity": "exam_clerk"}]
    (tmp_path / "personas.json").write_text(json.dumps(rows), encoding="utf-8")
    settings.DATA_DIR = tmp_path
    return rows


def by_persona(client: Client, **more: Any) -> Any:
    return client.post("/people/persona/", {"username": "shen", "capacity": "exam_clerk"}, **more)


def test_personas_do_not_exist_outside_the_demo(client: Client, personas: Any) -> None:
    assert by_persona(client).status_code == 404
    assert client.get(SIGN_IN).context["personas"] == []


def test_the_setting_alone_opens_nothing(client: Client, personas: Any) -> None:
    Installation.objects.create(origin="test", made_by_demo=False)
    with override_settings(DEMO=True):
        assert by_persona(client).status_code == 404
        assert client.get(SIGN_IN).context["personas"] == []


def test_a_demo_database_without_the_setting_opens_nothing(client: Client, personas: Any) -> None:
    Installation.objects.create(origin="test", made_by_demo=True)
    assert by_persona(client).status_code == 404


def test_personas_work_from_this_machine_only(client: Client, personas: Any) -> None:
    Installation.objects.create(origin="test", made_by_demo=True)
    with override_settings(DEMO=True):
        assert by_persona(client, REMOTE_ADDR="10.0.0.7").status_code == 404
        assert by_persona(client, REMOTE_ADDR="").status_code == 404
        assert client.get(SIGN_IN, REMOTE_ADDR="10.0.0.7").context["personas"] == []


def test_a_persona_signs_in_with_the_second_factor_and_the_capacity(client: Client, personas: Any, account: Account, cast: Cast) -> None:
    Installation.objects.create(origin="test", made_by_demo=True)
    cast.appoint(account.person, "exam_clerk", cast.body)
    cast.appoint(account.person, "chief", cast.body)
    with override_settings(DEMO=True):
        assert [row["username"] for row in client.get(SIGN_IN).context["personas"]] == ["shen"]
        assert by_persona(client).url == HOME
        answer = client.get(HOME)
    assert answer.status_code == 200
    assert (answer.wsgi_request.actor.capacity, answer.wsgi_request.actor.verified) == ("exam_clerk", True)


def test_somebody_who_is_no_persona_does_not_enter(client: Client, personas: Any, cast: Cast) -> None:
    Installation.objects.create(origin="test", made_by_demo=True)
    cast.account(cast.person("贺兰静", 2), "helan", password=PASSWORD)
    with override_settings(DEMO=True):
        assert client.post("/people/persona/", {"username": "helan"}).status_code == 404


def test_the_demo_shows_a_code_that_works(client: Client, personas: Any, account: Account) -> None:
    Installation.objects.create(origin="test", made_by_demo=True)
    assert signin.demo_code(account) == ""
    with override_settings(DEMO=True):
        enter(client)
        shown = client.get(CODE).context["demo_code"]
        assert client.post(CODE, {"code": shown}).url == HOME
        following = signin.demo_code(account)
        assert following not in ("", shown)
        assert signin.check_code(account, following).pk == Authenticator.objects.get().pk


def test_every_address_of_the_entrance_resolves() -> None:
    for name in ("sign_in", "code", "recovery", "new_password", "sign_out", "persona", "account", "password", "enrol", "verify"):
        assert reverse(f"people:{name}").startswith("/people/")


def test_a_page_that_is_watched_keeps_its_watcher_signed_in(client: Client, account: Account) -> None:
    """The camera wall: whoever is on watch does not touch it for hours."""
    request = client.get(SIGN_IN).wsgi_request
    request.session["active_at"] = 0
    session.watching(lambda request: None)(request)
    assert not session.is_idle(request.session)
