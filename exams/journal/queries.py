"""Reads of the journal: the history of an object, proofs, and how far the log is witnessed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from exams import access, capacities
from exams.journal import checkpoints, merkle
from exams.journal.models import Entry, Leaf, LogState
from exams.registry import Registry

# Who may read whose entries beyond one's own: functions of the actor, giving ids of organisations.
REACH = Registry("journal reach")


@dataclass(frozen=True)
class Line:
    """One line of a history: when, what (translated title of the action), by whom, with what outcome, and whether a witness saw it."""

    at: datetime
    action: str
    text: Any
    by: str
    outcome: str
    witnessed: bool
    entry_id: int
    facts: dict[str, Any]


def about(obj: Any) -> models.QuerySet[Entry]:
    """Entries whose object it is, or that mention it, in the order of the journal."""
    kind, pk = obj._meta.label, str(obj.pk)
    mentioned = Q(mentions__object_type=kind, mentions__object_id=pk)
    return Entry.objects.filter(Q(object_type=kind, object_id=pk) | mentioned).distinct().order_by("id")


def visible_to(actor: access.Actor) -> models.QuerySet[Entry]:
    """Entries made for the reader's own organisation, and for those that REACH lets it read (an authority its bodies)."""
    organisations = {actor.organisation_id} - {None}
    for source in REACH:
        organisations.update(source(actor))
    return Entry.objects.filter(organisation_id__in=organisations).order_by("-id")


def capacity(entry: Entry) -> str:
    """The capacity in which somebody acted, as its title in the reader's language."""
    return gettext(capacities.title(json.loads(bytes(entry.body))["actor"]["capacity"]))


def history(obj: Any, limit: int = 20, among: models.QuerySet[Entry] | None = None) -> list[Line]:
    """The newest entries about an object first, ready for a page; three queries however long it is.

    `among` limits them to what the reader may know, where an object (a person, say) is known to several organisations.
    """
    found = about(obj) if among is None else about(obj).filter(pk__in=among.order_by().values("pk"))
    entries = list(found.select_related("detail").order_by("-id")[:limit])
    places = dict(Leaf.objects.filter(entry_id__in=[entry.id for entry in entries]).values_list("entry_id", "index"))
    head = checkpoints.latest_witnessed() if entries else None
    size = head.size if head else 0
    return [_line(entry, places.get(entry.id, size) < size) for entry in entries]


def inclusion(entry_id: int, size: int) -> tuple[int, list[bytes]]:
    """Index and inclusion proof of an entry in the tree of `size` leaves. Raises Leaf.DoesNotExist before it is sequenced."""
    index = Leaf.objects.get(entry_id=entry_id).index
    return index, merkle.Tree(hashes(size)).inclusion(index)


def hashes(size: int | None = None) -> list[bytes]:
    """The first `size` leaf hashes (all, if not said)."""
    rows = Leaf.objects.order_by("index")
    if size is not None:
        rows = rows.filter(index__lt=size)
    return [bytes(digest) for digest in rows.values_list("hash", flat=True).iterator(chunk_size=5000)]


def waiting() -> int:
    """Entries not yet in the log: the lag that is shown and alarmed."""
    size = LogState.objects.filter(pk=1).values_list("size", flat=True).first() or 0
    return Entry.objects.count() - size


def bodies(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    return [json.loads(bytes(entry.body)) for entry in entries]


def _line(entry: Entry, witnessed: bool) -> Line:
    body = json.loads(bytes(entry.body))
    detail = json.loads(bytes(entry.detail.data)) if hasattr(entry, "detail") else {}
    declared = access.PERMISSIONS.get(entry.action)
    return Line(
        at=entry.occurred_at,
        action=entry.action,
        text=declared.title if declared else entry.action,
        by=_who(body["actor"]["capacity"], detail.get("actor", "")),
        outcome=entry.outcome,
        witnessed=witnessed,
        entry_id=entry.id,
        facts=body["facts"],
    )


def _who(capacity: str, name: str) -> str:
    """The name as it was written down; what the system did by itself is said in the reader's language."""
    return gettext(capacities.title(capacity)) if capacity == "system" else name
