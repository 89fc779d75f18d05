"""manage.py rules: the manual of the rules of recusal, of capacities and of what they exclude, out of the code."""

from __future__ import annotations

import json
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation
from django.utils.translation import gettext

from exams import spelling
from exams.recusal import handbook
from exams.recusal.rules import VERSION


class Command(BaseCommand):
    help = "Prints every rule of recusal with its basis, every capacity, and which exclude one another, in the language of LANG."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--list", action="store_true", required=True, help="print them all")
        parser.add_argument("--json", action="store_true", help="as JSON, for other programs")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(spelling.language_of(os.environ)):
            parts = {
                "rules": [handbook.spoken(row) for row in handbook.rules()],
                "capacities": [handbook.spoken(row) for row in handbook.capacities()],
                "exclusions": [handbook.spoken(row) for row in handbook.exclusions()],
            }
            if options["json"]:
                self.stdout.write(json.dumps({"version": VERSION, **parts}, ensure_ascii=False))
            else:
                self.stdout.write("\n\n".join("\n".join(map(_lines, rows)) for rows in parts.values()))


def _lines(row: dict[str, Any]) -> str:
    """The id, and below it whatever is said of it in the reader's language."""
    return "\n".join([row["id"], *(f"  {name}: {_plain(value)}" for name, value in row.items() if name not in ("id", "says"))])


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return ", ".join(value) if isinstance(value, list) else str(value)
