"""manage.py coverage: which camera sees which seat, and what of a sitting was covered, from files and without any database."""

from __future__ import annotations

import json
import os
import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from exams import spelling
from proctoring.coverage import planfile
from proctoring.coverage.planfile import Fault, Faulty

HELP = f"""Print what the cameras of a plan see and, given segments, which seat-milliseconds of the window were covered.

{planfile.__doc__}
The exit status is 0 if every seat is seen and, given segments, covered all the time; 1 if not; 2 if a file is faulty: then every fault is
named with its file and its JSON path. Sentences are in the language of LANG, Chinese or English; --json is the same in any language.
"""


class Command(BaseCommand):
    help = HELP
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **more: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **more)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", metavar="PLAN.json")
        parser.add_argument("segments", metavar="SEGMENTS.json", nargs="?")
        parser.add_argument("--json", action="store_true", help="answer in JSON, for other programs")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(spelling.language_of(os.environ)):
            try:
                names = options["plan"], options["segments"]
                contents = [_content(name) if name else None for name in names]
                found = planfile.answer(planfile.read(contents[0] or b"", contents[1], (names[0], names[1] or "")))
            except Faulty as faulty:
                self._faults(faulty.faults, options["json"])
                sys.exit(2)
            self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else "\n".join(_lines(found)))
        sys.exit(0 if _whole(found) else 1)

    def _faults(self, faults: list[Fault], as_json: bool) -> None:
        if as_json:
            told = [{"file": one.file, "path": one.path, "text": one.text()} for one in faults]
            self.stdout.write(json.dumps({"faults": told}, ensure_ascii=False))
            return
        for one in faults:
            self.stderr.write(one.text())


def _content(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise Faulty([Fault(name, "$", planfile.UNREADABLE, {"why": str(error.strerror)})]) from None


def _whole(found: dict[str, Any]) -> bool:
    time = found.get("time")
    return not found["unseen"] and (time is None or time["seat_ms"]["ok"] == time["seat_ms"]["all"])


def _lines(found: dict[str, Any]) -> list[str]:
    """The answer for people: seats, what a lost camera costs, zones, then time."""
    name = found["standard"]["name"] or "–"
    lines = [_("Standard: %(name)s") % {"name": name}]
    for seat, row in found["seats"].items():
        views = "  ".join(f"{camera} {view['seen']}/{view['of']} {view['px_per_m']} px/m" for camera, view in row["views"].items())
        seen = ", ".join(row["seen_by"]) or _("seen by no camera")
        lines.append(f"{seat}  {seen}  ({views})")
    for camera, seats in found["without"].items():
        if seats:
            lines.append(_("Without %(camera)s unseen: %(seats)s") % {"camera": camera, "seats": ", ".join(seats)})
    for zone, view in found["zones"].items():
        lines.append(f"{_ZONES[zone]()}  {view['seen']}/{view['of']}")
    return lines + (_time_lines(found["time"]) if "time" in found else [])


def _time_lines(time: dict[str, Any]) -> list[str]:
    sums = time["seat_ms"]
    lines = [_("Covered: %(ok)s of %(all)s seat-milliseconds; doubtful %(doubt)s, uncovered %(gap)s") % sums]
    for heading, rows in ((_("Camera"), time["cameras"]), (_("Seat"), time["seats"])):
        told = [(name, *stretch) for name, stretches in rows.items() for stretch in stretches if stretch[2] != "ok"]
        for name, start, end, verdict, reasons in told:
            lines.append(f"{heading} {name}  {start}–{end}  {_VERDICTS[verdict]()}  {', '.join(reasons)}")
    return lines


_ZONES = {"door": lambda: _("Door"), "desk": lambda: _("Front desk"), "floor": lambda: _("Floor")}
_VERDICTS = {"gap": lambda: _("uncovered"), "doubt": lambda: _("doubtful")}
