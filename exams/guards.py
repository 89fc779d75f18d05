"""Guards of the database: append-only tables and intervals that cannot overlap, the same promise on SQLite and PostgreSQL.

Declared in code, installed after every migration (Django's table remake on SQLite silently drops triggers), and verified at start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.utils import ProgrammingError


@dataclass(frozen=True)
class AppendOnly:
    """No UPDATE, no DELETE, no TRUNCATE: rows are only ever added."""

    model: type[models.Model]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def names(self) -> list[str]:
        return [f"guard_{self.table}_{verb}" for verb in ("update", "delete")]

    def sqlite(self) -> list[str]:
        return [
            f"CREATE TRIGGER IF NOT EXISTS guard_{self.table}_{verb} BEFORE {verb.upper()} ON {self.table} "
            f"BEGIN SELECT RAISE(ABORT, 'append-only: {self.table}'); END"
            for verb in ("update", "delete")
        ]

    def postgresql(self) -> list[str]:
        raised = f"RAISE EXCEPTION 'append-only: {self.table}' USING ERRCODE = 'integrity_constraint_violation'"
        function = f"guard_{self.table}"
        statements = [
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {raised}; END $$",
        ]
        for name, when in zip(self.names(), ("UPDATE", "DELETE"), strict=True):
            level = "FOR EACH STATEMENT" if when == "DELETE" else "FOR EACH ROW"
            events = "DELETE OR TRUNCATE" if when == "DELETE" else when
            statements.append(
                f"CREATE OR REPLACE TRIGGER {name} BEFORE {events} ON {self.table} {level} EXECUTE FUNCTION {function}()"
            )
        return statements


@dataclass(frozen=True)
class NoOverlap:
    """Among rows equal in `keys`, the half-open intervals [start, end) never overlap; `where` limits it to some rows."""

    model: type[models.Model]
    keys: tuple[str, ...]
    start: str
    end: str
    where: tuple[tuple[str, Any], ...] = ()

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def name(self) -> str:
        return f"guard_{self.table}_{'_'.join(self.keys)}_overlap"[:58]

    def names(self) -> list[str]:
        return [f"{self.name}_i", f"{self.name}_u"] if connection.vendor == "sqlite" else [self.name]

    def _column(self, field: str) -> str:
        return self.model._meta.get_field(field).column

    def _conditions(self, prefix: str = "") -> list[str]:
        return [f"{prefix}{self._column(field)} {_equals(value)}" for field, value in self.where]

    def sqlite(self) -> list[str]:
        same = [f"t.{self._column(key)} = NEW.{self._column(key)}" for key in self.keys]
        start, end = self._column(self.start), self._column(self.end)
        primary = self.model._meta.pk.column
        clash = [*same, f"t.{start} < NEW.{end}", f"t.{end} > NEW.{start}", f"t.{primary} <> NEW.{primary}", *self._conditions("t.")]
        applies = " AND ".join(self._conditions("NEW.")) or "1"
        body = (
            f"WHEN {applies} BEGIN SELECT RAISE(ABORT, 'overlap: {self.name}') "
            f"WHERE EXISTS (SELECT 1 FROM {self.table} t WHERE {' AND '.join(clash)}); END"
        )
        return [
            f"CREATE TRIGGER IF NOT EXISTS {self.name}_i BEFORE INSERT ON {self.table} {body}",
            f"CREATE TRIGGER IF NOT EXISTS {self.name}_u BEFORE UPDATE ON {self.table} {body}",
        ]

    def postgresql(self) -> list[str]:
        kind = self.model._meta.get_field(self.start).db_type(connection)
        ranges = {"timestamp with time zone": "tstzrange", "bigint": "int8range", "date": "daterange", "integer": "int4range"}
        during = f"{ranges[kind]}({self._column(self.start)}, {self._column(self.end)}, '[)')"
        parts = [f"{self._column(key)} WITH =" for key in self.keys] + [f"{during} WITH &&"]
        condition = f" WHERE ({' AND '.join(self._conditions())})" if self.where else ""
        return [
            "CREATE EXTENSION IF NOT EXISTS btree_gist",
            f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{self.name}') THEN "
            f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} EXCLUDE USING gist ({', '.join(parts)}){condition}; END IF; END $$",
        ]


GUARDS: list[AppendOnly | NoOverlap] = []
# Statements that make something only PostgreSQL has; their equal for SQLite is said where they are declared.
POSTGRESQL: list[str] = []


def append_only(model: type[models.Model]) -> None:
    GUARDS.append(AppendOnly(model))


def no_overlap(model: type[models.Model], keys: list[str], start: str, end: str, where: dict[str, Any] | None = None) -> None:
    GUARDS.append(NoOverlap(model, tuple(keys), start, end, tuple((where or {}).items())))


def install() -> None:
    """Install every guard whose table exists; run after migrations, and harmless when repeated."""
    tables = set(connection.introspection.table_names())
    statements = [statement for guard in GUARDS if guard.table in tables for statement in getattr(guard, connection.vendor)()]
    if connection.vendor == "postgresql":
        statements += POSTGRESQL
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def missing() -> list[str]:
    """Names of guards that the database should have and has not; ProgrammingError if no table is there yet to be guarded."""
    tables = set(connection.introspection.table_names())
    guarded = [guard for guard in GUARDS if guard.table in tables]
    if GUARDS and not guarded:
        raise ProgrammingError("the tables do not exist yet")
    present = _present()
    return [name for guard in guarded for name in guard.names() if name not in present]


def lift() -> None:
    """Remove the append-only guards. Only the tests' flush between transactions may call this."""
    tables = set(connection.introspection.table_names())
    ours = [guard for guard in GUARDS if isinstance(guard, AppendOnly) and guard.table in tables]
    with connection.cursor() as cursor:
        for name, table in [(name, guard.table) for guard in ours for name in guard.names()]:
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def _present() -> set[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger UNION SELECT conname FROM pg_constraint"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


def _equals(value: Any) -> str:
    if value is None:
        return "IS NULL"
    if isinstance(value, bool):
        return f"= {'TRUE' if value else 'FALSE'}"
    if isinstance(value, int):
        return f"= {value}"
    return "= '" + str(value).replace("'", "''") + "'"
