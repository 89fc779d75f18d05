"""Stores what a collector sends: rows and position in one transaction, each item once, and nothing of somebody else's cameras."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from exams import clock
from proctoring.cameras import credentials
from proctoring.cameras.models import Agent, Camera
from proctoring.coverage.models import Epoch, FaultEvent, Position, Recording, Rejection, Segment
from proctoring.protocol import GENESIS, Batch, FaultItem, FileItem, Hello, Item, SegmentItem, chained, item_body

CREDIT = 400
AHEAD_MS = 5_000  # nobody has seen the future
CLOCK_MS = 500  # beyond this a clock is doubtful
MERGE_MS = 30_000  # a fault that comes back so soon is the same one


class Shut(Exception):
    """The collector is not known, was revoked, or its token was renewed."""


class OverCredit(Exception):
    """More was sent than the server gave credit for."""


@dataclass
class Stored:
    """What became of a batch."""

    seq: int
    refused: tuple[tuple[int, str], ...] = ()
    gap: bool = False
    changed: bool = False


@dataclass
class _Work:
    """A batch on its way into the tables."""

    agent: Agent
    spool: UUID
    doubtful: bool
    now_ms: int  # legal
    cameras: dict[str, Camera]
    added: dict[str, int]
    rejected: list[Rejection] = field(default_factory=list)
    changed: bool = False

    def reject(self, item: Item, code: str) -> None:
        row = Rejection(agent=self.agent, spool=self.spool, seq=item.seq, code=code, item=item_body(item), at=clock.machine())
        self.rejected.append(row)


def machine_ms() -> int:
    """Machine time in milliseconds."""
    return int(clock.machine().timestamp() * 1000)


def admitted(token: str) -> tuple[Agent, str] | None:
    """The collector a token belongs to, and the digest it was admitted by; None for every wrong token alike."""
    agent_id, secret = credentials.parse(token)
    agent = Agent.objects.select_related("venue").filter(pk=agent_id, revoked_at=None).first() if agent_id else None
    # the comparison is made in any case: a stranger learns nothing from how long the answer takes
    fits = credentials.fits(secret, agent.token_hash if agent else "")
    return (agent, agent.token_hash) if agent is not None and fits else None


def heard(agent: Agent, token_hash: str) -> None:
    """Note that the collector is there; raises Shut if it was revoked or its token renewed since."""
    rows = Agent.objects.filter(pk=agent.pk, revoked_at=None, token_hash=token_hash).update(heard_ms=machine_ms())
    if rows != 1:
        raise Shut


def greet(agent: Agent, token_hash: str, hello: Hello, arrived_ms: int) -> tuple[int, int]:
    """Open or find the position of the spool and the epoch; the number to go on after, and the epoch's clock offset."""
    with transaction.atomic():
        heard(agent, token_hash)
        Agent.objects.filter(pk=agent.pk).update(software=hello.software)
        position, _ = Position.objects.get_or_create(agent=agent, spool=UUID(hello.spool), defaults={"seq": hello.first - 1})
        offset = arrived_ms - hello.wall_ms
        epoch, _ = Epoch.objects.get_or_create(agent=agent, name=hello.epoch, defaults={"offset_ms": offset, "heard_at": clock.machine()})
    return position.seq, epoch.offset_ms


def settle(agent: Agent, name: str, least_ms: int) -> int:
    """The epoch's offset: as long as nothing of it is stored, a better measurement replaces that of a hello that was held up on its way."""
    with transaction.atomic():
        epoch = Epoch.objects.select_for_update().get(agent=agent, name=name)
        if least_ms < epoch.offset_ms and not Segment.objects.filter(camera__agent=agent, epoch=name).exists():
            epoch.offset_ms = least_ms
            epoch.save(update_fields=["offset_ms"])
    return epoch.offset_ms


def store(agent: Agent, token_hash: str, spool: UUID, batch: Batch, offset_ms: int, doubtful: bool) -> Stored:
    """Store a batch whole and move the position with it, or do nothing at all."""
    with transaction.atomic():
        heard(agent, token_hash)
        position = Position.objects.select_for_update().get(agent=agent, spool=spool)
        if batch.items[-1].seq > position.seq + CREDIT:
            raise OverCredit
        items = [item for item in batch.items if item.seq > position.seq]
        if not items:
            return Stored(position.seq)
        if items[0].seq != position.seq + 1:
            return Stored(position.seq, gap=True)
        work = _work(agent, spool, items, offset_ms, doubtful)
        known = [item for item in items if _known(work, item)]
        _segments(work, [item for item in known if isinstance(item, SegmentItem)])
        _files(work, [item for item in known if isinstance(item, FileItem)])
        _faults(work, [item for item in known if isinstance(item, FaultItem)])
        Rejection.objects.bulk_create(work.rejected)
        position.seq = items[-1].seq
        position.save(update_fields=["seq"])
    return Stored(position.seq, tuple((one.seq, one.code) for one in work.rejected), changed=work.changed)


def _work(agent: Agent, spool: UUID, items: Sequence[Item], offset_ms: int, doubtful: bool) -> _Work:
    shift = clock.shift_ms()
    names = {item.epoch for item in items}
    offsets = dict(Epoch.objects.filter(agent=agent, name__in=names).values_list("name", "offset_ms"))
    # an epoch that ended before it was ever heard: same machine, same clock as the one that speaks now
    added = {name: offsets.get(name, offset_ms) + shift for name in names}
    cameras = {str(camera.pk): camera for camera in agent.cameras.all()}
    return _Work(agent, spool, doubtful, machine_ms() + shift, cameras, added)


def _known(work: _Work, item: Item) -> bool:
    """Whether the item is about a camera of this collector and not about the future."""
    latest = item.at_ms if isinstance(item, FaultItem) else item.end_ms  # type: ignore[attr-defined]
    if item.camera not in work.cameras:
        work.reject(item, "foreign_camera")
    elif item.epoch == "server":
        work.reject(item, "reserved_epoch")
    elif latest + work.added[item.epoch] > work.now_ms + AHEAD_MS:
        work.reject(item, "future")
    else:
        return True
    return False


def _segments(work: _Work, items: Sequence[SegmentItem]) -> None:
    """Extend the open run of each camera, or begin another."""
    if not items:
        return
    open_rows = _last_segments({item.camera for item in items}, {item.epoch for item in items})
    new: list[Segment] = []
    extended: dict[int, Segment] = {}
    for item in items:
        last = open_rows.get((item.camera, item.epoch))
        row = _segment(work, item)
        if last is not None and row.start_ms < last.end_ms:
            work.reject(item, "overlap")
            continue
        if last is not None and (last.states, last.added_ms, last.end_ms) == (row.states, row.added_ms, row.start_ms):
            last.end_ms, last.seq = row.end_ms, row.seq
            if last.pk is not None:
                extended[last.pk] = last
            continue
        work.changed = work.changed or last is None or last.states != row.states
        open_rows[item.camera, item.epoch] = row
        new.append(row)
    Segment.objects.bulk_update(extended.values(), ["end_ms", "seq"])
    Segment.objects.bulk_create(new)


def _segment(work: _Work, item: SegmentItem) -> Segment:
    added = work.added[item.epoch]
    states = [one for one in item.states if one != "ok"] + (["clock"] if work.doubtful and "clock" not in item.states else [])
    return Segment(
        camera=work.cameras[item.camera], epoch=item.epoch, seq=item.seq, start_ms=item.start_ms + added, end_ms=item.end_ms + added,
        added_ms=added, states=",".join(states) or "ok",
    )  # fmt: skip


def _last_segments(cameras: Iterable[str], epochs: Iterable[str]) -> dict[tuple[str, str], Segment]:
    found = Segment.objects.filter(camera__in=list(cameras), epoch__in=list(epochs))
    latest = found.order_by().values("camera", "epoch").annotate(last=Max("id")).values("last")
    return {(str(row.camera_id), row.epoch): row for row in Segment.objects.filter(pk__in=latest)}


def _files(work: _Work, items: Sequence[FileItem]) -> None:
    """Index recordings; a file whose link does not continue the camera's chain is not evidence."""
    if not items:
        return
    chain = _last_links({item.camera for item in items})
    new = []
    for item in items:
        before = chain.get(item.camera, GENESIS)
        # a new disk at the venue begins a new chain; the index shows where
        if item.chain not in (chained(before, item.sha256), chained(GENESIS, item.sha256)):
            work.reject(item, "chain_broken")
            continue
        chain[item.camera] = item.chain
        added = work.added[item.epoch]
        new.append(
            Recording(
                camera=work.cameras[item.camera],
                epoch=item.epoch,
                seq=item.seq,
                start_ms=item.start_ms + added,
                end_ms=item.end_ms + added,
                added_ms=added,
                bytes=item.bytes,
                sha256=item.sha256,
                chain=item.chain,
                name=item.name,
            )  # fmt: skip
        )
    Recording.objects.bulk_create(new)


def _last_links(cameras: Iterable[str]) -> dict[str, str]:
    found = Recording.objects.filter(camera__in=list(cameras))
    latest = found.order_by().values("camera").annotate(last=Max("end_ms")).values_list("camera", "last")
    wanted = Q()
    for camera, last in latest:
        wanted |= Q(camera=camera, end_ms=last)
    return {str(camera): link for camera, link in found.filter(wanted).order_by("seq").values_list("camera_id", "chain")} if wanted else {}


def _faults(work: _Work, items: Sequence[FaultItem]) -> None:
    """Open, merge and close the faults that people see; few, so one at a time."""
    for item in items:
        work.changed = True
        added = work.added[item.epoch]
        note_fault(work.cameras[item.camera], item.state, item.on, item.first_bad_ms + added, item.at_ms + added, item.detail)


def note_fault(camera: Camera, state: str, on: bool, since_ms: int, at_ms: int, detail: str) -> None:
    """One fault per camera and state at a time; one that comes back within half a minute is the same."""
    mine = FaultEvent.objects.filter(camera=camera, state=state)
    if not on:
        mine.filter(until_ms=None).update(until_ms=at_ms)
        return
    if mine.filter(until_ms=None).exists():
        return
    recent = mine.filter(until_ms__gte=since_ms - MERGE_MS).order_by("-until_ms").first()
    if recent is not None:
        FaultEvent.objects.filter(pk=recent.pk).update(until_ms=None)
        return
    FaultEvent.objects.create(camera=camera, state=state, since_ms=since_ms, certain_ms=at_ms, detail=detail)
