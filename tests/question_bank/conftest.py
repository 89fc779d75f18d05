"""Gives every test of the question bank its cast, at an hour at which examinations are held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.question_bank.bank import Bank


@pytest.fixture(autouse=True)
def forenoon(time_machine: Any) -> Iterator[None]:
    """Papers are opened on the day of their examination: near midnight the windows of these tests would begin the day before."""
    time_machine.move_to(timezone.make_aware(datetime.combine(timezone.localdate(), time(10))), tick=True)
    yield


@pytest.fixture
def bank(cast: Cast) -> Bank:
    """The question bank of the cast's exam body."""
    return Bank(cast)
