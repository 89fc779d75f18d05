"""A collector whose clocks are stepped and drift, through the real consumer and store: what is stored is right within 100 ms."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proctoring import authorship, protocol
from proctoring.agent.clock import Clock
from proctoring.coverage.models import Epoch, FaultEvent, Recording, Segment
from proctoring.ingest import storing
from proctoring.ingest.times import Bearing, Course
from tests.cast import Cast
from tests.proctoring.room import Watched, dial, heard, ms

RIGHT_MS = 100


@dataclass
class World:
    """True time, and the clocks of a collector that think otherwise."""

    true_ms: int
    ppm: int = 0
    wrong_ms: int = 0  # of the wall clock, from the start
    begun_ms: int = field(init=False)

    def __post_init__(self) -> None:
        self.begun_ms = self.true_ms

    def oscillator_ns(self) -> int:
        return (self.true_ms - self.begun_ms) * (1_000_000 + self.ppm) + 55_000_000_000

    def wall_ns(self) -> int:
        return (self.begun_ms + self.wrong_ms) * 1_000_000 + self.oscillator_ns() - 55_000_000_000


class Collector:
    """Sends what a collector would: every ten seconds a segment and a file of one camera, over a network that takes its time."""

    def __init__(self, watched: Watched, world: World, line: Any, seed: int) -> None:
        self.watched, self.world, self.line = watched, world, line
        self.camera = str(watched.cameras[0].pk)
        self.clock = Clock(world.wall_ns, world.oscillator_ns)
        self.random, self.seq, self.chain, self.echo = random.Random(seed), 0, protocol.GENESIS, (0, 0)
        self.truth: dict[int, tuple[int, int]] = {}  # true start and end of the item with this number
        self.waiting: list[protocol.Item] = []
        self.since, self.since_true = self.clock.now_ms(), world.true_ms

    def look(self) -> None:
        """The ten seconds that have just passed."""
        now, epoch = self.clock.read(), self.clock.epoch
        span = (self.since_true, self.world.true_ms)
        states = ("clock",) if self.clock.step_ms() else ("ok",)
        sha = f"{self.seq:064x}"
        self.chain = protocol.chained(self.chain, sha)
        for item in (
            protocol.SegmentItem(self.seq + 1, self.camera, epoch, self.since, now.own_ms, states, now.wall_ms, now.mono_ms),
            protocol.FileItem(self.seq + 2, self.camera, epoch, self.since, now.own_ms, 1000, sha, self.chain, f"{self.seq}.mp4"),
        ):
            self.waiting.append(item)
            self.truth[item.seq] = span
        self.seq += 2
        self.since, self.since_true = now.own_ms, self.world.true_ms

    def travel(self) -> None:
        self.world.true_ms += self.random.choice([1, 2, 3, 8, 60])

    async def send(self, frame: str) -> Any:
        self.travel()
        await self.line.send_to(text_data=frame)
        answer = await heard(self.line)
        self.travel()
        self.echo = (answer.now_ms, self.clock.now_ms())
        return answer

    async def hello(self) -> None:
        now = self.clock.read()
        await self.send(
            protocol.encode(protocol.Hello(self.watched.spool, self.clock.epoch, 1, self.seq, now.own_ms, "t", wall_ms=now.wall_ms))
        )

    async def empty(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting[:60], self.waiting[60:]
            now = self.clock.read()
            frame = authorship.sealed(
                protocol.Batch(now.own_ms, tuple(batch), now.wall_ms, *self.echo), self.watched.spool, self.watched.key.sign
            )
            assert (await self.send(frame)).refused == ()


async def story(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, ppm: int, step_ms: int, wrong_ms: int = 0
) -> tuple[Collector, list, list]:
    """Fifteen minutes in sight of the server, in their middle the wall clock is stepped; twenty-five without; five again.

    A collector whose clock is fast connects anew after the silence, the others were only held up.
    """
    world = World(ms(watched.starts), ppm, wrong_ms)
    monkeypatch.setattr(storing, "machine_ms", lambda: world.true_ms)
    line = await dial(watched.token)
    one = await sync_to_async(Collector)(watched, world, line, seed=ppm)
    await one.hello()
    for tick in range(270):
        world.true_ms += 10_000
        if tick == 45:
            world.wrong_ms += step_ms
        one.look()
        if not 90 <= tick < 240:
            await one.empty()
        if tick == 239 and ppm > 0:
            await line.disconnect()
            one.line = await dial(watched.token)
            await one.hello()
    await one.line.disconnect()
    segments = await sync_to_async(lambda: list(Segment.objects.order_by("start_ms")))()
    return one, segments, await sync_to_async(lambda: list(Recording.objects.order_by("seq")))()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("ppm", "step_ms"), [(200, 60_000), (-200, -60_000), (200, -60_000), (-200, 0), (0, 60_000)])
async def test_stored_segments_are_right_within_a_tenth_of_a_second(cast: Cast, monkeypatch: pytest.MonkeyPatch, ppm: int, step_ms: int):
    watched = await sync_to_async(lambda: Watched(cast).seated())()
    one, segments, files = await story(watched, monkeypatch, ppm, step_ms)
    # without holes and without overlaps, however the offset was steered
    assert all(a.end_ms == b.start_ms for a, b in zip(segments, segments[1:], strict=False))
    assert all(a.end_ms == b.start_ms for a, b in zip(files, files[1:], strict=False))
    errors = [max(abs(row.start_ms - one.truth[row.seq][0]), abs(row.end_ms - one.truth[row.seq][1])) for row in files]
    errors += [abs(row.end_ms - one.truth[row.seq][1]) for row in segments]
    assert max(errors) <= RIGHT_MS and len(files) == 270
    # two and a half hours of such a drift would be a row every three minutes
    assert len(segments) <= 25
    doubtful = [row for row in segments if "clock" in row.states]
    if step_ms:
        stepped = one.truth[91][0]
        assert min(row.start_ms for row in doubtful) == pytest.approx(stepped, abs=RIGHT_MS)
        assert doubtful[-1] == segments[-1] and segments[0].states == "ok"
        assert await sync_to_async(lambda: FaultEvent.objects.get(state="clock").until_ms)() is None


@pytest.mark.django_db(transaction=True)
async def test_a_clock_that_is_a_minute_wrong_tells_the_right_times_and_is_called_doubtful(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    watched = await sync_to_async(lambda: Watched(cast).seated())()
    one, segments, files = await story(watched, monkeypatch, 0, -60_000, wrong_ms=60_000)
    assert max(abs(row.end_ms - one.truth[row.seq][1]) for row in files) <= RIGHT_MS
    # set right in the middle: doubtful until then and in the ten seconds of the step
    assert [row.states for row in segments] == ["clock", "ok"]
    assert await sync_to_async(lambda: FaultEvent.objects.get(state="clock").until_ms)() == segments[0].end_ms
    assert await sync_to_async(lambda: Epoch.objects.get().offset_ms)() == pytest.approx(-60_000, abs=RIGHT_MS)


# -- the measurement alone --------------------------------------------------------------------------------------------------------


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(-100_000, 100_000), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=20))
def test_the_true_offset_lies_within_the_bounds_whatever_the_network_does(true: int, delays: list[tuple[int, int]]):
    bearing, own, echo, heard_at = Bearing(), 1_000_000, 0, 0
    for there, back in delays:
        bearing.exchanged(own, own + there + true, echo, heard_at)
        echo, heard_at = own + there + true, own + there + back
        own = heard_at + 1000
        least, most = bearing.bounds
        assert least <= true <= most or (least == most and true <= most)
        assert len(delays) < 2 or abs(bearing.offset_ms - true) <= max(most - least, delays[0][0])


def test_nothing_heard_in_return_for_seconds_is_doubtful():
    bearing = Bearing()
    bearing.exchanged(1000, 1000)
    bearing.exchanged(2000, 4500, 1000, 3600)
    assert not bearing.doubtful
    bearing = Bearing()
    bearing.exchanged(5000, 8000, 2000, 4900)
    assert bearing.doubtful


@given(st.integers(-5000, 5000), st.integers(-5000, 5000), st.integers(1, 100_000))
def test_a_course_has_no_leap(before: int, after: int, length: int):
    course = Course(1000, before, 1000 + length, after)
    assert (course.offset(0), course.offset(1000), course.offset(1000 + length), course.offset(10**9)) == (before, before, after, after)
    step = abs(after - before) // length + 1
    assert all(abs(course.offset(at) - course.offset(at + 1)) <= step + 1 for at in range(995, 1000 + length + 5, max(1, length // 50)))
