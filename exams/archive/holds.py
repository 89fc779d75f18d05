"""What holds the record of a sitting: a registry of sources, so that a hold follows from what is open and is never set from below.

    @hold_source("oversight.findings", _("Findings that are open"))
    def findings(sitting) -> Iterator[str]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from exams.registry import Registry

if TYPE_CHECKING:
    from exams.sittings.models import Sitting

HOLDS = Registry("holds")


def hold_source(id: str, title: Any) -> Callable[[Callable[[Sitting], Iterable[str]]], Any]:
    """Register a source: `(sitting) -> what holds it`, each in words of the reader's language."""
    return HOLDS.register(id, title=title)


def holds(sitting: Sitting) -> list[str]:
    """Everything that holds the record of a sitting now."""
    return [f"{source.title}: {reason}" for source in HOLDS for reason in source(sitting)]
