"""Every test of this subject begins on the second of March 2026 and reads English."""

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation

from exams.recusal.gathering import FACT_SOURCES


@pytest.fixture(autouse=True)
def second_of_march() -> Iterator[None]:
    with time_machine.travel("2026-03-02T01:00:00Z", tick=True), translation.override("en"):
        yield


@pytest.fixture
def only_own_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what subjects above add, so that numbers of queries stand still."""
    own = {entry.id: entry for entry in FACT_SOURCES if entry.function.__module__.startswith("exams.recusal.")}
    monkeypatch.setattr(FACT_SOURCES, "_entries", own)
