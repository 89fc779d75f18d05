"""Reads of coverage: what is known of a sitting's cameras, joined with the plan into seats by time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet

from exams import clock
from exams.access import Actor
from exams.conduct.models import Bell
from exams.sittings import queries as sittings
from exams.sittings.models import Sitting
from proctoring.cameras import platform_codes
from proctoring.cameras import queries as cameras_queries
from proctoring.cameras.models import Camera
from proctoring.coverage import timeline
from proctoring.coverage.models import Explanation, FaultEvent, Recording, Segment
from proctoring.coverage.parameters import value
from proctoring.coverage.timeline import CameraLine, Coverage, Span

LIVE_LAG_MS = 10_000  # what is younger may still be on its way from the room


def milliseconds(moment: datetime) -> int:
    """A moment as whole milliseconds, cut off."""
    return int(moment.timestamp() * 1000)


def moment(ms: int) -> datetime:
    """Milliseconds as a moment."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def visible_to(actor: Actor) -> QuerySet[Sitting]:
    """Sittings whose coverage one may look at: those one sees, and for the technicians all of their body."""
    if actor.capacity in cameras_queries.KEEPERS:
        found = Sitting.objects.filter(slot__venue__body=actor.organisation_id)
    else:
        found = sittings.sittings_visible_to(actor)
    return found.select_related("slot__event__body", "slot__venue", "slot__item__qualification", "slot__item__edition", "room__venue")


@dataclass(frozen=True)
class Gap:
    """Time of one camera that is not healthy video, what it cost, and whether somebody has explained it."""

    camera: Camera
    start: int
    end: int
    verdict: str
    reasons: tuple[str, ...]
    seats: tuple[str, ...]
    seat_ms: int
    explanations: tuple[Explanation, ...]
    must_explain: bool

    @property
    def seconds(self) -> int:
        """Rounded up: a gap is never made smaller."""
        return -(-(self.end - self.start) // 1000)

    @property
    def seat_seconds(self) -> int:
        return -(-self.seat_ms // 1000)

    @property
    def explained(self) -> bool:
        spans = [(one.since_ms, one.until_ms) for one in self.explanations]
        return not timeline.subtract([(self.start, self.end)], spans)

    @property
    def open(self) -> bool:
        """Whether closing waits for it."""
        return self.must_explain and not self.explained

    @property
    def starts_at(self) -> datetime:
        return moment(self.start)

    @property
    def ends_at(self) -> datetime:
        return moment(self.end)


@dataclass(frozen=True)
class Report:
    """The coverage of one sitting with everything it rests on; `provisional` while the room is open and data are on their way."""

    sitting: Sitting
    cameras: list[Camera]
    seen: dict[str, frozenset[str]]
    coverage: Coverage
    gaps: list[Gap]
    provisional: bool

    @property
    def open_gaps(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.open]

    @property
    def spare(self) -> int:
        return timeline.spare(self.seen)


def window_of(sitting: Sitting) -> tuple[Span, bool]:
    """The time that must be covered: start to end of the sitting (an earlier end bell ends it); cut at the present while it lasts."""
    end = sitting.ends_at
    rung = Bell.objects.filter(sitting=sitting, kind="end").values_list("at", flat=True).first()
    if rung is not None:
        end = min(end, rung)
    start, last = milliseconds(sitting.starts_at), milliseconds(end)
    arrived = milliseconds(clock.now()) - LIVE_LAG_MS
    if sitting.state in ("closed", "sealed") or last <= arrived:
        return (start, max(start, last)), False
    return (start, max(start, min(last, arrived))), True


def counting(sitting: Sitting) -> list[Camera]:
    """Cameras whose aim was checked: without that nobody knows what they saw."""
    return list(sitting.room.cameras.exclude(aim_checked_at=None).exclude(state="retired").order_by("name"))


def camera_lines(cameras: Iterable[Camera], window: Span, *, recorded: bool = True) -> dict[str, CameraLine]:
    """All that is stored of these cameras within the window; two queries whatever their number."""
    cameras = list(cameras)
    start, end = window
    segments: dict[object, list[timeline.Segment]] = {camera.pk: [] for camera in cameras}
    files: dict[object, list[Span]] = {camera.pk: [] for camera in cameras}
    within = {"camera__in": cameras, "start_ms__lt": end, "end_ms__gt": start}
    fields = ("camera_id", "start_ms", "end_ms", "states", "epoch", "hidden")
    for camera, since, until, states, epoch, hidden in Segment.objects.filter(**within).order_by("start_ms").values_list(*fields):
        source = timeline.SERVER if epoch == timeline.SERVER else ""
        segments[camera].append(timeline.Segment(since, until, frozenset(states.split(",")), source, seats_in(hidden)))
    for camera, since, until in Recording.objects.filter(**within).values_list("camera_id", "start_ms", "end_ms"):
        files[camera].append((since, until))
    wanted = {camera.pk: camera.records and recorded for camera in cameras}
    return {camera.name: CameraLine(segments[camera.pk], files[camera.pk] if wanted[camera.pk] else None) for camera in cameras}


def seats_in(hidden: str) -> frozenset[str]:
    """The seats of a stored list."""
    return frozenset(hidden.split(",")) if hidden else frozenset()


def assigned_seats(sitting: Sitting) -> list[str]:
    """Labels of the seats somebody was given."""
    held = sitting.places.filter(state="held")
    return list(held.order_by("seat__label").values_list("seat__label", flat=True))


def report(sitting: Sitting) -> Report:
    """The coverage of a sitting, as it can be proved now."""
    window, provisional = window_of(sitting)
    cameras = counting(sitting)
    visible = cameras_queries.seen_by(sitting.room, cameras)
    seen = {label: visible.get(label, frozenset()) for label in assigned_seats(sitting)}
    # a file is known only when it is closed: while the room is open its absence says nothing
    covered = timeline.coverage(window, camera_lines(cameras, window, recorded=not provisional), seen)
    explained = list(Explanation.objects.filter(sitting=sitting).select_related("camera"))
    least = value(sitting, "VIDEO_GAP_S") * 1000
    gaps = [gap for camera in cameras for gap in _gaps(camera, covered, seen, explained, least)]
    return Report(sitting, cameras, seen, covered, sorted(gaps, key=lambda gap: (not gap.open, gap.start, gap.camera.name)), provisional)


def _gaps(camera: Camera, covered: Coverage, seen: dict[str, frozenset[str]], explained: list[Explanation], least: int) -> Iterable[Gap]:
    mine = [label for label, names in seen.items() if camera.name in names]
    for one in covered.cameras[camera.name]:
        if one.verdict == "ok":
            continue
        lost = {label: _overlap(covered.seats[label], one) for label in mine}
        touching = tuple(e for e in explained if e.camera_id == camera.pk and e.since_ms < one.end and e.until_ms > one.start)
        yield Gap(
            camera, one.start, one.end, one.verdict, one.reasons, tuple(label for label, ms in lost.items() if ms),
            sum(lost.values()), touching, one.end - one.start >= least,
        )  # fmt: skip


def _overlap(line: Iterable[timeline.Stretch], gap: timeline.Stretch) -> int:
    return sum(max(0, min(one.end, gap.end) - max(one.start, gap.start)) for one in line if one.verdict == gap.verdict)


def faults_for_others(sitting: Sitting) -> list[dict[str, object]]:
    """Every fault within the time to be covered, in the words of ONVIF and GB/T 28181 beside our own."""
    (start, end), _ = window_of(sitting)
    fields = ("camera__name", "state", "since_ms", "until_ms", "handling")
    found = FaultEvent.objects.filter(camera__room=sitting.room_id, since_ms__lt=end).exclude(until_ms__lt=start)
    rows = found.order_by("since_ms", "camera__name").values(*fields)
    return [{"camera": row.pop("camera__name"), **row, **platform_codes.as_row(row["state"])} for row in rows]


def open_faults(cameras: Iterable[Camera]) -> QuerySet[FaultEvent]:
    """Faults that have not ended."""
    return FaultEvent.objects.filter(camera__in=list(cameras), until_ms=None).order_by("since_ms")
