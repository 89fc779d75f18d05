"""Notices: written with the act, read by one person only, sent once by whatever way there is."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client, override_settings
from django.utils import translation

from exams.messages import outbox
from exams.messages.actions import Notice, send, send_many
from exams.messages.kinds import KINDS, text_of, title_of
from exams.messages.models import Message
from tests.cast import Cast, sign_in_as

sent: list[tuple[str, str, str]] = []


def good_gateway(person: str, title: str, text: str) -> None:
    sent.append((person, title, text))


def broken_gateway(person: str, title: str, text: str) -> None:
    raise ConnectionError("no line")


@pytest.fixture(autouse=True)
def nothing_sent() -> None:
    sent.clear()


def one(**more: Any) -> Message:
    given = {"person_id": uuid4(), "kind": "duty.assigned", "params": {"capacity": "chief", "venue": "一号考点"}} | more
    return send(**given)


def test_without_a_gateway_the_inbox_is_the_delivery(db: None) -> None:
    message = one()
    assert (outbox.deliver(), outbox.deliver()) == (1, 0)
    message.refresh_from_db()
    assert (message.state, message.tries) == ("sent", 1)


@override_settings(MESSAGE_GATEWAY=f"{__name__}.good_gateway")
def test_a_gateway_gets_each_notice_once_and_in_chinese(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "import_string", lambda path: good_gateway)
    first, second = one(), one()
    outbox.deliver()
    outbox.deliver()
    assert [row[0] for row in sent] == [str(first.person_id), str(second.person_id)]


@override_settings(MESSAGE_GATEWAY="somewhere")
def test_a_broken_gateway_is_tried_again_later_and_given_up_at_last(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "import_string", lambda path: broken_gateway)
    message = one()
    states = []
    for hours in range(8):
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=2 * hours), tick=False):
            outbox.deliver()
            outbox.deliver()  # at once again: not yet due
        message.refresh_from_db()
        states.append((message.state, message.tries))
    assert states == [*[("waiting", n) for n in range(1, 6)], *[("failed", 6)] * 3]
    assert message.error == "no line"


def test_another_process_that_took_a_notice_has_it(db: None) -> None:
    message = one()
    Message.objects.filter(pk=message.pk).update(tries=1)
    assert outbox._deliver_one(message, good_gateway) is False
    assert sent == []


def test_days_hours_and_capacities_are_written_out() -> None:
    params = {"capacity": "chief", "starts_at": "2026-11-28T01:00:00+00:00", "venue": "一号考点", "room": "R03"}
    with translation.override("en"):
        assert text_of("duty.released", params) == "Chief: Sat 28 Nov 2026, 09:00, 一号考点, room R03."


def test_an_old_notice_stays_readable_when_its_kind_grows_or_goes() -> None:
    with translation.override("en"):
        assert text_of("duty.released", {}) == "—: —, —, room —."
        assert (title_of("no.longer"), text_of("no.longer", {"a": "one", "b": ["two", "three"]})) == ("no.longer", "one, two, three")


def test_percent_signs_in_data_do_no_harm() -> None:
    with translation.override("en"):
        assert "100% %(x)s" in text_of("place.cancelled", {"subject": "UT", "reason": "100% %(x)s"})


def test_only_the_person_reads_the_inbox(client: Client, cast: Cast) -> None:
    person = cast.person("某考生", 3)
    one(person_id=person.pk, params={"venue": "秘密考点"})
    other = Client()
    sign_in_as(other, cast.stranger)
    assert "秘密考点" not in other.get("/messages/").content.decode()
    assert client.get("/messages/").url.startswith("/people/sign-in/")
    sign_in_as(client, cast.candidate(person))
    assert "秘密考点" in client.get("/messages/").content.decode()
    other.post("/messages/read/")
    assert Message.objects.filter(read_at=None).count() == 1
    client.post("/messages/read/")
    assert Message.objects.filter(read_at=None).count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_many_are_told_with_one_insert(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    people = [cast.person(f"考生{n}", n) for n in range(count)]
    with django_assert_num_queries(1):
        told = send_many(Notice(person_id=person.pk, kind="audit.served", params={"number": person.pk}) for person in people)
    assert [(row.person_id, row.state, row.params) for row in told] == [(one.pk, "waiting", {"number": str(one.pk)}) for one in people]
    assert {row.pk for row in Message.objects.all()} == {row.pk for row in told}


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_costs_the_same_for_one_and_three(client: Client, cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    person = cast.person("某考生", 3)
    for _n in range(count):
        one(person_id=person.pk)
    sign_in_as(client, cast.candidate(person))
    client.get("/messages/")
    with django_assert_num_queries(8):
        assert len(client.get("/messages/").context["rows"]) == count


def test_every_kind_that_is_sent_anywhere_has_its_words() -> None:
    """A notice without words would reach people as a code."""
    top = Path(__file__).parents[3]
    said = {
        keyword.value.value: f"{path.relative_to(top)}:{call.lineno}"
        for package in ("exams", "question_bank", "proctoring")
        for path in (top / package).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in ("send", "Notice")
        for keyword in call.keywords
        if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant)
    }
    assert "duty.assigned" in said
    assert {kind: place for kind, place in said.items() if kind not in KINDS} == {}
