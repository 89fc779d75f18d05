"""Sockets of the staff: nobody enters, stays or hears anything whom a page would refuse at the same moment."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.sessions import SessionMiddlewareStack
from channels.testing import WebsocketCommunicator
from django.test import Client

from exams.access import Actor
from exams.appointments import actions
from exams.appointments.consumer import CLOSED, UNREADABLE, GuardedConsumer
from exams.appointments.models import Appointment
from exams.people import credentials
from exams.people.models import Account, Authenticator
from tests.cast import Cast, sign_in_as

pytestmark = pytest.mark.django_db(transaction=True)


class Echo(GuardedConsumer):
    """Needs what a chief and a head may, echoes, and tells its group."""

    needs = "appointments.list"
    heard: ClassVar[list[Any]] = []

    async def opened(self) -> None:
        await self.channel_layer.group_add("wall", self.channel_name)
        await self.send_json({"hello": self.actor.capacity})

    async def received(self, content: Any) -> None:
        self.heard.append(content)
        await self.send_json({"echo": content})

    async def wall_news(self, event: dict[str, Any]) -> None:
        await self.send_json({"news": event["text"]})


async def socket_of(actor: Actor) -> tuple[WebsocketCommunicator, Client]:
    Echo.heard.clear()
    client = Client()
    await sync_to_async(sign_in_as)(client, actor)
    headers = [(b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode())]
    return WebsocketCommunicator(SessionMiddlewareStack(Echo.as_asgi()), "/ws/echo/", headers=headers), client


async def opened(actor: Actor) -> tuple[WebsocketCommunicator, Client]:
    socket, client = await socket_of(actor)
    assert (await socket.connect())[0]
    assert await socket.receive_json_from() == {"hello": actor.capacity}
    return socket, client


async def closed(socket: WebsocketCommunicator) -> bool:
    said = await socket.receive_output(timeout=1)
    return said["type"] == "websocket.close" and said["code"] == CLOSED


async def turned_away(socket: WebsocketCommunicator) -> bool:
    await socket.connect()
    return await closed(socket)


@pytest.fixture
def chief(cast: Cast) -> Actor:
    return cast.actor("chief")


async def test_somebody_who_may_is_let_in_and_heard(chief: Actor) -> None:
    socket, _client = await opened(chief)
    await socket.send_json_to({"n": 1})
    assert await socket.receive_json_from() == {"echo": {"n": 1}}
    await socket.disconnect()


@pytest.mark.parametrize("capacity", ["invigilator", "employer_clerk", "system_administrator", "setter"])
async def test_other_capacities_are_turned_away(cast: Cast, capacity: str) -> None:
    socket, _client = await socket_of(await sync_to_async(cast.actor)(capacity))
    assert await turned_away(socket)


async def test_without_a_session_nobody_enters() -> None:
    assert await turned_away(WebsocketCommunicator(SessionMiddlewareStack(Echo.as_asgi()), "/ws/echo/"))


async def test_a_candidate_is_turned_away(cast: Cast) -> None:
    person = await sync_to_async(cast.person)("某考生", 3)
    socket, _client = await socket_of(await sync_to_async(cast.candidate)(person))
    assert await turned_away(socket)


async def test_staff_without_the_second_factor_is_refused_by_page_and_socket_alike(cast: Cast) -> None:
    half = await sync_to_async(cast.actor)("chief", verified=False)
    socket, client = await socket_of(half)
    assert await turned_away(socket)
    assert (await sync_to_async(client.get)("/appointments/")).status_code == 403


async def test_revoked_hears_nothing_more_and_is_not_heard(cast: Cast, chief: Actor) -> None:
    """By the database alone: nobody tells the socket, it looks for itself before each frame."""
    socket, _client = await opened(chief)
    await Appointment.objects.filter(pk=chief.appointment_id).aupdate(state="revoked")
    await get_channel_layer().group_send("wall", {"type": "wall.news", "text": "secret"})
    assert await closed(socket)
    assert socket.output_queue.empty()


async def test_a_frame_of_somebody_revoked_does_nothing(cast: Cast, chief: Actor) -> None:
    socket, _client = await opened(chief)
    await Appointment.objects.filter(pk=chief.appointment_id).aupdate(state="revoked")
    await socket.send_json_to({"open": "everything"})
    assert await closed(socket)
    assert Echo.heard == []


async def test_revoking_closes_the_open_socket_at_once(cast: Cast, chief: Actor) -> None:
    socket, _client = await opened(chief)
    head = await sync_to_async(cast.actor)("head_of_body")
    appointment = await Appointment.objects.select_related("person", "organisation").aget(pk=chief.appointment_id)
    await sync_to_async(actions.revoke)(by=head, appointment=appointment, reason="ill")
    assert await closed(socket)


async def test_disabling_the_account_closes_the_open_socket_at_once(cast: Cast, chief: Actor) -> None:
    socket, _client = await opened(chief)
    administrator = await sync_to_async(cast.actor)("system_administrator")
    account = await Account.objects.select_related("person").aget(pk=chief.account_id)
    await sync_to_async(credentials.disable_account)(by=administrator, account=account, reason="lost telephone")
    assert await closed(socket)


async def test_signing_out_closes_the_open_socket_at_once(cast: Cast, chief: Actor) -> None:
    socket, client = await opened(chief)
    assert (await sync_to_async(client.post)("/people/sign-out/")).status_code == 302
    assert await closed(socket)


async def test_signing_out_of_one_browser_leaves_the_other_alone(cast: Cast, chief: Actor) -> None:
    first, _client = await opened(chief)
    second, other = await opened(chief)
    await sync_to_async(other.post)("/people/sign-out/")
    assert await closed(second)
    await first.send_json_to({"n": 1})
    assert await first.receive_json_from() == {"echo": {"n": 1}}
    await first.disconnect()


async def test_a_second_factor_taken_away_closes_with_the_next_frame(cast: Cast, chief: Actor) -> None:
    socket, _client = await opened(chief)
    await Authenticator.objects.filter(user=chief.account_id).adelete()
    await socket.send_json_to({"n": 1})
    assert await closed(socket)
    assert Echo.heard == []


async def test_changing_to_another_capacity_closes_with_the_next_frame(cast: Cast, chief: Actor) -> None:
    socket, client = await opened(chief)
    await sync_to_async(client.post)("/appointments/choose/", {"appointment": "own"})
    # The choice gave the session a new key, so the socket's own key is worth nothing any more.
    await socket.send_json_to({"n": 1})
    assert await closed(socket)


@pytest.mark.parametrize("frame", [" ", "{", "[1", "\x00", "null", '"text"', "9" * 5000, "[" * 60000])
async def test_rubbish_frames_do_not_break_the_guard(chief: Actor, frame: str) -> None:
    socket, _client = await opened(chief)
    await socket.send_to(text_data=frame)
    said = await socket.receive_output(timeout=1)
    assert (said["type"], said.get("code")) in [("websocket.send", None), ("websocket.close", UNREADABLE)]
