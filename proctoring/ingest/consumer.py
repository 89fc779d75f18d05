"""The socket of room collectors: the credential is asked with every frame, and nothing is acknowledged before it is stored."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from proctoring.cameras.models import Agent
from proctoring.coverage.announcing import group_of
from proctoring.ingest import incidents, storing
from proctoring.ingest.authors import confirmed_key, require_author
from proctoring.ingest.times import STEER_MS, Bearing
from proctoring.protocol import (
    CLOSE_OVER_CREDIT,
    CLOSE_REVOKED,
    CLOSE_UNAUTHENTICATED,
    CLOSE_UNCONFIRMED,
    FROM_AGENT,
    Ack,
    Batch,
    Beat,
    Error,
    Hello,
    ProtocolError,
    Resume,
    decode,
    encode,
)

UNCONFIRMED = "nobody has confirmed the key of this collector yet: compare its fingerprint on the page of the room collector"
HELLO_SECONDS = 10.0  # a connection that does not say who it is holds a place for nothing


class IngestConsumer(AsyncWebsocketConsumer):
    """One collector's connection; frames are handled one after another, in the order they came."""

    needs = "agent"

    agent: Agent | None = None
    token_hash = ""
    public_key = ""
    spool: UUID | None = None
    epoch = ""
    offset_ms: int | None = None
    silence: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Accept; whoever brought a token in the header is asked for it now, everybody else with the first frame."""
        self.bearing = Bearing()
        self.arrived = 0
        token = _bearer(self.scope)
        known = not token or await self._admit(token)
        # Accepted only now: the hello is answered at once, so its delay does not pass for a difference of clocks.
        await self.accept()
        if not known:
            await self._refuse("unauthenticated", "the token fits no room collector", CLOSE_UNAUTHENTICATED)
            return
        if token and not self.public_key:
            await self._refuse("unconfirmed", UNCONFIRMED, CLOSE_UNCONFIRMED)
            return
        self.silence = asyncio.create_task(self._expect_hello())

    async def disconnect(self, code: int) -> None:
        """Nothing is waited for any more."""
        if self.silence is not None:
            self.silence.cancel()

    async def _expect_hello(self) -> None:
        await asyncio.sleep(HELLO_SECONDS)
        if self.spool is None:
            await self._refuse("no_hello", "nobody said hello", CLOSE_UNAUTHENTICATED)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One frame: understood and stored, or answered with what is wrong with it and the end of the connection."""
        self.arrived = storing.machine_ms()
        try:
            message = decode(text_data, FROM_AGENT)
            await self._handle(message, text_data or "")
        except ProtocolError as problem:
            await self._refuse(problem.code, problem.text, problem.close)
        except storing.Shut:
            await self._refuse("revoked", "this credential is no longer valid", CLOSE_REVOKED)
        except storing.OverCredit:
            await self._refuse("over_credit", f"at most {storing.CREDIT} items beyond the acknowledgement", CLOSE_OVER_CREDIT)

    async def _handle(self, message: Hello | Batch | Beat, frame: str) -> None:
        if self.agent is None and not (isinstance(message, Hello) and message.token and await self._admit(message.token)):
            await self._refuse("unauthenticated", "the first frame is a hello with a valid token", CLOSE_UNAUTHENTICATED)
            return
        if not self.public_key:
            raise ProtocolError("unconfirmed", UNCONFIRMED, CLOSE_UNCONFIRMED)
        if isinstance(message, Hello):
            await self._greet(message)
        elif self.spool is None:
            raise ProtocolError("no_hello", "say hello first")
        elif isinstance(message, Batch):
            require_author(frame, str(self.spool), self.public_key)
            await self._store(message)
        else:
            self.bearing.exchanged(message.at_ms, self.arrived, message.echo_ms, message.heard_ms)
            await database_sync_to_async(storing.heard)(self.agent, self.token_hash)

    async def _admit(self, token: str) -> bool:
        found = await database_sync_to_async(storing.admitted)(token)
        if found is not None:
            self.agent, self.token_hash = found
            self.public_key = await database_sync_to_async(confirmed_key)(self.agent)
        return found is not None

    async def _greet(self, hello: Hello) -> None:
        self.spool, self.epoch, self.offset_ms, self.bearing = UUID(hello.spool), hello.epoch, None, Bearing()
        seq = await database_sync_to_async(storing.greet)(self.agent, self.token_hash, hello, self.arrived)
        self.bearing.exchanged(hello.at_ms, self.arrived)
        await self.send(encode(Resume(seq, storing.CREDIT, storing.machine_ms())))
        await self._announce()

    async def _store(self, batch: Batch) -> None:
        assert self.agent is not None and self.spool is not None
        self.bearing.exchanged(batch.at_ms, self.arrived, batch.echo_ms, batch.heard_ms)
        measured = self.bearing.offset_ms
        if self.offset_ms is None or abs(measured - self.offset_ms) > STEER_MS:
            self.offset_ms = await database_sync_to_async(storing.steer)(self.agent, self.epoch, batch, measured)
        stored = await database_sync_to_async(storing.store)(
            self.agent, self.token_hash, self.spool, batch, self.offset_ms, self.bearing.doubtful
        )
        if stored.gap:
            await self.send(encode(Resume(stored.seq, storing.CREDIT, storing.machine_ms())))
            return
        await self.send(encode(Ack(stored.seq, storing.CREDIT, storing.machine_ms(), stored.refused)))
        if stored.changed:
            await self._announce()
            await database_sync_to_async(incidents.report_faults)()

    async def _announce(self) -> None:
        """Best effort and after the fact: the wall reads the tables, this only tells it to look."""
        assert self.agent is not None
        await self.channel_layer.group_send(group_of(self.agent.venue_id), {"type": "wall.changed"})

    async def _refuse(self, code: str, text: str, close: int) -> None:
        await self.send(encode(Error(code, text[:400])))
        await self.close(code=close)


def _bearer(scope: dict[str, Any]) -> str:
    for name, value in scope.get("headers", []):
        if name == b"authorization" and value.lower().startswith(b"bearer "):
            return str(value[7:].decode("latin-1").strip())
    return ""
