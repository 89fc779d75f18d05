"""Sealing a paper so that two different custodians together can open it, and nobody alone.

A fresh data key encrypts the paper (AES-256-GCM, bound to paper, version and commitment). For every ordered
pair of custodians (i, j) the data key is wrapped twice: HPKE_i(HPKE_j(key)). The first custodian strips the
outer layers and leaves ciphertext behind; only another one turns that into the data key.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

FORMAT = "exam-paper/1"
SALT_BYTES = 32
NONCE_BYTES = 12
KEY_BYTES = 32

Entropy = Callable[[int], bytes]


class SealBroken(Exception):
    """What was given is not what was sealed: altered, cut off, swapped, or of another paper."""


class SameCustodian(Exception):
    """One custodian, or one key, was offered twice."""


@dataclass(frozen=True)
class Seat:
    """A custodian as the envelopes know him: an id and a public key."""

    id: str
    public: bytes


@dataclass(frozen=True)
class Sealed:
    """A sealed paper: everything in it may be shown to anybody."""

    paper: str
    version: int
    commitment: str
    nonce: bytes
    ciphertext: bytes
    envelopes: Mapping[tuple[str, str], bytes]

    def digest(self) -> str:
        """SHA-256 of the ciphertext, which the journal and the dossier carry."""
        return hashlib.sha256(self.nonce + self.ciphertext).hexdigest()

    def as_json(self) -> dict[str, object]:
        """The sealed paper as JSON-able data."""
        pairs = [[i, j, _text(box)] for (i, j), box in sorted(self.envelopes.items())]
        return {
            "format": FORMAT,
            "paper": self.paper,
            "version": self.version,
            "commitment": self.commitment,
            "nonce": _text(self.nonce),
            "ciphertext": _text(self.ciphertext),
            "envelopes": pairs,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Sealed:
        """Read what `as_json` wrote; anything else is a broken seal."""
        try:
            if data["format"] != FORMAT:
                raise SealBroken("format")
            return cls(
                paper=str(data["paper"]),
                version=int(str(data["version"])),
                commitment=str(data["commitment"]),
                nonce=b64decode(str(data["nonce"]), validate=True),
                ciphertext=b64decode(str(data["ciphertext"]), validate=True),
                envelopes={(i, j): b64decode(box, validate=True) for i, j, box in data["envelopes"]},  # type: ignore[attr-defined]
            )
        except (KeyError, TypeError, ValueError) as error:
            raise SealBroken("unreadable") from error


def seal(
    plaintext: bytes, *, paper: str, version: int, seats: Sequence[Seat], entropy: Entropy = os.urandom
) -> Sealed:
    """Encrypt a paper for the given custodians, at least two, all different in person and key."""
    _check_seats(seats)
    salt, key, nonce = entropy(SALT_BYTES), entropy(KEY_BYTES), entropy(NONCE_BYTES)
    commitment = commit(salt, plaintext)
    bound = _bytes("paper", paper, version, commitment)
    ciphertext = AESGCM(key).encrypt(nonce, salt + plaintext, bound)
    envelopes = {}
    for outer, inner in permutations(seats, 2):
        label = (paper, version, commitment, outer.id, inner.id)
        box = _suite().encrypt(key, _public(inner), info=_bytes("inner", *label))
        envelopes[outer.id, inner.id] = _suite().encrypt(box, _public(outer), info=_bytes("outer", *label))
    return Sealed(paper, version, commitment, nonce, ciphertext, envelopes)


def strip(sealed: Sealed, custodian: str, private: X25519PrivateKey) -> dict[str, str]:
    """Take the outer layer off every envelope of the first custodian; what comes out is still ciphertext."""
    mine = {pair: box for pair, box in sealed.envelopes.items() if pair[0] == custodian}
    if not mine:
        raise SealBroken("no envelope for this custodian")
    stripped = {}
    for (outer, inner), box in mine.items():
        info = _bytes("outer", sealed.paper, sealed.version, sealed.commitment, outer, inner)
        stripped[inner] = _text(_open_box(box, private, info))
    return stripped


def data_key(
    sealed: Sealed, first: str, stripped: Mapping[str, str], second: str, private: X25519PrivateKey
) -> bytes:
    """The data key, from what the first custodian stripped and the second custodian's private key."""
    if first == second:
        raise SameCustodian(second)
    if second not in stripped:
        raise SealBroken("nothing was stripped for this custodian")
    info = _bytes("inner", sealed.paper, sealed.version, sealed.commitment, first, second)
    try:
        box = b64decode(stripped[second], validate=True)
    except ValueError as error:
        raise SealBroken("unreadable") from error
    key = _open_box(box, private, info)
    if len(key) != KEY_BYTES:
        raise SealBroken("key length")
    return key


def unseal(sealed: Sealed, key: bytes) -> tuple[bytes, bytes]:
    """The salt and the plaintext, if and only if they are those that were committed to."""
    bound = _bytes("paper", sealed.paper, sealed.version, sealed.commitment)
    try:
        opened = AESGCM(key).decrypt(sealed.nonce, sealed.ciphertext, bound)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("ciphertext") from error
    salt, plaintext = opened[:SALT_BYTES], opened[SALT_BYTES:]
    if commit(salt, plaintext) != sealed.commitment:
        raise SealBroken("commitment")
    return salt, plaintext


def commit(salt: bytes, plaintext: bytes) -> str:
    """The salted commitment: published at sealing, provable once the salt is disclosed at opening."""
    return hashlib.sha256(b"exam-paper-commitment\0" + salt + plaintext).hexdigest()


def _check_seats(seats: Sequence[Seat]) -> None:
    if len(seats) < 2:
        raise ValueError("a paper is sealed for at least two custodians")
    if len({seat.id for seat in seats}) != len(seats) or len({seat.public for seat in seats}) != len(seats):
        raise SameCustodian("the custodians must differ in person and in key")


def _open_box(box: bytes, private: X25519PrivateKey, info: bytes) -> bytes:
    try:
        return _suite().decrypt(box, private, info=info)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("envelope") from error


def _suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def _public(seat: Seat) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(seat.public)


def _bytes(role: str, *parts: object) -> bytes:
    return json.dumps([FORMAT, role, *parts], ensure_ascii=False, separators=(",", ":")).encode()


def _text(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")
