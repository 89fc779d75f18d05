"""manage.py tick: runs the periodic work of every subject, each at its own pace."""

from __future__ import annotations

import logging
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from exams.ticks import TICKS

log = logging.getLogger("tick")


class Command(BaseCommand):
    help = "Runs periodic work (sequencing, checkpoints, deadlines, messages) until stopped; --once runs each once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true")
        parser.add_argument("--list", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for entry in TICKS:
                self.stdout.write(f"{entry.id:40} every {entry.every:g} s  {entry.doc}")
            return
        if options["once"]:
            for entry in TICKS:
                entry()
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        _run_until(stop)


def _run_until(stop: threading.Event) -> None:
    due = {entry.id: 0.0 for entry in TICKS}
    while not stop.wait(0.2):
        for entry in TICKS:
            if time.monotonic() < due[entry.id]:
                continue
            # Moved on first: a failing tick must not be tried again at once, nor hold up the others.
            due[entry.id] = time.monotonic() + entry.every
            try:
                entry()
            except Exception:  # a loop that must outlive any single failure; logged with its place
                log.exception("tick %s failed", entry.id)
        close_old_connections()
