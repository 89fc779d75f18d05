"""Keeps rulings with their journal entries, one or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from exams.access import Actor
from exams.journal.actions import Act, record_many
from exams.recusal.models import Ruling

_ALIKE = ("person_id", "capacity", "about_type", "about_id", "rules_version", "facts_digest")


def keep_once(rulings: Sequence[tuple[Ruling, Any]], *, by: Actor) -> list[Ruling]:
    """The kept ruling for each, in their order; the same facts about the same thing with the same answer are not kept twice."""
    kept = _kept_alike([ruling for ruling, _about in rulings])
    new: dict[tuple[Any, ...], tuple[Ruling, Any]] = {}
    for ruling, about in rulings:
        last = kept.get(_alike(ruling))
        if last is None or last.waived != ruling.waived:
            new.setdefault(_alike(ruling), (ruling, about))
    keep_all(new.values(), by=by)
    kept |= {alike: ruling for alike, (ruling, _about) in new.items()}
    return [kept[_alike(ruling)] for ruling, _about in rulings]


def _kept_alike(rulings: Sequence[Ruling]) -> dict[tuple[Any, ...], Ruling]:
    """The last ruling kept about the same person, capacity and thing with the very same facts and outcome."""
    columns = {f"{name}__in": {getattr(one, name) for one in rulings} for name in _ALIKE}
    return {_alike(one): one for one in Ruling.objects.filter(**columns).order_by("made_at", "id").defer("facts")}


def keep(ruling: Ruling, *, by: Actor, about: Any = None, name: str = "recusal.rule_on") -> Ruling:
    """Store the ruling and say so in the journal: who was asked about what, the outcome, the digest of the facts."""
    return keep_all([(ruling, about)], by=by, name=name)[0]


def keep_all(rulings: Iterable[tuple[Ruling, Any]], *, by: Actor, name: str = "recusal.rule_on") -> list[Ruling]:
    """Store many, each with the row it is about, in as many queries as one takes."""
    rulings = list(rulings)
    if not rulings:
        return []
    with transaction.atomic():
        kept = Ruling.objects.bulk_create(ruling for ruling, _about in rulings)
        record_many([_act(name, ruling, about) for ruling, about in rulings], by=by)
    return kept


def _alike(ruling: Ruling) -> tuple[Any, ...]:
    return (*(getattr(ruling, name) for name in _ALIKE), ruling.allowed)


def _act(name: str, ruling: Ruling, about: Any) -> Act:
    facts = {
        "capacity": ruling.capacity,
        "allowed": ruling.allowed,
        "objections": [objection["id"] for objection in ruling.objections],
        "facts_digest": ruling.facts_digest,
        "rules_version": ruling.rules_version,
    }
    private = {"person": ruling.person.name, "objections": ruling.objections}
    return Act(name, ruling, [ruling.person, *([about] if about is not None else [])], facts, private)
