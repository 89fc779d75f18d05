"""The world of an announced event, shared by the tests of applications."""

import pytest

from tests.cast import Cast
from tests.exams.applications.world import World


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)
