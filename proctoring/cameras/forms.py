"""Forms of collectors and cameras; people measure in metres and degrees, the record keeps millimetres and microradians."""

from __future__ import annotations

import math
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.sittings.models import Room, Venue
from proctoring.cameras.models import Agent
from proctoring.geometry import Pose


class EnrolForm(forms.Form):
    """A new room collector."""

    venue = forms.ModelChoiceField(Venue.objects.none(), label=_("Venue"))
    name = forms.CharField(label=_("Name of the room collector"), max_length=60)

    def __init__(self, venues: object, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["venue"].queryset = venues  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is taken out of use."""

    reason = forms.CharField(label=_("Reason"), max_length=240)


class CameraForm(forms.Form):
    """Where a camera hangs and looks."""

    name = forms.CharField(label=_("Camera"), max_length=30, help_text=_("As on its label, such as C1"))
    agent = forms.ModelChoiceField(Agent.objects.none(), label=_("Room collector"))
    source = forms.CharField(label=_("Source"), max_length=200, help_text=_("rtsp://…, usb:0 or a file, as the collector sees it"))
    sub_source = forms.CharField(
        label=_("Sub-stream"), max_length=200, required=False,
        help_text=_("A smaller stream of the same camera: it is judged, the other recorded"),
    )  # fmt: skip
    x_mm = forms.IntegerField(label=_("From the left wall, in millimetres"))
    y_mm = forms.IntegerField(label=_("From the front wall, in millimetres"))
    z_mm = forms.IntegerField(label=_("Height of the lens, in millimetres"), initial=2800)
    pan = forms.DecimalField(
        label=_("Direction, in degrees"), max_digits=6, decimal_places=2, help_text=_("0 looks to the right of the plan, 90 to its back")
    )
    tilt = forms.DecimalField(label=_("Downwards, in degrees"), max_digits=5, decimal_places=2, initial=20)
    hfov = forms.DecimalField(
        label=_("Horizontal field of view, in degrees"), max_digits=5, decimal_places=2, initial=90, min_value=3, max_value=176
    )
    width_px = forms.IntegerField(label=_("Picture width in pixels"), initial=2560, min_value=160, max_value=16000)
    height_px = forms.IntegerField(label=_("Picture height in pixels"), initial=1440, min_value=120, max_value=16000)
    least_px_per_m = forms.IntegerField(
        label=_("Pixels per metre, at least"),
        initial=125,
        min_value=1,
        max_value=2000,
        help_text=_("EN 62676-4:2015: 125 recognises, 250 identifies a person"),
    )
    records = forms.BooleanField(label=_("The room collector records this camera"), required=False, initial=True)

    def __init__(self, room: Room, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["agent"].queryset = Agent.objects.filter(venue=room.venue_id, revoked_at=None)  # type: ignore[attr-defined]

    def pose(self) -> Pose:
        """The pose in the units of the record."""
        given = self.cleaned_data
        return Pose(
            given["x_mm"], given["y_mm"], given["z_mm"], microradians(given["pan"]), microradians(given["tilt"]),
            microradians(given["hfov"]), given["width_px"], given["height_px"],
        )  # fmt: skip


def microradians(degrees: Decimal) -> int:
    """Degrees as microradians, rounded once, here; from then on everything is whole."""
    return round(float(degrees) * math.pi / 180 * 1_000_000)


def degrees(microradians: int) -> Decimal:
    """Microradians as degrees to two places, for a form."""
    return round(Decimal(microradians * 180 / math.pi / 1_000_000), 2)
