"""The editor's socket: saves, survives rubbish, and closes the moment the wall goes up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.test import Client

from exams.access import Actor
from exams.interests.models import TrainingEngagement
from question_bank.questions.actions import submit_question
from question_bank.questions.models import Question, SecrecyLetter, Version
from question_bank.questions.queries import latest_version
from question_bank.routing import websocket_urlpatterns
from tests.cast import sign_in_as

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = {"type": "save", "revision": 0, "texts": {"stem": "新题干", "key": "c"}, "choices": ["甲", "乙", "丙"]}


def talk(bank, actor: Actor, question: Question, story: Callable[[WebsocketCommunicator], Any]) -> Any:
    """Connect as the actor and play a story."""
    client = Client()
    sign_in_as(client, actor)

    async def run() -> Any:
        talker = WebsocketCommunicator(URLRouter(websocket_urlpatterns), f"/ws/bank/questions/{question.pk}/")
        talker.scope["session"] = client.session
        await talker.connect()
        try:
            return await story(talker)
        finally:
            await talker.disconnect()

    return asyncio.run(run())


def now_in_thread(work: Callable[[], Any]) -> Any:
    return database_sync_to_async(work)()


def test_words_are_saved_with_a_new_revision(bank):
    question = bank.question()

    async def story(talker: WebsocketCommunicator) -> list[Any]:
        await talker.send_json_to(GOOD)
        first = await talker.receive_json_from()
        await talker.send_json_to(GOOD | {"revision": first["revision"], "texts": {"stem": "再改"}})
        return [first, await talker.receive_json_from()]

    assert talk(bank, bank.setter, question, story) == [{"type": "saved", "revision": 1}, {"type": "saved", "revision": 2}]
    version = latest_version(question)
    assert (version.stem, version.key, version.choices) == ("再改", "C", ["甲", "乙", "丙"])


def test_a_second_window_is_told_that_it_is_stale(bank):
    question = bank.question()

    async def story(talker: WebsocketCommunicator) -> list[Any]:
        answers = []
        for _window in range(2):
            await talker.send_json_to(GOOD)
            answers.append(await talker.receive_json_from())
        return answers

    assert [answer["type"] for answer in talk(bank, bank.setter, question, story)] == ["saved", "stale"]


RUBBISH: list[str] = [
    " ", "{", "null", "[]", "7", '"save"', "[" * 100_000, json.dumps({"type": "open"}), json.dumps(GOOD | {"revision": "0"}),
    json.dumps(GOOD | {"revision": True}), json.dumps(GOOD | {"revision": -1}), json.dumps(GOOD | {"revision": 2**40}),
    json.dumps(GOOD | {"texts": []}), json.dumps(GOOD | {"texts": {"stem": 1}}), json.dumps(GOOD | {"texts": {"setter_id": "x"}}),
    json.dumps(GOOD | {"choices": "ABC"}), json.dumps(GOOD | {"choices": ["a"] * 21}), json.dumps(GOOD | {"choices": [None]}),
    json.dumps(GOOD | {"texts": {"stem": "x" * 20_001}}), json.dumps(GOOD | {"texts": {"stem": "a\x00b"}}), "x" * 300_000,
]  # fmt: skip


def test_rubbish_changes_nothing_and_the_socket_goes_on(bank):
    question = bank.question()
    before = latest_version(question).stem

    async def story(talker: WebsocketCommunicator) -> list[str]:
        said = []
        for frame in RUBBISH:
            await talker.send_to(text_data=frame)
            said.append((await talker.receive_json_from())["type"])
        await talker.send_to(bytes_data=b"\xff\x00\xfe")
        said.append((await talker.receive_json_from())["type"])
        return said

    assert talk(bank, bank.setter, question, story) == ["refused"] * (len(RUBBISH) + 1)
    version = latest_version(question)
    assert (version.stem, version.revision) == (before, 0)


def close_code(output: dict[str, Any]) -> int:
    assert output["type"] == "websocket.close", output
    return output["code"]


@pytest.mark.parametrize("what", ["training", "letter", "appointment", "withdrawn_capacity"])
def test_the_wall_appears_while_the_socket_is_open(bank, what):
    question, person = bank.question(), bank.person(bank.setter)

    def rise() -> None:
        if what == "training":
            TrainingEngagement.objects.create(
                person=person, organisation=bank.cast.training_body, family="UT", since="2026-01-01", recorded_at=datetime.now(UTC)
            )
        elif what == "letter":
            SecrecyLetter.objects.filter(person=person).update(until="2020-01-01")
        elif what == "appointment":
            person.appointments.update(state="revoked")
        else:
            person.appointments.update(capacity="marker")

    async def story(talker: WebsocketCommunicator) -> int:
        await talker.send_json_to(GOOD)
        assert (await talker.receive_json_from())["type"] == "saved"
        await now_in_thread(rise)
        await talker.send_json_to(GOOD | {"revision": 1, "texts": {"stem": "墙后"}})
        return close_code(await talker.receive_output())

    assert talk(bank, bank.setter, question, story) == 4403
    assert latest_version(question).stem == "新题干"


@pytest.mark.parametrize("who", ["reviewer", "approver", "assembler", "paper_approver"])
def test_others_of_the_bank_do_not_write_in_a_question(bank, who):
    async def story(talker: WebsocketCommunicator) -> int:
        return close_code(await talker.receive_output())

    assert talk(bank, getattr(bank, who), bank.question(), story) == 4403


@pytest.mark.parametrize("capacity", ["training_manager", "system_administrator", "audit_administrator", "authority_officer", "exam_clerk"])
def test_outsiders_are_closed_out(bank, capacity):
    async def story(talker: WebsocketCommunicator) -> int:
        return close_code(await talker.receive_output())

    assert talk(bank, bank.cast.actor(capacity), bank.question(), story) == 4403


def test_another_setter_and_an_unknown_question_are_closed_out(bank):
    async def story(talker: WebsocketCommunicator) -> int:
        return close_code(await talker.receive_output())

    other = bank.actor("setter", name="另一命题")
    assert talk(bank, other, bank.question(), story) == 4403
    assert talk(bank, bank.setter, Question(), story) == 4403


def test_a_submitted_question_is_not_changed_by_the_window_left_open(bank):
    question = bank.question()

    async def story(talker: WebsocketCommunicator) -> str:
        await now_in_thread(lambda: submit_question(by=bank.setter, question=Question.objects.get(pk=question.pk)))
        await talker.send_json_to(GOOD)
        return (await talker.receive_json_from())["type"]

    assert talk(bank, bank.setter, question, story) == "stale"
    assert Version.objects.get(question=question).revision == 0
