"""Life cycles: one table of lawful transitions per model, and compare-and-set moves along it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db import models

from exams.errors import Stale


@dataclass(frozen=True)
class Lifecycle:
    """The lawful transitions of one model: {state: {verb: next state}}, with labels and tones for the screens."""

    field: str
    table: dict[str, dict[str, str]]
    labels: dict[str, Any]
    tones: dict[str, str]

    @property
    def states(self) -> list[str]:
        return list(self.table)


LIFECYCLES: dict[type[models.Model], Lifecycle] = {}


def transitions(
    model: type[models.Model],
    table: dict[str, dict[str, str]],
    *,
    field: str = "state",
    labels: dict[str, Any] | None = None,
    tones: dict[str, str] | None = None,
) -> None:
    """Declare the life cycle of a model. A state that is only ever a target is final."""
    final = {target: {} for moves in table.values() for target in moves.values() if target not in table}
    LIFECYCLES[model] = Lifecycle(field, {**table, **final}, labels or {}, tones or {})


def can(obj: models.Model, verb: str) -> bool:
    """Whether the row, as it was read, may make this move."""
    cycle = LIFECYCLES[type(obj)]
    return verb in cycle.table[getattr(obj, cycle.field)]


def move(obj: models.Model, verb: str, **also: Any) -> None:
    """Move the row by compare-and-set, writing `also` with it. Raises Stale if the verb is not lawful or somebody was first."""
    model = type(obj)
    cycle = LIFECYCLES[model]
    before = getattr(obj, cycle.field)
    after = cycle.table[before].get(verb)
    if after is None:
        raise Stale(obj)
    values = {cycle.field: after, **also}
    if model._base_manager.filter(pk=obj.pk, **{cycle.field: before}).update(**values) != 1:
        raise Stale(obj)
    for name, value in values.items():
        setattr(obj, name, value)


def hold(rows: Sequence[models.Model]) -> None:
    """Lock rows of one model until the transaction ends. Stale names the first that somebody has moved since it was read."""
    if not rows:
        return
    model = type(rows[0])
    field = LIFECYCLES[model].field
    held = model._base_manager.select_for_update().filter(pk__in=[row.pk for row in rows]).order_by("pk")
    now = dict(held.values_list("pk", field))
    for row in rows:
        if now.get(row.pk) != getattr(row, field):
            raise Stale(row)


def move_many(rows: Sequence[models.Model], verb: str, **also: Any) -> None:
    """Move several rows of one model inside a transaction: held, compared and set together. One that is Stale stops all."""
    groups: dict[str, list[models.Model]] = {}
    for row in rows:
        if not can(row, verb):
            raise Stale(row)
        groups.setdefault(_after(row, verb), []).append(row)
    hold(rows)
    for after, group in groups.items():
        model = type(group[0])
        values = {LIFECYCLES[model].field: after, **also}
        model._base_manager.filter(pk__in=[row.pk for row in group]).update(**values)
        for row, (name, value) in product(group, values.items()):
            setattr(row, name, value)


def _after(row: models.Model, verb: str) -> str:
    cycle = LIFECYCLES[type(row)]
    return cycle.table[getattr(row, cycle.field)][verb]


def label(model: type[models.Model], state: str) -> Any:
    """The words for a state, lazily translated; the state itself where none were declared."""
    cycle = LIFECYCLES.get(model)
    return cycle.labels.get(state, state) if cycle else state


def tone(model: type[models.Model], state: str) -> str:
    """ok, warn, danger, wait or off: which of the five status looks a state has."""
    cycle = LIFECYCLES.get(model)
    return cycle.tones.get(state, "off") if cycle else "off"
