"""Too bright: the picture is burnt out."""

from __future__ import annotations

from .detector import Detector, Grey


class Overexposed(Detector):
    """Most pixels are at the upper end of the scale."""

    state = "overexposed"
    enter_samples = 2
    enter_ms = 400

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """More than half of the picture is saturated."""
        if grey is None:
            return None
        burnt = float((grey >= 248).mean())
        return f"{burnt:.0%} of the picture saturated" if burnt > 0.5 else ""
