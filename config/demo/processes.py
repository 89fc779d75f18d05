"""The processes the demo starts, and only those it ends: daphne, the periodic work, the camera agents, the painters of video."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings

_PATIENCE = 8.0


class Processes:
    """Children of the demo by name; all are ended when the block is left, however it is left."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Processes:
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: Any) -> None:
        for name in list(self.running):
            self.stop(name)

    def start(self, name: str, *command: str) -> None:
        """Start a child whose output goes to a file of its own."""
        with open(self.logs / f"{name}.log", "ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *command], cwd=settings.BASE_DIR, env=dict(os.environ), stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def stop(self, name: str, number: int = signal.SIGTERM) -> int:
        """Ask a child to end, and wait; its exit code."""
        child = self.running.pop(name)
        if child.poll() is None:
            child.send_signal(number)
        try:
            return child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()

    def finish(self, name: str, seconds: float = 120) -> None:
        """Wait until a child has done its work; raise with the end of its log if it failed."""
        code = self.running.pop(name).wait(seconds)
        if code != 0:
            raise RuntimeError(f"{name} ended with {code}: {self.tail(name)}")

    def alive(self, name: str) -> bool:
        return name in self.running and self.running[name].poll() is None

    def tail(self, name: str) -> str:
        text = (self.logs / f"{name}.log").read_text(errors="replace")
        return text[-2000:]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, seconds: float = 30) -> None:
    """Wait until the server answers at a loopback address."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer within {seconds:.0f} s")
