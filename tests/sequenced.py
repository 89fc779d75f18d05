"""Waits for the log: on a PostgreSQL shared with other tests, their open transactions hold the horizon up for a while."""

from __future__ import annotations

import time

from exams.journal.queries import waiting
from exams.journal.sequencer import sequence


def sequenced(seconds: float = 60) -> int:
    """Sequence until everything recorded is a leaf; the number of new leaves."""
    done, until = sequence(), time.monotonic() + seconds
    while waiting() and time.monotonic() < until:
        time.sleep(0.05)
        done += sequence()
    return done
