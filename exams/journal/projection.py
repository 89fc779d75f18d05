"""Watched tables: rows that must equal what the journal last said of them, so that a change past the actions is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from exams.journal import canonical
from exams.journal.models import Detail

_BATCH = 500


@dataclass(frozen=True)
class Difference:
    """A row that is not as the journal says."""

    model: type[models.Model]
    pk: str
    field: str
    journal: Any
    table: Any


WATCHED: dict[type[models.Model], tuple[str, ...]] = {}


def watch(model: type[models.Model], *fields: str) -> None:
    """From now on record() keeps these fields of the row with the entry. Every action that changes them must record the row."""
    WATCHED[model] = fields


def snapshot(obj: Any) -> dict[str, Any] | None:
    """The watched fields of a row as canonical values, or None if its table is not watched."""
    fields = WATCHED.get(type(obj))
    if fields is None:
        return None
    values = {name: obj._meta.get_field(name).value_from_object(obj) for name in fields}
    return json.loads(canonical.dumps({name: _same(obj, name, value) for name, value in values.items()}))


def differences(model: type[models.Model] | None = None) -> Iterator[Difference]:
    """Every watched row that the tables and the journal tell differently: changed, unknown to the journal, or vanished."""
    for watched in [model] if model else list(WATCHED):
        yield from _of_table(watched)


def _of_table(model: type[models.Model]) -> Iterator[Difference]:
    label = model._meta.label
    said = _last_said(label)
    for row in model._base_manager.iterator(chunk_size=_BATCH):
        expected = said.pop(str(row.pk), None)
        if expected is None:
            yield Difference(model, str(row.pk), "", None, "row")
            continue
        found = snapshot(row) or {}
        for name in found:
            if name in expected and expected[name] != found[name]:
                yield Difference(model, str(row.pk), name, expected[name], found[name])
    for pk in said:
        yield Difference(model, pk, "", "row", None)


def _last_said(label: str) -> dict[str, dict[str, Any]]:
    """The last state the journal keeps of each row of a table; rows it says were removed are left out."""
    said: dict[str, dict[str, Any]] = {}
    details = Detail.objects.filter(entry__object_type=label, entry__outcome="done").order_by("entry_id")
    for object_id, data in details.values_list("entry__object_id", "data").iterator(chunk_size=_BATCH):
        state = _state(bytes(data))
        if state == "removed":
            said.pop(object_id, None)
        elif state is not None:
            said[object_id] = {**said.get(object_id, {}), **state}
    return said


def _state(data: bytes) -> Any:
    """The state a detail keeps; a detail that was garbled keeps none, and verification goes on."""
    try:
        return json.loads(data).get("state")
    except (ValueError, AttributeError):
        return None


def _same(obj: Any, name: str, value: Any) -> Any:
    """A decimal reads back with the places of its column; the instance may still hold what was typed."""
    field = obj._meta.get_field(name)
    if isinstance(field, models.DecimalField) and value is not None:
        return f"{field.to_python(value):.{field.decimal_places}f}"
    if isinstance(field, models.BinaryField) and value is not None:
        return bytes(value).hex()
    return field.to_python(value)
