"""Who is acting: read from the database at every request and every frame, the same for pages and sockets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from exams.access import ANONYMOUS, Actor
from exams.appointments import actions
from exams.appointments.models import Appointment
from exams.appointments.queries import actor_of_scope
from exams.people.models import Account, Authenticator
from tests.cast import Cast, sign_in, sign_in_as

ASKED = "/people/kin/"


def over_http(client: Client) -> Actor:
    """The actor that a page sees; the page itself may answer what it likes."""
    return client.get("/people/account/recovery-codes/").wsgi_request.actor


def over_socket(client: Client) -> Actor:
    return actor_of_scope({"session": SimpleNamespace(session_key=client.session.session_key)})


def both(client: Client) -> Actor:
    page, socket = over_http(client), over_socket(client)
    assert page == socket
    return page


def test_nobody(client: Client, db: None) -> None:
    assert over_http(client) == ANONYMOUS
    assert actor_of_scope({"session": SimpleNamespace(session_key=None)}) == ANONYMOUS
    assert actor_of_scope({"session": SimpleNamespace(session_key="0" * 32)}) == ANONYMOUS
    assert actor_of_scope({}) == ANONYMOUS


def test_with_an_appointment(client: Client, cast: Cast) -> None:
    clerk = cast.actor("exam_clerk")
    sign_in_as(client, clerk)
    assert both(client) == clerk


def test_without_a_chosen_appointment_one_acts_for_oneself(client: Client, cast: Cast) -> None:
    clerk = cast.actor("exam_clerk")
    sign_in(client, Account.objects.get(pk=clerk.account_id))
    seen = both(client)
    assert (seen.capacity, seen.person_id, seen.organisation_id, seen.verified) == ("candidate", clerk.person_id, None, True)


def test_an_appointment_of_somebody_else_in_the_session_gives_nothing(client: Client, cast: Cast) -> None:
    sign_in_as(client, cast.actor("exam_clerk"))
    session = client.session
    session["appointment_id"] = str(cast.actor("chief").appointment_id)
    session.save()
    assert both(client).capacity == ""


def test_revoked_is_over_with_the_next_look(client: Client, cast: Cast) -> None:
    clerk, head = cast.actor("exam_clerk"), cast.actor("head_of_body")
    sign_in_as(client, clerk)
    assert both(client).capacity == "exam_clerk"
    actions.revoke(by=head, appointment=Appointment.objects.get(pk=clerk.appointment_id), reason="left the body")
    seen = both(client)
    assert (seen.capacity, seen.appointment_id, seen.account_id) == ("", None, clerk.account_id)


def test_the_last_day_counts_and_the_next_does_not(client: Client, cast: Cast) -> None:
    clerk = cast.actor("exam_clerk")
    Appointment.objects.filter(pk=clerk.appointment_id).update(until=date(2026, 11, 22))
    with time_machine.travel(datetime(2026, 11, 22, 15, 59, tzinfo=UTC), tick=False):  # 23:59 in Shanghai
        sign_in_as(client, clerk)
        assert both(client).capacity == "exam_clerk"
    with time_machine.travel(datetime(2026, 11, 22, 16, 1, tzinfo=UTC), tick=False):  # 00:01 of the next day
        assert both(client).capacity == ""


def test_an_appointment_that_has_not_begun_gives_nothing(client: Client, cast: Cast) -> None:
    clerk = cast.actor("exam_clerk")
    Appointment.objects.filter(pk=clerk.appointment_id).update(since=date(2099, 1, 1))
    sign_in_as(client, clerk)
    assert both(client).capacity == ""


def test_without_the_second_factor_it_is_said_so(client: Client, cast: Cast) -> None:
    clerk = cast.actor("exam_clerk", verified=False)
    sign_in_as(client, clerk)
    assert both(client) == clerk


@pytest.mark.parametrize("planted", ["", "nonsense", "exams.authenticator/0", "a/b/c", "exams.authenticator/x"])
def test_a_device_made_up_in_the_session_verifies_nobody(client: Client, cast: Cast, planted: str) -> None:
    clerk = cast.actor("exam_clerk", verified=False)
    sign_in_as(client, clerk)
    session = client.session
    session["otp_device_id"] = planted
    session.save()
    assert both(client).verified is False


def test_the_device_of_somebody_else_verifies_nobody(client: Client, cast: Cast) -> None:
    clerk, chief = cast.actor("exam_clerk", verified=False), cast.actor("chief")
    sign_in_as(client, clerk)
    session = client.session
    session["otp_device_id"] = Authenticator.objects.get(user=chief.account_id).persistent_id
    session.save()
    assert over_socket(client).verified is False
    assert over_http(client).verified is False


def test_a_device_taken_away_verifies_nobody(client: Client, cast: Cast) -> None:
    clerk = cast.actor("exam_clerk")
    sign_in_as(client, clerk)
    Authenticator.objects.filter(user=clerk.account_id).update(confirmed=False)
    assert both(client).verified is False


def test_a_disabled_account_is_nobody(client: Client, cast: Cast) -> None:
    clerk = cast.actor("exam_clerk")
    sign_in_as(client, clerk)
    Account.objects.filter(pk=clerk.account_id).update(is_active=False)
    assert both(client) == ANONYMOUS


def test_a_temporary_account_ends(client: Client, cast: Cast) -> None:
    clerk = cast.actor("exam_clerk")
    sign_in_as(client, clerk)
    Account.objects.filter(pk=clerk.account_id).update(expires_on=date(2026, 1, 1))
    assert both(client) == ANONYMOUS


def test_a_changed_password_ends_the_session(client: Client, cast: Cast) -> None:
    clerk = cast.actor("exam_clerk")
    sign_in_as(client, clerk)
    account = Account.objects.get(pk=clerk.account_id)
    account.set_password("another long Password 1")
    account.save()
    assert over_socket(client) == ANONYMOUS
    assert over_http(client) == ANONYMOUS


def test_a_session_that_ran_out_is_nobody(client: Client, cast: Cast) -> None:
    sign_in_as(client, cast.actor("exam_clerk"))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=15)):
        assert over_socket(client) == ANONYMOUS


def test_an_idle_session_opens_no_socket(client: Client, cast: Cast) -> None:
    sign_in_as(client, cast.actor("exam_clerk"))
    over_http(client)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=settings.IDLE_MINUTES + 1)):
        assert over_socket(client) == ANONYMOUS


def test_a_page_costs_one_query_for_the_actor_beside_session_account_and_device(
    client: Client, cast: Cast, django_assert_num_queries: Any
) -> None:
    sign_in_as(client, cast.actor("exam_clerk"))
    over_http(client)
    with django_assert_num_queries(4):
        assert client.get("/people/account/recovery-codes/").status_code == 405
