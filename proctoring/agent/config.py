"""The collector's configuration: one TOML or JSON file, checked whole before anything starts."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from proctoring.faults.liveness import Beacon, BeaconError
from proctoring.faults.reference import Zones
from proctoring.faults.zones import Zone, ZoneError

from . import key
from .key import Key

AT_END = ("loop", "hold")
ZONE = re.compile(r"[^,\x00-\x1f]{1,40}")


class ConfigError(ValueError):
    """The configuration cannot be used; the text says which entry and why."""


@dataclass(frozen=True)
class CameraConfig:
    """One camera: its id on the server, its name for people, where its pictures come from."""

    id: str
    name: str
    source: str
    sub: str = ""
    at_end: str = "loop"
    record: bool = True
    zones: Zones = field(default_factory=dict)
    beacon: Beacon | None = None


@dataclass(frozen=True)
class Config:
    """Everything a collector needs to know."""

    server: str
    token_file: Path
    key_file: Path
    state_dir: Path
    cameras: tuple[CameraConfig, ...]
    record_dir: Path | None = None
    fps: float = 1.0
    report_ms: int = 2_000
    file_ms: int = 10_000
    learn_ms: int = 2_000
    page_ms: int = 1_800_000
    keep_free_mb: int = 2_000
    keep_days: int = 90

    def token(self) -> str:
        """The credential, read each time it is needed so that it can be replaced while running."""
        return self.token_file.read_text().strip()

    def key(self) -> Key:
        """The key that signs."""
        return key.load(self.key_file)


_TOP = {
    "server": str, "token_file": str, "key_file": str, "state_dir": str, "record_dir": str, "cameras": list,
    "fps": (int, float), "report_ms": int, "file_ms": int, "learn_ms": int,
    "page_ms": int, "keep_free_mb": int, "keep_days": int,
}  # fmt: skip
_CAMERA = {"id": str, "name": str, "source": str, "sub": str, "at_end": str, "record": bool, "zones": dict, "beacon": dict}
_BEACON = {"roi": list, "seed": str, "period_s": int}


def _checked(body: Any, known: dict[str, Any], needed: set[str], where: str) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ConfigError(f"{where} must be a table")
    for name, value in body.items():
        if name not in known:
            raise ConfigError(f"{where} has no entry {name}")
        if not isinstance(value, known[name]) or (isinstance(value, bool) and known[name] is not bool):
            raise ConfigError(f"{where}: {name} has the wrong type")
    missing = sorted(needed - set(body))
    if missing:
        raise ConfigError(f"{where} needs {', '.join(missing)}")
    return body


def _camera(body: Any, number: int) -> CameraConfig:
    body = _checked(body, _CAMERA, {"id", "source"}, f"camera {number}")
    try:
        known = str(UUID(body["id"]))
    except ValueError:
        raise ConfigError(f"camera {number}: id is not a UUID") from None
    try:
        body = {**body, "zones": _zones(body.get("zones", {})), "beacon": _beacon(body.get("beacon"), f"camera {number}: beacon")}
    except (ZoneError, BeaconError) as problem:
        raise ConfigError(f"camera {number}: {problem}") from None
    camera = CameraConfig(**{"name": known[:8], **body, "id": known})
    if camera.at_end not in AT_END:
        raise ConfigError(f"camera {number}: at_end is one of {', '.join(AT_END)}")
    return camera


def _zones(body: dict[str, Any]) -> Zones:
    for name, corners in body.items():
        if not ZONE.fullmatch(name):
            raise ZoneError(f"zone {name[:40]}: a seat has 1 to 40 characters and no comma")
        Zone(name, corners)
    return body


def _beacon(body: Any, where: str) -> Beacon | None:
    if body is None:
        return None
    body = _checked(body, _BEACON, {"roi", "seed"}, where)
    try:
        seed, roi = bytes.fromhex(body["seed"]), tuple(float(one) for one in body["roi"])
    except (ValueError, TypeError):
        raise ConfigError(f"{where}: roi holds numbers, seed is written in hexadecimal digits") from None
    return Beacon(roi, seed, 1000 * body.get("period_s", 5))


def load(path: Path) -> Config:
    """Read and check; relative paths are meant from the file's own folder."""
    text = path.read_text(encoding="utf-8")
    try:
        body = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as problem:
        raise ConfigError(f"{path.name}: {problem}") from None
    body = _checked(body, _TOP, {"server", "token_file", "key_file", "state_dir", "cameras"}, path.name)
    cameras = tuple(_camera(one, number) for number, one in enumerate(body.pop("cameras"), 1))
    if not cameras:
        raise ConfigError(f"{path.name} names no camera")
    if len({one.id for one in cameras}) != len(cameras):
        raise ConfigError(f"{path.name} names a camera twice")
    if not body["server"].startswith(("ws://", "wss://")):
        raise ConfigError(f"{path.name}: server must be a ws:// or wss:// address")
    for name in ("token_file", "key_file", "state_dir", "record_dir"):
        if name in body:
            body[name] = path.parent / body[name]
    config = Config(cameras=cameras, **body)
    if not 0.2 <= config.fps <= 25 or min(config.report_ms, config.file_ms, config.learn_ms) < 500:
        raise ConfigError(f"{path.name}: fps is 0.2 to 25, times are at least 500 ms")
    if config.page_ms < 1_000 or min(config.keep_free_mb, config.keep_days) < 0:
        raise ConfigError(f"{path.name}: page_ms is at least 1000, keep_free_mb and keep_days are not negative")
    return config
