"""Partly covered: a part of the view is hidden for longer than a passer-by hides it."""

from __future__ import annotations

import cv2
import numpy as np

from .detector import Grey
from .reference import SceneDetector


class Partial(SceneDetector):
    """One connected region of the scene has lost its structure and stays lost."""

    state = "partial"
    enter_samples = 10
    enter_ms = 8_000
    leave_samples = 3

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """The largest connected region of emptied blocks is at least a sixth of the textured ones."""
        if grey is None:
            return None
        compared = self.scene.compare(grey, at_ms)
        if compared is None or compared.lost >= 0.55:
            return ""  # that much is no longer a part
        gone = ((compared.alike < 0.35) & (compared.energy < 0.45) & compared.textured).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(gone, connectivity=8)
        largest = int(stats[1:, cv2.CC_STAT_AREA].max()) if len(stats) > 1 else 0
        share = largest / max(1, int(compared.textured.sum()))
        return f"{share:.0%} of the scene hidden" if share >= 1 / 6 else ""
