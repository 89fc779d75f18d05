"""The disk: recordings go before the spool does, acknowledged ones before all others, and nothing that the server has not heard of."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

from . import ledger
from .clock import Clock
from .spool import Spool

log = logging.getLogger("collector")
DAY_MS = 86_400_000
MIB = 1 << 20
AT_ONCE = 50


def free_bytes(folder: Path) -> int:
    """What is free where a folder lies."""
    return shutil.disk_usage(folder).free


class Disk:
    """Watches the free space below the recordings.

    Under `keep_free_mb` the oldest acknowledged recordings that are past `keep_days` are removed, one by one, until there is room;
    if there are none, recording stops and the spool has the rest of the disk. What is not acknowledged is never removed.
    """

    def __init__(
        self, spool: Spool, folder: Path, clock: Clock, keep_free_mb: int, keep_days: int, free: Callable[[Path], int] = free_bytes
    ) -> None:
        self._spool, self._folder, self._clock, self._free = spool, folder, clock, free
        self._wanted, self._keep_ms = keep_free_mb * MIB, keep_days * DAY_MS
        self.full = False
        self.removed = 0

    @property
    def free_mb(self) -> int:
        """For the status line."""
        return self._free(self._folder) // MIB

    def look(self) -> bool:
        """Make room if there is too little; whether recordings may be written."""
        # once full, some more than the least must be free, or it would stop and go with every file
        wanted = self._wanted * 5 // 4 if self.full else self._wanted
        if self._free(self._folder) < wanted:
            self._make_room(wanted)
        enough = self._free(self._folder) >= wanted
        if self.full and enough:
            log.warning("disk: %d MB are free again; recording goes on", self.free_mb)
        elif not self.full and not enough:
            log.error(
                "disk: only %d MB are free and no recording may be removed; recording stops, reports go on."
                " Copy recordings to another disk, or shorten keep_days", self.free_mb,
            )  # fmt: skip
        self.full = not enough
        return enough

    def _make_room(self, wanted: int) -> None:
        now = self._clock.now_ms()
        for one in ledger.removable(self._spool, now - self._keep_ms, AT_ONCE):
            if self._free(self._folder) >= wanted:
                return
            # noted before the deed: killed in between, a file too many lies there, and none is missing without a word
            self._spool.gone(one.camera, one.number, now)
            (self._folder / one.name).unlink(missing_ok=True)
            self.removed += 1
            log.info("disk: removed %s, %d days old and acknowledged", one.name, (now - one.end_ms) // DAY_MS)
