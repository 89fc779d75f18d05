"""Sends the spool to the server: as much as it gives credit for, again after every failure, and forgets only what is acknowledged."""

from __future__ import annotations

import logging
import random
import sqlite3
import threading
import time

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from proctoring.authorship import sealed
from proctoring.protocol import FROM_SERVER, MAX_FRAME_BYTES, Ack, Batch, Beat, Error, Hello, Item, ProtocolError, Resume, decode, encode

from .clock import Clock
from .config import Config
from .spool import Spool

log = logging.getLogger("collector")
SOFTWARE = "room-collector/1"
BATCH = 50
BEAT_SECONDS = 1.0
PATIENCE_SECONDS = 10.0  # without an acknowledgement of what was sent
LONGEST_WAIT = 5.0


class Refused(ConnectionError):
    """The server said why it will not talk; the text is its own."""


class Uplink(threading.Thread):
    """One connection at a time, reconnected for ever."""

    def __init__(self, config: Config, spool: Spool, clock: Clock) -> None:
        super().__init__(name="uplink", daemon=True)
        self._config, self._spool, self._clock = config, spool, clock
        self._key = config.key()
        self._echo = (0, 0)
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self.acknowledged = 0
        self.said = "connecting"

    def nudge(self) -> None:
        """Something new lies in the spool."""
        self._wake.set()

    def stop(self) -> None:
        """Ask the thread to end; what is unsent stays in the spool."""
        self._stopping.set()
        self._wake.set()

    def run(self) -> None:
        """Connect, and connect again."""
        failures = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                self._talk()
            except (OSError, WebSocketException, ProtocolError, TimeoutError, sqlite3.OperationalError) as problem:
                said = f"not connected: {problem or type(problem).__name__}"
                if said != self.said:
                    log.warning("server %s; reports are kept and sent when it answers", said)
                self.said = said
            failures = 0 if time.monotonic() - started > 10 else failures + 1
            self._stopping.wait(min(LONGEST_WAIT, 0.25 * 2 ** min(failures, 6)) * (0.75 + random.random() / 2))

    def _talk(self) -> None:
        headers = {"Authorization": f"Bearer {self._config.token()}"}
        with connect(
            self._config.server, additional_headers=headers, open_timeout=5, close_timeout=1, ping_interval=5, ping_timeout=10,
            max_size=MAX_FRAME_BYTES, proxy=None,
        ) as socket:  # fmt: skip
            first, last = self._spool.bounds()
            now = self._clock.read()
            hello = Hello(self._spool.id, self._clock.epoch, first, last, now.own_ms, SOFTWARE, wall_ms=now.wall_ms, boot=self._clock.boot)
            socket.send(encode(hello))
            answer = self._receive(socket, PATIENCE_SECONDS)
            if not isinstance(answer, Resume):
                raise ProtocolError("no_resume", "the server did not say where to go on")
            if self.said != "connected":
                log.info("server connected; %d reports wait", self._spool.waiting())
            self.said = "connected"
            self._stream(socket, answer)

    def _receive(self, socket: ClientConnection, seconds: float) -> Resume | Ack:
        message = decode(socket.recv(timeout=seconds), FROM_SERVER)
        if isinstance(message, Error):
            raise Refused(f"{message.code}: {message.text}")
        self._echo = (message.now_ms, self._clock.now_ms())
        return message  # type: ignore[no-any-return]

    def _stream(self, socket: ClientConnection, state: Resume | Ack) -> None:
        self._settle(state)
        sent, credit, waiting_since, beaten = state.seq, state.credit, 0.0, time.monotonic()
        while not self._stopping.is_set():
            self._wake.clear()
            room = state.seq + credit - sent
            items = self._spool.after(sent, min(BATCH, room)) if room > 0 else []
            if items:
                self._send_batch(socket, items)
                waiting_since = waiting_since or time.monotonic()
                sent, beaten = items[-1].seq, time.monotonic()
            elif time.monotonic() - beaten >= BEAT_SECONDS:
                now = self._clock.read()
                socket.send(encode(Beat(now.own_ms, now.wall_ms, *self._echo)))
                beaten = time.monotonic()
            answer = self._heard(socket, 0.0 if items else 0.1)
            if answer is not None:
                state, credit = answer, answer.credit
                self._settle(answer)
                # after a resume everything beyond it goes out again
                sent = answer.seq if isinstance(answer, Resume) else max(sent, answer.seq)
                waiting_since = 0.0 if answer.seq >= sent else time.monotonic()
            if waiting_since and time.monotonic() - waiting_since > PATIENCE_SECONDS:
                raise TimeoutError("no acknowledgement")

    def _send_batch(self, socket: ClientConnection, items: list[Item]) -> None:
        now = self._clock.read()
        echo_ms, heard_ms = self._echo
        batch = Batch(now.own_ms, tuple(items), now.wall_ms, echo_ms, heard_ms)
        socket.send(sealed(batch, self._spool.id, self._key.sign))

    def _heard(self, socket: ClientConnection, seconds: float) -> Resume | Ack | None:
        try:
            return self._receive(socket, seconds)
        except TimeoutError:
            return None

    def _settle(self, answer: Resume | Ack) -> None:
        refused = answer.refused if isinstance(answer, Ack) else ()
        for number, code in refused:
            log.warning("item %s was refused: %s", number, code)
        if answer.seq > self.acknowledged or refused:
            self._spool.acknowledged(answer.seq, refused)
        self.acknowledged = max(self.acknowledged, answer.seq)
