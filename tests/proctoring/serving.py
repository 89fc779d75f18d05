"""A real server beside the tests: migrated database in a folder, daphne in a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """daphne on a database of its own; can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": f"sqlite:///{folder}/exams.sqlite3",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *words: str, stdin: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, input=stdin, capture_output=True, text=True, timeout=120
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr[-3000:])
        return done.stdout

    def python(self, code: str) -> object:
        """Run code within the server's Django; what it puts into `answer` comes back as JSON."""
        prelude = "import json, sys\nanswer = None\n"
        told = self.manage("shell", "--no-imports", "-v", "0", stdin=f"{prelude}exec({code!r})\nprint('\\x1e' + json.dumps(answer))\n")
        return json.loads(told.rsplit("\x1e", 1)[1])

    def start(self) -> None:
        log = (self.folder / "daphne.log").open("ab")
        command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port), "config.asgi:application"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "daphne.log").read_text()[-3000:])

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def agent(config: Path, log: Path) -> subprocess.Popen[bytes]:
    """A collector in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "proctoring.agent", "--config", str(config)], cwd=ROOT, stderr=log.open("ab"), stdout=subprocess.DEVNULL
    )
