"""Keeps a ruling with its journal entry."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from exams.access import Actor
from exams.journal.actions import record
from exams.recusal.models import Ruling


def same_as_kept(ruling: Ruling) -> Ruling | None:
    """The ruling already kept about the same person, capacity and thing with the very same facts, if it says the same."""
    alike = {name: getattr(ruling, name) for name in ("person_id", "capacity", "about_type", "about_id", "rules_version", "facts_digest")}
    found = Ruling.objects.filter(**alike, allowed=ruling.allowed).order_by("-made_at").first()
    return found if found and found.waived == ruling.waived else None


def keep(ruling: Ruling, *, by: Actor, about: Any = None, name: str = "recusal.rule_on") -> Ruling:
    """Store the ruling and say so in the journal: who was asked about what, the outcome, the digest of the facts."""
    with transaction.atomic():
        ruling.save(force_insert=True)
        record(
            name,
            ruling,
            by=by,
            about=[ruling.person, *([about] if about is not None else [])],
            capacity=ruling.capacity,
            allowed=ruling.allowed,
            objections=[objection["id"] for objection in ruling.objections],
            facts_digest=ruling.facts_digest,
            rules_version=ruling.rules_version,
            private={"person": ruling.person.name, "objections": ruling.objections},
        )
    return ruling
