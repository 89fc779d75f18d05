"""Pages of persons and organisations: who opens them, what they show, and what they cost."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from exams import clock
from exams.access import Actor
from exams.people import actions
from exams.people.models import Account, Employment, KinEdge, Organisation, Person
from tests.cast import Cast, id_number, sign_in_as

NUMBER = id_number(7)


@pytest.fixture
def clerk(cast: Cast) -> Actor:
    return cast.actor("head_of_body")


@pytest.fixture
def known(clerk: Actor) -> Person:
    return actions.register_person(by=clerk, name="沈砚秋", id_number=NUMBER, phone="13812345678")


def addresses(person: Person) -> list[str]:
    names = ["person", "show", "correct", "employment_new", "account_open", "account_renew", "account_disable", "account_enable"]
    return [reverse(f"people:{name}", args=[person.pk]) for name in [*names, "account_unlock", "factor_reset"]]


def test_the_stranger_finds_nobody_at_any_address(client: Client, cast: Cast, known: Person) -> None:
    sign_in_as(client, cast.actor("head_of_body", cast.other_body, name="stranger"))
    session = client.session
    session["confirmed_at"] = int(clock.machine().timestamp())
    session.save()
    found = {
        address: [client.get(address).status_code, client.post(address, {"purpose": "curious"}).status_code] for address in addresses(known)
    }
    assert {code for codes in found.values() for code in codes} <= {403, 404, 405}
    assert found[f"/people/{known.pk}/"] == [404, 404]


def test_nobody_signed_in_is_led_to_the_entrance(client: Client, known: Person) -> None:
    for address in [*addresses(known), "/people/", "/people/new/", "/people/organisations/", "/people/kin/", "/people/account/"]:
        assert client.get(address).url.startswith("/people/sign-in/"), address


def test_staff_without_the_second_factor_opens_nothing(client: Client, cast: Cast, known: Person) -> None:
    sign_in_as(client, cast.actor("system_administrator", verified=False))
    for address in ["/people/", f"/people/{known.pk}/", "/people/new/", "/people/organisations/"]:
        assert client.get(address).status_code == 403, address


@pytest.mark.parametrize(
    ("capacity", "status"), [("invigilator", 403), ("setter", 403), ("audit_administrator", 403), ("employer_clerk", 200)]
)
def test_who_opens_the_list(client: Client, cast: Cast, capacity: str, status: int) -> None:
    sign_in_as(client, cast.actor(capacity))
    assert client.get("/people/").status_code == status


def test_the_page_of_a_person_is_masked_and_not_kept(client: Client, clerk: Actor, known: Person) -> None:
    sign_in_as(client, clerk)
    page = client.get(f"/people/{known.pk}/")
    assert NUMBER not in page.content.decode()
    assert "13812345678" not in page.content.decode()
    assert f"{NUMBER[:4]}**********{NUMBER[-4:]}" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_showing_in_full_asks_for_a_purpose(client: Client, clerk: Actor, known: Person) -> None:
    sign_in_as(client, clerk)
    without = client.post(f"/people/{known.pk}/full/", {"purpose": "x"})
    assert (without.status_code, NUMBER in without.content.decode()) == (409, False)
    shown = client.post(f"/people/{known.pk}/full/", {"purpose": "compare with the card"})
    assert NUMBER in shown.content.decode()
    assert NUMBER not in client.get(f"/people/{known.pk}/").content.decode()


def test_the_export_is_masked_too(client: Client, clerk: Actor, known: Person) -> None:
    sign_in_as(client, clerk)
    book = openpyxl.load_workbook(BytesIO(client.get("/people/?export=xlsx").content))
    cells = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row]
    assert "沈砚秋" in cells
    assert NUMBER not in cells
    assert f"{NUMBER[:4]}**********{NUMBER[-4:]}" in cells


@pytest.mark.parametrize("asked", ["沈砚秋", "shenyanqiu", "syq", "SHEN", "shen yan", "砚秋"])
def test_finding_by_name_pinyin_and_initials(client: Client, clerk: Actor, known: Person, asked: str) -> None:
    sign_in_as(client, clerk)
    found = client.get("/people/", {"q": asked}).context["listing"]
    assert [row["row"] for row in found.rows()] == [known]


def test_what_does_not_fit_is_not_found(client: Client, clerk: Actor, known: Person) -> None:
    sign_in_as(client, clerk)
    assert client.get("/people/", {"q": "helanjing"}).context["listing"].total == 0
    assert client.get("/people/", {"q": NUMBER}).context["listing"].total == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    client: Client, cast: Cast, clerk: Actor, count: int, django_assert_num_queries: Any
) -> None:
    for n in range(count):
        person = actions.register_person(by=clerk, name="沈砚秋", id_number=id_number(20 + n))
        cast.account(person, f"shen{n}")
    sign_in_as(client, clerk)
    client.get("/people/")
    with django_assert_num_queries(8):
        assert client.get("/people/").context["listing"].total == count + 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_organisations_costs_the_same_for_one_and_three(
    client: Client, cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    sign_in_as(client, cast.actor("system_administrator"))
    for n in range(count):
        Organisation.objects.create(kind="exam_body", name=f"某中心{n}", credit_code=f"X{n}", supervised_by=cast.authority)
    client.get("/people/organisations/")
    with django_assert_num_queries(8):
        assert client.get("/people/organisations/").context["listing"].total == count + 2


def test_registering_keeps_what_was_typed_and_names_the_field(client: Client, clerk: Actor) -> None:
    sign_in_as(client, clerk)
    given = {"name": "沈砚秋", "document_type": "resident_id", "id_number": "11010119900230002X", "phone": "12"}
    page = client.post("/people/new/", given)
    assert set(page.context["form"].errors) == {"id_number", "phone"}
    assert page.context["form"]["name"].value() == "沈砚秋"
    assert not Person.objects.filter(name="沈砚秋").exists()


def test_registering_with_a_post(client: Client, clerk: Actor) -> None:
    sign_in_as(client, clerk)
    given = {"name": "沈砚秋", "document_type": "resident_id", "id_number": NUMBER, "since": "2020-03-01", "post": "工程师"}
    page = client.post("/people/new/", given)
    person = Person.objects.get(name="沈砚秋")
    assert page.url == f"/people/{person.pk}/"
    assert Employment.objects.get(person=person).since == date(2020, 3, 1)


def test_an_account_is_opened_and_its_first_password_shown_once(client: Client, clerk: Actor, known: Person) -> None:
    sign_in_as(client, clerk)
    page = client.post(f"/people/{known.pk}/account/", {"username": "shen"})
    secret = page.context["secret"]
    assert Account.objects.get(username="shen").check_password(secret)
    assert "no-store" in page["Cache-Control"]
    assert secret not in client.get(f"/people/{known.pk}/").content.decode()
    assert client.post(f"/people/{known.pk}/account/", {"username": "shen2"}).status_code == 409


def test_posts_are_ended_by_the_own_organisation_only(client: Client, cast: Cast, clerk: Actor, known: Person) -> None:
    post = Employment.objects.create(person=known, organisation=cast.employer, since=date(2020, 1, 1))
    sign_in_as(client, clerk)
    assert client.post(f"/people/posts/{post.pk}/end/", {"until": "2026-01-01"}).status_code == 403
    employer = Client()
    sign_in_as(employer, cast.actor("employer_clerk"))
    assert employer.post(f"/people/posts/{post.pk}/end/", {"until": "2026-01-01"}).status_code == 302


def test_kin_is_seen_and_withdrawn_by_oneself_only(client: Client, cast: Cast, clerk: Actor, known: Person) -> None:
    edge = actions.declare_kin(
        by=cast.candidate(known),
        person=known,
        relation="father",
        relative_name="沈老先生",
        relative_id_number=id_number(9, date(1955, 5, 5)),
    )
    sign_in_as(client, clerk)
    assert "沈老先生" not in client.get("/people/kin/").content.decode()
    assert "沈老先生" not in client.get(f"/people/{known.pk}/").content.decode()
    assert client.post(f"/people/kin/{edge.pk}/withdraw/", {"purpose": "not mine"}).status_code == 404
    own = Client()
    sign_in_as(own, cast.candidate(known))
    assert "沈老先生" in own.get("/people/kin/").content.decode()
    assert own.post(f"/people/kin/{edge.pk}/withdraw/", {"purpose": "declared in error"}).url == "/people/kin/"
    assert KinEdge.objects.get().withdrawn_on is not None


def test_language_and_look_follow_the_account(client: Client, cast: Cast, clerk: Actor) -> None:
    sign_in_as(client, clerk)
    answer = client.post("/people/account/", {"language": "zh-hans", "theme": "dark"})
    assert (answer.cookies["django_language"].value, answer.cookies["theme"].value) == ("zh-hans", "dark")
    kept = Account.objects.get(pk=clerk.account_id)
    assert (kept.language, kept.theme) == ("zh-hans", "dark")
    assert client.post("/people/account/", {"language": "xx", "theme": "neon"}).status_code == 200


def test_the_history_of_a_person_shows_what_the_own_organisation_did(client: Client, cast: Cast, clerk: Actor, known: Person) -> None:
    """Several organisations know one person; none learns from the page what another did with it."""
    employer = cast.actor("employer_clerk")
    actions.register_person(by=employer, name="沈砚秋", id_number=NUMBER)
    actions.show_in_full(by=employer, person=known, purpose="own staff list")
    sign_in_as(client, clerk)
    assert [line.action for line in client.get(f"/people/{known.pk}/").context["history"]] == ["people.register_person"]
    other = Client()
    sign_in_as(other, employer)
    shown = [line.action for line in other.get(f"/people/{known.pk}/").context["history"]]
    assert shown == ["people.show_in_full", "people.register_person"]


def test_a_passport_says_neither_sex_nor_birth(client: Client, clerk: Actor) -> None:
    sign_in_as(client, clerk)
    given = {"name": "Anna O’Neil", "document_type": "passport", "id_number": "e12345678", "sex": "female", "birth_date": "1990-02-28"}
    assert client.post("/people/new/", given).status_code == 302
    person = Person.objects.get(name="Anna O’Neil")
    assert (person.sex, person.birth_date, person.id_number) == ("female", date(1990, 2, 28), "E12345678")
