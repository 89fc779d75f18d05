"""Section 08 of a sitting's dossier: everything that is needed to compute its coverage again, and the program that does it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.archive.sections import section
from exams.conduct.models import Incident
from exams.journal import canonical
from exams.sittings import parameters
from exams.sittings.models import Sitting
from exams.spelling import local
from proctoring import geometry
from proctoring.cameras import platform_codes
from proctoring.cameras import queries as cameras_queries
from proctoring.cameras.models import Camera
from proctoring.coverage import queries, timeline
from proctoring.coverage.models import Explanation, FaultEvent, Page, Recording, Segment
from proctoring.plugs import recompute
from proctoring.protocol import GENESIS

SCHEMA = "exams.video-coverage/1"
# Each camera's own value stands with its pose; this is where 125 and 250 pixels per metre come from.
STANDARD = "EN 62676-4:2015"


@section("08-video", _("Video index"), required=True)
def video(sitting: Sitting) -> Iterable[tuple[str, bytes]]:
    """Plan, poses, segments, recordings, explanations, the coverage that follows, and how to compute it again."""
    if not sitting.room.watch:
        yield "unwatched.json", _json({"room": sitting.room.name, "watch": False})
        return
    report = queries.report(sitting)
    plan, recordings = _plan(sitting, report), list(_recordings(report))
    files = {
        "plan.json": _json(plan),
        "segments.jsonl": _lines(_segments(report)),
        "recordings.jsonl": _lines(recordings),
        "pages.jsonl": _lines(_pages(report)),
        "faults.jsonl": _lines(_faults(report)),
        "incidents.jsonl": _lines(_incidents(sitting, report)),
        "explanations.json": _json(_explanations(sitting)),
        "coverage.json": _json(result(report)),
        recompute.SELF: Path(recompute.__file__).read_bytes(),
    }
    yield from files.items()
    yield "section.json", _json(_index(report, plan, recordings, files))


def result(report: queries.Report) -> dict[str, Any]:
    """The coverage of a sitting as it stands in its dossier."""
    seats = [seat for seat in report.sitting.room.seats.all() if seat.label in report.seen]
    seen = cameras_queries.views(report.sitting.room, report.cameras, seats)
    gaps = [_gap(one) for one in sorted(report.gaps, key=lambda gap: (gap.camera.name, gap.start))]
    return counted(report.coverage, seen, report.seen, gaps)


def counted(
    covered: timeline.Coverage, views: Mapping[str, Mapping[str, geometry.View]], seen: Mapping[str, frozenset[str]], gaps: list[Any]
) -> dict[str, Any]:
    """Sums in seat-milliseconds, every stretch of every camera and seat, every gap."""
    return {
        "window_ms": list(covered.window),
        "views": {label: {name: [one.seen, one.of, one.px_per_m] for name, one in row.items()} for label, row in views.items()},
        "seen_by": {seat: sorted(names) for seat, names in seen.items()},
        "cameras": {name: _stretches(line) for name, line in covered.cameras.items()},
        "seats": {seat: _stretches(line) for seat, line in covered.seats.items()},
        "seat_ms": {"all": covered.all_ms, **{verdict: covered.total(verdict) for verdict in ("ok", "gap", "doubt")}},
        "spare_seats": timeline.spare(seen),
        "gaps": gaps,
    }


def _stretches(line: Iterable[timeline.Stretch]) -> list[list[Any]]:
    return [[one.start, one.end, one.verdict, list(one.reasons)] for one in line]


def _gap(gap: queries.Gap) -> dict[str, Any]:
    return {
        "camera": gap.camera.name, "start_ms": gap.start, "end_ms": gap.end, "verdict": gap.verdict, "reasons": list(gap.reasons),
        "seats": sorted(gap.seats), "seat_ms": gap.seat_ms, "must_explain": gap.must_explain, "explained": gap.explained,
    }  # fmt: skip


def _index(report: queries.Report, plan: dict[str, Any], recordings: list[dict[str, Any]], files: dict[str, bytes]) -> dict[str, Any]:
    """What ties the section together: the digest of each file, of each version of plan and pose, and the head of each chain."""
    heads = {row["camera"]: row["chain"] for row in recordings}
    cameras = {
        name: {
            "pose_sha256": _digest(canonical.dumps(camera["pose"])), "reference_sha256": camera["reference_sha256"],
            "chain_head": heads.get(name, ""),
        }
        for name, camera in plan["cameras"].items()
    }  # fmt: skip
    counted_by = {Path(module.__file__ or "").name: _digest(Path(module.__file__ or "").read_bytes()) for module in (geometry, timeline)}
    return {
        "schema": SCHEMA, "sitting": report.sitting.pk, "room": report.sitting.room.name, "provisional": report.provisional,
        "software": {"version": version("inspector-examinations"), "counted_by": counted_by},
        "plan_sha256": _digest(canonical.dumps(plan["plan"])), "seats_sha256": _digest(canonical.dumps(plan["seats"])),
        "cameras": cameras, "files": {name: _digest(content) for name, content in files.items()},
    }  # fmt: skip


def _plan(sitting: Sitting, report: queries.Report) -> dict[str, Any]:
    seats = {seat.label: [seat.x_mm, seat.y_mm] for seat in sitting.room.seats.all() if seat.label in report.seen}
    cameras = {
        camera.name: {
            "id": camera.pk, "pose": asdict(camera.pose), "least_px_per_m": camera.least_px_per_m, "records": camera.records,
            "aim_checked_at": camera.aim_checked_at, "reference_sha256": camera.reference_sha256,
            "collector": {"id": camera.agent_id, "name": camera.agent.name, "software": camera.agent.software},
        }
        for camera in report.cameras
    }  # fmt: skip
    return {
        "window_ms": report.coverage.window, "plan": sitting.room.plan, "seats": seats, "cameras": cameras,
        "parameters": _parameters(sitting),
    }  # fmt: skip


def _parameters(sitting: Sitting) -> dict[str, Any]:
    explain = parameters.in_force(sitting.slot.event.body_id, "VIDEO_GAP_S", local(sitting.starts_at).date())
    return {
        "standard": STANDARD, "points_needed": list(geometry.NEEDED), "desk_mm": geometry.DESK_MM, "head_mm": geometry.HEAD_MM,
        "explain_from_ms": explain.value * 1000, "explain_since": explain.since,
    }  # fmt: skip


def _within(report: queries.Report) -> dict[str, Any]:
    start, end = report.coverage.window
    return {"camera__in": report.cameras, "start_ms__lt": end, "end_ms__gt": start}


def _segments(report: queries.Report) -> Iterator[dict[str, Any]]:
    fields = ("camera__name", "epoch", "seq", "start_ms", "end_ms", "added_ms", "states", "hidden")
    yield from _named(Segment.objects.filter(**_within(report)).order_by("camera__name", "start_ms", "id").values(*fields))


def _recordings(report: queries.Report) -> Iterator[dict[str, Any]]:
    """Each with the link it follows, so that every digest can be checked, that of the first file too."""
    fields = ("camera__name", "epoch", "seq", "start_ms", "end_ms", "added_ms", "bytes", "sha256", "chain", "name")
    before = {camera.name: _link_before(camera, report.coverage.window[0]) for camera in report.cameras}
    for row in _named(Recording.objects.filter(**_within(report)).order_by("camera__name", "start_ms", "seq").values(*fields)):
        yield {**row, "before": before[row["camera"]]}
        before[row["camera"]] = row["chain"]


def _link_before(camera: Camera, start_ms: int) -> str:
    earlier = Recording.objects.filter(camera=camera, end_ms__lte=start_ms).order_by("-start_ms", "-seq")
    return earlier.values_list("chain", flat=True).first() or GENESIS


def _pages(report: queries.Report) -> Iterator[dict[str, Any]]:
    """What the collectors signed, word for word, with the key that a person confirmed."""
    fields = ("camera__name", "start_ms", "end_ms", "text", "signature", "key__public_key")
    for row in _named(Page.objects.filter(**_within(report)).order_by("camera__name", "start_ms", "id").values(*fields)):
        yield {**row, "key": row.pop("key__public_key")}


def _faults(report: queries.Report) -> Iterator[dict[str, Any]]:
    start, end = report.coverage.window
    fields = ("camera__name", "state", "since_ms", "certain_ms", "until_ms", "detail", "incident_id", "handling", "handled_by")
    found = FaultEvent.objects.filter(camera__in=report.cameras, since_ms__lt=end).exclude(until_ms__lt=start)
    for row in _named(found.order_by("since_ms", "camera__name").values(*fields)):
        yield {**row, **platform_codes.as_row(row["state"])}


def _incidents(sitting: Sitting, report: queries.Report) -> Iterator[dict[str, Any]]:
    names = {camera.pk: camera.name for camera in report.cameras}
    fields = ("number", "kind", "since", "until", "state", "camera_id")
    for row in Incident.objects.filter(sitting=sitting).exclude(camera_id=None).order_by("since", "id").values(*fields):
        yield {**row, "camera": names.get(row["camera_id"], "")}


def _explanations(sitting: Sitting) -> list[dict[str, Any]]:
    fields = ("camera__name", "since_ms", "until_ms", "reason", "text", "by_name", "at")
    return list(_named(Explanation.objects.filter(sitting=sitting).order_by("since_ms", "at").values(*fields)))


def _named(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows with the camera by its name."""
    for row in rows:
        yield {**row, "camera": row.pop("camera__name")}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _json(value: Any) -> bytes:
    return canonical.dumps(value) + b"\n"


def _lines(rows: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(_json(row) for row in rows)
