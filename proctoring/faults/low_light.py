"""Too dark: the picture is so dark that nobody could be recognised in it."""

from __future__ import annotations

import numpy as np

from .detector import Grey
from .reference import BLACK, Comparison, SceneDetector

PITCH_DARK, DARK = BLACK + 5, BLACK + 34


def too_dark(compared: Comparison) -> bool:
    """Whether even the bright tenth is dark; if a little light is left, the room must still show in it, or something covers the lens."""
    return compared.bright < PITCH_DARK or (compared.bright < DARK and compared.lost < 0.8)


class LowLight(SceneDetector):
    """Nearly all pixels are near black."""

    state = "low_light"
    enter_samples = 2
    enter_ms = 400

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """The brightest tenth of the picture is still dark."""
        if grey is None:
            return None
        compared = self.scene.compare(grey, at_ms)
        bright = float(np.percentile(grey, 90)) if compared is None else compared.bright
        dark = bright < DARK if compared is None else too_dark(compared)
        return f"nine tenths below grey level {bright:.0f}" if dark else ""
