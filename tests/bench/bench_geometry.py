"""The geometry of a room against a twin that marches along every ray: differences, CPU time per room, and its ratio to the twin.

.venv/bin/python tests/bench/bench_geometry.py [number of rooms] [seed]

Rooms are rectangles and L-shapes with pillars and partitions, thirty seats at most and one to four cameras. The twin works in floating
point with its own sines and steps of a centimetre, so within its step and rounding of an edge it cannot say; such points are counted
apart and not asked. Ends with 1 if any other point differs.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from proctoring import geometry
from proctoring.geometry import Eye, Pose

STEP_MM = 10
NEAR_MM = 12  # a little more than a step
NEAR_EDGE = 1e-5  # of half the picture


def room(draw: random.Random):
    """A plan, its seats and its cameras."""
    width, depth = draw.randrange(5000, 12000), draw.randrange(5000, 11000)
    outline = [[0, 0], [width, 0], [width, depth], [0, depth]]
    if draw.random() < 0.5:
        notch, height = draw.randrange(1000, width // 2), draw.randrange(1000, depth // 2)
        outline = [[0, 0], [width, 0], [width, depth - height], [width - notch, depth - height], [width - notch, depth], [0, depth]]
    side = range(200, 600)
    pillars = [
        {"x": draw.randrange(500, width - 900), "y": draw.randrange(500, depth - 900), "w": draw.choice(side), "d": draw.choice(side)}
        for _ in range(draw.randrange(3))
    ]
    walls = []
    for _ in range(draw.randrange(3)):
        x, y, turn, length = draw.randrange(width), draw.randrange(depth), draw.uniform(0, 6.28), draw.randrange(500, 3000)
        end = [x + round(length * math.cos(turn)), y + round(length * math.sin(turn))]
        walls.append({"from": [x, y], "to": end, "height": draw.randrange(900, 2800)})
    plan = {"outline": outline, "ceiling": 3000, "pillars": pillars, "walls": walls}
    places = [(x, y) for x in range(900, width - 500, 1300) for y in range(1500, depth - 500, 1500) if geometry.inside(outline, x, y)]
    seats = {str(n): place for n, place in enumerate(draw.sample(places, min(30, len(places))))}
    corners = draw.sample([(120, 120, 45), (width - 120, 120, 135), (120, depth - 120, -45), (width // 2, 120, 90)], draw.randrange(1, 5))
    poses = {
        f"C{n}": Pose(
            x, y, draw.randrange(2200, 2950), round((turn + draw.uniform(-20, 20)) * math.pi / 180e-6), draw.randrange(150_000, 600_000),
            draw.randrange(900_000, 2_000_000), 1920, 1080,
        )
        for n, (x, y, turn) in enumerate(corners)
    }  # fmt: skip
    return plan, seats, poses


def marched(pose: Pose, points: np.ndarray, plan: dict) -> tuple[np.ndarray, np.ndarray]:
    """For every point whether it is seen, and whether the twin can say so at all."""
    inside, edge = _framed(pose, points)
    eye = np.array([pose.x_mm, pose.y_mm, pose.z_mm], float)
    clear, sure = np.ones(len(points), bool), edge > NEAR_EDGE
    for n, point in enumerate(points):
        if inside[n] or not sure[n]:
            steps = int(np.linalg.norm(point - eye) / STEP_MM) + 2
            ray = eye + np.linspace(0, 1, steps)[:, None] * (point - eye)
            clear[n], near = _met(ray, plan)
            sure[n] &= not near
    return inside & clear, sure


def _framed(pose: Pose, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    pan, tilt, half = pose.pan_urad / 1e6, pose.tilt_urad / 1e6, pose.hfov_urad / 2e6
    away = points - np.array([pose.x_mm, pose.y_mm, pose.z_mm], float)
    forward = np.array([math.cos(tilt) * math.cos(pan), math.cos(tilt) * math.sin(pan), -math.sin(tilt)])
    right = np.array([-math.sin(pan), math.cos(pan), 0.0])
    deep = away @ forward
    safe = np.where(np.abs(deep) < 1e-6, 1e-6, deep)
    across = np.abs(away @ right) / np.abs(safe) / math.tan(half)
    above = np.abs(away @ np.cross(forward, right)) / np.abs(safe) / math.tan(half) * pose.width_px / pose.height_px
    far = np.maximum(across, above)
    return (deep > 0) & (far <= 1), np.abs(far - 1)


def _met(ray: np.ndarray, plan: dict) -> tuple[bool, bool]:
    """Whether the walk is clear of everything, and whether it passes an edge too near to be told."""
    clear, near = True, False
    corners = [*plan["outline"], plan["outline"][0]]
    things = [(a, b, plan["ceiling"]) for a, b in zip(corners, corners[1:], strict=False)]
    things += [(wall["from"], wall["to"], wall["height"]) for wall in plan["walls"]]
    for p in plan["pillars"]:
        box = [(p["x"], p["y"]), (p["x"] + p["w"], p["y"]), (p["x"] + p["w"], p["y"] + p["d"]), (p["x"], p["y"] + p["d"])]
        things += [(a, b, plan["ceiling"]) for a, b in zip(box, [*box[1:], box[0]], strict=True)]
    for a, b, height in things:
        hit, doubt = _through(ray, np.array(a, float), np.array(b, float), height)
        clear &= not hit
        near |= doubt
    return clear, near


def _through(ray: np.ndarray, a: np.ndarray, b: np.ndarray, height: float) -> tuple[bool, bool]:
    length = float(np.hypot(*(b - a)))
    along = (ray[:, :2] - a) @ (b - a) / length
    side = ((ray[:, 0] - a[0]) * (b - a)[1] - (ray[:, 1] - a[1]) * (b - a)[0]) / length
    beside = (along > -NEAR_MM) & (along < length + NEAR_MM) & (ray[:, 2] < height + NEAR_MM)
    ends = bool(min(abs(side[0]), abs(side[-1])) < NEAR_MM and beside[[0, -1]].any())
    crossing = np.nonzero(side[:-1] * side[1:] < 0)[0]
    if not len(crossing):
        return False, ends
    k = crossing[0]
    margin = min(along[k], length - along[k], height - ray[k, 2])
    return bool(margin > 0), ends or abs(margin) < NEAR_MM


def compare(plan: dict, seats: dict, poses: dict, met: Counter, spent: Counter) -> list[tuple]:
    """The points of one room on which both differ."""
    start = time.process_time()
    geometry.visibility(plan, seats, poses)
    spent["rooms"] += time.process_time() - start
    points = [point for place in seats.values() for point in geometry.seat_points(*place)]
    blocking, differing = geometry.screens(plan), []
    for pose in poses.values():
        start = time.process_time()
        seen, sure = marched(pose, np.array(points, float), plan)
        spent["twin"] += time.process_time() - start
        eye = Eye(pose)
        ours = [eye.sees(point, blocking) for point in points]
        met.update(points=len(points), seen=sum(ours), unsure=int((~sure).sum()))
        differing += [(pose, point, plan) for point, mine, its, say in zip(points, ours, seen, sure, strict=True) if say and mine != its]
    return differing


def main(n: int = 1000, seed: int = 1) -> int:
    """Draw, compare, tell."""
    draw, met, spent, differing = random.Random(seed), Counter(), Counter(), []
    for _ in range(n):
        differing += compare(*room(draw), met, spent)
    print(f"{n} rooms, seed {seed}: {met['points']} points, {met['seen']} seen, {met['unsure']} too near an edge for the twin to say")
    print(f"differences: {len(differing)}")
    print(f"CPU time {1000 * spent['rooms'] / n:.2f} ms per room; the twin takes {spent['twin'] / spent['rooms']:.1f} times as long")
    for pose, point, plan in differing[:3]:
        print(point, pose, plan)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
