"""The collector's own time: anchored once per start, carried on by the machine's boot clock: a stepped wall clock cannot bend a record."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

STEP_MS = 500
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_ns() -> int:
    """Time since the machine was switched on; goes on while it sleeps, where the system can tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)


def boot_id() -> str:
    """The name of this start of the machine; empty where the system has none."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""


@dataclass(frozen=True)
class Reading:
    """What all clocks showed at one moment."""

    own_ms: int
    wall_ms: int
    mono_ms: int


class Clock:
    """Milliseconds since 1970 that only ever go forward; one epoch per start of the collector."""

    def __init__(self, wall_ns: Callable[[], int] = time.time_ns, mono_ns: Callable[[], int] = boot_ns) -> None:
        self._wall_ns, self._mono_ns = wall_ns, mono_ns
        self._wall_ms = wall_ns() // 1_000_000
        self._anchor_ns = mono_ns()
        self._anchor_ms = self._anchor_ns // 1_000_000
        self._ahead_ms = 0
        self.boot = boot_id()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._wall_ms / 1000))
        self.epoch = f"{stamp}.{secrets.token_hex(4)}"

    def now_ms(self) -> int:
        """The present moment in the collector's time."""
        return self._wall_ms + (self._mono_ns() - self._anchor_ns) // 1_000_000

    def read(self) -> Reading:
        """All clocks now."""
        own = self.now_ms()
        return Reading(own, max(0, self._wall_ns() // 1_000_000), self.mono_at(own))

    def mono_at(self, own_ms: int) -> int:
        """What the boot clock showed at a moment of the own time."""
        return max(0, own_ms - self._wall_ms + self._anchor_ms)

    def step_ms(self) -> int:
        """By how much the wall clock was set since the last question; 0 if it only ran, however badly."""
        now = self.read()
        ahead = now.wall_ms - now.own_ms
        step, self._ahead_ms = ahead - self._ahead_ms, ahead
        return step if abs(step) > STEP_MS else 0
