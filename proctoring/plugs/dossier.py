"""Section 08 of a sitting's dossier: everything that is needed to compute its coverage again, and the program that does it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.archive.sections import section
from exams.sittings.models import Sitting
from proctoring import geometry
from proctoring.cameras.models import Camera
from proctoring.coverage import queries, timeline
from proctoring.coverage.models import Explanation, FaultEvent, Recording, Segment
from proctoring.plugs import recompute
from proctoring.protocol import GENESIS


@section("08-video", _("Video index"), required=True)
def video(sitting: Sitting) -> Iterable[tuple[str, bytes]]:
    """Plan, poses, segments, recordings, explanations, the coverage that follows, and how to compute it again."""
    if not sitting.room.watch:
        yield "unwatched.json", _json({"room": sitting.room.name, "watch": False})
        return
    report = queries.report(sitting)
    yield "plan.json", _json(_plan(sitting, report))
    yield "segments.jsonl", _lines(_segments(report))
    yield "recordings.jsonl", _lines(_recordings(report))
    yield "faults.jsonl", _lines(_faults(report))
    yield "explanations.json", _json(_explanations(sitting))
    yield "coverage.json", _json(recompute.result(report.coverage, report.seen))
    # the very code that counted, so that the authority reads what it runs
    for module in (geometry, timeline, recompute):
        path = Path(module.__file__ or "")
        yield path.name, path.read_bytes()


def _plan(sitting: Sitting, report: queries.Report) -> dict[str, Any]:
    labels = set(report.seen)
    seats = {seat.label: [seat.x_mm, seat.y_mm] for seat in sitting.room.seats.all() if seat.label in labels}
    cameras = {
        camera.name: {
            "id": str(camera.pk), "pose": asdict(camera.pose), "least_px_per_m": camera.least_px_per_m, "records": camera.records,
            "aim_checked_at": camera.aim_checked_at, "reference_sha256": camera.reference_sha256,
        }
        for camera in report.cameras
    }  # fmt: skip
    return {"window_ms": report.coverage.window, "plan": sitting.room.plan, "seats": seats, "cameras": cameras}


def _within(report: queries.Report) -> dict[str, Any]:
    start, end = report.coverage.window
    return {"camera__in": report.cameras, "start_ms__lt": end, "end_ms__gt": start}


def _segments(report: queries.Report) -> Iterator[dict[str, Any]]:
    fields = ("camera__name", "epoch", "seq", "start_ms", "end_ms", "added_ms", "states")
    for row in Segment.objects.filter(**_within(report)).order_by("camera__name", "start_ms", "id").values(*fields):
        yield {**row, "camera": row.pop("camera__name")}


def _recordings(report: queries.Report) -> Iterator[dict[str, Any]]:
    """Each with the link it follows, so that every digest can be checked, that of the first file too."""
    fields = ("camera__name", "epoch", "seq", "start_ms", "end_ms", "added_ms", "bytes", "sha256", "chain", "name")
    before = {camera.name: _link_before(camera, report.coverage.window[0]) for camera in report.cameras}
    for row in Recording.objects.filter(**_within(report)).order_by("camera__name", "start_ms", "seq").values(*fields):
        name = row.pop("camera__name")
        yield {**row, "camera": name, "before": before[name]}
        before[name] = row["chain"]


def _link_before(camera: Camera, start_ms: int) -> str:
    earlier = Recording.objects.filter(camera=camera, end_ms__lte=start_ms).order_by("-start_ms", "-seq")
    return earlier.values_list("chain", flat=True).first() or GENESIS


def _faults(report: queries.Report) -> Iterator[dict[str, Any]]:
    start, end = report.coverage.window
    fields = ("camera__name", "state", "since_ms", "certain_ms", "until_ms", "detail", "incident_id", "handling", "handled_by")
    found = FaultEvent.objects.filter(camera__in=report.cameras, since_ms__lt=end).exclude(until_ms__lt=start)
    for row in found.order_by("since_ms", "camera__name").values(*fields):
        yield {**row, "camera": row.pop("camera__name")}


def _explanations(sitting: Sitting) -> list[dict[str, Any]]:
    fields = ("camera__name", "since_ms", "until_ms", "reason", "text", "by_name", "at")
    return list(Explanation.objects.filter(sitting=sitting).order_by("since_ms", "at").values(*fields))


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, default=str) + "\n").encode()


def _lines(rows: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False, sort_keys=True, default=str) + "\n" for row in rows).encode()
