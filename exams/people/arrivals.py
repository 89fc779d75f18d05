"""Arrivals: somebody is registered for the first time, or under another name; upper subjects that wait for a name look here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from exams.registry import Registry

if TYPE_CHECKING:
    from exams.access import Actor
    from exams.people.models import Person

ARRIVALS = Registry("arrivals")


def on_arrival(id: str) -> Callable[[Callable[[Actor, Sequence[Person]], None]], Any]:
    """Register a function to be called inside the transaction that registers these persons."""
    return ARRIVALS.register(id)


def arrived(by: Actor, persons: Sequence[Person]) -> None:
    """Tell everybody who waits for somebody."""
    for listener in ARRIVALS if persons else ():
        listener(by, persons)
