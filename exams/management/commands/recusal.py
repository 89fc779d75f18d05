"""manage.py recusal: put a case given as a file to the rules of recusal, without any database."""

from __future__ import annotations

import json
import os
import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from textwrap import fill
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation
from django.utils.translation import gettext_noop as _

from exams import spelling, wording
from exams.recusal import cases

_WORDS = {"block": _("Objection"), "decide": _("To be decided"), "disclose": _("To be disclosed")}
_DEEPER = " " * 4
_NAMES = "\n".join(
    f"  {where}: {meant}\n{fill(names, 120, initial_indent=_DEEPER, subsequent_indent=_DEEPER)}" for where, names, meant in cases.shape()
)
HELP = f"""Put a case to the rules of recusal and print every objection: who, as what, in which matter, on which facts.

Nothing is read from a database and nothing is kept. The case is a JSON object; days are written as 2026-05-16, ids are any texts.
Whoever sits or serves and is not listed under known is known by the id alone. What a ruling keeps as facts is a case, too.

{_NAMES}

The exit status is 0 if there is no objection, 1 if there is one (also one that is only to be disclosed), 2 if the file is no case:
then every fault is named by its JSON path. Sentences are in the language of LANG, Chinese or English.
"""


class Command(BaseCommand):
    help = HELP
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **more: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **more)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", metavar="CASE.json", help="the file; - reads the standard input")
        parser.add_argument("--json", action="store_true", help="answer in JSON, for other programs")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(spelling.language_of(os.environ)):
            try:
                answer = cases.answer(cases.read(_content(options["case"])))
            except cases.Faulty as faulty:
                self._faults(faulty.faults, options["json"])
                sys.exit(2)
            self._answer(answer, options["json"])
        sys.exit(1 if answer["objections"] else 0)

    def _faults(self, faults: list[cases.Fault], as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"faults": [{"path": one.path, "text": one.text()} for one in faults]}, ensure_ascii=False))
            return
        for one in faults:
            self.stderr.write(f"{one.path}  {one.text()}")

    def _answer(self, answer: dict[str, Any], as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for one in answer["objections"]:
            words = (one["text"], one["basis"], one["remedy"])
            self.stdout.write(f"{wording.template(_WORDS[one['severity']])}  {one['id']}\n" + "\n".join(f"  {said}" for said in words))
        if not answer["objections"]:
            self.stdout.write(wording.template(_("No ground found")))


def _content(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        why = {"name": name, "why": str(error.strerror)}
        raise cases.Faulty([cases.Fault("$", _("The file %(name)s cannot be read: %(why)s."), why)]) from None
