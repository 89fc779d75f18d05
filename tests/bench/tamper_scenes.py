"""Scenes for the tamper bench: rooms drawn by numpy and OpenCV, with people in them, and the two real clips when they are there.

A scene is a world larger than the camera's picture, so that a turned camera shows what really lies beside it. The rooms of the families in
TUNING were looked at while the detectors were written, those in HELD_OUT were not; each seed draws another room of its family.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import cv2
import numpy as np

Frame = np.ndarray
WORLD = (960, 540)  # width and height of a world; the camera sees the middle two thirds
Random = np.random.Generator


def texture(rng: Random, width: int, height: int, finest: int) -> Frame:
    """Clouds of noise on several scales, standard deviation 1: plaster, carpet, wood, foliage."""
    total = np.zeros((height, width), np.float32)
    size = finest
    while size < max(width, height):
        small = rng.normal(0, 1, (height // size + 2, width // size + 2)).astype(np.float32)
        total += cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC) * size**0.5
        size *= 2
    return (total - total.mean()) / max(float(total.std()), 1e-6)


def box(picture: Frame, x: float, y: float, w: float, h: float, level: float) -> None:
    """A filled rectangle."""
    cv2.rectangle(picture, (int(x), int(y)), (int(x + w), int(y + h)), float(level), -1)


def writing(picture: Frame, rng: Random, x: int, y: int, w: int, h: int, ink: float) -> None:
    """Lines of something like text."""
    for line in range(y + 4, y + h - 3, int(rng.integers(5, 10))):
        cv2.line(picture, (x + 4, line), (x + int(w * rng.uniform(0.4, 0.95)), line), ink, int(rng.integers(1, 3)))


def desks(picture: Frame, rng: Random, top: int, columns: int, rows: int) -> list[tuple[int, int, float]]:
    """Rows of desks in perspective; where a seated person's shoulders are, and how large."""
    width, height = WORLD
    seats = []
    for row in range(rows):
        depth = (row + 1) / rows
        y = top + (height - top) * depth**1.5 * 0.9
        scale = 0.4 + 0.9 * depth
        for column in range(columns):
            x = width / 2 + (column - (columns - 1) / 2) * width / (columns + 1) * (0.55 + 0.6 * depth) + rng.normal(0, 3)
            w, h = 62 * scale, 26 * scale
            level = rng.uniform(60, 170)
            box(picture, x - w / 2, y, w, h, level)
            box(picture, x - w / 2, y + h, w, 5 * scale, level * 0.6)
            if rng.random() < 0.7:
                box(picture, x - 10 * scale, y + 4 * scale, 18 * scale, 10 * scale, rng.uniform(190, 240))
            seats.append((int(x), int(y - 4 * scale), scale))
    return seats


def classroom(rng: Random) -> tuple[Frame, list]:
    """Board, posters, window, rows of desks."""
    picture = np.full(WORLD[::-1], rng.uniform(120, 190), np.float32)
    top = int(rng.integers(190, 250))
    picture[top:] = rng.uniform(80, 150)
    box(picture, rng.uniform(250, 330), 60, rng.uniform(260, 340), 110, rng.uniform(30, 90))
    for _ in range(int(rng.integers(3, 7))):
        x, y, w, h = int(rng.integers(0, 900)), int(rng.integers(10, 120)), int(rng.integers(40, 90)), int(rng.integers(40, 80))
        box(picture, x, y, w, h, rng.uniform(90, 240))
        writing(picture, rng, x, y, w, h, float(rng.uniform(20, 80)))
    return picture, desks(picture, rng, top, int(rng.integers(4, 7)), int(rng.integers(3, 5)))


def laboratory(rng: Random) -> tuple[Frame, list]:
    """Benches with many small things, shelves, pipes."""
    picture = 140 + 8 * texture(rng, *WORLD, 4)
    for shelf in range(int(rng.integers(2, 4))):
        y = 30 + shelf * 60
        box(picture, 0, y + 44, 960, 6, rng.uniform(50, 90))
        for _ in range(26):
            h = rng.uniform(12, 42)
            box(picture, rng.uniform(0, 950), y + 44 - h, rng.uniform(8, 30), h, rng.uniform(20, 235))
    for _ in range(int(rng.integers(2, 5))):
        x = int(rng.integers(0, 960))
        cv2.line(picture, (x, 0), (x + int(rng.integers(-90, 90)), 540), float(rng.uniform(60, 220)), int(rng.integers(4, 14)))
    return picture, desks(picture, rng, 260, int(rng.integers(3, 5)), 3)


def hall(rng: Random) -> tuple[Frame, list]:
    """A large plain hall: columns, a striped floor, a stage, few strong edges."""
    picture = np.full(WORLD[::-1], rng.uniform(150, 200), np.float32)
    picture[230:] = 130 + 5 * texture(rng, 960, 310, 8)
    for k in range(14):
        cv2.line(picture, (480 + (k - 7) * 40, 230), (480 + (k - 7) * 190, 540), float(rng.uniform(95, 125)), 2)
    for x in (rng.uniform(40, 200), rng.uniform(420, 520), rng.uniform(760, 900)):
        box(picture, x, 0, rng.uniform(22, 44), 330, rng.uniform(90, 215))
    box(picture, 180, 150, 600, 60, rng.uniform(60, 110))
    for k in range(9):
        cv2.circle(picture, (60 + k * 105, 40), 13, 235.0, -1)
    return picture, desks(picture, rng, 280, int(rng.integers(5, 8)), 4)


def workshop(rng: Random) -> tuple[Frame, list]:
    """Machines, brick wall, pressure vessels, a lattice girder."""
    picture = np.full(WORLD[::-1], 110, np.float32)
    for row in range(14):
        for column in range(-1, 33):
            box(picture, column * 30 + (row % 2) * 15, row * 16, 28, 14, rng.uniform(110, 150))
    picture[224:] = 95 + 10 * texture(rng, 960, 316, 2)
    for k in range(20):
        cv2.line(picture, (k * 48, 40), (k * 48 + 48, 88 if k % 2 else 0), 50.0, 3)
    for _ in range(int(rng.integers(4, 7))):
        x, y = int(rng.integers(40, 920)), int(rng.integers(230, 420))
        size = (int(rng.integers(30, 80)), int(rng.integers(25, 60)))
        cv2.ellipse(picture, (x, y), size, 0, 0, 360, float(rng.uniform(40, 220)), -1)
        cv2.ellipse(picture, (x, y), (size[0] // 2, size[1] // 2), 0, 0, 360, float(rng.uniform(40, 220)), 3)
    return picture, desks(picture, rng, 300, 3, 2)


FAMILIES: dict[str, Callable[[Random], tuple[Frame, list]]] = {
    "classroom": classroom, "laboratory": laboratory, "hall": hall, "workshop": workshop,
}  # fmt: skip
TUNING = ("classroom", "laboratory", "room clip")
HELD_OUT = ("hall", "workshop", "aisle clip")


@dataclass
class Person:
    """Somebody: a head, a trunk with a pattern, and the way they move."""

    x: float
    y: float
    scale: float
    level: float
    pattern: float
    sway: float
    speed: float
    phase: float
    walks: float = 0.0
    jumps: list[tuple[float, float, float]] = field(default_factory=list)

    def draw(self, picture: Frame, second: float) -> None:
        """Put them where they are now."""
        x = self.x + self.sway * np.sin(second * self.speed + self.phase)
        y = self.y + 0.4 * self.sway * np.sin(second * self.speed * 0.7 + 2 * self.phase)
        for at, dx, dy in self.jumps:
            x, y = (x + dx, y + dy) if second >= at else (x, y)
        if self.walks:
            x = (x + self.walks * second) % (WORLD[0] + 200) - 100
        s = self.scale
        cv2.ellipse(picture, (int(x), int(y + 14 * s)), (int(17 * s), int(20 * s)), 0, 0, 360, self.level, -1)
        for stripe in range(3):
            level = self.level + self.pattern * (1 if stripe % 2 else -1)
            across = int(x - 9 * s + 9 * s * stripe)
            cv2.line(picture, (across, int(y + 4 * s)), (across, int(y + 26 * s)), level, 2)
        cv2.circle(picture, (int(x), int(y - 12 * s)), int(9 * s), self.level * 0.5 + 60, -1)
        cv2.ellipse(picture, (int(x), int(y - 15 * s)), (int(9 * s), int(6 * s)), 0, 180, 360, 30.0, -1)


def crowd(rng: Random, seats: list[tuple[int, int, float]]) -> list[Person]:
    """Candidates on most seats, each with habits of their own, and sometimes an invigilator who walks."""
    people = []
    for x, y, scale in seats:
        if rng.random() < 0.25:
            continue
        jumps = [(float(rng.uniform(0, 150)), float(rng.normal(0, 6)), float(rng.normal(0, 3))) for _ in range(3)]
        one = Person(x, y, scale, rng.uniform(40, 200), rng.uniform(0, 45), rng.uniform(0.3, 4), rng.uniform(0.2, 2.5), rng.uniform(0, 6.3))
        one.jumps = jumps
        people.append(one)
    for _ in range(int(rng.integers(0, 3))):
        scale, walks = rng.uniform(1.5, 3), rng.choice([-1, 1]) * rng.uniform(15, 60)
        people.append(Person(rng.uniform(0, 960), 300, scale, rng.uniform(30, 90), 10, 1, 2, 0, walks))
    return people


class Room:
    """A drawn room of one family."""

    def __init__(self, family: str, seed: int) -> None:
        rng = np.random.default_rng([seed, sorted(FAMILIES).index(family)])
        self.name = family
        picture, seats = FAMILIES[family](rng)
        x = np.linspace(-1, 1, WORLD[0])[None, :] * rng.uniform(-0.25, 0.25)
        lit = (1 + x) * rng.uniform(0.55, 1.05) + rng.uniform(0.005, 0.03) * texture(rng, *WORLD, 32)
        self.empty = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.1))
        self._lit = lit.astype(np.float32)
        self._people = crowd(rng, seats)
        self.noise = float(rng.uniform(1.2, 3.6))
        self.size = [(640, 360), (640, 360), (704, 396), (480, 270)][int(rng.integers(4))]
        self.rate = int(rng.integers(220, 700)) * 1000 * self.size[0] // 640
        self.gop = int(rng.choice([10, 10, 20, 50]))

    def frame(self, second: float, people: bool = True) -> Frame:
        """The world now, float32."""
        picture = self.empty.copy()
        for one in self._people if people else ():
            one.draw(picture, second)
        return picture * self._lit


class Clip:
    """A real clip, played to and fro."""

    def __init__(self, name: str, path: Path, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.name, self.noise, self.size, self.rate, self.gop = name, 1.5, (640, 360), int(rng.integers(250, 600)) * 1000, 10
        self._frames = _read(path)
        self._start = float(rng.uniform(0, len(self._frames) / 5))
        self._mirror = bool(rng.random() < 0.5)

    def frame(self, second: float, people: bool = True) -> Frame:
        """The picture at this time; the first one of the clip stands for the empty room."""
        number, last = int((self._start + second) * 5), len(self._frames) - 1
        number = abs((number + last) % max(2 * last, 1) - last) if people else 0
        picture = self._frames[number]
        return (picture[:, ::-1] if self._mirror else picture).astype(np.float32)


_KEPT: dict[Path, list[Frame]] = {}


def _read(path: Path) -> list[Frame]:
    """All frames of a clip at five per second, as large as a world."""
    if path in _KEPT:
        return _KEPT[path]
    frames, due = [], 0.0
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if (frame.time or 0.0) + 1e-6 >= due:
                due += 0.2
                grey = frame.reformat(format="rgb24").to_ndarray()
                frames.append(cv2.resize(cv2.cvtColor(grey, cv2.COLOR_RGB2GRAY), WORLD, interpolation=cv2.INTER_LINEAR))
    _KEPT[path] = frames
    return frames


CLIPS = {"room clip": "room-one-by-one.mp4", "aisle clip": "store-aisle.gif"}


def scenes(families: tuple[str, ...], clips: Path | None, seed: int, each: int) -> Iterator[Room | Clip]:
    """So many scenes of each family; a family whose clip is not there is left out."""
    for family in families:
        for number in range(each):
            if family in FAMILIES:
                yield Room(family, seed + number)
            elif clips is not None and (clips / CLIPS[family]).exists():
                yield Clip(family, clips / CLIPS[family], seed + number)
