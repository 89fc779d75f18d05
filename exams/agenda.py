"""The home page of a capacity, gathered from every subject: what is open for somebody, and the panels shown beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from exams.registry import Registry

if TYPE_CHECKING:
    from exams.access import Actor

AGENDA = Registry("agenda")
PANELS = Registry("home panels")


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


def panel(id: str, template: str, *capacities: str, order: int = 50) -> Callable[[Callable[[Actor], dict[str, Any] | None]], Any]:
    """Register a panel for these capacities: what its template shows to the actor, or None where there is nothing to show."""
    return PANELS.register(id, template=template, capacities=frozenset(capacities), order=order)


def panels_for(actor: Actor) -> list[dict[str, Any]]:
    """The panels of the actor's home page, each as template and what it shows."""
    mine = sorted((source for source in PANELS if actor.capacity in source.capacities), key=lambda source: source.order)
    found = [(source.template, source(actor)) for source in mine]
    return [{"template": template, "shown": shown} for template, shown in found if shown]
