"""No start without pictures, no closing without explanations: what video asks of a sitting's gates."""

from __future__ import annotations

from collections.abc import Iterator

from exams import clock, spelling
from exams.conduct.readiness import closing, readiness
from exams.sittings.models import Sitting
from exams.verdicts import Objection
from exams.verdicts import gettext_noop as _
from proctoring.cameras import privacy
from proctoring.cameras import queries as cameras_queries
from proctoring.coverage import queries
from proctoring.coverage.models import Recording
from proctoring.wall.queries import Lamp, lamps

RECORDED_MS = 60_000


def _lamps(sitting: Sitting) -> list[Lamp]:
    cameras = list(sitting.room.cameras.exclude(state="retired").select_related("agent", "room").order_by("name"))
    lit = lamps(cameras)
    return [lit[camera.pk] for camera in cameras]


@readiness("proctoring.seats_seen", _("Every assigned seat is seen by a healthy camera"), _("Requirements R-68 and R-69"))
def seats_seen(sitting: Sitting) -> Iterator[Objection]:
    """Every assigned seat is seen, large enough, by a camera whose aim was checked and whose picture is healthy now."""
    if not sitting.room.watch:
        return
    now = _lamps(sitting)
    aimed = [lamp.camera for lamp in now if lamp.camera.aim_checked_at is not None]
    seen = cameras_queries.seen_by(sitting.room, aimed)
    seats = queries.assigned_seats(sitting)
    healthy = {lamp.camera.name for lamp in now if lamp.verdict == "ok"}
    unplanned = [label for label in seats if not seen.get(label)]
    dark = [label for label in seats if seen.get(label) and not seen[label] & healthy]
    if unplanned:
        yield Objection(
            "proctoring.seat_unplanned",
            _("%(n)s of %(all)s seats lie in no camera’s view (%(seats)s)."),
            {"n": len(unplanned), "all": len(seats), "seats": ", ".join(unplanned)},
            _("Requirement R-68"),
            _("Place a camera that sees them and check its aim, or move the candidates."),
        )
    if dark:
        yield Objection(
            "proctoring.seat_dark",
            _("%(n)s of %(all)s seats are seen by no healthy camera now (%(seats)s)."),
            {"n": len(dark), "all": len(seats), "seats": ", ".join(dark)},
            _("Requirement R-69"),
            _("Restore the cameras of these seats."),
        )


@readiness("proctoring.privacy", _("No camera looks into a private place"), privacy.BASIS)
def privacy_kept(sitting: Sitting) -> Iterator[Objection]:
    """No camera of the room hangs in, or looks into, what its plan marks as private."""
    for camera in sitting.room.cameras.exclude(state="retired"):
        yield from privacy.objections(sitting.room.use, sitting.room.plan, camera.pose)


@readiness("proctoring.recording", _("All cameras of the room deliver and record"), _("Requirement R-69"))
def recording(sitting: Sitting) -> Iterator[Objection]:
    """Live confirmation: every camera healthy now, and a recording file closed within the last minute."""
    if not sitting.room.watch:
        return
    now = _lamps(sitting)
    since = queries.milliseconds(clock.now()) - RECORDED_MS
    recorded = set(Recording.objects.filter(camera__in=[lamp.camera for lamp in now], end_ms__gte=since).values_list("camera", flat=True))
    missing = [lamp.camera.name for lamp in now if lamp.verdict == "gap" or (lamp.camera.records and lamp.camera.pk not in recorded)]
    if not now or missing:
        yield Objection(
            "proctoring.not_recording",
            _("The exam cannot start: %(n)s of %(all)s cameras are not recording (%(list)s)."),
            {"n": len(missing), "all": len(now), "list": ", ".join(missing) or "—"},
            _("Requirement R-69"),
            _("Restore them, or ask chief and authority for an exception."),
        )


@closing("proctoring.gaps", _("Every gap of the video is explained"), _("Requirement R-70"))
def gaps_explained(sitting: Sitting) -> Iterator[Objection]:
    """No gap of the length that must be explained is without an explanation."""
    if not sitting.room.watch:
        return
    report = queries.report(sitting)
    if report.open_gaps:
        named = [f"{gap.camera.name} {spelling.hour(gap.starts_at, seconds=True)}, {gap.seconds} s" for gap in report.open_gaps[:4]]
        yield Objection(
            "proctoring.gap_unexplained",
            _("%(n)s gaps of the video are not explained (%(list)s)."),
            {"n": len(report.open_gaps), "list": "; ".join(named)},
            _("Requirement R-70"),
            _("Write an explanation for each on the page of video coverage."),
        )
