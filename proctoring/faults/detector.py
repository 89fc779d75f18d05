"""The interface of every fault detector, and the hysteresis they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

Grey = np.ndarray  # 320x180 uint8: the size every detector is written for
WIDTH, HEIGHT = 320, 180


@dataclass(frozen=True)
class Fault:
    """A state that holds now; first_bad is the first suspicious sample, not the moment of certainty."""

    state: str
    first_bad: int
    detail: str


@dataclass(frozen=True)
class Heard:
    """What is known of a sample besides its picture."""

    damaged: int = 0  # packets and frames that the decoder found damaged since the last sample
    source_ms: int | None = None  # the source's own time of the picture
    connection: int = 0  # which one it came over: each begins its time anew
    width: int | None = None  # of the camera's own picture
    codes: frozenset[int] | None = None  # read where the beacon is expected; None if nobody looked


class Detector:
    """Looks at samples one after another; the time comes from outside, in milliseconds.

    A fault is entered after `enter_samples` suspicious samples in a row over at least `enter_ms`, and left after `leave_samples` good
    ones. Hysteresis delays the alarm only: the fault begins at the first suspicious sample, and while the verdict is open `certain`
    is false, so that the caller can wait with crediting the time.
    """

    state: ClassVar[str]
    enter_samples: ClassVar[int] = 2
    enter_ms: ClassVar[int] = 0
    leave_samples: ClassVar[int] = 3

    def __init__(self) -> None:
        self.certain = True
        self._fault: Fault | None = None
        self._since: int | None = None
        self._suspicious_count = 0
        self._good_count = 0

    @property
    def since(self) -> int | None:
        """Where the present run of suspicious samples began, confirmed or not."""
        return self._since

    @property
    def fault(self) -> Fault | None:
        """The fault that holds."""
        return self._fault

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """Why this sample is suspicious; empty if it is not; None if it says nothing."""
        raise NotImplementedError

    def hear(self, heard: Heard) -> None:
        """Take note of what came with the sample that is looked at next; most detectors need the picture alone."""

    def look(self, grey: Grey | None, at_ms: int) -> Fault | None:
        """The fault that holds after this sample; grey is None when no picture came since the last look."""
        why = self.suspicious(grey, at_ms)
        if why is None:
            return self._fault
        if why:
            self._count_bad(why, at_ms)
        else:
            self._count_good()
        return self._fault

    def _count_bad(self, why: str, at_ms: int) -> None:
        self._good_count = 0
        self._suspicious_count += 1
        if self._since is None:
            self._since = self.began(at_ms)
        if self._fault is None and self._suspicious_count >= self.enter_samples and at_ms - self._since >= self.enter_ms:
            self._fault = Fault(self.state, self._since, why)
        self.certain = self._fault is not None

    def _count_good(self) -> None:
        self._good_count += 1
        self._suspicious_count = 0
        if self._fault is not None and self._good_count < self.leave_samples:
            self.certain = False
            return
        self._fault = None
        self._since = None
        self.certain = True

    def began(self, at_ms: int) -> int:
        """When a run whose first suspicious sample is this one really began."""
        return at_ms
