"""Signed heads of the log, and the witness's counter-signatures below them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from exams import clock
from exams.clock import Installation
from exams.journal import merkle, notes
from exams.journal.models import Checkpoint, Cosignature, Leaf, LogState, Witness
from exams.keyfiles import bytes_key


def log_key() -> Ed25519PrivateKey:
    """The log's signing key: a file that only the journal's process needs to read."""
    return Ed25519PrivateKey.from_private_bytes(bytes_key(settings.KEY_DIR, "log"))


def origin() -> str:
    """The name of this installation's log."""
    row, _ = Installation.objects.get_or_create(pk=1, defaults={"origin": f"examinations.local/{_short_id()}"})
    return row.origin


def log_vkey() -> str:
    """The log's verifier key in C2SP form; the authority keeps its own copy."""
    return notes.vkey(origin(), log_key())


def checkpoint() -> Checkpoint | None:
    """Sign the present head, unless it is signed already; None while the log is empty."""
    with transaction.atomic():
        state = LogState.objects.select_for_update().filter(pk=1).first()
        if state is None or state.size == 0:
            return None
        known = Checkpoint.objects.filter(pk=state.size).first()
        if known is not None:
            return known
        head = merkle.CompactRange.load(bytes(state.frontier)).root()
        text = notes.checkpoint_text(origin(), state.size, head)
        note = notes.note(text, notes.sign(text, origin(), log_key()))
        return Checkpoint.objects.create(size=state.size, root=head.hex(), note=note, made_at=clock.machine())


def latest() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()


def latest_witnessed() -> Checkpoint | None:
    return Checkpoint.objects.filter(cosignatures__isnull=False).order_by("-size").distinct().first()


def witness_request(old: int, head: Checkpoint) -> str:
    """The C2SP add-checkpoint request: what the witness needs to see that nothing before `old` changed."""
    leaves = [bytes(digest) for digest in Leaf.objects.filter(index__lt=head.size).order_by("index").values_list("hash", flat=True)]
    proof = merkle.consistency_proof(old, leaves)
    lines = [f"old {old}", *(base64.b64encode(step).decode() for step in proof)]
    return "\n".join(lines) + "\n\n" + head.note


def add_witness(vkey: str) -> Witness:
    """Know a witness by the key that the authority handed over. Raises NoteError for a malformed one."""
    key = notes.parse_vkey(vkey)
    row, _ = Witness.objects.get_or_create(name=key.name, defaults={"vkey": vkey, "since": clock.machine()})
    return row


def accept_cosignature(size: int, answer: str) -> Cosignature:
    """Keep a witness's answer after checking it: its line and, if it gave one, the step. Raises NoteError for any that does not verify."""
    head = Checkpoint.objects.get(pk=size)
    line, _newline, step = answer.replace("\r", "").strip("\n").partition("\n")
    name = notes.parse_line(line).name
    witness = Witness.objects.filter(pk=name).first()
    if witness is None:
        raise notes.NoteError(f"{name} is not a witness of this installation")
    at = notes.verify(head.note + line + "\n", witness.vkey)
    before = notes.verify_step(step, notes.parse(head.note)[0], witness.vkey)[0] if step else None
    known = Cosignature.objects.filter(checkpoint=head, name=name).first()
    return known or Cosignature.objects.create(
        checkpoint=head, name=name, line=line + "\n", at=datetime.fromtimestamp(at or 0, UTC), before=before, step=step
    )


def cosigned_note(head: Checkpoint) -> str:
    """The checkpoint with every counter-signature below it."""
    return head.note + "".join(row.line for row in head.cosignatures.order_by("id"))


def _short_id() -> str:
    return bytes_key(settings.KEY_DIR, "installation", 4).hex()
