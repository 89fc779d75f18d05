"""Addresses of sources as text: what they are, and how they may be shown."""

from __future__ import annotations

import re


def is_file(source: str) -> bool:
    """Whether the source ends by itself and must be paced."""
    return not re.match(r"(rtsps?|https?)://|usb:\d+$|/dev/video", source)


def device(source: str) -> int | None:
    """The number of a USB camera; None for any other source."""
    found = re.fullmatch(r"(?:usb:|/dev/video)(\d+)", source)
    return int(found[1]) if found else None


def without_password(text: object) -> str:
    """The text as it may stand in a log: an address in it keeps its user and loses its password."""
    return re.sub(r"(\w+://[^/\s:@]*):[^/\s]*@", r"\1:***@", str(text))
