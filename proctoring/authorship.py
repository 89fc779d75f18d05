"""Who said it: the exact words a collector signs with its Ed25519 key; nothing but the standard library, keys stay with their owners."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

from proctoring.protocol import CLOSE_UNSIGNED, Batch, ProtocolError, encode

Sign = Callable[[bytes], bytes]
_TAIL = re.compile(r',"sig":"([0-9A-Za-z_-]{86})"\}\Z')
_TAIL_LENGTH = len(',"sig":"') + 86 + len('"}')


def base64url(data: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    """Raises ValueError for what is none."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sealed(batch: Batch, spool: str, sign: Sign) -> str:
    """The frame of a batch with its signature, which stands last, over all that stands before it and the spool it belongs to."""
    text = encode(batch)
    return f'{text[:-1]},"sig":"{base64url(sign(batch_words(spool, text)))}"}}'


def opened(frame: str, spool: str) -> tuple[bytes, bytes]:
    """The words that were signed and the signature, taken from the frame as it came; raises ProtocolError if there is none."""
    found = _TAIL.search(frame, max(0, len(frame) - _TAIL_LENGTH))
    if found is None:
        raise ProtocolError("unsigned", "a batch ends with its signature", CLOSE_UNSIGNED)
    return batch_words(spool, frame[: found.start()] + "}"), from_base64url(found[1])


def batch_words(spool: str, text: str) -> bytes:
    """What is signed of a batch; the first line keeps a signature from meaning anything else."""
    return f"room collector batch 1\n{spool}\n{text}".encode()


def page_words(text: str) -> bytes:
    """What is signed of a page."""
    return f"room collector page 1\n{text}".encode()


def claim_words(agent: str, code: str, public_key: str) -> bytes:
    """What a collector signs to prove that the key it brings is its own."""
    return f"room collector claim 1\n{agent}\n{code}\n{public_key}".encode()


def fingerprint(public_key: str) -> str:
    """A key as two people can compare it: eight groups of four hexadecimal digits."""
    digits = hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))
