"""Who stands in which open matter: subjects above register here, so that a new fact can be put to all whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from exams.recusal.facts import Matter
from exams.registry import Registry

STANDING = Registry("standing")


@dataclass(frozen=True)
class Stand:
    """A person who acts, or is to act, as a capacity in an open matter; `about` is the row that says so."""

    person_id: str
    capacity: str
    matter: Matter
    about: Any

    @property
    def thing(self) -> tuple[str, str]:
        """What it is about, by kind and id; without asking the row for its name."""
        return (self.about._meta.label, str(self.about.pk)) if self.about is not None else ("", "")


def standing(id: str) -> Any:
    """Register a source `(persons: frozenset[str]) -> Iterable[Stand]`.

    It yields every open standing of these persons, and of everybody who stands in an open matter in which one of them is a
    candidate (or an employer's person, or whoever else that matter is about). Nothing that is over is yielded.
    """
    return STANDING.register(id)


def stands_of(persons: frozenset[str]) -> Iterator[Stand]:
    """All open standings that news about these persons may concern, each once."""
    seen = set()
    for source in STANDING:
        for stand in source(persons):
            key = (stand.person_id, stand.capacity, stand.about._meta.label, str(stand.about.pk))
            if key not in seen:
                seen.add(key)
                yield stand
