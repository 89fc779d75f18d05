"""Covered: something lies over the lens, and the room has vanished behind it."""

from __future__ import annotations

import numpy as np

from .detector import Grey
from .low_light import too_dark
from .overexposed import too_bright
from .reference import SceneDetector


class Covered(SceneDetector):
    """The structure of the room is gone, coarse and fine, and hardly any other has come in its place."""

    state = "covered"
    enter_samples = 2
    enter_ms = 400

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """Most textured blocks lost, and lost to emptiness."""
        if grey is None:
            return None
        compared = self.scene.compare(grey, at_ms)
        if compared is None:
            # without a reference only a picture without any structure speaks for itself
            flat = float(np.std(grey))
            return f"flat picture, deviation {flat:.1f}" if flat < 6 else ""
        if too_dark(compared) or too_bright(compared):
            return ""
        return f"{compared.lost:.0%} of the scene lost" if compared.overlaid else ""
