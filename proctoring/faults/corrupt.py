"""Damaged stream: the decoder itself says that what it shows is not what the camera sent."""

from __future__ import annotations

from .detector import Detector, Grey


class Corrupt(Detector):
    """Several samples in a row came from damaged packets; pixels alone cannot tell."""

    state = "corrupt"
    enter_samples = 2
    enter_ms = 800

    def __init__(self) -> None:
        super().__init__()
        self._damage = 0

    def damaged(self, packets: int = 1) -> None:
        """The decoder reported so many damaged packets or frames since the last sample."""
        self._damage += packets

    def suspicious(self, grey: Grey | None, at_ms: int) -> str | None:
        """Damage was reported since the last sample."""
        if grey is None:
            return None
        damage, self._damage = self._damage, 0
        return f"{damage} damaged packets" if damage else ""
