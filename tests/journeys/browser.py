"""A real browser against a real server: a world of its own on disk, daphne as a process, and one line to sign somebody in.

    def test_something(site):
        page = site.visitor(width=390, language="zh-hans")
        page.sign_in("exam_clerk")
        page.go("programme:events")
        page.get_by_role("link", name="…").click()      # everything a Playwright page can do

The world is made once per run by `tests.journeys.worlds`. With
JOURNEYS_WORLD=<data folder of a finished `manage.py demo`> that one is visited.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from django.urls import reverse

ROOT = Path(__file__).resolve().parents[2]
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


def chromium() -> str:
    """Where a Chromium lies on this machine; empty if none does."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM", "") or next((found for name in names if (found := shutil.which(name))), "")


def skip_without_browser() -> None:
    """Skip with the reason, instead of failing on a machine that has no browser."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: e2e)")
    if not chromium():
        pytest.skip("no Chromium found on this machine (set CHROMIUM to its path)")


@dataclass
class World:
    """A folder of data with somebody to be for every capacity."""

    folder: Path
    ours: bool
    people: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def make(cls) -> World:
        """The world named by the environment, or a small one made now."""
        given = os.environ.get("JOURNEYS_WORLD", "")
        world = cls(Path(given), False) if given else cls(Path(tempfile.mkdtemp(prefix="journeys-")), True)
        if world.ours:
            world.run("manage.py", "migrate", "--run-syncdb", "--skip-checks", "-v0")
            world.run("-m", "tests.journeys.worlds")
        world.people = json.loads(world.run("-m", "tests.journeys.personas"))
        return world

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL", "STORAGE_URL", "KEY_DIR")}
        return {
            **kept,
            "EXAMS_DEMO": "1",
            "DATA_DIR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "PYTHONPATH": str(ROOT),
        }

    def run(self, *command: str) -> str:
        """Run Python inside this world; its output."""
        done = subprocess.run([sys.executable, *command], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=900)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def forget(self) -> None:
        if self.ours:
            shutil.rmtree(self.folder, ignore_errors=True)


@dataclass
class Server:
    """daphne over a world, ended by its own process id."""

    world: World
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        log = open(self.world.folder / "daphne.log", "ab")  # noqa: SIM115  (lives as long as the child)
        command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port), "config.asgi:application"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.world.environment, stdout=log, stderr=log)
        self._await_answer()

    def _await_answer(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.process is not None and self.process.poll() is not None:
                break
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/healthz", timeout=10):
                return
            time.sleep(0.2)
        raise RuntimeError(f"the server did not start:\n{(self.world.folder / 'daphne.log').read_text()[-3000:]}")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Visitor:
    """A page of the browser that knows the world: everything else goes to Playwright's page."""

    def __init__(self, page: Any, site: Site) -> None:
        self.page, self.site = page, site
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._heard)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)

    def _heard(self, message: Any) -> None:
        """What the browser complains of: a blocked style or script, a broken module. Answers such as 403 are no fault of a page."""
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def sign_in(self, persona: str) -> Visitor:
        """Be somebody from now on: a capacity's id, or "candidate"."""
        person = self.site.world.people.get(persona)
        if person is None:
            raise LookupError(f"nobody in this world is {persona!r}; there are {', '.join(sorted(self.site.world.people))}")
        self.page.context.add_cookies([{"name": "sessionid", "value": person["session"], "url": self.site.server.address}])
        return self

    def sign_out(self) -> Visitor:
        self.page.context.clear_cookies(name="sessionid")
        return self

    def go(self, where: str, *args: Any) -> Any:
        """Open a named page, or an address of this site; the response."""
        path = where if where.startswith("/") else reverse(where, args=args)
        return self.page.goto(urljoin(self.site.server.address, path))

    def speak(self, language: str) -> Visitor:
        self.page.context.add_cookies([{"name": "django_language", "value": language, "url": self.site.server.address}])
        return self

    def overflow(self) -> int:
        """By how many pixels the page scrolls sideways; it never should."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def barriers(self) -> list[str]:
        """What axe finds serious or critical: rule, and the elements concerned."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page, options={"runOnly": AXE_RULES}).response["violations"]
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        return [f"{one['id']}: {node['html'][:160]}" for one in grave for node in one["nodes"][:3]]

    def texts(self) -> list[str]:
        """The words a reader sees and hears, without what is a code, a key, a time or a name in another script."""
        return list(self.page.evaluate(_TEXTS))


_TEXTS = """() => {
  const skipped = 'script, style, code, kbd, pre, time, textarea, .mono, [lang]:not(html), [data-data]';
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const text = node.nodeValue.trim();
    if (text && !node.parentElement.closest(skipped)) found.push(text);
  }
  for (const element of document.querySelectorAll('[aria-label], [placeholder], [title], [alt]'))
    for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
      if (element.getAttribute(name) && !element.closest(skipped)) found.push(element.getAttribute(name));
  found.push(document.title);
  return found;
}"""


@dataclass
class Site:
    """A world, its server and a browser."""

    world: World
    server: Server
    browser: Any

    def visitor(self, *, width: int = 1280, height: int = 900, language: str = "en", theme: str = "", size: str = "") -> Visitor:
        """A new visitor with cookies of his own."""
        context = self.browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        context.set_default_timeout(15000)
        wanted = {"django_language": language, "theme": theme, "print_size": size}
        context.add_cookies([{"name": name, "value": value, "url": self.server.address} for name, value in wanted.items() if value])
        return Visitor(context.new_page(), self)


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """The world of this run, made when a browser test first asks for it."""
    skip_without_browser()
    made = World.make()
    yield made
    made.forget()


@pytest.fixture(scope="module")
def site(world: World) -> Iterator[Site]:
    """Server and browser of one module: Playwright's loop must not outlive it, or Django refuses later tests of this process."""
    from playwright.sync_api import sync_playwright

    server = Server(world)
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            yield Site(world, server, browser)
            browser.close()
    finally:
        server.stop()
