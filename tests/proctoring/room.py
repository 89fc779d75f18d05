"""A room with cameras, a collector and a sitting of a minute, made as rows and through the real actions."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from channels.testing import WebsocketCommunicator

from exams import clock
from exams.access import SYSTEM
from exams.sittings.models import Room, Seat, Sitting, TimeSlot
from proctoring import authorship, protocol
from proctoring.agent import key
from proctoring.agent.key import Key
from proctoring.cameras import actions
from proctoring.cameras.models import Agent, Camera
from proctoring.coverage.models import Epoch
from proctoring.geometry import Pose
from proctoring.ingest import storing
from proctoring.ingest.consumer import IngestConsumer
from tests.cast import Cast
from tests.exam_day import ExamDay

PLAN = {
    "outline": [[0, 0], [7000, 0], [7000, 6000], [0, 6000]], "walls": [], "pillars": [], "door": [[0, 4000], [0, 5000]],
    "desk": {"x": 2800, "y": 400, "w": 1400, "d": 600}, "ceiling": 3000,
}  # fmt: skip
CORNERS = {
    "C1": Pose(100, 100, 2800, 700_000, 400_000, 1_745_000, 2560, 1440),
    "C2": Pose(6900, 5900, 2800, 700_000 + 3_141_593, 400_000, 1_745_000, 2560, 1440),
}
EPOCH = "2026-05-16T00:00:00Z.abcd"


class Watched(ExamDay):
    """An exam day whose room has a plan, two cameras and a collector; its sitting began a minute ago and lasts another minute."""

    def __init__(self, cast: Cast, number: str = "2026-09", **more: Any) -> None:
        super().__init__(cast, number, **more)
        self.now = clock.now().replace(microsecond=0)
        self.starts, self.ends = self.now - timedelta(seconds=60), self.now + timedelta(seconds=60)

    @cached_property
    def room(self) -> Room:
        room = super().room
        Room.objects.filter(pk=room.pk).update(plan=PLAN)
        room.refresh_from_db()
        return room

    @cached_property
    def slot(self) -> TimeSlot:
        return TimeSlot.objects.create(
            event=self.event,
            item=self.item,
            subject="theory",
            venue=self.room.venue,
            starts_at=self.starts,
            ends_at=self.ends,
            state="published",
        )

    @cached_property
    def sitting(self) -> Sitting:
        return Sitting.objects.create(slot=self.slot, room=self.room, starts_at=self.starts, ends_at=self.ends, state="open")

    @cached_property
    def technician(self) -> Any:
        return self.cast.actor("technician", self.body, name=f"t{self.number}")

    @cached_property
    def key(self) -> Key:
        return key.new()

    @cached_property
    def spool(self) -> str:
        return str(uuid4())

    def sealed(self, batch: protocol.Batch, signer: Key | None = None) -> str:
        """The frame of a batch as the collector of this room signs it."""
        return authorship.sealed(batch, self.spool, (signer or self.key).sign)

    @cached_property
    def enrolled(self) -> tuple[Agent, str]:
        """A collector whose machine claimed its place, and whose key the technician confirmed; its token."""
        agent, code = actions.enrol_agent(by=self.technician, venue=self.room.venue, name="sammler-7")
        token = claimed(agent, code, self.key)
        actions.confirm_key(by=self.technician, agent=agent, fingerprint=authorship.fingerprint(self.key.public))
        agent.refresh_from_db()
        return agent, token

    @property
    def agent(self) -> Agent:
        return self.enrolled[0]

    @property
    def token(self) -> str:
        return self.enrolled[1]

    @cached_property
    def cameras(self) -> list[Camera]:
        found = []
        for name, pose in CORNERS.items():
            camera = actions.place_camera(by=self.technician, room=self.room, name=name, agent=self.agent, source="file", pose=pose)
            found.append(actions.learn_reference(by=self.technician, camera=camera))
        Camera.objects.filter(room=self.room).update(aim_checked_at=self.starts - timedelta(hours=1))
        return list(Camera.objects.filter(room=self.room).order_by("name"))

    def seated(self) -> Watched:
        """Everything made, the seats inside the room."""
        places = self.places
        for index, place in enumerate(places):
            Seat.objects.filter(pk=place.seat_id).update(x_mm=2000 + 1400 * index, y_mm=3000)
        _ = self.cameras
        return self


def claimed(agent: Agent, code: str, key: Key) -> str:
    """The token that a machine gets for its code and the proof of its key."""
    proof = authorship.base64url(key.sign(authorship.claim_words(str(agent.pk), code, key.public)))
    return actions.claim_agent(by=SYSTEM, agent=agent, code=code, public_key=key.public, proof=proof, software="test/1")


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


class Sender:
    """Sends batches straight to the store, numbering them as a spool does."""

    def __init__(self, watched: Watched) -> None:
        self.watched, self.seq, self.spool = watched, 0, uuid4()
        self.hash = Agent.objects.get(pk=watched.agent.pk).token_hash
        storing.greet(watched.agent, self.hash, hello(self.spool), storing.machine_ms())
        Epoch.objects.filter(agent=watched.agent).update(offset_ms=0, before_ms=0)  # the clocks of these tests agree to the millisecond

    def segment(self, camera: Any, start: int, end: int, *states: str) -> protocol.SegmentItem:
        self.seq += 1
        return protocol.SegmentItem(self.seq, str(getattr(camera, "pk", camera)), EPOCH, start, end, states or ("ok",))

    def file(self, camera: Any, start: int, end: int, before: str = protocol.GENESIS, sha: str = "ab" * 32) -> protocol.FileItem:
        self.seq += 1
        chain = protocol.chained(before, sha)
        return protocol.FileItem(self.seq, str(camera.pk), EPOCH, start, end, 1000, sha, chain, f"{self.seq}.mp4")

    def fault(self, camera: Any, state: str, on: bool, since: int, at: int) -> protocol.FaultItem:
        self.seq += 1
        return protocol.FaultItem(self.seq, str(camera.pk), EPOCH, state, on, since, at, "seen")

    def store(self, *items: protocol.Item, doubtful: bool = False) -> storing.Stored:
        return storing.store(self.watched.agent, self.hash, self.spool, protocol.Batch(ms(clock.machine()), items), 0, doubtful)


def hello(spool: Any = None, token: str = "", at_ms: int | None = None) -> protocol.Hello:
    at = ms(clock.machine()) if at_ms is None else at_ms
    return protocol.Hello(str(spool or uuid4()), EPOCH, 1, 0, at, "test/1", token)


async def dial(token: str | None) -> WebsocketCommunicator:
    headers = [(b"authorization", f"Bearer {token}".encode())] if token is not None else []
    line = WebsocketCommunicator(IngestConsumer.as_asgi(), "/ws/ingest/", headers=headers)
    connected, _ = await line.connect(timeout=15)
    assert connected
    return line


async def heard(line: WebsocketCommunicator) -> Any:
    return protocol.decode(await line.receive_from(timeout=15), protocol.FROM_SERVER)


async def shut(line: WebsocketCommunicator) -> tuple[str, int]:
    """The error code and the close code with which the server ends a connection."""
    error = await heard(line)
    closed = await asyncio.wait_for(line.output_queue.get(), 15)
    return error.code, closed["code"]
