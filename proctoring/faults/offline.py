"""Offline: the source has been silent for so long that it counts as gone."""

from __future__ import annotations

from .stalled import Stalled


class Offline(Stalled):
    """No picture for ten seconds: the connection is lost, not only slow."""

    state = "offline"
    enter_ms = 10_000
    # the first ten seconds are those of `stalled`; being open about them twice would only delay the record
    quiet_ms = 9_000
