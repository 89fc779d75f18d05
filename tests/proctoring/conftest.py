"""The watched room of these tests."""

import pytest

from tests.cast import Cast
from tests.proctoring.room import Watched


@pytest.fixture
def watched(cast: Cast) -> Watched:
    return Watched(cast).seated()
