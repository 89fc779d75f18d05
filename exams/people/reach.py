"""Reach: which persons an actor has to do with beyond those his organisation registered or employs; upper subjects say."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from exams.registry import Registry

if TYPE_CHECKING:
    from exams.access import Actor

REACH = Registry("reach")


def reach(id: str, *capacities: str) -> Callable[[Callable[[Actor], Q]], Any]:
    """Register a condition on Person that holds for those whom these capacities have to do with."""
    return REACH.register(id, capacities=frozenset(capacities))


def reached(actor: Actor) -> Q:
    """All conditions that apply to the actor, joined by or; none reaches nobody."""
    condition = Q(pk__in=[])
    for source in REACH:
        if actor.capacity in source.capacities:
            condition |= source(actor)
    return condition
