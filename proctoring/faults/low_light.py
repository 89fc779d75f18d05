"""Too dark: the picture is so dark that nobody could be recognised in it."""

from __future__ import annotations

import numpy as np

from .detector import Detector, Grey


class LowLight(Detector):
    """Nearly all pixels are near black."""

    state = "low_light"
    enter_samples = 2
    enter_ms = 400

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """The brightest tenth of the picture is still dark."""
        if grey is None:
            return None
        bright = float(np.percentile(grey, 90))
        return f"nine tenths below grey level {bright:.0f}" if bright < 32 else ""
