"""The one consumer from which all sockets of the staff derive: who it is, is asked at every step, never remembered."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from exams import access
from exams.access import ANONYMOUS, Actor
from exams.appointments.queries import actor_of_scope
from exams.people.sockets import group_of

CLOSED = 4403
UNREADABLE = 4400
LONGEST = 65_536  # characters; what people send is short


class GuardedConsumer(AsyncWebsocketConsumer):
    """A socket for people in a capacity.

    The actor is read from the database on connecting, with every frame received and before every frame sent; whoever may no longer
    stay is closed with 4403, and nothing of that frame is done or sent. Derived classes name what they need, and override
    `opened`, `received` and, where the permission looks at an object, `about`. They send with `send_json` as usual.
    """

    needs: ClassVar[str] = ""
    actor: Actor = ANONYMOUS
    _group: str = ""
    _over: bool = False

    async def about(self) -> Any:
        """The object that the permission looks at, if it does; read anew each time."""
        return None

    async def opened(self) -> None:
        """The socket is accepted: join groups, send what is current."""

    async def received(self, content: Any) -> None:
        """A frame came from somebody who may send it."""

    async def left(self) -> None:
        """The socket is gone: leave groups."""

    # -- the guard -----------------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        if not await self._admitted():
            # Accepted first: a browser learns the code of a close only from an open socket.
            await self.accept()
            await self.close(code=CLOSED)
            return
        self._group = group_of(self.actor.account_id)  # type: ignore[arg-type]
        await self.channel_layer.group_add(self._group, self.channel_name)
        await self.accept()
        await self.opened()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        if not await self._still_admitted():
            return
        try:
            content = await self.decode_json(text_data or "")
        except (ValueError, RecursionError):
            await self.close(code=UNREADABLE)
            return
        await self.received(content)

    @classmethod
    async def decode_json(cls, text_data: str) -> Any:
        """A frame as JSON; ValueError for what is none, or too long for something that a person sends."""
        if len(text_data) > LONGEST:
            raise ValueError("frame too long")
        return json.loads(text_data)

    async def send(self, text_data: str | None = None, bytes_data: bytes | None = None, close: bool = False) -> None:
        if await self._still_admitted():
            await super().send(text_data=text_data, bytes_data=bytes_data, close=close)

    async def send_json(self, content: Any, close: bool = False) -> None:
        """The only way of sending that derived classes use; it too passes the guard."""
        await self.send(text_data=json.dumps(content, ensure_ascii=False), close=close)

    async def disconnect(self, code: int) -> None:
        if self._group:
            await self.channel_layer.group_discard(self._group, self.channel_name)
            await self.left()

    async def access_changed(self, event: dict[str, Any]) -> None:
        """An appointment, an account or a session has changed: look at once, not only with the next frame."""
        await self._still_admitted()

    async def _still_admitted(self) -> bool:
        if not self._over and not await self._admitted():
            await self.close(code=CLOSED)
        return not self._over

    async def close(self, code: int | bool | None = None, reason: str | None = None) -> None:
        self._over = True
        await super().close(code=code, reason=reason)

    async def _admitted(self) -> bool:
        self.actor = await database_sync_to_async(actor_of_scope)(self.scope)
        return bool(await database_sync_to_async(access.may)(self.actor, self.needs, await self.about()))
