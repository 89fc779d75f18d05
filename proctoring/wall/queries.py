"""What the wall shows now: one snapshot per venue, from the tables alone."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from django.db.models import Max, QuerySet

from exams import clock
from exams.sittings.models import Seat, Sitting, Venue
from proctoring.cameras import queries as cameras_queries
from proctoring.cameras.models import Camera
from proctoring.cameras.states import words
from proctoring.coverage.models import FaultEvent, Segment
from proctoring.coverage.queries import milliseconds
from proctoring.protocol import DOUBT, STATES

visible_to = cameras_queries.venues_visible_to
HEARD_MS = 6_000
FRESH_MS = 25_000  # a healthy camera reports at least every few seconds


@dataclass(frozen=True)
class Lamp:
    """One camera now."""

    camera: Camera
    states: tuple[str, ...]
    since_ms: int

    @property
    def verdict(self) -> str:
        if self.states == ("ok",):
            return "ok"
        return "doubt" if set(self.states) <= DOUBT else "gap"

    @property
    def word(self) -> str:
        return words(self.states)


@dataclass(frozen=True)
class Tile:
    """One room now: which seats no camera sees."""

    sitting: Sitting
    lamps: list[Lamp]
    seats: list[tuple[Seat, str]]  # verdict per assigned seat
    faults: list[FaultEvent] = field(default_factory=list)

    @property
    def lost(self) -> list[str]:
        return [seat.label for seat, verdict in self.seats if verdict == "gap"]

    @property
    def doubtful(self) -> list[str]:
        return [seat.label for seat, verdict in self.seats if verdict == "doubt"]

    @property
    def bad(self) -> list[Lamp]:
        return [lamp for lamp in self.lamps if lamp.verdict != "ok"]

    @property
    def tone(self) -> str:
        if self.lost:
            return "danger"
        return "wait" if self.doubtful else "warn" if self.bad else "ok"

    @property
    def word(self) -> str:
        """The gravest state of the room's cameras."""
        states = {state for lamp in self.bad for state in lamp.states}
        return words(sorted(states, key=_gravity)[:1]) if states else ""

    @property
    def since_ms(self) -> int:
        return min((lamp.since_ms for lamp in self.bad), default=0)


@dataclass(frozen=True)
class Wall:
    """All rooms of a venue that are being sat in, what is wrong first."""

    venue: Venue
    tiles: list[Tile]
    queue: list[FaultEvent]
    now_ms: int

    @property
    def exceptions(self) -> list[Tile]:
        return [tile for tile in self.tiles if tile.tone != "ok"]

    @property
    def calm(self) -> list[Tile]:
        return [tile for tile in self.tiles if tile.tone == "ok"]

    @property
    def lost(self) -> int:
        return sum(len(tile.lost) for tile in self.tiles)

    @property
    def seats(self) -> int:
        return sum(len(tile.seats) for tile in self.tiles)

    @property
    def version(self) -> int:
        """A number that changes whenever what is shown changes, in whatever process it was written."""
        shown = [
            (str(tile.sitting.pk), tile.tone, tile.lost, [(lamp.camera.name, lamp.states) for lamp in tile.lamps]) for tile in self.tiles
        ]
        # while something is wrong its duration is shown too, and grows
        age = self.now_ms // 10_000 if self.exceptions else 0
        return zlib.crc32(repr((age, shown, [(str(one.pk), one.handling, one.until_ms) for one in self.queue])).encode())


def _gravity(state: str) -> int:
    return STATES.index(state) if state in STATES else -1


def sittings_now(venue: Venue) -> QuerySet[Sitting]:
    """Sittings of the venue that are open."""
    return Sitting.objects.filter(slot__venue=venue, state="open").select_related("room", "slot").order_by("room__name")


def lamps(cameras: list[Camera]) -> dict[object, Lamp]:
    """Every camera's state now, from the last word of its collector; three queries whatever their number."""
    now, machine = milliseconds(clock.now()), milliseconds(clock.machine())
    ids = [camera.pk for camera in cameras]
    faults: dict[object, list[FaultEvent]] = {}
    for fault in FaultEvent.objects.filter(camera__in=ids, until_ms=None):
        faults.setdefault(fault.camera_id, []).append(fault)
    latest = Segment.objects.filter(camera__in=ids).exclude(epoch="server").order_by().values("camera").annotate(last=Max("id"))
    last = {row.camera_id: row for row in Segment.objects.filter(pk__in=latest.values("last"))}
    return {camera.pk: _lamp(camera, faults.get(camera.pk, []), last.get(camera.pk), now, machine) for camera in cameras}


def _lamp(camera: Camera, faults: list[FaultEvent], last: Segment | None, now: int, machine: int) -> Lamp:
    silent = machine - camera.agent.heard_ms
    if silent > HEARD_MS:
        return Lamp(camera, ("offline",), now - silent if camera.agent.heard_ms else 0)
    if faults:
        states = tuple(sorted({fault.state for fault in faults}, key=_gravity))
        return Lamp(camera, states, min(fault.since_ms for fault in faults))
    if last is None or now - last.end_ms > FRESH_MS:
        return Lamp(camera, ("not_arrived",), last.end_ms if last else 0)
    # a fault that has ended is known sooner than the segment that follows it
    doubts = tuple(state for state in last.states.split(",") if state in ("unknown", "clock"))
    return Lamp(camera, doubts or ("ok",), last.start_ms)


def wall(venue: Venue) -> Wall:
    """The snapshot of a venue."""
    sittings = list(sittings_now(venue).prefetch_related("places__seat"))
    rooms = {sitting.room_id for sitting in sittings}
    cameras = list(Camera.objects.filter(room__in=rooms).exclude(state="retired").select_related("agent", "room").order_by("name"))
    lit = lamps(cameras)
    queue = list(
        FaultEvent.objects.filter(camera__in=cameras, until_ms=None).exclude(handling="false_alarm").select_related("camera__room")[:100]
    )
    tiles = [_tile(sitting, [camera for camera in cameras if camera.room_id == sitting.room_id], lit) for sitting in sittings]
    order = {"danger": 0, "wait": 1, "warn": 2, "ok": 3}
    tiles.sort(key=lambda tile: (order[tile.tone], -len(tile.lost), tile.sitting.room.name))
    return Wall(venue, tiles, sorted(queue, key=lambda one: (one.handling != "open", one.since_ms)), milliseconds(clock.now()))


def _tile(sitting: Sitting, cameras: list[Camera], lit: dict[object, Lamp]) -> Tile:
    mine = [lit[camera.pk] for camera in cameras]
    verdicts = {lamp.camera.name: lamp.verdict for lamp in mine}
    seats = sorted((place.seat for place in sitting.places.all() if place.state == "held"), key=lambda seat: seat.label)
    aimed = [camera for camera in cameras if camera.aim_checked_at is not None]
    seen = cameras_queries.seen_by(sitting.room, aimed, seats)
    return Tile(sitting, mine, [(seat, _best(verdicts[name] for name in seen[seat.label])) for seat in seats])


def _best(verdicts: object) -> str:
    return min(verdicts, key=("ok", "doubt", "gap").index, default="gap")  # type: ignore[call-overload, no-any-return]
