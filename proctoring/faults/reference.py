"""The reference picture of a camera: what it showed when it was accepted, and how a sample compares with it block by block."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from .detector import HEIGHT, WIDTH, Detector, Grey

ROWS, COLUMNS = 9, 16
BLOCK = 20  # pixels; 16 x 9 blocks of 20 x 20 fill 320 x 180 exactly
LEAST_TEXTURE = 6.0  # mean gradient of a block below which noise decides, not the scene
LEAST_BLOCKS = 14  # a reference with fewer textured blocks cannot tell a covered lens from a wall


def gradients(grey: Grey) -> np.ndarray:
    """Horizontal and vertical gradient of the slightly smoothed picture, (180, 320, 2) float32."""
    soft = cv2.GaussianBlur(grey, (5, 5), 0).astype(np.float32)
    return np.dstack((cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3))) / 4.0


def per_block(values: np.ndarray) -> np.ndarray:
    """Sum over each block of a picture-sized array, (9, 16)."""
    return values.reshape(ROWS, BLOCK, COLUMNS, BLOCK).sum(axis=(1, 3))


def fine_energy(grey: Grey) -> np.ndarray:
    """Energy of the finest detail per block: what defocus takes first."""
    return per_block(np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (3, 3), 0), cv2.CV_32F)))


@dataclass(frozen=True)
class Comparison:
    """A sample against the reference, block by block, over the blocks that have texture in the reference."""

    alike: np.ndarray  # gradient correlation, -1..1
    energy: np.ndarray  # gradient energy over the reference's
    fine: np.ndarray  # finest detail over the reference's
    textured: np.ndarray  # which blocks count

    @property
    def lost(self) -> float:
        """Fraction of textured blocks whose picture is no longer the reference's."""
        return float((self.alike[self.textured] < 0.35).mean())

    @property
    def emptied(self) -> float:
        """Fraction of textured blocks that are lost and have also lost their texture."""
        gone = (self.alike < 0.35) & (self.energy < 0.45)
        return float(gone[self.textured].mean())


class Reference:
    """A learned picture with its gradients; immutable once made."""

    def __init__(self, grey: Grey) -> None:
        self.grey = grey
        self.gradients = gradients(grey)
        self.norm = np.sqrt(per_block((self.gradients**2).sum(axis=2)))
        self.fine = fine_energy(grey)
        self.textured = self.norm / BLOCK > LEAST_TEXTURE

    @property
    def usable(self) -> bool:
        """Enough texture to recognise the scene by."""
        return int(self.textured.sum()) >= LEAST_BLOCKS

    @cached_property
    def sha256(self) -> str:
        """Digest of the pixels."""
        return hashlib.sha256(self.grey.tobytes()).hexdigest()

    def compare(self, grey: Grey) -> Comparison:
        """How much of each block's structure is still there."""
        now = gradients(grey)
        norm = np.sqrt(per_block((now**2).sum(axis=2)))
        dot = per_block((now * self.gradients).sum(axis=2))
        alike = dot / np.maximum(norm * self.norm, 1e-6)
        # below the noise floor a correlation is a matter of chance
        alike = np.where(norm / BLOCK < LEAST_TEXTURE / 4, 0.0, alike)
        return Comparison(alike, norm / np.maximum(self.norm, 1e-6), fine_energy(grey) / np.maximum(self.fine, 1e-6), self.textured)

    def save(self, path: Path) -> None:
        """Keep it as PNG, whole or not at all."""
        _, data = cv2.imencode(".png", self.grey)
        aside = path.with_suffix(".part")
        aside.write_bytes(data.tobytes())
        aside.replace(path)

    @classmethod
    def load(cls, path: Path) -> Reference:
        """Read a kept reference."""
        grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if grey is None or grey.shape != (HEIGHT, WIDTH):
            raise ValueError(f"{path} is not a reference picture of {WIDTH}x{HEIGHT}")
        return cls(grey)


class Scene:
    """What the picture detectors of one camera share: the reference, once there is one, and each sample's comparison, made once."""

    def __init__(self, reference: Reference | None = None) -> None:
        self.reference = reference
        self._compared: tuple[int, Comparison] | None = None

    def compare(self, grey: Grey, at_ms: int) -> Comparison | None:
        """The sample against the reference; None while there is no reference."""
        if self.reference is None:
            return None
        if self._compared is None or self._compared[0] != at_ms:
            self._compared = (at_ms, self.reference.compare(grey))
        return self._compared[1]


class SceneDetector(Detector):
    """A detector that needs the reference picture."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.scene = scene


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
