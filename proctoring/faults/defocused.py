"""Out of focus: the coarse structure is where it was, the fine detail is not."""

from __future__ import annotations

import numpy as np

from .detector import Grey
from .reference import SceneDetector


class Defocused(SceneDetector):
    """Fine detail fell against the reference while the coarse structure held."""

    state = "defocused"
    enter_samples = 5
    enter_ms = 3_000

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """In most blocks that still correlate, less than half of the fine detail is left per unit of contrast."""
        if grey is None:
            return None
        compared = self.scene.compare(grey, at_ms)
        if compared is None:
            return ""
        held = compared.textured & (compared.alike >= 0.35)
        if held.sum() < 0.3 * compared.textured.sum():
            return ""
        # over the contrast of the block, so that a dimmed light is not taken for a soft lens
        sharpness = compared.fine[held] / np.maximum(compared.energy[held], 0.05)
        middle = float(np.median(sharpness))
        weak = float(np.median(compared.energy[held]))
        if middle < 0.62 and weak < 0.95:
            return f"{middle:.0%} of the detail left"
        return ""
