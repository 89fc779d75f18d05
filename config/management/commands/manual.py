"""manage.py manual: prints the tables of the manual from the code, and keeps those in the READMEs true."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from exams.access import PERMISSIONS
from exams.recusal import handbook
from exams.registry import Registry
from exams.ticks import TICKS

BEGIN, END = "<!-- manual:{name} -->", "<!-- /manual -->"
Row = tuple[str, ...]


def _registry(module: str, name: str) -> Registry:
    return getattr(importlib.import_module(module), name)


def _entries(*places: tuple[str, str]) -> Callable[[], tuple[Row, Iterable[Row]]]:
    def table() -> tuple[Row, Iterable[Row]]:
        found = [entry for module, name in places for entry in _registry(module, name)]
        rows = ((f"`{entry.id}`", entry.doc, f"`{entry.function.__module__}`") for entry in found)
        return ("id", "what it does", "where"), rows

    return table


def _faults() -> tuple[Row, Iterable[Row]]:
    classes = importlib.import_module("proctoring.faults.discovery").detector_classes()
    rows = ((f"`{one.state}`", inspect.getdoc(one).split("\n")[0], f"`{one.__module__}`") for one in classes)
    return ("fault", "what it finds", "where"), rows


def _platform_codes() -> tuple[Row, Iterable[Row]]:
    codes = importlib.import_module("proctoring.cameras.platform_codes").CODES
    rows = (
        (f"`{state}`", code.onvif or "—", " / ".join(filter(None, (code.method, code.type))) or "—", code.called or "—", code.known)
        for state, code in codes.items()
    )
    return ("fault", "ONVIF topic", "GB/T 28181 method / type", "called there", "known"), rows


def _ticks() -> tuple[Row, Iterable[Row]]:
    return ("tick", "every", "what it does"), ((f"`{entry.id}`", f"{entry.every:g} s", entry.doc) for entry in TICKS)


def _permissions(app: str) -> Callable[[], tuple[Row, Iterable[Row]]]:
    def table() -> tuple[Row, Iterable[Row]]:
        mine = [row for row in PERMISSIONS.values() if _app_of(row.name) == app]
        rows = ((f"`{row.name}`", str(row.title), ", ".join(sorted(row.capacities))) for row in sorted(mine, key=lambda row: row.name))
        return ("permission", "what it allows", "who"), rows

    return table


def _app_of(name: str) -> str:
    subject = name.split(".")[0]
    return subject if subject in ("question_bank", "proctoring") else "exams"


TABLES: dict[str, Callable[[], tuple[Row, Iterable[Row]]]] = {
    **handbook.TABLES,
    "readiness": _entries(("exams.conduct.readiness", "READINESS"), ("exams.conduct.readiness", "CLOSING")),
    "dossier": _entries(("exams.archive.sections", "SECTIONS")),
    "audit checks": _entries(("exams.oversight.registry", "AUDIT_CHECKS")),
    "faults": _faults,
    "platform codes": _platform_codes,
    "ticks": _ticks,
    "permissions of exams": _permissions("exams"),
    "permissions of question_bank": _permissions("question_bank"),
    "permissions of proctoring": _permissions("proctoring"),
}


def markdown(name: str) -> str:
    """One table as the READMEs carry it, always in English."""
    with translation.override("en"):
        head, rows = TABLES[name]()
        lines = ["| " + " | ".join(cells) + " |" for cells in (head, tuple("---" for _ in head), *rows)]
    return "\n".join(line.replace("\n", " ") for line in lines)


def pages() -> list[Path]:
    root = Path(settings.BASE_DIR)
    return [
        path
        for path in (root / "README.md", *(root / app / "README.md" for app in ("exams", "question_bank", "proctoring")))
        if path.exists()
    ]


def renewed(text: str) -> str:
    """The text of a README with every marked table made anew."""
    for name in TABLES:
        start = BEGIN.format(name=name)
        if start in text:
            before, rest = text.split(start, 1)
            text = f"{before}{start}\n{markdown(name)}\n{END}{rest.split(END, 1)[1]}"
    return text


class Command(BaseCommand):
    help = "Prints the tables of the manual; --write puts them into the READMEs, --check says whether they are true."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("table", nargs="?", choices=list(TABLES))
        parser.add_argument("--write", action="store_true")
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["write"] or options["check"]:
            stale = [path for path in pages() if renewed(path.read_text()) != path.read_text()]
            for path in stale if options["write"] else []:
                path.write_text(renewed(path.read_text()))
            if stale and options["check"]:
                raise CommandError("run manage.py manual --write: " + ", ".join(path.name for path in stale))
            return
        for name in [options["table"]] if options["table"] else TABLES:
            self.stdout.write(f"\n{name}\n\n{markdown(name)}")
