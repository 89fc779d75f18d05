"""What every test shares: the named cast, and the one fixture that lifts the database guards for Django's flush."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exams import guards
from tests.cast import Cast


@pytest.fixture(autouse=True)
def guards_lifted_for_flush(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests with real transactions end in a flush, which append-only tables rightly refuse; post_migrate puts the guards back."""
    marker = request.node.get_closest_marker("django_db")
    real = "transactional_db" in request.fixturenames or bool(marker and marker.kwargs.get("transaction"))
    if real:
        request.getfixturevalue("transactional_db")
        guards.install()
    yield
    if real:
        guards.lift()


@pytest.fixture
def cast(db: None) -> Cast:
    """The named people of every test: see tests/cast.py."""
    return Cast()
