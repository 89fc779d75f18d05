"""The agent's own key: made on its machine, never leaves it, signs what it sends."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key


class Key:
    """An Ed25519 key pair."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, words: bytes) -> bytes:
        """The signature over the words."""
        return self._private.sign(words)

    def pem(self) -> bytes:
        """As it lies on the disk."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def save(self, path: Path) -> None:
        """Write it where only this account can read it, whole or not at all."""
        write_secret(path, self.pem())


def new() -> Key:
    """A key that nobody else has."""
    return Key(Ed25519PrivateKey.generate())


def load(path: Path) -> Key:
    """Read a key; a file that is none raises ValueError."""
    private = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError(f"{path.name} holds another kind of key")
    return Key(private)


def write_secret(path: Path, data: bytes) -> None:
    """Write a file that only this account can read; it is there whole or not at all."""
    aside = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)
