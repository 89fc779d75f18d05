"""Out of focus: the coarse structure is where it was, the fine detail is not."""

from __future__ import annotations

from collections import deque
from math import isnan
from statistics import median

import cv2
import numpy as np

from .detector import Grey
from .low_light import too_dark
from .moved import FAR
from .overexposed import too_bright
from .reference import Comparison, Reference, Scene, SceneDetector


class Defocused(SceneDetector):
    """Less of the reference's fine detail is left than of its coarser detail, and less than this stream usually shows."""

    state = "defocused"
    enter_samples = 4
    enter_ms = 2_500

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._usual: deque[float] = deque(maxlen=60)  # a reference may be sharper than what the stream's bit rate lets through

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """The ratio of fine to coarser detail, both measured along the reference, has fallen."""
        if grey is None:
            return None
        compared = self.scene.compare(grey, at_ms)
        if compared is None or compared.lost >= 0.75 or too_dark(compared) or too_bright(compared):
            return ""
        usual = median(self._usual) if len(self._usual) >= 3 else 0.75
        why = _soft(compared, usual)
        if why and self._aside(grey, usual, compared.lost):
            return ""
        if not why and not isnan(compared.sharpness):
            self._usual.append(compared.sharpness)
        return why

    def _aside(self, grey: Grey, usual: float, lost: float) -> bool:
        """Whether it only looks soft because it lies a pixel beside the reference."""
        reference = self.scene.reference
        assert reference is not None
        window = cv2.createHanningWindow((grey.shape[1], grey.shape[0]), cv2.CV_32F)
        (x, y), response = cv2.phaseCorrelate(reference.grey.astype(np.float32), grey.astype(np.float32), window)
        far = max(abs(x), abs(y))
        if response < 0.1 or far < 0.2:
            return False
        if far > FAR:
            return lost >= 0.4  # then it has moved, and that is said elsewhere
        back = cv2.warpAffine(
            reference.grey, np.array([[1, 0, x], [0, 1, y]], np.float32), grey.shape[::-1],
            flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        return not _soft(Reference(back).compare(grey), usual)


def _soft(compared: Comparison, usual: float) -> str:
    """Why the picture is soft, if it is."""
    if compared.faded < 0.4 and compared.contrast < 0.55 and not compared.sharpness > 0.8 * usual:
        return f"{compared.contrast:.0%} of the detail left"
    held = (compared.textured & (compared.alike > 0.5)).sum() / max(1, compared.textured.sum())
    if held >= 0.3 and compared.sharpness < 0.74 * usual:
        return f"{compared.sharpness:.0%} of the finest detail left"
    return ""
