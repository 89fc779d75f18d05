"""The exchange with the authority's witness by files: requests are dropped, cosignatures are picked up.

The folders are carried by whatever the two sides agree on (a share, a stick, mail); the bytes are those of the C2SP formats.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from django.conf import settings

from exams.journal import checkpoints
from exams.journal.models import Checkpoint
from exams.journal.notes import NoteError

log = logging.getLogger(__name__)


def outbox() -> Path:
    return Path(settings.DATA_DIR) / "witness" / "requests"


def inbox() -> Path:
    return Path(settings.DATA_DIR) / "witness" / "answers"


def exchange() -> int:
    """Take in every answer that has arrived, then ask about the newest head; the number of cosignatures taken."""
    taken = take_in()
    ask()
    return taken


def ask() -> Path | None:
    """Drop a request for the newest head that no witness has signed; None if there is nothing to ask."""
    head = checkpoints.latest()
    if head is None or head.cosignatures.exists():
        return None
    seen = checkpoints.latest_witnessed()
    path = outbox() / f"{head.size}.request"
    if not path.exists():
        _write(path, checkpoints.witness_request(seen.size if seen else 0, head))
    return path


def take_in() -> int:
    """Keep the cosignatures that verify; an answer that does not is set aside under its name with .wrong, for people to look at."""
    taken = 0
    for path in sorted(inbox().glob("*.cosigned")):
        try:
            checkpoints.accept_cosignature(int(path.stem), path.read_text("utf-8"))
        except (NoteError, ValueError, Checkpoint.DoesNotExist) as error:
            log.error("witness answer %s was not accepted: %s", path.name, error)
            os.replace(path, path.with_suffix(".wrong"))
            continue
        path.unlink()
        taken += 1
    return taken


def _write(path: Path, text: str) -> None:
    """Whole or not at all: the other side may look at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    inbox().mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.tmp")
    draft.write_text(text, "utf-8")
    os.replace(draft, path)
