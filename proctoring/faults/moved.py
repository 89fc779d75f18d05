"""Moved: the camera looks elsewhere than it did when it was accepted."""

from __future__ import annotations

import cv2
import numpy as np

from .detector import Grey
from .low_light import too_dark
from .overexposed import too_bright
from .reference import SceneDetector

FAR = 2.5  # pixels of 320


class Moved(SceneDetector):
    """The structure is another one, or the same one at another place (phase correlation against the reference)."""

    state = "moved"
    enter_samples = 4
    enter_ms = 1_500
    leave_samples = 4

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """Many blocks lost where nothing moves, although there is structure to see."""
        if grey is None:
            return None
        compared = self.scene.compare(grey, at_ms)
        if compared is None or compared.lost < 0.3 or compared.overlaid or too_dark(compared) or too_bright(compared):
            return ""
        if compared.still_lost < 0.4:
            return ""
        shift, response = displaced(self.scene.reference.grey, grey) if self.scene.reference else (0.0, 0.0)
        if shift >= FAR and response >= 0.1:
            return f"shifted by {shift:.0f} of 320 pixels"
        # turned, rolled or zoomed: nothing matches anywhere, yet there is a picture
        elsewhere = compared.lost >= 0.62 and compared.still_lost >= 0.6 and (compared.news >= 0.3 or compared.emptied < 0.4)
        return f"{compared.lost:.0%} of the scene is another" if elsewhere else ""


def displaced(then: Grey, now: Grey) -> tuple[float, float]:
    """How far the picture has moved, and how surely."""
    window = cv2.createHanningWindow((now.shape[1], now.shape[0]), cv2.CV_32F)
    pair = [cv2.GaussianBlur(one, (5, 5), 0).astype(np.float32) for one in (then, now)]
    (x, y), response = cv2.phaseCorrelate(*pair, window)
    return float(np.hypot(x, y)), float(response)
