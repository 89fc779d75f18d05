"""Signed texts of the journal in the C2SP formats: notes, checkpoints, timestamped cosignatures, verifier keys."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
COSIGNATURE = 0x04
DASH = "\u2014 "


class NoteError(ValueError):
    """A note, key or signature that is malformed or does not verify."""


@dataclass(frozen=True)
class SignatureLine:
    """One line below a note: who signed, under which key, and the bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return DASH + self.name + " " + base64.b64encode(self.key_id + self.signature).decode() + "\n"


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name and kind, as `vkey` texts carry it."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"


@dataclass(frozen=True)
class Checkpoint:
    """The three lines that say how long a log is and what its head is."""

    origin: str
    size: int
    root: bytes


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The four bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def public_bytes(private_key: Ed25519PrivateKey) -> bytes:
    """The raw public half of a key."""
    return private_key.public_key().public_bytes_raw()


def vkey(name: str, private_key: Ed25519PrivateKey, kind: int = ED25519) -> str:
    """The verifier key to hand to others."""
    return str(VerifierKey(_named(name), kind, public_bytes(private_key)))


def parse_vkey(text: str) -> VerifierKey:
    """Read a verifier key; its key id must fit its bytes."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise NoteError("a verifier key has three parts")
    name, identifier, encoded = parts
    body = _decode(encoded)
    if len(body) != 33 or body[0] not in (ED25519, COSIGNATURE):
        raise NoteError("the verifier key is of an unknown kind")
    key = VerifierKey(_named(name), body[0], body[1:])
    if key.key_id.hex() != identifier:
        raise NoteError("the key id does not fit the verifier key")
    return key


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """The text that is signed: origin, number of leaves, head."""
    if not origin or "\n" in origin:
        raise NoteError("the origin of a checkpoint is one line")
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint text strictly; extension lines are allowed and left alone."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] != "" or not all(lines[:-1]):
        raise NoteError("a checkpoint has an origin, a size and a head, one per line")
    origin, size, encoded = lines[:3]
    if not size.isascii() or not size.isdigit() or size != str(int(size)):
        raise NoteError("the size of a checkpoint is a plain number")
    root = _decode(encoded)
    if len(root) != 32:
        raise NoteError("the head of a checkpoint has 32 bytes")
    return Checkpoint(origin, int(size), root)


def sign(text: str, name: str, private_key: Ed25519PrivateKey) -> str:
    """The signature line of a log over `text`."""
    _whole(text)
    identifier = key_id(_named(name), ED25519, public_bytes(private_key))
    return str(SignatureLine(name, identifier, private_key.sign(text.encode())))


def cosignature_message(timestamp: int, text: str) -> bytes:
    """The bytes a witness signs: the time and the whole text (cosignature/v1)."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def cosign(text: str, name: str, private_key: Ed25519PrivateKey, timestamp: int) -> str:
    """The signature line of a witness over `text` at `timestamp` (seconds since 1970)."""
    _whole(text)
    identifier = key_id(_named(name), COSIGNATURE, public_bytes(private_key))
    signature = private_key.sign(cosignature_message(timestamp, text))
    return str(SignatureLine(name, identifier, timestamp.to_bytes(8, "big") + signature))


def step_message(before: int, text: str) -> bytes:
    """The bytes of a step: the size the witness signed last, and the checkpoint it signed next. Without any time."""
    return f"witness-step/v1\n{before}\n{text}".encode()


def step_line(before: int, text: str, private_key: Ed25519PrivateKey) -> str:
    """The second line of a witness's answer."""
    return f"step {before} {base64.b64encode(private_key.sign(step_message(before, text))).decode()}\n"


def verify_step(line: str, text: str, verifier_key: str) -> tuple[int, bytes]:
    """The size before and the signature of a step line; NoteError unless this witness signed it over this checkpoint."""
    parts = line.removesuffix("\n").split(" ")
    if len(parts) != 3 or parts[0] != "step" or not parts[1].isascii() or not parts[1].isdigit() or parts[1] != str(int(parts[1])):
        raise NoteError("a step is the word, a size and a signature")
    before, signature = int(parts[1]), _decode(parts[2])
    if before >= parse_checkpoint(text).size:
        raise NoteError("a step leads forward")
    try:
        Ed25519PublicKey.from_public_bytes(parse_vkey(verifier_key).public).verify(signature, step_message(before, text))
    except InvalidSignature:
        raise NoteError("the signature of the step does not fit") from None
    return before, signature


def note(text: str, *lines: str) -> str:
    """Text and signature lines put together."""
    _whole(text)
    return text + "\n" + "".join(lines)


def parse(note_text: str) -> tuple[str, list[SignatureLine]]:
    """Split a note into its text and its signature lines."""
    text, separator, tail = note_text.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NoteError("a note is a text, an empty line and signature lines")
    return text + "\n", [parse_line(line) for line in tail.split("\n")[:-1]]


def parse_line(line: str) -> SignatureLine:
    """Read one signature line."""
    line = line.removesuffix("\n")
    parts = line.removeprefix(DASH).split(" ")
    if not line.startswith(DASH) or len(parts) != 2:
        raise NoteError("a signature line is a dash, a name and a signature")
    body = _decode(parts[1])
    if len(body) < 5:
        raise NoteError("a signature line is too short")
    return SignatureLine(_named(parts[0]), body[:4], body[4:])


def verify(note_text: str, verifier_key: str) -> int | None:
    """Raise NoteError unless the note bears a true signature of this key; a witness's answer is its timestamp."""
    key = parse_vkey(verifier_key)
    text, lines = parse(note_text)
    found = [line for line in lines if line.name == key.name and line.key_id == key.key_id]
    if not found:
        raise NoteError(f"the note is not signed by {key.name}")
    return [_verify_line(text, line, key) for line in found][0]


def _verify_line(text: str, line: SignatureLine, key: VerifierKey) -> int | None:
    timestamp, signature, message = None, line.signature, text.encode()
    if key.kind == COSIGNATURE:
        timestamp = int.from_bytes(signature[:8], "big")
        signature, message = signature[8:], cosignature_message(timestamp, text)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except InvalidSignature:
        raise NoteError(f"the signature of {key.name} does not fit the text") from None
    return timestamp


def _named(name: str) -> str:
    if not name or "+" in name or any(character.isspace() for character in name):
        raise NoteError("the name of a key has neither spaces nor plus signs")
    return name


def _whole(text: str) -> None:
    if not text.endswith("\n") or any(ord(character) < 0x20 and character != "\n" for character in text):
        raise NoteError("the text of a note ends with a new line and has no control characters")


def _decode(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("not a base64 text") from None
