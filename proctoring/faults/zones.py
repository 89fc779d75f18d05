"""The zones of a camera's view: which seats the picture no longer shows."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .detector import HEIGHT, WIDTH, Detector, Grey
from .reference import BLOCK, Comparison, Zones

LEAST_PIXELS = 16
ONE_THING = 45  # grey levels between the darker and the brighter parts of what hides a region
NOBODY = 34  # blocks of 144
HIDDEN = 0.4  # in whole blocks, which the edge of a thing leaves out: no seat of which half is hidden is missed


class ZoneError(ValueError):
    """A zone cannot be used; the text says which and why."""


class Zone(Detector):
    """One seat of the picture, hidden when at least half of it is; it has its own hysteresis, so that each seat keeps its own times."""

    state = "partial"
    enter_samples = 10
    enter_ms = 8_000
    leave_samples = 3

    def __init__(self, id: str, polygon: Sequence[tuple[float, float]]) -> None:
        super().__init__()
        self.id = id
        self.weight = _weight(id, polygon)
        self.hidden = 0.0  # part of the zone that the last sample did not show

    def judge(self, hidden: np.ndarray | None) -> None:
        """What part of the zone lies in these hidden blocks; None if the sample says nothing of it."""
        self.hidden = -1.0 if hidden is None else float(self.weight[hidden].sum())

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """Half of it is hidden."""
        if grey is None or self.hidden < 0:
            return None
        return f"{self.hidden:.0%} of {self.id} hidden" if self.hidden >= HIDDEN else ""


def zones(polygons: Zones) -> list[Zone]:
    """The zones of one camera."""
    return [Zone(id, polygon) for id, polygon in polygons.items()]


def lit_then(compared: Comparison) -> np.ndarray:
    """The reference's brightness as it would be in the light of now."""
    held = compared.textured & (compared.alike > 0.6)
    gain = np.median(compared.level[held] / np.maximum(compared.level_then[held], 1.0)) if held.sum() >= 5 else 1.0
    return compared.level_then * float(gain)


def hidden_blocks(compared: Comparison) -> np.ndarray:
    """Blocks that show nothing of what they should: by their detail, those without texture by their brightness."""
    other = np.abs(compared.level - lit_then(compared)) > 20
    return np.where(compared.textured, compared.empty, other)


def regions(hidden: np.ndarray, compared: Comparison, least: int, sure: bool = True) -> np.ndarray:
    """Of the hidden blocks those in connected regions of at least so many, which look as if one thing hid them.

    Brightness alone is a matter of the light, so some structure must be lost. A thing before the lens has one level, or nearly, and an
    edge against the scene; where the edge was there before and is there no longer, somebody has left who was learned with the reference,
    unless it is `sure` that nobody was.
    """
    then = lit_then(compared)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(hidden.astype(np.uint8), connectivity=8)
    kept = np.zeros_like(hidden)
    for number in range(1, count):
        area = int(stats[number, cv2.CC_STAT_AREA])
        region = labels == number
        low, high = np.percentile(compared.level[region], (15, 85))
        lost = (region & compared.textured).sum() >= 0.22 * area
        # nobody who sat in the view leaves so much of it empty
        thing = sure or area >= NOBODY or _edge(compared.level, region) >= _edge(then, region)
        if area >= least and lost and high - low <= ONE_THING and thing:
            kept |= region
    return kept


def _edge(level: np.ndarray, region: np.ndarray) -> float:
    """The mean step of brightness across the outline of a region."""
    across = np.abs(np.diff(level, axis=1))[np.diff(region, axis=1)]
    down = np.abs(np.diff(level, axis=0))[np.diff(region, axis=0)]
    return float(np.concatenate((across, down, [0.0])).mean())


def _weight(id: str, polygon: Sequence[tuple[float, float]]) -> np.ndarray:
    """What part of the zone lies in each block."""
    try:
        corners = np.array(polygon, dtype=float)
    except (TypeError, ValueError):
        corners = np.empty(0)
    if corners.ndim != 2 or corners.shape[0] < 3 or corners.shape[1] != 2 or not ((corners >= 0) & (corners <= 1)).all():
        raise ZoneError(f"zone {id} needs at least three corners within the picture, each as [x, y] from 0 to 1")
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.fillPoly(mask, [np.round(corners * (WIDTH - 1, HEIGHT - 1)).astype(np.int32)], 1.0)
    if mask.sum() < LEAST_PIXELS:
        raise ZoneError(f"zone {id} is too small to be seen")
    blocks = cv2.resize(mask, (WIDTH // BLOCK, HEIGHT // BLOCK), interpolation=cv2.INTER_AREA)
    return blocks / blocks.sum()
