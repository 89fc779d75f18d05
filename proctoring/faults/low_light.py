"""Too dark: the picture is so dark that nobody could be recognised in it."""

from __future__ import annotations

import numpy as np

from .detector import Grey
from .reference import BLACK, Comparison, SceneDetector

PITCH_DARK, DARKEST, DARK = BLACK + 5, BLACK + 16, BLACK + 34


def too_dark(compared: Comparison) -> bool:
    """Whether even the bright tenth is dark; if a little light is left, the room must still show in it, or something covers the lens."""
    if compared.lost >= 0.8:
        return compared.bright < PITCH_DARK
    # a room that never was bright is not dark because a lamp went out
    return compared.bright < DARKEST or (compared.bright < DARK and compared.bright - BLACK < 0.4 * (compared.bright_then - BLACK))


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
