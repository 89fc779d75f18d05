"""The name of the group in which a venue's wall listens."""

from __future__ import annotations

from uuid import UUID


def group_of(venue_id: UUID) -> str:
    """Group names are short and plain."""
    return f"wall.{venue_id.hex}"
