"""Replayed: the beacon in view shows codes of another time, so the picture is one of another time."""

from __future__ import annotations

from .detector import Grey
from .reference import SceneDetector


class Replayed(SceneDetector):
    """Codes are read at the beacon's place, but none that its schedule allows now: a loop shows old ones."""

    state = "replayed"
    enter_samples = 3
    enter_ms = 1_500
    leave_samples = 2

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """A code is read, and it is not the one of this time; a beacon that cannot be read says nothing here."""
        beacon = self.scene.beacon
        codes = self.scene.codes
        if beacon is None or not codes:
            return None
        old = codes - beacon.expected(at_ms)
        return f"the beacon shows {min(old)}, which is not of this time" if old == codes else ""
