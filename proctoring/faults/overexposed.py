"""Too bright: the picture is burnt out."""

from __future__ import annotations

from .detector import Grey
from .reference import WHITE, Comparison, SceneDetector


def too_bright(compared: Comparison) -> bool:
    """Whether light has eaten the scene: white walls alone have not."""
    return compared.burnt > 0.8 or (compared.burnt > 0.35 and compared.eaten > 0.25)


class Overexposed(SceneDetector):
    """Most pixels are at the upper end of the scale."""

    state = "overexposed"
    enter_samples = 2
    enter_ms = 400

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """Much of the picture is saturated, and the scene has gone with it."""
        if grey is None:
            return None
        compared = self.scene.compare(grey, at_ms)
        burnt = float((grey >= WHITE - 7).mean()) if compared is None else compared.burnt
        bright = burnt > 0.6 if compared is None else too_bright(compared)
        return f"{burnt:.0%} of the picture saturated" if bright else ""
