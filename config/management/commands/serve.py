"""manage.py serve: one command for the embedded size; supervises daphne and the periodic work as processes of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from config import startup

_PATIENCE = 5.0  # seconds a child gets to end by itself


class Command(BaseCommand):
    help = "Serves pages and sockets and runs the periodic work, until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--address", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, run_syncdb=True)
        startup.check(options["address"])
        commands = [
            [sys.executable, "-m", "daphne", "-b", options["address"], "-p", str(options["port"]), "config.asgi:application"],
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "tick"],
        ]
        self.stdout.write(f"http://{options['address']}:{options['port']}/")
        supervise(commands)


def supervise(commands: list[list[str]]) -> None:
    """Keep the processes running until we are told to stop; one that ends is started again, more slowly each time."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    children = [_Child(command) for command in commands]
    while not stop.wait(0.3):
        for child in children:
            child.keep_alive()
    for child in children:
        child.end()


class _Child:
    """One supervised process."""

    def __init__(self, command: list[str]) -> None:
        self.command, self.failures, self.again = command, 0, 0.0
        self.start()

    def start(self) -> None:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings.dev")}
        self.process = subprocess.Popen(self.command, cwd=settings.BASE_DIR, env=environment)
        self.since = time.monotonic()

    def keep_alive(self) -> None:
        if self.process.poll() is None:
            if time.monotonic() - self.since > 60:
                self.failures = 0
            return
        if not self.again:
            self.failures += 1
            self.again = time.monotonic() + min(30.0, 0.5 * 2**self.failures)
        if time.monotonic() >= self.again:
            self.again = 0.0
            self.start()

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
