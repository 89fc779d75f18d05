"""The layer of cameras on a room plan: cones, and which camera sees which seat."""

from __future__ import annotations

from fractions import Fraction

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from exams.sittings.drawing import Layer, plan_layer
from exams.sittings.models import Room
from proctoring import geometry
from proctoring.cameras import queries
from proctoring.cameras.models import Camera

REACH_MM = 3_000
BUTTON = '<button class="button" type="button" data-cone="{}" aria-pressed="false">{}</button>'


@plan_layer("proctoring.cameras")
def cameras(room: Room, scale: Fraction) -> Layer:
    """Cones below the seats, cameras above them, and who sees what."""
    found = queries.in_use(room)
    if not found:
        return Layer()
    seats = list(room.seats.all())
    seen = queries.seen_by(room, found, seats)
    return Layer(
        below=format_html_join(
            "", '<polygon class="cone" data-camera="{}" points="{}"/>', [(one.name, _cone(one, scale)) for one in found]
        ),
        above=format_html_join("", "{}", [(_camera(one, scale),) for one in found]),
        seen={seat.pk: tuple(sorted(seen[seat.label])) for seat in seats},
        unseen={seat.pk: _("in no camera’s view") for seat in seats if not seen[seat.label]},
        legend=format_html('<p class="cameras">{}</p>', format_html_join(" ", BUTTON, [(one.name, one.name) for one in found])),
    )


def _cone(camera: Camera, scale: Fraction) -> str:
    return " ".join(f"{float(x * scale):.1f},{float(y * scale):.1f}" for x, y in geometry.cone(camera.pose, REACH_MM))


def _camera(camera: Camera, scale: Fraction) -> str:
    x, y = float(camera.x_mm * scale), float(camera.y_mm * scale)
    return format_html(
        '<g><circle class="camera" cx="{}" cy="{}" r="12"/><text class="b mid halo" x="{}" y="{}">{}</text></g>',
        mark_safe(f"{x:.1f}"), mark_safe(f"{y:.1f}"), mark_safe(f"{x:.1f}"), mark_safe(f"{y + 32:.1f}"), camera.name,
    )  # fmt: skip
