"""Damaged stream: the decoder says so, or the change in the picture lies on the grid of the coding blocks, where nothing in a room does."""

from __future__ import annotations

import numpy as np

from .detector import HEIGHT, WIDTH, Grey, Heard
from .reference import Scene, SceneDetector

EDGE = 24  # grey levels: larger than what coarse quantisation leaves between blocks
MACROBLOCK = 16


class Corrupt(SceneDetector):
    """The decoder reports damage, or blocks of the picture hold what belongs elsewhere."""

    state = "corrupt"
    enter_samples = 2
    enter_ms = 800

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._damage = 0

    def hear(self, heard: Heard) -> None:
        """The decoder's report."""
        self._damage += heard.damaged

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """Damage was reported since the last sample, or edges of change lie on the grid."""
        if grey is None:
            return None
        damage, self._damage = self._damage, 0
        self.enter_samples, self.enter_ms = 2, 800
        if damage:
            return f"{damage} damaged packets"
        compared = self.scene.compare(grey, at_ms)
        if compared is None or compared.lost < 0.05 or self.scene.reference is None:
            return ""
        excess, part = on_grid(grey, self.scene.reference.grey, self.scene.width)
        if excess < 0.13 or part < 0.006:
            return ""
        self.enter_samples, self.enter_ms = 3, 1_800  # what pixels say alone has to be said longer
        return f"edges of blocks in {part:.0%} of the picture"


def on_grid(grey: Grey, then: Grey, width: int) -> tuple[float, float]:
    """How much more of the steps in the difference lie on the grid than chance would put there (0..1), and how much of it is steps."""
    difference = grey.astype(np.int16) - then
    pitch = MACROBLOCK * WIDTH / max(width, 1)
    across = np.abs(difference[:, 1:] - difference[:, :-1]) > EDGE
    down = np.abs(difference[1:] - difference[:-1]) > EDGE
    total = int(across.sum() + down.sum())
    hits = chance = 0.0
    for steps, axis, length in ((across, 0, WIDTH), (down, 1, HEIGHT)):
        lines = np.round(np.arange(pitch, length, pitch)).astype(int) - 1
        counts = steps.sum(axis=axis)
        lines = lines[lines < len(counts)]
        hits += float(counts[lines].sum())
        chance += len(lines) / len(counts) * float(counts.sum())
    return (hits - chance) / max(total - chance, 1.0), total / grey.size
