"""Verification from inside: recompute everything and name the first thing that does not fit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime

from exams.journal import checkpoints, merkle, notes, projection
from exams.journal.models import Checkpoint, Detail, Entry, Leaf, Witness
from exams.verdicts import gettext_noop as _

_BATCH = 2000


@dataclass(frozen=True)
class Fault:
    """Something that does not verify: a greppable id, a message id, and where."""

    id: str
    message: str
    params: dict[str, Any]


def faults() -> Iterator[Fault]:
    """Everything that does not fit, from the entries up to the tables. Memory stays bounded."""
    heads = {row.size: row for row in Checkpoint.objects.order_by("size")}
    yield from _log(heads)
    yield from _signatures(heads.values())
    yield from _details()
    for difference in projection.differences():
        yield Fault(
            "journal.E005",
            _("%(table)s %(pk)s is not as the journal says (%(field)s)"),
            {"table": difference.model._meta.label, "pk": difference.pk, "field": difference.field or _("row")},
        )


def _log(heads: dict[int, Checkpoint]) -> Iterator[Fault]:
    """Every leaf is the digest of its entry, and every signed head the head of the leaves below it."""
    edge = merkle.CompactRange()
    for leaves in _batches():
        entries = Entry.objects.in_bulk([leaf.entry_id for leaf in leaves])
        for leaf in leaves:
            if leaf.index != edge.size:
                yield Fault("journal.E001", _("leaf %(index)s is missing"), {"index": edge.size})
            yield from _entry(leaf, entries.get(leaf.entry_id))
            edge.append(bytes(leaf.hash))
            head = heads.get(edge.size)
            if head is not None and head.root != edge.root().hex():
                yield Fault("journal.E003", _("checkpoint #%(size)s does not fit the leaves"), {"size": head.size})
    for size in heads:
        if size > edge.size:
            yield Fault("journal.E004", _("checkpoint #%(size)s covers leaves that are gone"), {"size": size})


def _batches() -> Iterator[list[Leaf]]:
    last = -1
    while leaves := list(Leaf.objects.filter(index__gt=last).order_by("index")[:_BATCH]):
        yield leaves
        last = leaves[-1].index


def _entry(leaf: Leaf, entry: Entry | None) -> Iterator[Fault]:
    if entry is None:
        yield Fault("journal.E001", _("entry %(entry)s is missing"), {"entry": leaf.entry_id})
    elif merkle.leaf_hash(bytes(entry.body)) != bytes(leaf.hash):
        yield Fault("journal.E002", _("entry %(entry)s was altered"), {"entry": entry.id})
    elif not _columns_fit(entry):
        yield Fault("journal.E002", _("the columns of entry %(entry)s were altered"), {"entry": entry.id})


def _columns_fit(entry: Entry) -> bool:
    body = json.loads(bytes(entry.body))
    return (
        body["action"] == entry.action
        and body["outcome"] == entry.outcome
        and body["object"] == {"type": entry.object_type, "id": entry.object_id}
        and body["actor"]["id"] == (str(entry.actor_id) if entry.actor_id else None)
        and parse_datetime(body["recorded_at"]) == entry.recorded_at
        and parse_datetime(body["occurred_at"]) == entry.occurred_at
    )


def _signatures(heads: Any) -> Iterator[Fault]:
    vkey, witnesses = checkpoints.log_vkey(), dict(Witness.objects.values_list("name", "vkey"))
    for head in heads:
        lines = list(head.cosignatures.all())
        for key, note in [(vkey, head.note), *((witnesses.get(row.name, ""), head.note + row.line) for row in lines)]:
            try:
                notes.verify(note, key)
            except notes.NoteError as error:
                yield Fault("journal.E006", _("checkpoint #%(size)s: %(error)s"), {"size": head.size, "error": str(error)})


def _details() -> Iterator[Fault]:
    """A detail that is still there must be the one the entry committed to; an erased one is lawful."""
    rows = Detail.objects.order_by("entry_id").values_list("entry_id", "entry__body", "salt", "data")
    for entry_id, body, salt, data in rows.iterator(chunk_size=_BATCH):
        if _committed(bytes(body)) != hashlib.sha256(bytes(salt) + bytes(data)).hexdigest():
            yield Fault("journal.E002", _("the detail of entry %(entry)s was altered"), {"entry": entry_id})


def _committed(body: bytes) -> str:
    """The digest an entry commits to; a body that is no longer one commits to nothing, and verification goes on."""
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return ""
