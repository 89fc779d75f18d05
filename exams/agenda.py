"""The agenda: what is open for somebody in a capacity, gathered from every subject for the home page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from exams.registry import Registry

if TYPE_CHECKING:
    from exams.access import Actor

AGENDA = Registry("agenda")


@dataclass(frozen=True)
class OpenItem:
    """One thing that blocks a next step: what, why and on what basis, who acts until when, and where."""

    state: Literal["refused", "todo", "wait", "done"]
    title: Any
    why: Any = ""
    basis: Any = ""
    who: Any = ""
    due: datetime | None = None
    url: str = ""
    link: Any = ""
    group: Any = ""
    group_url: str = ""
    said: Any = ""


def agenda(id: str, *capacities: str) -> Callable[[Callable[[Actor], Iterable[OpenItem]]], Any]:
    """Register a source of open items for these capacities."""
    return AGENDA.register(id, capacities=frozenset(capacities))


def open_items(actor: Actor) -> list[OpenItem]:
    """All that is open for the actor, what is refused first, then by time left."""
    items = [item for source in AGENDA if actor.capacity in source.capacities for item in source(actor)]
    order = {"refused": 0, "todo": 1, "wait": 2, "done": 3}
    return sorted(items, key=lambda item: (order[item.state], item.due is None, item.due.timestamp() if item.due else 0))
