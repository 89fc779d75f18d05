"""Stream stopped: the source is there, but no picture comes."""

from __future__ import annotations

from .detector import Detector, Grey


class Stalled(Detector):
    """No picture for more than two seconds by the collector's own clock, whatever the library's timeouts say."""

    state = "stalled"
    enter_samples = 1
    enter_ms = 2_000
    leave_samples = 1
    quiet_ms = 1_000

    def __init__(self) -> None:
        super().__init__()
        self._last_ms: int | None = None

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """No picture for longer than the slowest source sends them."""
        if grey is not None:
            self._last_ms = at_ms
            return ""
        if self._last_ms is None:
            self._last_ms = at_ms
        quiet = at_ms - self._last_ms
        return f"no picture for {quiet / 1000:.1f} s" if quiet > self.quiet_ms else None

    def began(self, at_ms: int) -> int:
        """Right after the last picture, not the moment at which its absence was noticed."""
        return at_ms if self._last_ms is None else self._last_ms + 1
