"""Chance that nobody in the exam body can choose: the witness's signature on the step that first covers an entry.

A witness signs one step from each size it has reached to the next, and gives the same signature whenever it is asked again. So every
entry lies in exactly one step. Whoever holds the server, its keys and its clock may write what they like into the journal before that
step, but cannot know the signature; and afterwards cannot have another one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exams.journal import merkle, notes
from exams.journal.models import Cosignature, Entry, Leaf, Witness
from exams.journal.queries import hashes


@dataclass(frozen=True)
class Step:
    """One step of one witness, as it stands below its checkpoint."""

    witness: str
    before: int
    size: int
    line: str
    text: str

    def signature(self, vkey: str = "") -> bytes:
        """Verified with a key that the reader holds, or with the one this installation knows. Raises NoteError."""
        return notes.verify_step(self.line, self.text, vkey or Witness.objects.get(pk=self.witness).vkey)[1]


def expected_witness() -> str:
    """The witness whose steps are waited for: the one known longest; empty where none is known."""
    return Witness.objects.order_by("since", "name").values_list("name", flat=True).first() or ""


def step_over(entry_id: int, witness: str) -> Step | None:
    """The one step of this witness that covers an entry; None until the witness has signed."""
    index = Leaf.objects.filter(entry_id=entry_id).values_list("index", flat=True).first()
    if index is None:
        return None
    rows = Cosignature.objects.filter(name=witness, before__lte=index, checkpoint__size__gt=index).exclude(step="")
    row = rows.select_related("checkpoint").order_by("checkpoint__size").first()
    if row is None or row.before is None:
        return None
    return Step(witness, row.before, row.checkpoint_id, row.step, notes.parse(row.checkpoint.note)[0])


def known_since(witness: str) -> datetime:
    """When the authority's key was taken in."""
    return Witness.objects.get(pk=witness).since


def seed_of(thing: Any, step: Step, vkey: str = "") -> str:
    """SHA-256 of the thing's id and the step's signature, in hex. Raises NoteError if the step does not verify."""
    return hashlib.sha256(str(thing).encode() + step.signature(vkey)).hexdigest()


def is_covered(entry: Entry, step: Step) -> bool:
    """Whether the entry, as it reads now, is a leaf of the step's checkpoint and not of the one before: from the leaves alone."""
    leaves = hashes(step.size)
    leaf = merkle.leaf_hash(bytes(entry.body))
    return leaf in leaves[step.before :] and merkle.root(leaves) == notes.parse_checkpoint(step.text).root
