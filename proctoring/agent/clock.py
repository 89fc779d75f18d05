"""The collector's own time: anchored once per start, carried on by the monotonic clock: a stepped wall clock cannot bend a record."""

from __future__ import annotations

import secrets
import time


class Clock:
    """Milliseconds since 1970 that only ever go forward; one epoch per start of the collector."""

    def __init__(self) -> None:
        self._wall_ms = time.time_ns() // 1_000_000
        self._anchor_ns = time.monotonic_ns()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._wall_ms / 1000))
        self.epoch = f"{stamp}.{secrets.token_hex(4)}"

    def now_ms(self) -> int:
        """The present moment in the collector's time."""
        return self._wall_ms + (time.monotonic_ns() - self._anchor_ns) // 1_000_000
