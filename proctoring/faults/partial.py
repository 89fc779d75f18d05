"""Partly covered: a part of the view is hidden for longer than a passer-by hides it."""

from __future__ import annotations

import cv2
import numpy as np

from .detector import Grey
from .low_light import too_dark
from .overexposed import too_bright
from .reference import Comparison, Scene, SceneDetector

LEAST = 0.16  # part of the picture


class Partial(SceneDetector):
    """One connected region of the scene has lost its structure and stays lost."""

    state = "partial"
    enter_samples = 10
    enter_ms = 8_000
    leave_samples = 3

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._region: np.ndarray | None = None
        self._steady = 0

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """The largest connected region of emptied blocks is at least a sixth of the picture."""
        if grey is None:
            return None
        compared = self.scene.compare(grey, at_ms)
        if compared is None or too_dark(compared) or too_bright(compared):
            return ""
        region = hidden_region(compared, self.scene)
        share = float(region.mean())
        if share < LEAST or (compared.lost >= 0.55 and compared.emptied >= 0.4 and compared.faded >= 0.35):
            self._region = None
            return ""  # too little, or so much that it is no longer a part
        same = self._region is not None and (region & self._region).sum() >= 0.85 * (region | self._region).sum()
        self._region, self._steady = region, self._steady + 1 if same else 0
        # a person in front of the camera sways; what keeps its outline to a block is fixed there
        self.enter_samples, self.enter_ms = (5, 3_000) if self._steady >= 3 else (10, 8_000)
        return f"{share:.0%} of the picture hidden"


def hidden_region(compared: Comparison, scene: Scene) -> np.ndarray:
    """The largest connected region of blocks that show nothing of what they should, those without texture by their brightness."""
    assert scene.reference is not None
    then = scene.reference.bands.level
    held = compared.textured & (compared.alike > 0.6)
    gain = float(np.median(compared.level[held] / np.maximum(then[held], 1.0))) if held.sum() >= 5 else 1.0
    other = np.abs(compared.level - gain * then) > 20
    hidden = np.where(compared.textured, compared.empty, other & ~compared.active)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(hidden.astype(np.uint8), connectivity=8)
    nothing = np.zeros_like(hidden)
    if count < 2:
        return nothing
    region = labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    # brightness alone is a matter of the light: enough of the region must have had structure to lose
    return region if (region & compared.textured).sum() >= max(5, 0.3 * region.sum()) else nothing
