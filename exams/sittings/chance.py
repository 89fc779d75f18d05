"""Chance that can be repeated: one stream of numbers from a seed, the same on every machine and in every language."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

Thing = TypeVar("Thing")
WORD = 8  # bytes per number


def new_seed() -> str:
    """A seed nobody could choose."""
    return secrets.token_hex(16)


def digest(value: Any) -> str:
    """SHA-256 over the canonical JSON of a pool or a result: two people who hold the same list find the same digest."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class Stream:
    """Numbers from SHA-256(seed ‖ counter): no state of the machine, no version of a library has a say."""

    def __init__(self, seed: str, purpose: str = "") -> None:
        self._prefix = f"{purpose}:{seed}:".encode()
        self._counter = 0
        self._left = b""

    def _number(self) -> int:
        if not self._left:
            self._left = hashlib.sha256(self._prefix + str(self._counter).encode()).digest()
            self._counter += 1
        taken, self._left = self._left[:WORD], self._left[WORD:]
        return int.from_bytes(taken, "big")

    def below(self, bound: int) -> int:
        """A number in [0, bound), every one equally likely: what would favour the small ones is thrown away."""
        top = 1 << (8 * WORD)
        limit = top - top % bound
        while True:
            number = self._number()
            if number < limit:
                return number % bound

    def shuffled(self, things: Iterable[Thing]) -> list[Thing]:
        """Fisher and Yates, from the end."""
        mixed = list(things)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed


def choose(pool: Sequence[str], number: int, seed: str, purpose: str) -> list[str]:
    """Draw `number` ids from a pool; the order of the pool has no say."""
    if number > len(pool):
        raise ValueError(f"{number} wanted, {len(pool)} in the pool")
    return Stream(seed, purpose).shuffled(sorted(pool))[:number]
