"""Moved: the camera looks elsewhere than it did when it was accepted."""

from __future__ import annotations

import cv2
import numpy as np

from .detector import Grey
from .reference import Comparison, SceneDetector


class Moved(SceneDetector):
    """The structure is another one, or the same one at another place (phase correlation against the reference)."""

    state = "moved"
    enter_samples = 4
    enter_ms = 1_500
    leave_samples = 4

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """Many blocks lost although there is structure to see."""
        if grey is None:
            return None
        compared = self.scene.compare(grey, at_ms)
        if compared is None or compared.lost < 0.3 or compared.emptied >= 0.4:
            return ""
        shift, response = self._shift(grey)
        if shift >= 2.5 and response >= 0.12:
            return f"shifted by {shift:.0f} of 320 pixels"
        # turned far away: nothing matches anywhere, yet there is a picture
        return f"{compared.lost:.0%} of the scene is another" if self._elsewhere(compared) else ""

    def _shift(self, grey: Grey) -> tuple[float, float]:
        reference = self.scene.reference
        assert reference is not None
        window = cv2.createHanningWindow((grey.shape[1], grey.shape[0]), cv2.CV_32F)
        then = cv2.GaussianBlur(reference.grey, (5, 5), 0).astype(np.float32)
        now = cv2.GaussianBlur(grey, (5, 5), 0).astype(np.float32)
        (x, y), response = cv2.phaseCorrelate(then, now, window)
        return float(np.hypot(x, y)), float(response)

    def _elsewhere(self, compared: Comparison) -> bool:
        return compared.lost >= 0.65
