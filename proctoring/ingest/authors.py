"""Who may be believed: only what the key that a person confirmed has signed is stored, and what the archive needs of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from proctoring.authorship import opened, page_words
from proctoring.cameras.credentials import signed
from proctoring.cameras.models import Agent, AgentKey
from proctoring.coverage.models import Page
from proctoring.protocol import CLOSE_UNSIGNED, PageItem, ProtocolError

if TYPE_CHECKING:
    from proctoring.ingest.storing import Work


def confirmed_key(agent: Agent) -> str:
    """The public key that counts for this collector now; empty as long as nobody has confirmed one."""
    found = agent.keys.filter(retired_at=None).exclude(confirmed_at=None)
    return found.values_list("public_key", flat=True).first() or ""


def require_author(frame: str, spool: str, public_key: str) -> None:
    """Raise unless the frame ends with the signature of this key over it and over the spool it belongs to."""
    words, signature = opened(frame, spool)
    if not signed(public_key, words, signature):
        raise ProtocolError("bad_signature", "the signature of this batch is not that of the enrolled key", CLOSE_UNSIGNED)


def keep_pages(work: Work, items: Sequence[PageItem]) -> None:
    """Keep signed pages word for word; a machine enrolled again may still bring pages of its earlier key."""
    if not items:
        return
    keys = list(AgentKey.objects.filter(agent=work.agent).exclude(confirmed_at=None))
    rows = []
    for item in items:
        key = next((one for one in keys if signed(one.public_key, page_words(item.text), item.sig)), None)
        if key is None:
            work.reject(item, "bad_signature")
            continue
        start, end = work.legal(item.epoch, item.start_ms), work.legal(item.epoch, item.end_ms)
        camera = work.cameras[item.camera]
        rows.append(Page(camera=camera, key=key, start_ms=start, end_ms=end, text=item.text, signature=item.sig))
    Page.objects.bulk_create(rows)
