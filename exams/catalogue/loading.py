"""From a TOML file to the values of rule versions: all faults at once, each with its file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from exams.catalogue.rulebook import EDUCATIONS, ELIGIBILITY_FIELDS, FIELDS, SUBJECT_FIELDS, Field
from exams.verdicts import gettext_noop as _

ITEM_KEYS = {"key": str, "name_zh": str, "name_en": str, "level": str, "family": str, "edition": dict, "note": str}
EDITION_KEYS = {"version", "effective_from", "subjects", "eligibility", *FIELDS}
FILE_KEYS = {"regulation", "example", "note", "item"}

type_names = {str: _("text"), int: _("a whole number"), Decimal: _("a number"), bool: _("true or false")}
Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file; the message is an English msgid with parameters."""

    file: str
    line: int
    message: str
    params: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message % dict(self.params)}"


class LoadError(ValueError):
    """Everything that is wrong with a file."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


@dataclass(frozen=True)
class Loaded:
    """One rule version as a file has it."""

    key: str
    name_zh: str
    name_en: str
    regulation: str
    level: str
    family: str
    is_example: bool
    version: str
    effective_from: date | None
    values: dict[str, Any]


def load(path: Path) -> list[Loaded]:
    """Read every item of the file, or raise LoadError with all of its faults."""
    return load_text(path.name, path.read_text(encoding="utf-8"))


def load_text(name: str, text: str) -> list[Loaded]:
    """The same for text that is no file of this machine."""
    return _File(name, text).items()


class _File:
    """One reading: the parsed text, the line of each key, and the faults found so far."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.faults: list[Fault] = []
        self.lines = lines_of_keys(text)
        try:
            self.data = tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            line = int(found.group(1)) if found else text.count("\n") + 1
            raise LoadError([Fault(name, line, _("Not readable as TOML: %(error)s"), {"error": str(error)})]) from None

    def fault(self, path: Path_, message: str, **params: Any) -> None:
        while path and path not in self.lines:
            path = path[:-1]
        self.faults.append(Fault(self.name, self.lines.get(path, 1), message, params))

    def items(self) -> list[Loaded]:
        self.unknown((), self.data, FILE_KEYS)
        self.text((), self.data, "regulation")
        raw_items = self.data.get("item", [])
        if not isinstance(raw_items, list) or not raw_items:
            self.fault(("item",), _("The file has no item."))
            raw_items = []
        found = [self.item(("item", n), raw) for n, raw in enumerate(raw_items)]
        self.twice([raw.get("key") for raw in raw_items], "item")
        if self.faults:
            raise LoadError(sorted(self.faults, key=lambda fault: fault.line))
        return [item for item in found if item]

    def item(self, path: Path_, raw: dict[str, Any]) -> Loaded | None:
        self.unknown(path, raw, set(ITEM_KEYS))
        for key in ("key", "name_zh", "family"):
            self.text(path, raw, key)
        edition = raw.get("edition")
        if not isinstance(edition, dict):
            self.fault(path, _("The item has no rule version."))
            return None
        values = self.edition((*path, "edition"), edition)
        if self.faults:
            return None
        return Loaded(
            key=raw["key"],
            name_zh=raw["name_zh"],
            name_en=raw.get("name_en", ""),
            regulation=self.data["regulation"],
            level=raw.get("level", ""),
            family=raw["family"],
            is_example=bool(self.data.get("example", False)),
            version=edition["version"],
            effective_from=edition.get("effective_from"),
            values=values,
        )

    def edition(self, path: Path_, raw: dict[str, Any]) -> dict[str, Any]:
        self.unknown(path, raw, EDITION_KEYS)
        self.text(path, raw, "version")
        if "effective_from" in raw and not isinstance(raw["effective_from"], date):
            self.fault((*path, "effective_from"), _("“effective_from” must be a date such as 2026-10-01."))
        values = {name: self.cell((*path, name), raw.get(name), spec) for name, spec in FIELDS.items()}
        values["subjects"] = list(self.subjects((*path, "subjects"), raw.get("subjects", [])))
        values["eligibility"] = list(self.rows((*path, "eligibility"), raw.get("eligibility", [])))
        return values

    def cell(self, path: Path_, raw: Any, spec: Field) -> dict[str, Any]:
        """A value with its source; what is not given or given as "" is empty."""
        if raw is None:
            return {"value": None, "source": ""}
        if not isinstance(raw, dict):
            self.fault(path, _('“%(key)s” must be written with its source: { value = …, source = "…" }.'), key=path[-1])
            return {}
        self.unknown(path, raw, {"value", "source", "none"})
        value, source = raw.get("value", ""), raw.get("source", "")
        if raw.get("none"):
            self.sourced(path, source)
            return {"value": None, "source": source, "none": True}
        if value == "":
            return {"value": None, "source": source}
        self.sourced(path, source)
        return {"value": self.typed(path, value, spec), "source": source}

    def typed(self, path: Path_, value: Any, spec: Field) -> Any:
        if spec.choices and value not in spec.choices:
            self.fault(path, _("“%(value)s” is not one of %(choices)s."), value=value, choices=", ".join(spec.choices))
            return None
        if spec.kind is Decimal:
            return self.number(path, value)
        # bool is an int in Python; a duration of `true` minutes is not meant.
        if not isinstance(value, spec.kind) or (spec.kind is int and isinstance(value, bool)):
            self.fault(path, _("“%(key)s” must be %(type)s."), key=path[-1], type=type_names[spec.kind])
            return None
        if spec.kind is int and value < 0:
            self.fault(path, _("“%(key)s” cannot be negative."), key=path[-1])
        return value

    def number(self, path: Path_, value: Any) -> str | None:
        try:
            number = Decimal(value) if not isinstance(value, bool) else None
        except (InvalidOperation, TypeError, ValueError):
            number = None
        if number is None or not number.is_finite() or number < 0:
            self.fault(path, _("“%(key)s” must be %(type)s."), key=path[-1], type=type_names[Decimal])
            return None
        return str(number)

    def sourced(self, path: Path_, source: Any) -> None:
        if not isinstance(source, str) or not source.strip():
            self.fault(path, _("“%(key)s” has a value without a source."), key=path[-1])

    def subjects(self, path: Path_, raw: Any) -> Iterator[dict[str, Any]]:
        if not self.tables(path, raw):
            return
        self.twice([subject.get("code") for subject in raw], "subjects", path)
        for n, subject in enumerate(raw):
            here = (*path, n)
            self.unknown(here, subject, {"code", "name_zh", "name_en", *SUBJECT_FIELDS})
            self.text(here, subject, "code")
            self.text(here, subject, "name_zh")
            cells = {name: self.cell((*here, name), subject.get(name), spec) for name, spec in SUBJECT_FIELDS.items()}
            self.pass_within_full(here, cells)
            yield {key: subject.get(key, "") for key in ("code", "name_zh", "name_en")} | cells

    def pass_within_full(self, path: Path_, cells: Mapping[str, Mapping[str, Any]]) -> None:
        full, least = cells["full_mark"].get("value"), cells["pass_mark"].get("value")
        if full and least and Decimal(least) > Decimal(full):
            self.fault((*path, "pass_mark"), _("The pass mark is above the full mark."))

    def rows(self, path: Path_, raw: Any) -> Iterator[dict[str, Any]]:
        if not self.tables(path, raw):
            return
        for n, row in enumerate(raw):
            here = (*path, n)
            self.unknown(here, row, set(ELIGIBILITY_FIELDS))
            if row.get("education") not in EDUCATIONS:
                self.fault(
                    (*here, "education"),
                    _("“%(value)s” is not one of %(choices)s."),
                    value=row.get("education", ""),
                    choices=", ".join(EDUCATIONS),
                )
            years = self.number((*here, "years"), row.get("years"))
            self.sourced((*here, "source"), row.get("source"))
            if not isinstance(row.get("science", True), bool):
                self.fault((*here, "science"), _("“%(key)s” must be %(type)s."), key="science", type=type_names[bool])
            yield {**row, "years": years}

    def tables(self, path: Path_, raw: Any) -> bool:
        if isinstance(raw, list) and all(isinstance(row, dict) for row in raw):
            return True
        self.fault(path, _("“%(key)s” must be a list of tables."), key=path[-1])
        return False

    def unknown(self, path: Path_, raw: Mapping[str, Any], known: set[str]) -> None:
        for key in raw:
            if key not in known:
                self.fault((*path, key), _("“%(key)s” is not known here."), key=key)

    def text(self, path: Path_, raw: Mapping[str, Any], key: str) -> None:
        value = raw.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fault((*path, key), _("“%(key)s” is missing or not text."), key=key)

    def twice(self, keys: list[Any], name: str, path: Path_ = ()) -> None:
        for n, key in enumerate(keys):
            if key and key in keys[:n]:
                where = (*path, n) if path else (name, n)
                self.fault(where, _("“%(key)s” stands here twice."), key=key)


def lines_of_keys(text: str) -> dict[Path_, int]:
    """The line on which each table and key begins; tomllib does not tell."""
    lines: dict[Path_, int] = {}
    counts: dict[Path_, int] = {}
    here: Path_ = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$", line)
        key = re.match(r"\s*([\w\"'.-]+)\s*=", line)
        if header:
            here = _table(header.group(2), header.group(1) == "[[", counts)
            lines.setdefault(here, number)
        elif key:
            lines.setdefault((*here, *key.group(1).replace('"', "").replace("'", "").split(".")), number)
    return lines


def _table(dotted: str, array: bool, counts: dict[Path_, int]) -> Path_:
    """The path of a table header, with the running number of each array of tables it lies in."""
    path: Path_ = ()
    parts = dotted.replace('"', "").split(".")
    for n, part in enumerate(parts):
        path = (*path, part)
        if array and n == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
