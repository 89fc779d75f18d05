"""The credentials of a collector: a one-time code to claim its place, a token of which the server keeps a digest, a key of its own."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from proctoring.authorship import from_base64url


def new_secret() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """128 random bits, short enough for a code that a cheap camera reads."""
    return secrets.token_urlsafe(16)


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


def signed(public_key: str, words: bytes, signature: str | bytes) -> bool:
    """Whether the owner of the key (hexadecimal) signed these words; whatever is unsound is not signed."""
    try:
        raw = from_base64url(signature) if isinstance(signature, str) else signature
        _public(public_key).verify(raw, words)
    except (ValueError, InvalidSignature):
        return False
    return True


@lru_cache(maxsize=1024)
def _public(public_key: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
