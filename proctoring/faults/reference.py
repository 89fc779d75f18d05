"""The reference picture of a camera: what it showed when it was accepted, and how a sample compares with it block by block."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from .detector import HEIGHT, WIDTH, Detector, Grey, Heard
from .liveness import Beacon

Zones = Mapping[str, Sequence[tuple[float, float]]]  # id -> corners in parts of the picture's width and height
ROWS, COLUMNS = 9, 16
BLOCK = 20  # pixels; 16 x 9 blocks of 20 x 20 fill 320 x 180 exactly
LEAST_TEXTURE = 2.0  # detail of a block, in grey levels, below which noise decides, not the scene
LEAST_BLOCKS = 14  # a reference with fewer textured blocks cannot tell a covered lens from a wall
LOST = 0.4  # a block whose detail correlates less with the reference's shows something else
EMPTIED = 0.5  # part of its detail below which a lost block shows nothing
BLACK, WHITE = 16, 235  # the range of grey levels of video


def per_block(values: np.ndarray) -> np.ndarray:
    """Mean over each block of a picture-sized array, (9, 16)."""
    return cv2.resize(values, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)


class Bands:
    """A picture taken apart by fineness: what defocus takes first, what tells the scene, and what only a covered lens takes away."""

    def __init__(self, grey: Grey) -> None:
        whole = grey.astype(np.float32)
        soft = cv2.GaussianBlur(whole, (5, 5), 1.0)
        self.fine = whole - soft
        half = cv2.resize(soft, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
        softer = cv2.GaussianBlur(half, (7, 7), 1.1)
        self.middle = half - softer
        small = cv2.resize(softer, (COLUMNS * 4, ROWS * 4), interpolation=cv2.INTER_AREA)
        self.coarse = small - cv2.GaussianBlur(small, (9, 9), 2.0)
        self.level = per_block(small)
        self.middle_energy = per_block(self.middle * self.middle)
        self.coarse_energy = self.around(self.coarse * self.coarse)

    @staticmethod
    def around(values: np.ndarray) -> np.ndarray:
        """Mean over each block and its neighbours of an array of the coarse band."""
        return cv2.blur(per_block(values), (3, 3))


@dataclass(frozen=True)
class Comparison:
    """A sample against the reference, block by block; what counts are the blocks with texture in the reference."""

    alike: np.ndarray  # correlation of the middle band, -1..1
    rough: np.ndarray  # correlation of the coarse band
    energy: np.ndarray  # detail over the reference's
    textured: np.ndarray  # which blocks count
    detailed: np.ndarray  # which blocks have texture now
    active: np.ndarray  # which blocks move
    level: np.ndarray  # brightness per block
    level_then: np.ndarray  # the reference's
    sharpness: float  # fine detail of the reference that is left, over the middle detail that is left; nan if nothing holds
    contrast: float  # middle detail that is left, over the coarse detail that is left
    light: float  # how bright the brightest parts are against the reference, 1 at most
    detail: float  # all fine detail of the picture over the reference's
    bright: float  # the level above which a tenth of the picture lies
    burnt: float  # part of the picture that is saturated
    bright_then: float  # the level above which a tenth of the reference lies

    @property
    def gone(self) -> np.ndarray:
        """Textured blocks that no longer show the reference."""
        return self.textured & (self.alike < LOST)

    @property
    def empty(self) -> np.ndarray:
        """Those of them that show nothing instead."""
        return self.gone & (self.energy < EMPTIED)

    @cached_property
    def lost(self) -> float:
        """Fraction of the textured blocks that are gone."""
        return self._share(self.gone)

    @cached_property
    def emptied(self) -> float:
        """Fraction that is empty."""
        return self._share(self.empty)

    @cached_property
    def faded(self) -> float:
        """Fraction whose coarse structure is gone too: something lies over the lens, it is not only soft."""
        return self._share(self.textured & (self.rough < LOST))

    @cached_property
    def news(self) -> float:
        """Blocks with another texture than the reference's, over its textured ones: a turned camera sees some, a covered one does not."""
        return self._share(self.detailed & ~(self.textured & (self.alike >= LOST)))

    @property
    def overlaid(self) -> bool:
        """Whether something lies over most of the lens.

        A veil (spray, dust, a thin cloth) leaves sharp what it lets through, and takes the detail of the whole picture.
        """
        gone = self.lost >= 0.55 and self.emptied >= 0.4 and self.faded >= 0.35 and self.news < 0.3
        return gone or (self.lost >= 0.15 and self.sharpness > 0.75 and self.detail < 0.25 * self.light**2)

    @cached_property
    def eaten(self) -> float:
        """Fraction that is gone where the picture is saturated."""
        return self._share(self.gone & (self.level >= WHITE - 12))

    @cached_property
    def still_lost(self) -> float:
        """Fraction that is gone among the blocks where nothing moves: people who walk about hide the scene, but not still."""
        still = self.textured & ~self.active
        return float((self.gone & still).sum()) / max(1, int(still.sum()))

    def _share(self, blocks: np.ndarray) -> float:
        return float(blocks.sum()) / max(1, int(self.textured.sum()))


class Reference:
    """A learned picture taken apart; immutable once made."""

    def __init__(self, grey: Grey) -> None:
        self.grey = grey
        self.bands = Bands(grey)
        self.fine_energy = per_block(self.bands.fine**2)
        self.textured = self.bands.middle_energy > LEAST_TEXTURE**2
        self.bright, _ = _brightness(grey)
        # a few strong edges must not speak for the whole picture
        self._fine_weight = 1 / np.maximum(self.fine_energy, 4.0)
        self._middle_weight = 1 / np.maximum(self.bands.middle_energy, 4.0)

    @property
    def usable(self) -> bool:
        """Enough texture to recognise the scene by."""
        return int(self.textured.sum()) >= LEAST_BLOCKS

    @cached_property
    def sha256(self) -> str:
        """Digest of the pixels."""
        return hashlib.sha256(self.grey.tobytes()).hexdigest()

    def compare(self, grey: Grey, active: np.ndarray | None = None) -> Comparison:
        """How much of each block's structure is still there."""
        now, then = Bands(grey), self.bands
        fine, middle = per_block(now.fine * then.fine), per_block(now.middle * then.middle)
        coarse = Bands.around(now.coarse * then.coarse)
        alike = middle / np.sqrt(now.middle_energy * then.middle_energy + 0.5)
        rough = coarse / np.sqrt(now.coarse_energy * then.coarse_energy + 0.5)
        held = self.textured & (alike > 0.5) if active is None else self.textured & (alike > 0.5) & ~active
        kept_fine = _kept(fine * self._fine_weight, self.fine_energy * self._fine_weight, held)
        kept_middle = _kept(middle * self._middle_weight, then.middle_energy * self._middle_weight, held)
        kept_coarse = _kept(coarse, then.coarse_energy, self.textured & (rough > 0.5))
        return Comparison(
            alike, rough, np.sqrt(now.middle_energy / np.maximum(then.middle_energy, 1e-3)),
            self.textured, now.middle_energy > LEAST_TEXTURE**2,
            np.zeros_like(self.textured) if active is None else active, now.level, then.level,
            kept_fine / kept_middle, kept_middle / kept_coarse,
            min(1.0, float(np.percentile(now.level / np.maximum(then.level, 1.0), 90))),
            float((now.fine**2).mean()) / max(float(self.fine_energy.mean()), 1e-3),
            *_brightness(grey), self.bright,
        )  # fmt: skip

    def save(self, path: Path) -> None:
        """Keep it as PNG, whole or not at all."""
        _, data = cv2.imencode(".png", self.grey)
        aside = path.with_suffix(".part")
        aside.write_bytes(data.tobytes())
        aside.replace(path)

    @classmethod
    def of(cls, picture: Grey) -> Reference:
        """From a grey picture of any size."""
        return cls(picture if picture.shape == (HEIGHT, WIDTH) else cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA))

    @classmethod
    def load(cls, path: Path) -> Reference:
        """Read a kept reference."""
        grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if grey is None or grey.shape != (HEIGHT, WIDTH):
            raise ValueError(f"{path} is not a reference picture of {WIDTH}x{HEIGHT}")
        return cls(grey)


def _brightness(grey: Grey) -> tuple[float, float]:
    """The level above which a tenth of the picture lies, and the part that is saturated."""
    some = grey[::4, ::4].ravel()
    return float(np.partition(some, -some.size // 10)[-some.size // 10]), float((some >= WHITE - 7).mean())


def _kept(product: np.ndarray, energy: np.ndarray, blocks: np.ndarray) -> float:
    """How much of the reference's detail is left in these blocks: noise, which it does not know, adds nothing to it."""
    if int(blocks.sum()) < 5:
        return float("nan")
    return float(product[blocks].sum() / max(float(energy[blocks].sum()), 1e-3))


class SceneDetector(Detector):
    """A detector that needs the reference picture."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.scene = scene


class Scene:
    """What the picture detectors of one camera share: the reference, once there is one, and each sample's comparison, made once."""

    STEP_MS = 900  # motion is looked for between samples at least so far apart
    ADOPT_MS = 40_000  # what stands still for so long while all else is well belongs to the scene: a chair, a coat, somebody's back

    def __init__(self, reference: Reference | None = None, zones: Zones | None = None, beacon: Beacon | None = None) -> None:
        self.reference = reference
        self.sure = reference is not None  # of the empty room; one learned in passing may hold people
        self.zones = zones or {}
        self.beacon = beacon
        self.codes: frozenset[int] | None = None  # read at the beacon's place in the present sample; None if it was not looked at
        self.width = 640  # of the camera's own picture: the grid of its coding blocks follows from it
        self._compared: tuple[int, Comparison] | None = None
        self._before: tuple[int, Grey] | None = None
        self._active = np.zeros((ROWS, COLUMNS), bool)
        self._strange = np.zeros((ROWS, COLUMNS), np.int64)

    def hear(self, heard: Heard) -> None:
        """What came with the sample that is looked at next."""
        self.codes = heard.codes
        self.width = heard.width or self.width

    def compare(self, grey: Grey, at_ms: int) -> Comparison | None:
        """The sample against the reference; None while there is no reference."""
        if self.reference is None:
            return None
        if self._compared is None or self._compared[0] != at_ms:
            self._compared = (at_ms, self.reference.compare(grey, self._moving(grey, at_ms)))
        return self._compared[1]

    def _moving(self, grey: Grey, at_ms: int) -> np.ndarray:
        """Blocks that changed more than most since about a second ago."""
        if self._before is None:
            self._before = (at_ms, grey)
        elif at_ms - self._before[0] >= self.STEP_MS:
            change = per_block(cv2.absdiff(grey, self._before[1]).astype(np.float32))
            self._active = change > 2.5 * max(1.0, float(np.median(change)))
            self._before = (at_ms, grey)
        return self._active

    def settle(self, grey: Grey, at_ms: int, passed_ms: int) -> None:
        """Nothing is wrong with this sample: what has long stood still in it becomes part of the reference."""
        compared = self.compare(grey, at_ms)
        if compared is None or self.reference is None:
            return
        strange = compared.gone & ~compared.active
        self._strange = np.where(strange, self._strange + min(passed_ms, 5_000), 0)
        old = self._strange >= self.ADOPT_MS
        if old.any():
            mask = old.astype(np.uint8).repeat(BLOCK, axis=0).repeat(BLOCK, axis=1).astype(bool)
            self.reference = Reference(np.where(mask, grey, self.reference.grey))
            self._strange[old] = 0


class Learner:
    """Makes a reference from the first samples: their median, so that nobody who walks through stays in it."""

    def __init__(self, samples: int = 8, least_ms: int = 2_000) -> None:
        self.samples = samples
        self.least_ms = least_ms
        self._seen: list[tuple[int, Grey]] = []

    def add(self, grey: Grey, at_ms: int) -> Reference | None:
        """Take one sample; the reference as soon as enough are there and they show a scene."""
        self._seen.append((at_ms, grey))
        if len(self._seen) < self.samples or at_ms - self._seen[0][0] < self.least_ms:
            return None
        reference = Reference(np.median([grey for _, grey in self._seen], axis=0).astype(np.uint8))
        if reference.usable:
            return reference
        # a dark, covered or empty picture is never learned as the normal one
        self._seen = self._seen[-self.samples + 1 :]
        return None
