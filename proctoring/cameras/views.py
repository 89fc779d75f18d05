"""Pages of cameras and of the rooms they watch."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from exams.access import may, needs
from exams.errors import Refused
from exams.lifecycle import label
from exams.listing import Column, Filter, Listing
from exams.sittings.drawing import draw
from exams.sittings.models import Room
from proctoring import geometry, placing
from proctoring.cameras import actions, queries
from proctoring.cameras.forms import CameraForm, ReasonForm, degrees
from proctoring.cameras.models import Camera


@needs("proctoring.see_cameras")
def cameras(request: HttpRequest) -> HttpResponse:
    """All cameras one may see."""
    listing = Listing(
        queries.visible_to(request.actor).select_related("room__venue", "agent"),
        columns=[
            Column("name", _("Camera"), kind="head", sort="name", link=lambda one: reverse("cameras:room", args=[one.room_id])),
            Column("room", _("Room"), value=lambda one: f"{one.room.venue} · {one.room}", sort="room__name"),
            Column("agent", _("Room collector"), value="agent.name", sort="agent__name"),
            Column("source", _("Source"), value="shown_source"),
            Column("aim", _("Aim checked"), value="aim_checked_at", kind="when", sort="aim_checked_at"),
            Column("state", _("State"), kind="state", sort="state"),
        ],
        search=["name", "room__name", "room__venue__name"],
        filters=[Filter("state", _("State"), choices=[(one, label(Camera, one)) for one in ("placed", "accepted", "faulty", "retired")])],
        default_sort="room", name="cameras", title=_("Cameras"),
        empty=_("No camera yet. Enrol a room collector, then place cameras in a room."),
    )  # fmt: skip
    rooms = queries.rooms_visible_to(request.actor).filter(use="exam").select_related("venue")
    return listing.answer(request, "proctoring/cameras/list.html", {"rooms": rooms, "may_keep": _may_keep(request)})


def _may_keep(request: HttpRequest) -> bool:
    return bool(may(request.actor, "proctoring.keep_cameras"))  # type: ignore[attr-defined]


def _room(request: HttpRequest, pk: UUID) -> Room:
    return get_object_or_404(queries.rooms_visible_to(request.actor).select_related("venue"), pk=pk)  # type: ignore[attr-defined]


@needs("proctoring.see_cameras")
def room(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The coverage plan of a room: which camera sees which seat, at which size, and what nobody sees."""
    room = _room(request, pk)
    found = queries.in_use(room)
    context = {
        "room": room,
        "cameras": found,
        "plan": draw(room),
        "seats": _seat_rows(room, found),
        "zones": _zones(room, found),
        "may_keep": _may_keep(request),
    }
    seen = queries.seen_by(room, found)
    context["lost"] = placing.lost_without(seen, [camera.name for camera in found])
    context["spare"] = sum(len(names) >= 2 for names in seen.values())
    context["suggested"] = _suggested(room, seen)
    context["unseen"] = [row["label"] for row in context["seats"] if not row["enough"]]
    return render(request, "proctoring/cameras/room.html", context)


def _seat_rows(room: Room, found: list[Camera]) -> list[dict[str, Any]]:
    views, seen = queries.views(room, found), queries.seen_by(room, found)
    return [
        {"label": label, "views": [views[label][camera.name] for camera in found], "enough": sorted(seen[label])} for label in sorted(views)
    ]


USUAL_PX_PER_M = Camera._meta.get_field("least_px_per_m").default


def _suggested(room: Room, seen: dict[str, frozenset[str]]) -> dict[str, Any] | None:
    """The suggestion in words and as the beginning of the form that would follow it."""
    found = queries.suggested(room, seen, USUAL_PX_PER_M)
    if found is None:
        return None
    pose = found.pose
    start = {
        "x_mm": pose.x_mm, "y_mm": pose.y_mm, "z_mm": pose.z_mm, "pan": degrees(pose.pan_urad), "tilt": degrees(pose.tilt_urad),
        "hfov": degrees(pose.hfov_urad), "width_px": pose.width_px, "height_px": pose.height_px,
    }  # fmt: skip
    return {"first": found.first, "second": found.second, "px_per_m": USUAL_PX_PER_M, "form": urlencode(start), **start}


ZONES = {"door": _("Door"), "desk": _("Invigilators’ desk"), "floor": _("Floor at eye height")}


def _zones(room: Room, found: list[Camera]) -> list[tuple[Any, int, int]]:
    seen = geometry.zones_seen(room.plan, {camera.name: camera.pose for camera in found})
    return [(ZONES[name], part, whole) for name, (part, whole) in seen.items()]


@needs("proctoring.keep_cameras")
def place(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Place a camera in a room."""
    room = _room(request, pk)
    # a suggestion fills the form in beforehand; nothing counts before it is checked like any other entry
    form = CameraForm(room, request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        wanted = {key: form.cleaned_data[key] for key in ("name", "agent", "source", "sub_source", "least_px_per_m", "records")}
        try:
            actions.place_camera(by=request.actor, room=room, pose=form.pose(), **wanted)
        except Refused as refusal:
            return render(request, "proctoring/cameras/place.html", {"room": room, "form": form, "refusal": refusal}, status=409)
        return redirect("cameras:room", pk=pk)
    return render(request, "proctoring/cameras/place.html", {"room": room, "form": form})


@require_POST
@needs("proctoring.keep_cameras")
def aim(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record that the aim was compared with the reference picture."""
    camera = get_object_or_404(queries.visible_to(request.actor), pk=pk)
    actions.learn_reference(by=request.actor, camera=camera)
    return redirect("cameras:room", pk=camera.room_id)


@needs("proctoring.keep_cameras")
def retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a camera out of use."""
    camera = get_object_or_404(queries.visible_to(request.actor).select_related("room"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.retire_camera(by=request.actor, camera=camera, **form.cleaned_data)
        return redirect("cameras:room", pk=camera.room_id)
    return render(request, "proctoring/cameras/retire.html", {"camera": camera, "form": form})
