"""Pages of the camera wall."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from exams import clock
from exams.access import may, needs
from exams.drawing import Row, Segment, Timeline
from exams.people.session import watching
from exams.sittings.models import Seat
from exams.sittings.plan import rows_of
from proctoring.cameras.states import word
from proctoring.coverage.models import FaultEvent
from proctoring.coverage.queries import milliseconds, moment
from proctoring.wall import actions, queries

HOUR_MS = 3_600_000
FILL = {"ok": "ok", "doubt": "wait", "gap": "gap"}


@needs("proctoring.watch_wall")
def venues(request: HttpRequest) -> HttpResponse:
    """Choose the venue to watch; where there is only one, it is chosen."""
    found = list(queries.visible_to(request.actor).select_related("body"))
    if len(found) == 1:
        return redirect("wall:wall", pk=found[0].pk)
    return render(request, "proctoring/wall/venues.html", {"venues": found})


@needs("proctoring.watch_wall")
def wall(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The wall of a venue."""
    return render(request, "proctoring/wall/wall.html", _context(request, pk))


@needs("proctoring.watch_wall")
def now(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The changing part of the wall."""
    return render(request, "proctoring/wall/_now.html", _context(request, pk))


@needs("proctoring.watch_wall")
@watching
def version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A number that says whether the wall must be read again."""
    venue = get_object_or_404(queries.visible_to(request.actor), pk=pk)
    return JsonResponse({"version": queries.wall(venue).version})


@require_POST
@needs("proctoring.watch_wall")
def handle(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Take a fault on, dismiss it, pass it to the room, or undo that."""
    rooms = queries.visible_to(request.actor).values("rooms")
    fault = get_object_or_404(FaultEvent.objects.select_related("camera__room"), pk=pk, camera__room__in=rooms)
    if verb not in actions.VERBS:
        raise Http404
    actions.handle_fault(by=request.actor, fault=fault, verb=verb)
    return redirect("wall:wall", pk=fault.camera.room.venue_id)


def _context(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    venue = get_object_or_404(queries.visible_to(request.actor), pk=pk)  # type: ignore[attr-defined]
    shown = queries.wall(venue)
    return {
        "venue": venue,
        "wall": shown,
        "tiles": [{"tile": tile, "plan": _squares(tile), "since": _lasting(shown, tile)} for tile in shown.exceptions],
        "queue": [
            {"fault": one, "word": word(one.state), "since": moment(one.since_ms), "lasts": (shown.now_ms - one.since_ms) // 1000}
            for one in shown.queue
        ],
        "clock_ms": milliseconds(clock.now()),
        "now": clock.now(),
        "hour": _past_hour(shown),
        "may_handle": bool(may(request.actor, "proctoring.handle_fault")),  # type: ignore[attr-defined]
    }


def _lasting(shown: queries.Wall, tile: queries.Tile) -> dict[str, Any]:
    since = tile.since_ms
    return {"at": moment(since) if since else None, "seconds": (shown.now_ms - since) // 1000 if since else 0}


def _squares(tile: queries.Tile) -> dict[str, Any]:
    """A miniature of the room: seats as they stand, row by row."""
    verdict = {seat.pk: one for seat, one in tile.seats}
    rows: list[list[Seat]] = rows_of([seat for seat, _one in tile.seats])
    squares = [
        {"x": 1 + 26 * column, "y": 1 + 15 * line, "fill": FILL[verdict[seat.pk]]}
        for line, row in enumerate(rows)
        for column, seat in enumerate(row)
    ]
    return {"squares": squares, "width": 26 * max((len(row) for row in rows), default=1), "height": 15 * max(len(rows), 1)}


def _past_hour(shown: queries.Wall) -> Timeline | None:
    """What happened in the rooms with an exception during the last hour."""
    if not shown.exceptions:
        return None
    since = shown.now_ms - HOUR_MS
    cameras = {lamp.camera.pk: tile.sitting.room.name for tile in shown.exceptions for lamp in tile.lamps}
    rows: dict[str, list[Segment]] = {tile.sitting.room.name: [] for tile in shown.exceptions}
    for fault in FaultEvent.objects.filter(camera__in=cameras).exclude(until_ms__lt=since).select_related("camera").order_by("since_ms"):
        end = fault.until_ms or shown.now_ms
        words = f"{fault.camera.name} {word(fault.state)}"
        fill = "wait" if fault.state == "clock" else "gap"
        rows[cameras[fault.camera_id]].append(Segment(moment(max(fault.since_ms, since)), moment(end), fill, words))
    return Timeline("", moment(since), moment(shown.now_ms), [Row(name, segments, "ok") for name, segments in rows.items()])
