"""Partly covered: a part of the view, or a seat in it, is hidden for longer than a passer-by hides it."""

from __future__ import annotations

import numpy as np

from .detector import Fault, Grey
from .low_light import too_dark
from .overexposed import too_bright
from .reference import Comparison, Scene, SceneDetector
from .zones import hidden_blocks, regions, zones

LEAST = 23  # of 144 blocks
LEAST_AROUND_A_ZONE = 4
SAME = 0.92


class Partial(SceneDetector):
    """A connected region of the scene, or most of a seat's zone, has lost its structure and stays lost."""

    state = "partial"
    enter_samples = 10
    enter_ms = 8_000
    leave_samples = 3

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.zones = zones(scene.zones)
        self._region: np.ndarray | None = None
        self._steady = 0

    def look(self, grey: Grey | None, at_ms: int) -> Fault | None:
        """The picture as a whole, then zone by zone."""
        fault = super().look(grey, at_ms)
        if self.zones:
            hidden = None if grey is None else self._hidden(grey, at_ms, LEAST_AROUND_A_ZONE)
            for zone in self.zones:
                zone.judge(hidden)
                zone.look(grey, at_ms)
        return fault

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """Connected regions of emptied blocks are large."""
        if grey is None:
            return None
        hidden, compared = self._hidden(grey, at_ms, LEAST_AROUND_A_ZONE), self.scene.compare(grey, at_ms)
        if hidden is None or compared is None or not self._large(hidden, compared):
            self._region = None
            return ""
        same = self._region is not None and (hidden & self._region).sum() >= SAME * (hidden | self._region).sum()
        still = (hidden & compared.active).sum() <= 0.05 * hidden.sum()
        self._region, self._steady = hidden, self._steady + 1 if same and still else 0
        # a person in front of the camera sways; what keeps its outline to a block is fixed there
        self.enter_samples, self.enter_ms = (5, 3_000) if self._steady >= 3 else (10, 8_000)
        return f"{hidden.mean():.0%} of the picture hidden"

    def _large(self, hidden: np.ndarray, compared: Comparison) -> bool:
        """A sixth of the picture, or a good part of what has structure in it."""
        structure = int((hidden & compared.textured).sum())
        return int(hidden.sum()) >= LEAST or structure >= max(8, 0.18 * compared.textured.sum())

    def _hidden(self, grey: Grey, at_ms: int, least: int) -> np.ndarray | None:
        """Hidden regions of at least so many blocks; None if the picture as a whole is gone, which is not for this detector to say."""
        compared = self.scene.compare(grey, at_ms)
        if compared is None or self.scene.reference is None or _whole(compared):
            return None
        return regions(hidden_blocks(compared), compared, least, self.scene.sure)


def _whole(compared: Comparison) -> bool:
    return compared.overlaid or too_dark(compared) or too_bright(compared)
