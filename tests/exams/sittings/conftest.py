"""The scene of this folder, with legal time standing still before the event."""

from collections.abc import Iterator

import pytest
import time_machine

from exams.sittings.drawing import PLAN_LAYERS
from exams.sittings.gate import PUBLISHING
from tests.cast import Cast
from tests.exams.sittings.scene import NOW, Scene


@pytest.fixture(autouse=True)
def own_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this subject's conditions: cameras and papers have tests of their own."""
    for registry in (PUBLISHING, PLAN_LAYERS):
        own = {id: entry for id, entry in registry._entries.items() if id.startswith(("sittings.", "conduct."))}
        monkeypatch.setattr(registry, "_entries", own)


@pytest.fixture
def still(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def scene(cast: Cast, still: time_machine.Traveller) -> Scene:
    return Scene(cast)
