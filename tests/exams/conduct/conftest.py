"""The day of this folder."""

from collections.abc import Iterator

import pytest
import time_machine

from exams.conduct.readiness import CLOSING, READINESS
from exams.sittings.drawing import PLAN_LAYERS
from exams.sittings.gate import PUBLISHING
from tests.cast import Cast
from tests.exams.conduct.day import Day
from tests.exams.sittings.scene import NOW, Scene


@pytest.fixture(autouse=True)
def own_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this subject's conditions: cameras and papers have tests of their own."""
    for registry in (PUBLISHING, PLAN_LAYERS, READINESS, CLOSING):
        own = {id: entry for id, entry in registry._entries.items() if id.startswith(("sittings.", "conduct."))}
        monkeypatch.setattr(registry, "_entries", own)


@pytest.fixture
def still(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def scene(cast: Cast, still: time_machine.Traveller) -> Scene:
    return Scene(cast)


@pytest.fixture
def day(scene: Scene, still: time_machine.Traveller) -> Day:
    return Day(scene, still)
