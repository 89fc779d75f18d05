"""Facts as the one JSON text whose digest a ruling keeps, and back again."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache, lru_cache
from json.encoder import encode_basestring as _quoted
from operator import attrgetter
from typing import Any


def canonical(value: Any) -> str:
    """The JSON text of a dataclass: keys in order, no spaces, dates as ISO 8601, sets sorted."""
    starts, held = _shape(type(value))
    parts = [start + (_quoted(part) if part.__class__ is str else _text(part)) for start, part in zip(starts, held(value), strict=True)]
    return "".join(parts) + "}"


# A large check meets the same matter and the same fact in many questions: each is written out once.
remembered = lru_cache(maxsize=4096)(canonical)


def plain(value: Any) -> Any:
    """The same as what JSON knows: objects, lists, texts."""
    return json.loads(canonical(value))


def build(kind: Any, data: Any) -> Any:
    """The value of a declared type out of what JSON gave; unknown keys of later versions are ignored."""
    if data is None or kind in (str, int, bool):
        return data
    if kind is date:
        return date.fromisoformat(data)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{name: build(hints[name], value) for name, value in data.items() if name in hints})
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is frozenset:
        return frozenset(data)
    if origin is tuple:
        items = inner[:1] * len(data) if inner[-1] is ... else inner
        return tuple(build(one, item) for one, item in zip(items, data, strict=True))
    if origin is types.UnionType:
        return build(next(one for one in inner if one is not type(None)), data)
    raise TypeError(f"no way from JSON to {kind}")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if value is None or value is True or value is False:
        return _BARE[value]
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    if isinstance(value, frozenset):
        return "[" + ",".join(map(_quoted, sorted(value))) + "]"
    if isinstance(value, tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    return remembered(value) if is_dataclass(value) else json.dumps(value)


_BARE = {None: "null", True: "true", False: "false"}


@cache
def _shape(kind: type) -> tuple[list[str], Callable[[Any], tuple[Any, ...]]]:
    """How the text goes on with each field in turn, and the fields' values in that order."""
    names = sorted(field.name for field in fields(kind))
    return [f'{"," if place else "{"}"{name}":' for place, name in enumerate(names)], attrgetter(*names)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
