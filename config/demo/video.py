"""The demo's cameras: rooms drawn with OpenCV, people who move a little, sensor noise, and one act that nobody is told of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

WIDTH, HEIGHT, FPS = 480, 270, 4
DRAWN = 20  # seconds that are drawn; a longer film shows them again and again


@dataclass(frozen=True)
class Scene:
    """What one camera shows: a room seen from a corner, `seats` heads in rows, and when (seconds) a hand covers the lens."""

    seed: int
    rows: int = 5
    columns: int = 6
    mirrored: bool = False
    covered: tuple[float, float] | None = None


def draw(scene: Scene, path: Path, seconds: float) -> None:
    """Write the scene as H.264 in an MP4 of so many seconds."""
    room = _Room(scene)
    container = av.open(str(path), "w")
    stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "28", "g": str(FPS * 2)})
    stream.width, stream.height, stream.pix_fmt, stream.time_base = WIDTH, HEIGHT, "yuv420p", Fraction(1, FPS)
    drawn = [av.VideoFrame.from_ndarray(room.frame(number / FPS), format="bgr24") for number in range(round(min(seconds, DRAWN) * FPS))]
    for number in range(round(seconds * FPS)):
        frame = drawn[number % len(drawn)]
        frame.pts = number
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
    container.close()


class _Room:
    """A still background drawn once; per frame only the people, the light and the noise are new."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.random = np.random.default_rng(scene.seed)
        self.background = self._background()
        self.people = [self._person(row, column) for row in range(scene.rows) for column in range(scene.columns)]
        self.noise = [self.random.normal(0, 3.0, (HEIGHT, WIDTH, 1)).astype(np.int16) for _ in range(7)]

    def frame(self, at: float) -> np.ndarray:
        picture = self.background.copy()
        for person in self.people:
            self._draw_person(picture, person, at)
        if self.scene.mirrored:
            picture = np.ascontiguousarray(picture[:, ::-1])
        if self.scene.covered:
            picture = self._hand(picture, at)
        light = 2.0 * math.sin(at / 7.0)
        noise = self.noise[self.random.integers(len(self.noise))]
        shift = tuple(self.random.integers(0, 32, 2))
        return np.clip(picture + np.roll(noise, shift, (0, 1)) + light, 0, 255).astype(np.uint8)

    def _background(self) -> np.ndarray:
        picture = np.full((HEIGHT, WIDTH, 3), (188, 196, 200), np.uint8)
        cv2.fillPoly(picture, [np.array([[0, HEIGHT], [0, 150], [120, 86], [WIDTH, 86], [WIDTH, HEIGHT]])], (150, 160, 166))
        for x in range(0, WIDTH, 34):
            cv2.line(picture, (x, HEIGHT), (120 + x * 3 // 4, 86), (140, 150, 156), 1)
        for y in (96, 112, 136, 170, 216):
            cv2.line(picture, (0, y), (WIDTH, y), (140, 150, 156), 1)
        cv2.rectangle(picture, (190, 18), (370, 74), (70, 92, 74), -1)
        cv2.rectangle(picture, (190, 18), (370, 74), (60, 60, 60), 2)
        cv2.putText(picture, f"{1000 + self.scene.seed % 9000}", (206, 54), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (230, 235, 235), 2)
        cv2.rectangle(picture, (408, 26), (456, 120), (96, 120, 150), -1)
        cv2.circle(picture, (150, 40), 14, (240, 240, 240), -1)
        cv2.circle(picture, (150, 40), 14, (50, 50, 50), 2)
        for x in range(12, 110, 26):
            cv2.rectangle(picture, (x, 26 + x // 3), (x + 18, 70 + x // 3), (226, 214, 196), -1)
        return picture

    def _person(self, row: int, column: int) -> dict[str, float]:
        depth = row / max(1, self.scene.rows - 1)
        scale = 0.5 + 0.75 * depth
        return {
            "x": 70 + column * (58 + 12 * depth) - 20 * depth + float(self.random.normal(0, 2)),
            "y": 108 + 128 * depth,
            "scale": scale,
            "phase": float(self.random.uniform(0, 6.28)),
            "pace": float(self.random.uniform(0.5, 1.6)),
            "shade": float(self.random.uniform(40, 150)),
        }

    def _draw_person(self, picture: np.ndarray, person: dict[str, float], at: float) -> None:
        scale, sway = person["scale"], math.sin(at * person["pace"] + person["phase"])
        x, y = int(person["x"] + 2.5 * sway * scale), int(person["y"] + 1.5 * math.sin(at * 2.1 * person["pace"]) * scale)
        shade = person["shade"]
        cv2.rectangle(
            picture,
            (int(person["x"] - 22 * scale), y + int(8 * scale)),
            (int(person["x"] + 22 * scale), y + int(20 * scale)),
            (92, 128, 160),
            -1,
        )
        cv2.ellipse(picture, (x, y + int(6 * scale)), (int(15 * scale), int(12 * scale)), 0, 180, 360, (shade, shade * 0.8, 60), -1)
        cv2.circle(picture, (x, y - int(8 * scale)), int(7 * scale), (130, 160, 196), -1)
        cv2.ellipse(picture, (x, y - int(10 * scale)), (int(8 * scale), int(6 * scale)), 0, 180, 360, (30, 30, 34), -1)
        hand = int(9 * scale * math.sin(at * 3 * person["pace"] + person["phase"]))
        cv2.line(picture, (x, y + int(6 * scale)), (x + hand, y + int(14 * scale)), (130, 160, 196), max(1, int(3 * scale)))

    def _hand(self, picture: np.ndarray, at: float) -> np.ndarray:
        """A hand before the lens: dark, out of focus, with a little light at the edge."""
        start, end = self.scene.covered or (0.0, 0.0)
        reach = min(1.0, max(0.0, (at - start) / 0.6)) * min(1.0, max(0.0, (end - at) / 0.6))
        if reach <= 0:
            return picture
        skin = np.full_like(picture, (44, 58, 92))
        skin = cv2.add(
            skin, cv2.GaussianBlur(self.noise[0].astype(np.float32) * 2, (31, 31), 0)[..., None].clip(0, 20).astype(np.uint8).repeat(3, 2)
        )
        edge = int(WIDTH * reach)
        covered = picture.copy()
        covered[:, :edge] = skin[:, :edge]
        return covered if reach < 1 else skin
