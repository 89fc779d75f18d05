"""What the collector says of itself: a line for whoever stands at the machine, and a file that `--status` reads."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

STALE_SECONDS = 20

# What a technician can do about it, by state.
WAY_OUT = {
    "offline": "check power and network cable of the camera, and whether its address is still the same",
    "stalled": "the camera is connected but sends nothing; it is being opened again, check its network if this stays",
    "covered": "something is in front of the lens",
    "partial": "something hides a part of the picture",
    "moved": "the camera was turned; turn it back, or have its aim accepted anew on the page of the room",
    "frozen": "the camera repeats a picture; restart it",
    "corrupt": "packets are lost or damaged; check cable and switch, lower the bit rate",
    "low_light": "turn the light on",
    "overexposed": "light falls into the lens",
    "defocused": "clean the lens and focus it",
    "clock": "the clock of this machine was set or is off; switch time synchronisation (NTP) on",
    "unknown": "no reference yet; the picture must be light, sharp and still for some seconds",
    "disk": "copy recordings to another disk, or shorten keep_days",
}


@dataclass
class Status:
    """How all is at one moment."""

    at: float = 0.0
    healthy: int = 0
    cameras: list[dict[str, Any]] = field(default_factory=list)
    waiting: int = 0
    acknowledged: int = 0
    refused: int = 0
    server: str = ""
    free_mb: int = -1
    recording: bool = True
    fingerprint: str = ""

    @property
    def well(self) -> bool:
        """Whether nobody has to do anything."""
        return self.healthy == len(self.cameras) and self.recording and self.server == "connected"

    def line(self) -> str:
        """One line."""
        bad = [f"{one['name']} {'+'.join(one['states'])}" for one in self.cameras if one["states"] != ["ok"]]
        parts = [f"{self.healthy} of {len(self.cameras)} cameras healthy", *bad, f"{self.waiting} waiting"]
        parts += [f"acknowledged up to {self.acknowledged}", self.server]
        if self.free_mb >= 0:
            parts.append(f"{self.free_mb} MB free" if self.recording else f"DISK FULL, not recording, {self.free_mb} MB free")
        if self.refused:
            parts.append(f"{self.refused} refused")
        return " · ".join(parts)

    def save(self, path: Path) -> None:
        """Write it, whole or not at all; not worth a synchronised disk."""
        aside = path.with_suffix(".new")
        aside.write_text(json.dumps(asdict(self), ensure_ascii=False))
        os.replace(aside, path)


def shown(path: Path, now: float | None = None) -> tuple[int, str]:
    """Exit code and words of a status file: 0 all is well, 1 somebody should look, 3 nobody runs."""
    try:
        status = Status(**json.loads(path.read_text()))
    except FileNotFoundError:
        return 3, f"not running: there is no {path}"
    except (OSError, ValueError, TypeError) as problem:
        return 3, f"{path} cannot be read: {problem}"
    age = (time.time() if now is None else now) - status.at
    if abs(age) > STALE_SECONDS:
        return 3, f"not running: last heard of {age:.0f} s ago. {status.line()}"
    lines = [status.line()]
    for one in status.cameras:
        said = "; ".join(WAY_OUT[state] for state in one["states"] if state in WAY_OUT)
        keys = f", key frame every {one['keys']} s" if one["keys"] else ""
        lines.append(f"  {one['name']}: {'+'.join(one['states'])}{keys}, {one['lag_ms']} ms behind{' - ' + said if said else ''}")
        lines += [f"    {one['problem']}"] if one["problem"] else []
    if status.server != "connected":
        lines.append(f"  server: {status.server}. What is not sent is kept and sent later; check network and address")
    return 0 if status.well else 1, "\n".join(lines)
