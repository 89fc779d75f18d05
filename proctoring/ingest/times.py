"""How the clock of a collector stands to the server's: measured by every exchange, carried on between measurements without a leap."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

STEER_MS = 25  # a smaller difference is measured again, not followed
ROW_MS = 40  # a row goes on until the offset is off by more; with the above at most 65 ms
REMEMBER_MS = 60_000
CLOCK_MS = 500  # beyond this a clock is doubtful


class Bearing:
    """The offset of one epoch, to be added to the collector's own time: between the least and the most that recent exchanges allow."""

    def __init__(self) -> None:
        self._most: deque[tuple[int, int]] = deque(maxlen=64)
        self._least: deque[tuple[int, int]] = deque(maxlen=64)

    def exchanged(self, at_ms: int, arrived_ms: int, echo_ms: int = 0, heard_ms: int = 0) -> None:
        """A frame sent at at_ms (own time) came at arrived_ms; before it the collector heard our echo_ms at heard_ms (own time)."""
        # a frame is never received before it was sent: each direction gives one bound
        self._most.append((at_ms, arrived_ms - at_ms))
        if echo_ms and heard_ms:
            self._least.append((heard_ms, echo_ms - heard_ms))
        for bounds in (self._most, self._least):
            while bounds and not 0 <= at_ms - bounds[0][0] <= REMEMBER_MS:
                bounds.popleft()

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the most the offset can be; equal if only one direction was measured."""
        most = min(offset for _at, offset in self._most)
        least = max((offset for _at, offset in self._least), default=most)
        return least, max(most, least)

    @property
    def offset_ms(self) -> int:
        """The middle of what is possible."""
        least, most = self.bounds
        return (least + most) // 2

    @property
    def doubtful(self) -> bool:
        """Whether so little is known that half the width exceeds the limit: slow lines delay frames, they do not turn clocks."""
        least, most = self.bounds
        return (most - least) // 2 > CLOCK_MS


@dataclass(frozen=True)
class Course:
    """The offset of an epoch over its own time: a straight line between its last two measurements, level outside them."""

    before_at_ms: int
    before_ms: int
    at_ms: int
    offset_ms: int

    def offset(self, own_ms: int) -> int:
        """What is to be added to this moment."""
        if own_ms >= self.at_ms:
            return self.offset_ms
        if own_ms <= self.before_at_ms or self.at_ms == self.before_at_ms:
            return self.before_ms
        passed, whole = own_ms - self.before_at_ms, self.at_ms - self.before_at_ms
        return self.before_ms + (self.offset_ms - self.before_ms) * passed // whole

    def steered(self, own_ms: int, measured_ms: int, oldest_ms: int) -> Course:
        """The course after a measurement; the same one if it told nothing new. Nothing older than oldest_ms is still to come."""
        if abs(measured_ms - self.offset_ms) <= STEER_MS or own_ms <= self.at_ms:
            return self
        if oldest_ms < self.at_ms:
            # what the line was drawn for is not all here yet: only its end is moved
            return Course(self.before_at_ms, self.before_ms, own_ms, measured_ms)
        return Course(self.at_ms, self.offset_ms, own_ms, measured_ms)
