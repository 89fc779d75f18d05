"""The wall's socket: those on duty hear that something changed, a stranger hears nothing, and whoever is dismissed hears no more."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from channels.auth import AuthMiddlewareStack
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from exams.access import Actor
from exams.appointments.models import Appointment
from exams.people.models import Account, Authenticator
from proctoring.coverage.announcing import group_of
from proctoring.routing import websocket_urlpatterns
from tests.cast import Cast
from tests.proctoring.room import Watched

pytestmark = pytest.mark.django_db(transaction=True)


def cookie_of(actor: Actor) -> str:
    account = Account.objects.get(pk=actor.account_id)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(account.pk), "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session["otp_device_id"] = Authenticator.objects.get(user=account).persistent_id
    session["appointment_id"] = str(actor.appointment_id)
    session.save()
    return session.session_key


async def dial(watched: Watched, actor: Actor | None) -> WebsocketCommunicator:
    headers = [(b"cookie", f"sessionid={await sync_to_async(cookie_of)(actor)}".encode())] if actor else []
    application = AuthMiddlewareStack(URLRouter(websocket_urlpatterns))
    line = WebsocketCommunicator(application, f"/ws/wall/{watched.room.venue_id}/", headers=headers)
    connected, _ = await line.connect(timeout=15)
    assert connected
    return line


async def tell(watched: Watched) -> None:
    await get_channel_layer().group_send(group_of(watched.room.venue_id), {"type": "wall.changed"})


async def test_the_technician_hears_that_something_changed(watched: Watched):
    line = await dial(watched, watched.technician)
    await tell(watched)
    assert await line.receive_json_from(timeout=15) == {"type": "changed"}
    await line.disconnect()


@pytest.mark.parametrize("who", ["stranger", "nobody", "another capacity"])
async def test_everybody_else_is_closed_at_once(watched: Watched, cast: Cast, who: str):
    actor = {
        "stranger": lambda: cast.actor("technician", cast.other_body),
        "nobody": lambda: None,
        "another capacity": lambda: cast.actor("setter"),
    }[who]
    line = await dial(watched, await sync_to_async(actor)())
    assert (await line.receive_output(timeout=15))["code"] == 4403


async def test_whoever_is_dismissed_hears_no_more(watched: Watched):
    line = await dial(watched, watched.technician)
    await sync_to_async(Appointment.objects.filter(pk=watched.technician.appointment_id).update)(state="revoked")
    await tell(watched)
    assert (await line.receive_output(timeout=15))["code"] == 4403
