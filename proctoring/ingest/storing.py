"""Stores what a collector sends: rows and position in one transaction, each item once, and nothing of somebody else's cameras."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from exams import clock
from proctoring.cameras import credentials
from proctoring.cameras.models import Agent, Camera
from proctoring.coverage.models import Epoch, FaultEvent, Position, Recording, Rejection, Segment
from proctoring.ingest.authors import keep_pages
from proctoring.ingest.times import CLOCK_MS, ROW_MS, Course
from proctoring.protocol import GENESIS, Batch, FaultItem, FileItem, Hello, Item, PageItem, SegmentItem, chained, item_body

CREDIT = 400
AHEAD_MS = 5_000  # nobody has seen the future
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
class Work:
    """A batch on its way into the tables."""

    agent: Agent
    spool: UUID
    doubtful: bool
    now_ms: int  # legal
    cameras: dict[str, Camera]
    courses: dict[str, Course]
    shift_ms: int  # from machine time to legal time
    rejected: list[Rejection] = field(default_factory=list)
    changed: bool = False

    def added(self, epoch: str, own_ms: int) -> int:
        """What makes legal time of a moment of the collector's own time."""
        return self.courses[epoch].offset(own_ms) + self.shift_ms

    def legal(self, epoch: str, own_ms: int) -> int:
        """A moment of the collector's own time as legal time."""
        return own_ms + self.added(epoch, own_ms)

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


def greet(agent: Agent, token_hash: str, hello: Hello, arrived_ms: int) -> int:
    """Open or find the position of the spool and the epoch; the number to go on after."""
    with transaction.atomic():
        heard(agent, token_hash)
        Agent.objects.filter(pk=agent.pk).update(software=hello.software)
        position, _ = Position.objects.get_or_create(agent=agent, spool=UUID(hello.spool), defaults={"seq": hello.first - 1})
        course = _level(hello.at_ms, arrived_ms - hello.at_ms)
        Epoch.objects.get_or_create(
            agent=agent, name=hello.epoch, defaults={"boot": hello.boot, "heard_at": clock.machine(), **course}
        )  # fmt: skip
    return position.seq


def steer(agent: Agent, name: str, batch: Batch, offset_ms: int) -> int:
    """Take the epoch's offset as measured with this batch into account and return the offset from now on.

    As long as nothing of the epoch is stored it replaces that of the hello, which may have been held up on its way.
    """
    with transaction.atomic():
        epoch = Epoch.objects.select_for_update().get(agent=agent, name=name)
        if Segment.objects.filter(camera__agent=agent, epoch=name).exists():
            oldest = min((_begun(item) for item in batch.items if item.epoch == name), default=batch.at_ms)
            course = asdict(_course(epoch).steered(batch.at_ms, offset_ms, oldest))
        else:
            course = _level(batch.at_ms, offset_ms)
        Epoch.objects.filter(pk=epoch.pk).update(**course)
    return int(course["offset_ms"])


def _begun(item: Item) -> int:
    return item.first_bad_ms if isinstance(item, FaultItem) else int(item.start_ms)  # type: ignore[attr-defined]


def _level(at_ms: int, offset_ms: int) -> dict[str, int]:
    return asdict(Course(at_ms, offset_ms, at_ms, offset_ms))


def _course(epoch: Epoch) -> Course:
    return Course(epoch.before_at_ms, epoch.before_ms, epoch.at_ms, epoch.offset_ms)


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
        keep_pages(work, [item for item in known if isinstance(item, PageItem)])
        Rejection.objects.bulk_create(work.rejected)
        position.seq = items[-1].seq
        position.save(update_fields=["seq"])
    return Stored(position.seq, tuple((one.seq, one.code) for one in work.rejected), changed=work.changed)


def _work(agent: Agent, spool: UUID, items: Sequence[Item], offset_ms: int, doubtful: bool) -> Work:
    shift = clock.shift_ms()
    names = {item.epoch for item in items}
    courses = {epoch.name: _course(epoch) for epoch in Epoch.objects.filter(agent=agent, name__in=names)}
    # an epoch that ended before it was ever heard: same machine, same clock as the one that speaks now
    level = Course(0, offset_ms, 0, offset_ms)
    cameras = {str(camera.pk): camera for camera in agent.cameras.all()}
    return Work(agent, spool, doubtful, machine_ms() + shift, cameras, {name: courses.get(name, level) for name in names}, shift)


def _known(work: Work, item: Item) -> bool:
    """Whether the item is about a camera of this collector and not about the future."""
    latest = item.at_ms if isinstance(item, FaultItem) else item.end_ms  # type: ignore[attr-defined]
    if item.camera not in work.cameras:
        work.reject(item, "foreign_camera")
    elif item.epoch == "server":
        work.reject(item, "reserved_epoch")
    elif work.legal(item.epoch, latest) > work.now_ms + AHEAD_MS:
        work.reject(item, "future")
    else:
        return True
    return False


def _segments(work: Work, items: Sequence[SegmentItem]) -> None:
    """Extend the open run of each camera, or begin another."""
    if not items:
        return
    open_rows = _last_segments({item.camera for item in items}, {item.epoch for item in items})
    new: list[Segment] = []
    extended: dict[int, Segment] = {}
    for item in items:
        last = open_rows.get((item.camera, item.epoch))
        row = _segment(work, item, last)
        if row is None:
            work.reject(item, "overlap")
            continue
        _note_clock(work, row, last)
        if last is not None and _goes_on(last, row):
            last.end_ms, last.seq = row.end_ms, row.seq
            if last.pk is not None:
                extended[last.pk] = last
            continue
        work.changed = work.changed or last is None or (last.states, last.hidden) != (row.states, row.hidden)
        open_rows[item.camera, item.epoch] = row
        new.append(row)
    Segment.objects.bulk_update(extended.values(), ["end_ms", "seq"])
    Segment.objects.bulk_create(new)


def _segment(work: Work, item: SegmentItem, last: Segment | None) -> Segment | None:
    """The row of an item; it begins where the last one ended if it did so by the collector's own time. None if it contradicts that one."""
    added = _kept_offset(work, item, last)
    start, end = item.start_ms + added, item.end_ms + added
    if last is not None:
        ended = last.end_ms - last.added_ms  # own time
        start = last.end_ms if item.start_ms == ended else start
        if item.start_ms < ended or start < last.end_ms or end <= start:
            return None
    states = [one for one in item.states if one != "ok"]
    if _clock_wrong(work, item, added) and "clock" not in states:
        states.append("clock")
    return Segment(
        camera=work.cameras[item.camera], epoch=item.epoch, seq=item.seq, start_ms=start, end_ms=end, added_ms=added,
        states=",".join(states) or "ok", hidden=",".join(item.zones),
    )  # fmt: skip


def _goes_on(last: Segment, row: Segment) -> bool:
    """Whether a row says no more than that the last one lasted longer."""
    return (last.states, last.hidden, last.added_ms, last.end_ms) == (row.states, row.hidden, row.added_ms, row.start_ms)


def _kept_offset(work: Work, item: SegmentItem, last: Segment | None) -> int:
    """The offset at the item's end; that of the row before it as long as it is hardly another one, so that the row goes on."""
    added = work.added(item.epoch, item.end_ms)
    return last.added_ms if last is not None and abs(last.added_ms - added) <= ROW_MS else added


def _clock_wrong(work: Work, item: SegmentItem, added: int) -> bool:
    """Whether the wall clock of the machine was far from ours at the item's end, or we cannot know."""
    wall_error = item.end_ms + added - work.shift_ms - item.wall_ms if item.wall_ms else 0
    return work.doubtful or abs(wall_error) > CLOCK_MS


def _note_clock(work: Work, row: Segment, last: Segment | None) -> None:
    """Say when the clock of a collector becomes doubtful, and when it is right again."""
    wrong, was_wrong = ("clock" in row.states.split(","), last is not None and "clock" in last.states.split(","))
    if wrong != was_wrong:
        note_fault(row.camera, "clock", wrong, row.start_ms, row.end_ms if wrong else row.start_ms, "")


def _last_segments(cameras: Iterable[str], epochs: Iterable[str]) -> dict[tuple[str, str], Segment]:
    found = Segment.objects.filter(camera__in=list(cameras), epoch__in=list(epochs))
    latest = found.order_by().values("camera", "epoch").annotate(last=Max("id")).values("last")
    return {(str(row.camera_id), row.epoch): row for row in Segment.objects.filter(pk__in=latest)}


def _files(work: Work, items: Sequence[FileItem]) -> None:
    """Index recordings; a file whose link does not continue the camera's chain is not evidence."""
    if not items:
        return
    chain = _last_links({item.camera for item in items})
    new: list[Recording] = []
    for item in items:
        last = chain.get(item.camera)
        before = last.chain if last is not None else GENESIS
        # a new disk at the venue begins a new chain; the index shows where
        if item.chain not in (chained(before, item.sha256), chained(GENESIS, item.sha256)):
            work.reject(item, "chain_broken")
            continue
        chain[item.camera] = _recording(work, item, last)
        new.append(chain[item.camera])
    Recording.objects.bulk_create(new)


def _recording(work: Work, item: FileItem, last: Recording | None) -> Recording:
    """The row of a file; where files touch by the collector's own time they touch by ours, however its clock was steered between them."""
    added = work.added(item.epoch, item.end_ms)
    start, end = work.legal(item.epoch, item.start_ms), item.end_ms + added
    if last is not None and last.epoch == item.epoch and last.end_ms - last.added_ms == item.start_ms:
        start = min(last.end_ms, end - 1)
    return Recording(
        camera=work.cameras[item.camera], epoch=item.epoch, seq=item.seq, start_ms=start, end_ms=end, added_ms=added,
        bytes=item.bytes, sha256=item.sha256, chain=item.chain, name=item.name,
    )  # fmt: skip


def _last_links(cameras: Iterable[str]) -> dict[str, Recording]:
    found = Recording.objects.filter(camera__in=list(cameras))
    latest = found.order_by().values("camera").annotate(last=Max("end_ms")).values_list("camera", "last")
    wanted = Q()
    for camera, last in latest:
        wanted |= Q(camera=camera, end_ms=last)
    return {str(row.camera_id): row for row in found.filter(wanted).order_by("seq")} if wanted else {}


def _faults(work: Work, items: Sequence[FaultItem]) -> None:
    """Open, merge and close the faults that people see; few, so one at a time."""
    for item in items:
        work.changed = True
        since, at = work.legal(item.epoch, item.first_bad_ms), work.legal(item.epoch, item.at_ms)
        note_fault(work.cameras[item.camera], item.state, item.on, since, at, item.detail)


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
