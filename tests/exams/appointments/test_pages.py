"""Home, the choice of capacity, and the pages of appointments."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import totp

from exams.access import Actor
from exams.agenda import AGENDA, OpenItem
from exams.appointments.models import Appointment
from exams.people.models import Account, Person
from tests.cast import Cast, minutes_pass, sign_in, sign_in_as


def code() -> str:
    return f"{totp(bytes.fromhex('31' * 20)):06d}"


@pytest.fixture
def head(cast: Cast) -> Actor:
    return cast.actor("head_of_body")


def test_home_takes_the_only_capacity_there_is(client: Client, cast: Cast, head: Actor) -> None:
    sign_in(client, Account.objects.get(pk=head.account_id))
    page = client.get("/")
    assert page.status_code == 200
    assert page.wsgi_request.actor == head


def test_home_lets_choose_among_several(client: Client, cast: Cast, head: Actor) -> None:
    second = cast.appoint(Person.objects.get(pk=head.person_id), "chief", cast.body)
    sign_in(client, Account.objects.get(pk=head.account_id))
    assert client.get("/").url == "/appointments/choose/"
    assert client.post("/appointments/choose/", {"appointment": str(second.pk)}).url == "/"
    assert client.get("/").wsgi_request.actor.capacity == "chief"
    client.post("/appointments/choose/", {"appointment": "own"})
    assert client.get("/").wsgi_request.actor.capacity == "candidate"


def test_choosing_changes_the_session_key(client: Client, cast: Cast, head: Actor) -> None:
    sign_in_as(client, head)
    before = client.session.session_key
    client.post("/appointments/choose/", {"appointment": "own"})
    assert client.session.session_key != before


@pytest.mark.parametrize("wanted", ["", "nonsense", "00000000-0000-0000-0000-000000000000", "stranger"])
def test_nobody_chooses_what_is_not_his(client: Client, cast: Cast, wanted: str) -> None:
    clerk = cast.actor("exam_clerk")
    sign_in(client, Account.objects.get(pk=clerk.account_id))
    asked = str(cast.stranger.appointment_id) if wanted == "stranger" else wanted
    client.post("/appointments/choose/", {"appointment": asked})
    assert client.get("/people/account/").wsgi_request.actor.capacity == "candidate"


def test_a_revoked_capacity_leads_home_to_the_choice(client: Client, cast: Cast, head: Actor) -> None:
    sign_in_as(client, head)
    assert client.get("/").status_code == 200
    Appointment.objects.filter(pk=head.appointment_id).update(state="revoked")
    assert client.get("/").url == "/appointments/choose/"
    assert client.get("/appointments/").status_code == 403


def test_home_shows_the_worst_first_and_groups_by_event(client: Client, head: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AGENDA, "_entries", {})
    items = [
        OpenItem("todo", "sign", group="event 3"),
        OpenItem("wait", "witness", group="event 4"),
        OpenItem("refused", "replace", group="event 4"),
        OpenItem("todo", "calendar"),
    ]
    AGENDA.register("test.items", capacities=frozenset({"head_of_body"}))(lambda actor: items)
    sign_in_as(client, head)
    page = client.get("/")
    shown = [(group["heading"], [row.title for row in group["rows"]]) for group in page.context["groups"]]
    assert shown == [("event 4", ["replace", "witness"]), ("event 3", ["sign"]), ("", ["calendar"])]
    assert page.context["count"] == 4


def test_home_of_somebody_with_nothing_open_says_so(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AGENDA, "_entries", {})
    sign_in_as(client, cast.candidate(cast.person("某考生", 3)))
    page = client.get("/")
    assert (page.status_code, page.context["groups"]) == (200, [])


def test_appointing_asks_again_and_then_appoints(client: Client, cast: Cast, head: Actor) -> None:
    person = cast.person("贺兰静", 1)
    cast.appoint(person, "technician", cast.body)
    sign_in_as(client, head)
    given = {"person": str(person.pk), "capacity": "invigilator", "organisation": str(cast.body.pk), "since": "2026-01-01"}
    minutes_pass(client)
    asked = client.post("/appointments/new/", given)
    assert dict(asked.context["carried"]) == given
    done = client.post("/appointments/new/", {**given, "confirm_code": code()})
    made = Appointment.objects.get(person=person, capacity="invigilator")
    assert done.url == f"/appointments/{made.pk}/"
    assert client.get(done.url).status_code == 200
    again = client.post("/appointments/new/", given)
    assert again.status_code == 409
    assert set(again.context["form"].errors) == {"since"}


def test_the_form_offers_only_what_one_may_grant(client: Client, cast: Cast, head: Actor) -> None:
    sign_in_as(client, head)
    form = client.get("/appointments/new/").context["form"]
    offered = {value for value, _title in form.fields["capacity"].choices}
    assert "head_of_body" not in offered
    assert not offered & {"system_administrator", "security_administrator", "audit_administrator", "oversight_inspector"}
    assert not form.fields["person"].queryset.filter(pk=head.person_id).exists()


def test_revoking_by_page(client: Client, cast: Cast, head: Actor) -> None:
    given = cast.appoint(cast.person("贺兰静", 1), "chief", cast.body)
    sign_in_as(client, head)
    page = f"/appointments/{given.pk}/revoke/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"purpose": "ill", "confirm_code": code()}).url == f"/appointments/{given.pk}/"
    given.refresh_from_db()
    assert (given.state, given.reason) == ("revoked", "ill")


def test_the_stranger_finds_no_appointment(client: Client, cast: Cast) -> None:
    given = cast.appoint(cast.person("贺兰静", 1), "chief", cast.body)
    sign_in_as(client, cast.actor("head_of_body", cast.other_body))
    assert client.get(f"/appointments/{given.pk}/").status_code == 404
    assert client.post(f"/appointments/{given.pk}/revoke/", {"purpose": "why not", "confirm_code": code()}).status_code == 404
    assert client.get("/appointments/").context["listing"].total == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    client: Client, cast: Cast, head: Actor, count: int, django_assert_num_queries: Any
) -> None:
    for n in range(count):
        cast.appoint(cast.person(f"监考{n}", 10 + n), "invigilator", cast.body, until=date(2030, 1, 1))
    sign_in_as(client, head)
    client.get("/appointments/")
    with django_assert_num_queries(9):
        assert client.get("/appointments/").context["listing"].total == count + 1
