"""Which camera sees which seat, against a twin that walks along every ray in floating point."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from proctoring import geometry
from proctoring.geometry import Eye, Pose, Screen, View, cosine, inside, screens, seat_points, sine, visibility

PLAN = {
    "outline": [[0, 0], [9000, 0], [9000, 7000], [0, 7000]], "pillars": [{"x": 4000, "y": 3000, "w": 400, "d": 400}],
    "walls": [{"from": [5500, 0], "to": [5500, 2500], "height": 1600}], "door": [[0, 5000], [0, 6000]],
    "desk": {"x": 2000, "y": 300, "w": 1200, "d": 600}, "ceiling": 3000,
}  # fmt: skip
CORNER = Pose(100, 100, 2800, 660_000, 350_000, 1_570_796, 1920, 1080)


@given(st.integers(-7_000_000, 7_000_000))
def test_sines_are_exact_to_the_last_place_but_one(urad: int):
    assert abs(sine(urad) - math.sin(urad / 1e6) * 1e9) < 2
    assert abs(cosine(urad) - math.cos(urad / 1e6) * 1e9) < 2


def framed(pose: Pose, point: tuple[int, int, int]) -> float:
    """The twin of the picture's edge: how far inside (positive) or outside the point falls, as a share of the half picture."""
    pan, tilt, half = pose.pan_urad / 1e6, pose.tilt_urad / 1e6, pose.hfov_urad / 2e6
    d = np.array([point[0] - pose.x_mm, point[1] - pose.y_mm, point[2] - pose.z_mm], float)
    forward = np.array([math.cos(tilt) * math.cos(pan), math.cos(tilt) * math.sin(pan), -math.sin(tilt)])
    right = np.array([-math.sin(pan), math.cos(pan), 0.0])
    up = np.cross(forward, right)
    depth = d @ forward
    if depth <= 1:
        return -1.0
    across = abs(d @ right) / (depth * math.tan(half))
    above = abs(d @ up) / (depth * math.tan(half) * pose.height_px / pose.width_px)
    return 1 - max(across, above)


def walked(pose: Pose, point: tuple[int, int, int], screen: Screen) -> float:
    """The twin of hiding: the least clearance in mm between ray and screen while walking along; negative if it passes through."""
    a, e = np.array([screen.ax, screen.ay], float), np.array([screen.bx - screen.ax, screen.by - screen.ay], float)
    length = np.hypot(*e)
    t = np.linspace(0, 1, 4001)[:, None]
    ray = np.array([pose.x_mm, pose.y_mm, pose.z_mm]) * (1 - t) + np.array(point) * t
    along = (ray[:, :2] - a) @ e / length
    side = ((ray[:, 0] - a[0]) * e[1] - (ray[:, 1] - a[1]) * e[0]) / length
    crossing = np.nonzero(np.diff(np.sign(side)))[0]
    if not len(crossing):
        return float(np.abs(side).min())
    k = crossing[0]
    margin = min(min(along[k], length - along[k]), screen.height - ray[k, 2])
    return -float(margin)


coordinates = st.integers(0, 8000)


@settings(max_examples=500, deadline=None)
@given(
    coordinates, coordinates, st.integers(1500, 3000), st.integers(-3_200_000, 3_200_000), st.integers(0, 900_000),
    st.integers(500_000, 2_000_000), coordinates, coordinates, st.integers(700, 1300),
    coordinates, coordinates, coordinates, coordinates, st.integers(800, 3000),
)  # fmt: skip
def test_every_point_agrees_with_the_walk(x, y, z, pan, tilt, hfov, px, py, pz, ax, ay, bx, by, height):
    assume(math.hypot(bx - ax, by - ay) > 200 and math.hypot(px - x, py - y) > 300)
    pose, point, screen = Pose(x, y, z, pan, tilt, hfov, 1920, 1080), (px, py, pz), Screen(ax, ay, bx, by, height)
    edge, clearance = framed(pose, point), walked(pose, point, screen)
    # closer than the twin's own step and rounding nobody can say, and nobody is asked
    assume(abs(edge) > 1e-3 and abs(clearance) > 10)
    assert Eye(pose).frames(point) == (edge > 0)
    assert Eye(pose).sees(point, [screen]) == (edge > 0 and clearance > 0)


@settings(max_examples=60, deadline=None)
@given(st.integers(3000, 12000), st.integers(3000, 12000), st.data())
def test_a_turned_room_is_seen_alike(width, depth, data):
    """Turning room, seats and camera by a quarter changes nothing but the last digit of the angle."""
    seats = {f"{n}": (data.draw(st.integers(600, width - 600)), data.draw(st.integers(1000, depth - 600))) for n in range(3)}
    plan = {"outline": [[0, 0], [width, 0], [width, depth], [0, depth]], "ceiling": 3000}
    turned = {"outline": [[depth - y, x] for x, y in plan["outline"]], "ceiling": 3000}
    pose = Pose(50, 50, 2800, 785_000, 400_000, 1_500_000, 1920, 1080)
    quarter = Pose(depth - 50, 50, 2800, 785_000 + 1_570_796, 400_000, 1_500_000, 1920, 1080)
    here = visibility(plan, seats, {"C": pose})
    there = visibility(turned, {label: (depth - y, x) for label, (x, y) in seats.items()}, {"C": quarter})
    for label in seats:
        assert abs(here[label]["C"].seen - there[label]["C"].seen) <= 1
        assert abs(here[label]["C"].px_per_m - there[label]["C"].px_per_m) <= 1


KNOWN = {"A": (17, 378), "B": (18, 164), "C": (9, 137), "D": (0, 91)}


def test_a_known_room_gives_known_numbers():
    """Literal figures: any change of the arithmetic, on any machine, is seen here."""
    seats = {"A": (1200, 2000), "B": (3800, 4400), "C": (8000, 1000), "D": (8500, 6500)}
    found = visibility(PLAN, seats, {"C1": CORNER})
    assert {label: (row["C1"].seen, row["C1"].px_per_m) for label, row in found.items()} == KNOWN


def test_nine_tenths_of_the_points_and_enough_pixels():
    assert View(17, 18, 125).enough(125)
    assert not View(16, 18, 125).enough(125)
    assert not View(18, 18, 124).enough(125)
    assert len(seat_points(0, 0)) == 18


def test_a_camera_sees_away_from_its_wall_and_not_through_it():
    eye = Eye(Pose(0, 3500, 2800, 0, 300_000, 1_570_796, 1920, 1080))
    assert eye.sees((4000, 3500, 1200), screens({"outline": PLAN["outline"]}))
    assert not eye.sees((4000, 3500, 1200), screens({**PLAN, "walls": [{"from": [2000, 0], "to": [2000, 7000], "height": 2900}]}))
    low = screens({**PLAN, "pillars": [], "walls": [{"from": [2000, 0], "to": [2000, 7000], "height": 1000}]})
    assert eye.sees((4000, 3500, 1200), low)


def test_pillars_have_four_sides_and_hide_what_is_behind_them():
    assert len(screens({"pillars": PLAN["pillars"]})) == 4
    eye = Eye(Pose(4200, 100, 2800, 1_570_796, 300_000, 1_570_796, 1920, 1080))
    assert not eye.sees((4200, 4500, 1200), screens(PLAN))
    assert eye.sees((2500, 4500, 1200), screens(PLAN))


def test_zones_of_the_floor_leave_out_the_pillar_and_the_outside():
    ell = {"outline": [[0, 0], [4000, 0], [4000, 2000], [2000, 2000], [2000, 4000], [0, 4000]]}
    points = geometry.zone_points(ell)["floor"]
    assert (3000, 3000) not in {(x, y) for x, y, _ in points}
    assert len(points) == 48
    assert inside(ell["outline"], 1000, 3000)
    assert not inside(ell["outline"], 3000, 3000)


@pytest.mark.parametrize("wrong", [{"hfov_urad": 0}, {"hfov_urad": 3_200_000}, {"width_px": 0}])
def test_a_pose_that_cannot_be_is_refused(wrong: dict[str, int]):
    with pytest.raises(ValueError):
        Pose(**{**CORNER.__dict__, **wrong})
