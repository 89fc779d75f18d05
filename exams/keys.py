"""Primary keys: UUIDv7, made in Python so that the key is there before INSERT (associated data of encrypted fields)."""

from __future__ import annotations

import json
import secrets
import time
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models


def uuid7() -> uuid.UUID:
    """A time-ordered UUID (RFC 9562): 48 bits of milliseconds, 74 random bits."""
    value = (time.time_ns() // 1_000_000) << 80
    value |= 0x7 << 76 | secrets.randbits(12) << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def primary_key() -> models.UUIDField:
    return models.UUIDField(primary_key=True, default=uuid7, editable=False)


class KeyText(models.Func):
    """A key as the text that `str` gives of it, written by the database: for reads of so many rows that UUID objects would count."""

    arity = 1
    output_field = models.TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="(%(expressions)s)::text", **more)

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Any]:
        sql, params = compiler.compile(self.get_source_expressions()[0])
        parts = " || '-' || ".join(f"substr({sql}, {start}, {length})" for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12)))
        return f"({parts})", [*params] * 5


class Among(models.Expression):
    """Very many keys as one parameter: `filter(person__in=among(ids))` costs what it finds, not what it names.

    A list of ten thousand is otherwise written out in SQL, prepared value by value and parsed again by the database.
    """

    output_field: models.Field = models.TextField()

    def __init__(self, keys: Iterable[Any], kind: str) -> None:
        super().__init__()
        self._keys, self._kind = [str(key) for key in keys], kind
        self._written = ""

    def as_sql(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, list[str]]:
        if not self._keys:
            raise EmptyResultSet
        # Written once, for the same keys are asked for by one source after another.
        if connection.vendor == "postgresql":
            self._written = self._written or "{" + ",".join(map(_quoted, self._keys)) + "}"
            return f"(SELECT unnest(%s::{self._kind}[]))", [self._written]
        keys = [key.replace("-", "") for key in self._keys] if self._kind == "uuid" else self._keys
        self._written = self._written or json.dumps(keys)
        return "(SELECT value FROM json_each(%s))", [self._written]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def among(ids: Iterable[Any]) -> Among:
    """Primary keys, as UUIDs or as text."""
    return Among(ids, "uuid")


def among_texts(texts: Iterable[str]) -> Among:
    """Any other texts that rows are found by."""
    return Among(texts, "text")
