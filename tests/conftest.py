"""What every test shares: the named cast, and the one fixture that lifts the database guards for Django's flush."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from hypothesis import settings

from exams import guards
from tests.cast import Cast

# How long one example takes is the machine's matter, not the code's.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


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


@pytest.fixture(autouse=True)
def patient_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer may take longer than one second on a busy machine; that none comes is asked with receive_nothing, which stays short."""
    at_once = ApplicationCommunicator.receive_output

    async def receive_output(self: ApplicationCommunicator, timeout: float = 1) -> Any:
        return await at_once(self, max(timeout, 20))

    monkeypatch.setattr(ApplicationCommunicator, "receive_output", receive_output)


@pytest.fixture
def cast(db: None) -> Cast:
    """The named people of every test: see tests/cast.py."""
    return Cast()
