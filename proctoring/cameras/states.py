"""The states of a camera in words: one set of codes for faults, segments and reports."""

from __future__ import annotations

from collections.abc import Iterable

from exams import wording
from exams.verdicts import gettext_noop as _

WORDS = {
    "ok": _("Healthy"),
    "low_light": _("Too dark"),
    "overexposed": _("Too bright"),
    "covered": _("Lens covered"),
    "partial": _("Partly covered"),
    "defocused": _("Out of focus"),
    "moved": _("Camera moved"),
    "frozen": _("Frozen picture"),
    "replayed": _("Picture of another time"),
    "beacon": _("Liveness code not readable"),
    "corrupt": _("Damaged stream"),
    "stalled": _("Stream stopped"),
    "offline": _("Offline"),
    "clock": _("Clock doubtful"),
    "disk": _("Storage full"),
    "unknown": _("Not yet known (learning the reference)"),
    "not_arrived": _("Data not yet arrived from the room"),
    "not_recorded": _("Seen but not recorded"),
    "not_planned": _("Seat outside every camera’s view"),
}

# Reasons somebody may give for a gap (besides the states themselves).
REASONS = {
    "camera_state": _("Camera state"),
    "not_recorded": _("Seen but not recorded"),
    "file_missing": _("Recording file missing"),
    "not_arrived": _("Data not yet arrived from the room"),
    "collector_down": _("Room collector stopped"),
    "network": _("Network interrupted"),
    "power": _("Power failure"),
    "storage_full": _("Storage full"),
    "blocked_view": _("View blocked by a person or object"),
}


def word(code: str) -> str:
    """One state or reason in the reader's language."""
    return wording.render(WORDS.get(code) or REASONS.get(code) or code, {})


def words(codes: Iterable[str]) -> str:
    """Several, joined as the language joins them."""
    return wording.render(_(", "), {}).join(word(code) for code in codes)
