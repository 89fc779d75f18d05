"""Vouching: whoever hands over a first password vouches for whom it reaches; upper subjects say when somebody else has to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from exams.registry import Registry

if TYPE_CHECKING:
    from exams.access import Actor
    from exams.people.models import Person
    from exams.verdicts import Objection

VOUCHING = Registry("vouching")


def vouching(id: str) -> Callable[[Callable[[Actor, Person], Iterator[Objection]]], Any]:
    """Register a function that objects when the actor may not hand this person a first password."""
    return VOUCHING.register(id)


def objections(actor: Actor, person: Person) -> list[Objection]:
    return [objection for source in VOUCHING for objection in source(actor, person)]
