"""The credential of a collector: its id and a secret, of which the server keeps a digest only."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID


def new_secret() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """A fast digest suffices: the secret is random, nobody guesses it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token(agent_id: UUID, secret: str) -> str:
    """What the collector sends: who it is, and the proof."""
    return f"{agent_id.hex}.{secret}"


def parse(text: str) -> tuple[UUID | None, str]:
    """Id and secret of a token; no id if it is none."""
    name, dot, secret = text.strip().partition(".")
    try:
        return (UUID(hex=name), secret) if dot and secret else (None, "")
    except ValueError:
        return None, ""


def fits(secret: str, kept: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(digest(secret), kept)
