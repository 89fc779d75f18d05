"""What is done to a camera in the tamper bench: 22 kinds of tampering, the harmless events, and the way of the picture through H.264."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import av
import cv2
import numpy as np

from tests.bench.tamper_scenes import WORLD, Clip, Frame, Person, Random, Room

Picture = Callable[[Frame, float, Random], Frame]  # a picture of the camera, seconds since the act began, chance
FPS = 5
SINCE, UNTIL, END = 15, 31, 40  # seconds of the act and of the clip


@dataclass(frozen=True)
class Act:
    """One thing that happens between SINCE and UNTIL; an empty `classes` means that nothing may be reported."""

    name: str
    group: str = "other"
    classes: tuple[str, ...] = ()
    picture: Picture | None = None
    pose: tuple[float, float, float, float] = (0, 0, 0, 1)  # part of the width to the right, part down, degrees, zoom
    freezes: bool = False
    crowd: str = ""  # what extra people do


def _cover(level: float, soft: float, ripple: float = 0.0) -> Picture:
    def cover(picture: Frame, second: float, rng: Random) -> Frame:
        h, w = picture.shape
        slope = np.linspace(-1, 1, w)[None, :] * soft + np.linspace(-1, 1, h)[:, None] * soft / 2
        wave = ripple * np.sin(np.linspace(0, 9, w))[None, :] * np.cos(np.linspace(0, 5, h))[:, None]
        return (level + slope + wave + 0 * picture).astype(np.float32)

    return cover


def _part(share: float, side: int, level: float) -> Picture:
    """A card from one side or into a corner, its edge out of focus."""

    def cover(picture: Frame, second: float, rng: Random) -> Frame:
        h, w = picture.shape
        mask = np.zeros((h, w), np.float32)
        if side < 4:
            where = [np.s_[:, : int(w * share)], np.s_[:, -int(w * share) :], np.s_[: int(h * share)], np.s_[-int(h * share) :]][side]
        else:
            where = np.s_[: int(h * share**0.5), : int(w * share**0.5)]
        mask[where] = 1
        mask = cv2.GaussianBlur(mask, (0, 0), w / 110)
        return picture * (1 - mask) + level * mask

    return cover


def _blur(sigma: float) -> Picture:
    return lambda picture, second, rng: cv2.GaussianBlur(picture, (0, 0), sigma * picture.shape[1] / 640)


def _light(gain: Callable[[float], float], offset: float = 0.0) -> Picture:
    return lambda picture, second, rng: picture * gain(second) + offset


def _half(picture: Frame, second: float, rng: Random) -> Frame:
    return picture * np.linspace(0.45, 1.05, picture.shape[1], dtype=np.float32)[None, :]


def _patch(picture: Frame, second: float, rng: Random) -> Frame:
    """Sun through a window, a soft bright field."""
    h, w = picture.shape
    mask = np.zeros((h, w), np.float32)
    cv2.ellipse(mask, (int(w * 0.35), int(h * 0.6)), (w // 6, h // 5), 20, 0, 360, 1.0, -1)
    return picture * (1 + 0.6 * cv2.GaussianBlur(mask, (0, 0), w / 60))


def _garbage(picture: Frame, second: float, rng: Random) -> Frame:
    """Macroblocks that hold something else: their neighbour's content, one grey, or stripes."""
    picture = picture.copy()
    h, w = picture.shape
    for _ in range(int(h * w / 256 * 0.12)):
        y, x, n = int(rng.integers(0, h // 16)) * 16, int(rng.integers(0, w // 16)) * 16, int(rng.integers(1, 4)) * 16
        kind, target = rng.random(), picture[y : y + 16, x : x + n]
        if kind < 0.5:
            fy, fx = int(rng.integers(0, h - 16)), int(rng.integers(0, w - n))
            target[:] = picture[fy : fy + target.shape[0], fx : fx + target.shape[1]]
        elif kind < 0.8:
            target[:] = rng.uniform(20, 235)
        else:
            target[:] = rng.uniform(20, 235, (1, target.shape[1]))
    return picture


def _spray(picture: Frame, second: float, rng: Random) -> Frame:
    fixed = np.random.default_rng(5)
    small = fixed.uniform(0, 1, (9, 16)).astype(np.float32)
    mask = np.clip(cv2.resize(small, picture.shape[::-1], interpolation=cv2.INTER_CUBIC) * 0.35 + 0.72, 0, 0.97)
    return cv2.GaussianBlur(picture, (0, 0), picture.shape[1] / 90) * (1 - mask) + 150 * mask


def _hunting(picture: Frame, second: float, rng: Random) -> Frame:
    return picture * (1 + 0.3 * np.sin(second * 1.9) * np.exp(-second / 9))


def _coarse(picture: Frame, second: float, rng: Random) -> Frame:
    """More gain of the sensor in the dusk: less light, more noise."""
    return picture * 0.8 + rng.normal(0, 5, picture.shape).astype(np.float32)


BLIND = ("covered", "low_light", "partial")
TAMPERS = (
    Act("black", "blind", BLIND, lambda picture, second, rng: picture * 0),
    Act("lights off", "blind", ("low_light", "covered"), _light(lambda second: 0.06)),
    Act("overexposed", "blind", ("overexposed",), _light(lambda second: 3.4, 60)),
    Act("cover dark", "blind", ("covered", "low_light"), _cover(22, 6)),
    Act("cover hand", "blind", ("covered",), _cover(85, 30, 14)),
    Act("cover paper", "blind", ("covered", "overexposed"), _cover(205, 12)),
    Act("cover 60 %", "part", ("covered", "partial"), _part(0.6, 0, 60)),
    Act("cover 40 %", "part", ("covered", "partial"), _part(0.4, 1, 45)),
    Act("cover 25 %", "part", ("partial",), _part(0.25, 4, 70)),
    Act("spray", "part", ("covered", "partial", "defocused"), _spray),
    Act("defocus 8", "focus", ("defocused", "covered"), _blur(8)),
    Act("defocus 4", "focus", ("defocused",), _blur(4)),
    Act("defocus 2", "focus", ("defocused",), _blur(2)),
    Act("moved 3 %", "aim", ("moved",), pose=(0.03, 0.004, 0, 1)),
    Act("moved 6 %", "aim", ("moved",), pose=(-0.06, 0.01, 0, 1)),
    Act("moved 12 %", "aim", ("moved",), pose=(0.12, -0.02, 0, 1)),
    Act("turned away", "aim", ("moved", "covered"), pose=(0.25, 0.22, 35, 1.5)),
    Act("rolled 5°", "aim", ("moved",), pose=(0, 0, 5, 1)),
    Act("rolled 15°", "aim", ("moved",), pose=(0, 0, -15, 1)),
    Act("zoomed 1.3", "aim", ("moved",), pose=(0, 0, 0, 1.3)),
    Act("frozen", "frozen", ("frozen",), freezes=True),
    Act("garbage", "garbage", ("corrupt",), _garbage),
)
HARMLESS = (
    Act("lights to 60 %", picture=_light(lambda second: 0.6)),
    Act("lights to 150 %", picture=_light(lambda second: 1.5)),
    Act("half the lights off", picture=_half),
    Act("slow dusk", picture=_light(lambda second: 1 - 0.03 * second)),
    Act("flickering lamps", picture=lambda picture, second, rng: picture * rng.uniform(0.82, 1.1)),
    Act("exposure hunting", picture=_hunting),
    Act("sun patch", picture=_patch),
    Act("sensor gain", picture=_coarse),
    Act("somebody stands in front", crowd="stands"),
    Act("somebody passes close by", crowd="passes"),
    Act("everybody stands up", crowd="all"),
)


def _extra(scene: Room | Clip, act: Act, rng: Random) -> list[Person]:
    if act.crowd == "stands":
        return [Person(rng.uniform(300, 660), rng.uniform(230, 300), rng.uniform(4, 6), rng.uniform(40, 190), 25, 4, 1.1, 0)]
    if act.crowd == "passes":
        return [Person(-1200, 300, 9, 70, 20, 3, 2, 0, 150.0)]
    if act.crowd == "all":
        places = [(rng.uniform(170, 790), rng.uniform(150, 430), rng.uniform(1.2, 2.4)) for _ in range(18)]
        return [Person(*place, rng.uniform(40, 200), 20, 6, 1, k) for k, place in enumerate(places)]
    return []


def _shot(world: Frame, size: tuple[int, int], pose: tuple[float, float, float, float]) -> Frame:
    """What the camera sees of the world in this pose."""
    dx, dy, degrees, zoom = pose
    scale = size[0] / 640
    matrix = cv2.getRotationMatrix2D((WORLD[0] / 2, WORLD[1] / 2), degrees, zoom * scale)
    matrix[:, 2] += (size[0] / 2 - WORLD[0] / 2 - dx * size[0], size[1] / 2 - WORLD[1] / 2 - dy * size[0])
    return cv2.warpAffine(world, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def frames(scene: Room | Clip, act: Act | None, seed: int, seconds: float = END) -> Iterator[Frame]:
    """The camera's pictures, uint8, before they are encoded."""
    rng = np.random.default_rng(seed)
    w, h = scene.size
    grain = rng.normal(0, scene.noise, (h + 64, w + 64)).astype(np.float32)
    extra = _extra(scene, act, rng) if act else []
    drift, held = float(rng.uniform(-0.1, 0.1)), None
    for number in range(int(seconds * FPS)):
        second = number / FPS
        within = act is not None and SINCE <= second < UNTIL
        if within and act.freezes and held is not None:
            yield held
            continue
        world = scene.frame(second)
        for one in extra if within else ():
            one.draw(world, second - SINCE if act.crowd == "passes" else second)
        picture = _shot(world, scene.size, act.pose if within else (0, 0, 0, 1)) * (1 + drift * np.sin(second / 25))
        if within and act.picture is not None:
            picture = act.picture(picture, second - SINCE, rng)
        y, x = int(rng.integers(64)), int(rng.integers(64))
        held = np.clip(picture + grain[y : y + h, x : x + w][:: 1 - 2 * int(rng.integers(2))], 0, 255).astype(np.uint8)
        yield held


def empty_room(scene: Room | Clip) -> Frame:
    """What the camera sees at commissioning."""
    return np.clip(_shot(scene.frame(0, people=False), scene.size, (0, 0, 0, 1)), 0, 255).astype(np.uint8)


def encoded(scene: Room | Clip, pictures: Iterator[Frame]) -> io.BytesIO:
    """An MP4 of them as a camera would send it."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        options = {"preset": "ultrafast", "g": str(scene.gop), "bf": "0", "threads": "1"}
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height = scene.size
        stream.bit_rate, stream.pix_fmt = scene.rate, "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuv420p")))
        container.mux(stream.encode())
    out.seek(0)
    return out
