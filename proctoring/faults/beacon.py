"""Beacon missing: a code is expected in view and cannot be read, so nothing proves that the picture is of now."""

from __future__ import annotations

from .detector import Grey
from .reference import SceneDetector


class BeaconMissing(SceneDetector):
    """The beacon has not shown a code of this time for a quarter of a minute: somebody hides it, or the screen is off."""

    state = "beacon"
    enter_samples = 4
    enter_ms = 15_000
    leave_samples = 1

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """No code of this time is read at its place."""
        beacon, codes = self.scene.beacon, self.scene.codes
        if beacon is None or codes is None:
            return None
        return "" if codes & beacon.expected(at_ms) else "no code of this time can be read"
