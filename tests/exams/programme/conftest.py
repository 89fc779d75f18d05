"""Every test of this subject begins on the second of March 2026 and reads English."""

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation


@pytest.fixture(autouse=True)
def second_of_march() -> Iterator[None]:
    with time_machine.travel("2026-03-02T01:00:00Z", tick=True), translation.override("en"):
        yield
