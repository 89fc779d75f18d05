"""What the demo says while it works: one line per step, a bar where a terminal is looking."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
WIDTH = 24


class Failed(Exception):
    """A step of the demo failed: its title and the cause."""

    def __init__(self, title: str, cause: BaseException) -> None:
        super().__init__(f"{title}: {cause!r}")
        self.title = title


class Progress:
    """Prints steps and bars; without a terminal only the finished lines."""

    def __init__(self, out: Any = None) -> None:
        self.out = out or sys.stdout
        self.live = self.out.isatty()
        self.started = time.monotonic()

    @contextmanager
    def step(self, title: Any) -> Iterator[None]:
        """One step of the story. A failure inside names it."""
        title = str(title)
        began = time.monotonic()
        if self.live:
            self._draw(f"· {title}")
        try:
            yield
        except Exception as error:
            self._line(f"✗ {title}")
            raise Failed(title, error) from error
        self._line(f"✓ {title}  {time.monotonic() - began:.1f} s")

    def each(self, items: Iterable[T], title: Any) -> Iterator[T]:
        """Goes through the items, drawing how far it has come."""
        known = items if isinstance(items, Sized) else list(items)
        total = max(1, len(known))  # type: ignore[arg-type]
        for number, item in enumerate(known, 1):  # type: ignore[arg-type]
            yield item
            if self.live and (number % max(1, total // 50) == 0 or number == total):
                full = WIDTH * number // total
                self._draw(f"  [{'█' * full}{'·' * (WIDTH - full)}] {number}/{total} {title}")

    def wait(self, seconds: float, title: Any) -> Iterator[float]:
        """Lets real time pass, yielding four times a second how much is over."""
        began = time.monotonic()
        while (over := time.monotonic() - began) < seconds:
            if self.live:
                full = int(WIDTH * over / seconds)
                self._draw(f"  [{'█' * full}{'·' * (WIDTH - full)}] {over:4.0f}/{seconds:.0f} s {title}")
            yield over
            time.sleep(0.25)

    def say(self, text: str = "") -> None:
        self._line(text)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def _draw(self, text: str) -> None:
        self.out.write(f"\r\x1b[K{text}")
        self.out.flush()

    def _line(self, text: str) -> None:
        self.out.write(f"\r\x1b[K{text}\n" if self.live else f"{text}\n")
        self.out.flush()
