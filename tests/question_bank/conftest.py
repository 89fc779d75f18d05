"""Gives every test of the question bank its cast."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.question_bank.bank import Bank


@pytest.fixture
def bank(cast: Cast) -> Bank:
    """The question bank of the cast's exam body."""
    return Bank(cast)
