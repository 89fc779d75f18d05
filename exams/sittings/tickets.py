"""The code on an admission ticket: sitting, place and a nonce, signed; it says nothing about the person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

# Digits only: a scanner that types like a keyboard passes them through any input method, and QR packs them tightest.
CONTEXT = b"examination ticket 1\n"
NONCE, SIGNATURE = 8, 64
BODY = 16 + 16 + NONCE
DIGITS = 251  # of (2**8)**(BODY + SIGNATURE) - 1
PREFIX = "71"


@dataclass(frozen=True)
class Token:
    """What a genuine code says."""

    sitting: UUID
    place: UUID
    nonce: str


def issue(key: Ed25519PrivateKey, sitting: UUID, place: UUID, nonce: str) -> str:
    """The text of the code."""
    body = sitting.bytes + place.bytes + bytes.fromhex(nonce)
    if len(body) != BODY:
        raise ValueError("the nonce has 8 bytes")
    number = int.from_bytes(body + key.sign(CONTEXT + body), "big")
    return f"{PREFIX}{number:0{DIGITS}d}"


def read(text: str, keys: Iterable[Ed25519PublicKey]) -> Token | None:
    """What the code says if one of these keys signed it; None for everything else, whatever it is."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) != len(PREFIX) + DIGITS or not plain.startswith(PREFIX) or not (plain.isascii() and plain.isdigit()):
        return None
    number = int(plain[len(PREFIX) :])
    if number.bit_length() > 8 * (BODY + SIGNATURE):
        return None
    data = number.to_bytes(BODY + SIGNATURE, "big")
    body, signature = data[:BODY], data[BODY:]
    if not any(_signed(key, body, signature) for key in keys):
        return None
    return Token(UUID(bytes=body[:16]), UUID(bytes=body[16:32]), body[32:].hex())


def _signed(key: Ed25519PublicKey, body: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, CONTEXT + body)
    except InvalidSignature:
        return False
    return True
