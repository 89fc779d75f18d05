"""The rail: which pages a capacity finds at the left of every screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    id: str
    title: Any
    url_name: str
    capacities: frozenset[str]
    order: int


PLACES: dict[str, Place] = {}


def entry(id: str, title: Any, url_name: str, *capacities: str, order: int = 50) -> None:
    """Put a page on the rail of these capacities (at most seven in all, a test counts them)."""
    if id in PLACES:
        raise ValueError(f"the rail has {id!r} already")
    PLACES[id] = Place(id, title, url_name, frozenset(capacities), order)


def rail(capacity: str) -> list[Place]:
    """The places of one capacity in their order."""
    return sorted((place for place in PLACES.values() if capacity in place.capacities), key=lambda place: (place.order, place.id))
