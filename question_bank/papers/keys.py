"""A custodian's key pair; the private half is kept only wrapped by the custodian's passphrase."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

FORMAT = "custodian-key/1"
SHORTEST_PASSPHRASE = 12


@dataclass(frozen=True)
class Cost:
    """What one guess at a passphrase costs: Argon2id after RFC 9106, second recommended option."""

    iterations: int = 3
    lanes: int = 4
    memory_kib: int = 65536


class WrongPassphrase(Exception):
    """The passphrase does not open this key, or the wrapped key was altered or belongs to someone else."""


def enrol(owner: str, passphrase: str, cost: Cost = Cost()) -> tuple[bytes, dict[str, object]]:
    """A new key pair of the owner: the public key, and the private key wrapped by the passphrase."""
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    salt, nonce = os.urandom(16), os.urandom(12)
    lock = AESGCM(_stretch(passphrase, salt, cost))
    box = lock.encrypt(nonce, private.private_bytes_raw(), _bound(owner, public))
    wrapped: dict[str, object] = {
        "format": FORMAT,
        "iterations": cost.iterations,
        "lanes": cost.lanes,
        "memory_kib": cost.memory_kib,
        "salt": b64encode(salt).decode(),
        "nonce": b64encode(nonce).decode(),
        "box": b64encode(box).decode(),
    }
    return public, wrapped


def unlock(owner: str, public: bytes, wrapped: Mapping[str, object], passphrase: str) -> X25519PrivateKey:
    """The private key in memory, for the time of one approval."""
    try:
        cost = Cost(int(str(wrapped["iterations"])), int(str(wrapped["lanes"])), int(str(wrapped["memory_kib"])))
        salt, nonce, box = (b64decode(str(wrapped[part]), validate=True) for part in ("salt", "nonce", "box"))
        raw = AESGCM(_stretch(passphrase, salt, cost)).decrypt(nonce, box, _bound(owner, public))
        private = X25519PrivateKey.from_private_bytes(raw)
    except (InvalidTag, KeyError, ValueError) as error:
        raise WrongPassphrase(owner) from error
    if private.public_key().public_bytes_raw() != public:
        raise WrongPassphrase(owner)
    return private


def _stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    kdf = Argon2id(salt=salt, length=32, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib)
    return kdf.derive(passphrase.encode())


def _bound(owner: str, public: bytes) -> bytes:
    return json.dumps([FORMAT, owner, public.hex()]).encode()
