"""Draws examination rooms with OpenCV, harms them in named ways, and sends them through H.264 as a camera would."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np

Frame = np.ndarray
SIZE = (320, 180)


def room(seed: int = 1, width: int = 320, height: int = 180) -> Frame:
    """An empty room in grey: floor, walls, board, desks, door."""
    rng = np.random.default_rng(seed)
    scale = width / 320
    picture = np.full((height, width), 150, np.uint8)
    at = lambda x, y: (int(x * scale), int(y * scale))  # noqa: E731
    cv2.rectangle(picture, at(0, 0), at(320, 60), 190, -1)
    cv2.rectangle(picture, at(90, 8), at(230, 48), int(rng.integers(40, 90)), -1)
    cv2.rectangle(picture, at(8, 5), at(38, 80), int(rng.integers(70, 120)), -1)
    cv2.rectangle(picture, at(270, 12), at(310, 40), 235, -1)
    for row in range(4):
        for column in range(6):
            x, y = 12 + column * 51 + int(rng.integers(-3, 4)), 66 + row * 28
            cv2.rectangle(picture, at(x, y), at(x + 34, y + 12), int(rng.integers(60, 115)), -1)
            cv2.rectangle(picture, at(x + 10, y + 12), at(x + 24, y + 22), int(rng.integers(175, 225)), -1)
    return picture


def people(picture: Frame, second: float, seed: int = 1) -> Frame:
    """The same room with candidates who sway a little and one person who walks."""
    rng = np.random.default_rng(seed + 7)
    picture = picture.copy()
    scale = picture.shape[1] / 320
    for row in range(4):
        for column in range(6):
            if rng.random() < 0.3:
                continue
            phase, speed = rng.random() * 6.3, 0.2 + rng.random()
            x = 29 + column * 51 + 1.5 * np.sin(second * speed + phase)
            y = 66 + row * 28 + np.sin(second * speed * 0.7 + phase)
            cv2.circle(picture, (int(x * scale), int(y * scale)), int(6 * scale), int(rng.integers(30, 90)), -1)
    walker = (second * 12 + seed * 40) % 380 - 30
    cv2.ellipse(picture, (int(walker * scale), int(120 * scale)), (int(9 * scale), int(28 * scale)), 0, 0, 360, 55, -1)
    return picture


def noisy(picture: Frame, rng: np.random.Generator, sigma: float = 2.2) -> Frame:
    """Fresh sensor noise."""
    return np.clip(picture + rng.normal(0, sigma, picture.shape), 0, 255).astype(np.uint8)


def moved(picture: Frame, dx: int, dy: int = 0) -> Frame:
    """The same scene looked at from a turned camera."""
    shift = np.float32([[1, 0, dx], [0, 1, dy]])
    return cv2.warpAffine(picture, shift, (picture.shape[1], picture.shape[0]), borderMode=cv2.BORDER_REFLECT)


def half_covered(picture: Frame) -> Frame:
    """A dark card over the left 60 %."""
    picture = picture.copy()
    picture[:, : int(picture.shape[1] * 0.4)] = 35
    return picture


HARMS: dict[str, Callable[[Frame], Frame]] = {
    "covered": lambda one: np.full_like(one, 70),
    "covered_bright": lambda one: cv2.blur(cv2.blur(one, (81, 81)), (81, 81)) // 2 + 90,
    "low_light": lambda one: (one * 0.04).astype(np.uint8),
    "overexposed": lambda one: np.clip(one.astype(np.int32) * 3, 0, 255).astype(np.uint8),
    "moved": lambda one: moved(one, 22, 6),
    "turned": lambda one: one[::-1, ::-1].copy(),
    "defocused": lambda one: cv2.GaussianBlur(one, (0, 0), 3 * one.shape[1] / 320),
    "partial": half_covered,
}
HARMLESS: dict[str, Callable[[Frame], Frame]] = {
    "dimmed": lambda one: (one * 0.6).astype(np.uint8),
    "brighter": lambda one: np.clip(one * 1.25, 0, 255).astype(np.uint8),
    "half the lights off": lambda one: (one * np.linspace(0.5, 1.0, one.shape[1])[None, :]).astype(np.uint8),
}


def scenes(
    seconds: float, fps: int = 5, harm: Callable[[Frame], Frame] | None = None, since: float = 0, until: float = 1e9,
    seed: int = 1, freeze: bool = False, width: int = 320, height: int = 180, crowd: bool = True,
) -> Iterator[tuple[int, Frame]]:  # fmt: skip
    """Frames of a live room with their milliseconds; harmed, or frozen with its noise, from since to until."""
    rng = np.random.default_rng(seed)
    empty = room(seed, width, height)
    held = None
    for number in range(int(seconds * fps)):
        second = number / fps
        within = since <= second < until
        if freeze and within and held is not None:
            yield number * 1000 // fps, held
            continue
        picture = people(empty, second, seed) if crowd else empty
        held = noisy(harm(picture) if harm and within else picture, rng)
        yield number * 1000 // fps, held


def encoded(frames: Iterable[tuple[int, Frame]], fps: int = 5, target: Path | None = None, rate: int = 300_000) -> io.BytesIO | Path:
    """An MP4 of the frames: H.264 with a key frame every two seconds."""
    out = target if target is not None else io.BytesIO()
    with av.open(str(out) if target is not None else out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "g": str(2 * fps)})
        stream.bit_rate, stream.pix_fmt = rate, "yuv420p"
        for number, (_, picture) in enumerate(frames):
            if number == 0:
                stream.height, stream.width = picture.shape
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuv420p")))
        container.mux(stream.encode())
    if target is None:
        out.seek(0)
    return out


def decoded(video: io.BytesIO | Path | str) -> Iterator[tuple[int, Frame]]:
    """Grey frames of a video with their milliseconds."""
    with av.open(str(video) if isinstance(video, Path) else video) as container:
        for frame in container.decode(video=0):
            grey = frame.reformat(width=SIZE[0], height=SIZE[1], format="gray").to_ndarray()
            yield int((frame.time or 0) * 1000), grey
