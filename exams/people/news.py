"""News of persons: upper subjects that must look again when something about a person changes put themselves here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction

from exams.registry import Registry

NEWS = Registry("news")


def on_news(id: str) -> Callable[[Callable[[frozenset[UUID]], None]], Any]:
    """Register a function to be called with the persons' ids after the change is committed."""
    return NEWS.register(id)


def announce(person_id: UUID) -> None:
    """Tell everybody once the running transaction is committed; one transaction is told once, with everybody it concerns."""
    connection = transaction.get_connection()
    for savepoints, waiting, *_ in connection.run_on_commit:
        if isinstance(waiting, _Bulletin) and savepoints == set(connection.savepoint_ids):
            waiting.persons.add(person_id)
            return
    transaction.on_commit(_Bulletin(person_id))


class _Bulletin:
    """Whom one transaction (or savepoint) has news of; it vanishes with it."""

    def __init__(self, person_id: UUID) -> None:
        self.persons = {person_id}

    def __call__(self) -> None:
        for listener in NEWS:
            listener(frozenset(self.persons))
