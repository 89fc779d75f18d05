"""manage.py demo: a whole world from a seed, through the real actions, and then served for looking at."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.demo.progress import Failed, Progress
from config.demo.story import tell
from exams import capacities


class Command(BaseCommand):
    help = "Builds a demonstration world (simulated time), runs a whole examination, seals, verifies, audits and serves it."
    # The world has its own database, made below; the checks of the default one do not matter here.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="another number, another world")
        parser.add_argument("--once", action="store_true", help="end instead of serving (also without a terminal)")
        parser.add_argument("--summary", metavar="FILE", help="write figures and paths as JSON")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            _enter_new_world()
        translation.activate("zh-hans" if os.environ.get("LANG", "").startswith("zh") else "en")
        progress = Progress(self.stdout._out)
        try:
            summary = tell(options["seed"], progress)
        except Failed as failure:
            raise CommandError(f"the demo failed at: {failure}") from failure
        summary["seconds"] = round(progress.seconds, 1)
        if options["summary"]:
            Path(options["summary"]).write_text(json.dumps(summary, ensure_ascii=False, indent=1))
        _show(progress, summary)
        if options["once"] or not sys.stdin.isatty():
            return
        _serve(progress, options["port"])


def _enter_new_world() -> None:
    """Start this command again inside a folder of its own, with the demo's switches; nothing older is touched."""
    worlds = Path(settings.DATA_DIR) / "demo"
    worlds.mkdir(parents=True, exist_ok=True)
    while True:
        folder = worlds / time.strftime("%Y%m%d-%H%M%S")
        try:
            folder.mkdir()
            break
        except FileExistsError:
            time.sleep(0.3)
    environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL", "STORAGE_URL", "KEY_DIR")}
    environment |= {"DATA_DIR": str(folder), "EXAMS_DEMO": "1", "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)


def _show(progress: Progress, summary: dict[str, Any]) -> None:
    progress.say()
    for name, value in summary.items():
        progress.say(f"  {name:24} {value}")


# Where to look first, by capacity.
LOOK_AT = {
    "exam_clerk": _("what is open, the event, a sitting with its seats and cameras, the refused ruling and its reasons"),
    "video_monitor": _("coverage: the covered camera, the seat-seconds lost and why"),
    "setter": _("the question bank; the last of the setters, who turned out to train, finds it closed"),
    "score_clerk": _("scores by two persons"),
    "archivist": _("sealed dossiers and their receipts"),
    "oversight_inspector": _("the audit: what was found of the four planted wrongs, the rectification, the report"),
    "candidate": _("place, ticket and result, seen by nobody else"),
}


def _serve(progress: Progress, port: int) -> None:
    """Serve the finished world; the personas of the sign-in page belong to it alone."""
    progress.say()
    progress.say(f"http://127.0.0.1:{port}/   Ctrl-C")
    for capacity, what in LOOK_AT.items():
        progress.say(f"  {gettext(capacities.title(capacity))}: {what}")
    os.execv(sys.executable, [sys.executable, "manage.py", "serve", "--port", str(port)])
