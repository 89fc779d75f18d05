"""Draws the demo's films in a process of its own: python -m config.demo.paint FOLDER SECONDS SEED."""

from __future__ import annotations

import sys
from pathlib import Path

from config.demo.video import DRAWN, Scene, draw

CAMERAS = 8
COVERED = 8  # the camera over whose lens a hand will come; nothing else in the system is told
ACT = (3.0, 15.0)  # seconds of the film with the hand


def main(folder: str, seconds: str, seed: str) -> None:
    """One film for each camera; two short ones for the eighth, with and without a hand, of which the day chooses one."""
    for number in range(1, CAMERAS + 1):
        scene = Scene(seed=int(seed) * 100 + (number - 1) // 2, mirrored=number % 2 == 0)
        _film(Path(folder), f"camera-{number}", scene, DRAWN if number == COVERED else float(seconds))
    _film(Path(folder), f"camera-{COVERED}-hand", Scene(seed=int(seed) * 100 + (COVERED - 1) // 2, mirrored=True, covered=ACT), DRAWN)


def _film(folder: Path, name: str, scene: Scene, seconds: float) -> None:
    """Complete under its name or not there at all."""
    draft = folder / f"{name}.part.mp4"
    draw(scene, draft, seconds)
    draft.rename(folder / f"{name}.mp4")


if __name__ == "__main__":
    main(*sys.argv[1:])
