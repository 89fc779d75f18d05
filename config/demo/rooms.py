"""The demo's rooms: plans in millimetres with a pillar, sixty seats each, and two cameras that together see them all."""

from __future__ import annotations

from typing import Any

WIDTH, DEPTH, CEILING = 16_000, 11_000, 3_000
COLUMNS, ROWS = 10, 6
NAMES = ("笃行楼 301", "笃行楼 302", "笃行楼 303", "笃行楼 304")


def plan(number: int) -> dict[str, Any]:
    """The outline of a room, its door, front desk and, in every second one, a pillar that hides some seats from one camera."""
    drawn: dict[str, Any] = {
        "outline": [[0, 0], [WIDTH, 0], [WIDTH, DEPTH], [0, DEPTH]],
        "door": [[0, 9_400], [0, 10_400]],
        "desk": {"x": 7_000, "y": 300, "w": 2_000, "d": 700},
        "walls": [],
        "pillars": [{"x": 7_800, "y": 7_250, "w": 400, "d": 400}] if number % 2 else [],
        "ceiling": CEILING,
    }
    return drawn


def seats() -> list[tuple[str, int, int]]:
    """Label and place of every seat, row by row from the front."""
    return [
        (f"{row * COLUMNS + column + 1:02d}", 1_250 + column * 1_500, 2_200 + row * 1_500)
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]


def poses() -> list[dict[str, int]]:
    """Two cameras in opposite corners of the room."""
    common = {"z_mm": 2_800, "hfov_urad": 1_450_000, "width_px": 3_840, "height_px": 2_160}
    return [
        {"x_mm": 100, "y_mm": 100, "pan_urad": 750_000, "tilt_urad": 320_000, **common},
        {"x_mm": WIDTH - 100, "y_mm": DEPTH - 100, "pan_urad": 750_000 - 3_141_593, "tilt_urad": 320_000, **common},
    ]
