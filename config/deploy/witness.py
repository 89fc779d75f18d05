#!/usr/bin/env python3
"""The authority's witness: counter-signs heads of an exam body's journal, and refuses any head that rewrites it.

It needs Python and the `openssl` program, nothing else, and is best run where the exam body has no access.

    witness.py init FOLDER --name NAME --log-key FILE    once per exam body; prints the key to hand to the body
    witness.py cosign FOLDER [--date SECONDS]            request on standard input, counter-signature on standard output
    witness.py drop FOLDER INBOX OUTBOX                  answers every *.request of INBOX by a *.cosigned or *.refused in OUTBOX
    witness.py show FOLDER                               how far the body's journal has been witnessed

It keeps size and head of the last journal it signed, on the disk before it answers. A request (C2SP add-checkpoint) carries
the size it starts from, the proof of consistency and the checkpoint. Answers: 0 signed · 1 refused · 2 cannot be read.

An answer has two lines: the counter-signature with its time (C2SP tlog-cosignature), and the step: the size that was signed before
this one, with a signature over both. Each entry of the journal lies in exactly one step, and the step's signature is the same
whenever it is asked for: that is the chance from which the exam body draws, and which nobody there can choose.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOG, WITNESS = 1, 4
DER = bytes.fromhex("302a300506032b6570032100")  # SubjectPublicKeyInfo of an Ed25519 key, before its 32 bytes
EMPTY = hashlib.sha256(b"").hexdigest()


class Refused(Exception):
    """The head is not signed: an alarm. In English and Chinese."""

    def __init__(self, name: str, english: str, chinese: str) -> None:
        super().__init__(f"{name}: {english} / {chinese}")
        self.name = name


class Malformed(Exception):
    """The request is not readable."""


# --- keys and signatures by openssl ------------------------------------------------------------------------------


def openssl(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], capture_output=True, check=False)


def make_key(path: Path) -> bytes:
    """A new private key at `path`; its raw public half."""
    made = openssl("genpkey", "-algorithm", "ed25519", "-out", str(path))
    shown = openssl("pkey", "-in", str(path), "-pubout", "-outform", "DER")
    if made.returncode or shown.returncode:
        raise OSError((made.stderr + shown.stderr).decode(errors="replace"))
    path.chmod(0o600)
    return shown.stdout[-32:]


def sign(key: Path, message: bytes) -> bytes:
    with tempfile.NamedTemporaryFile() as text:
        text.write(message)
        text.flush()
        done = openssl("pkeyutl", "-sign", "-rawin", "-inkey", str(key), "-in", text.name)
    if done.returncode or len(done.stdout) != 64:
        raise OSError(done.stderr.decode(errors="replace"))
    return done.stdout


def verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        parts = {"key": DER + public, "text": message, "signature": signature}
        for name, content in parts.items():
            Path(folder, name).write_bytes(content)
        done = openssl(
            "pkeyutl",
            "-verify",
            "-rawin",
            "-pubin",
            "-keyform",
            "DER",
            "-inkey",
            f"{folder}/key",
            "-in",
            f"{folder}/text",
            "-sigfile",
            f"{folder}/signature",
        )
    return done.returncode == 0


def key_id(name: str, kind: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def vkey(name: str, kind: int, public: bytes) -> str:
    return f"{name}+{key_id(name, kind, public).hex()}+{base64.b64encode(bytes([kind]) + public).decode()}"


def read_vkey(text: str) -> tuple[str, bytes]:
    """Name and raw public key of a log."""
    name, identifier, encoded = text.strip().split("+", 2)
    body = base64.b64decode(encoded, validate=True)
    if len(body) != 33 or body[0] != LOG or key_id(name, LOG, body[1:]).hex() != identifier:
        raise Malformed("this is not the key of a log / 不是日志公钥")
    return name, body[1:]


# --- requests -----------------------------------------------------------------------------------------------------


def read_request(text: str) -> tuple[int, list[bytes], str]:
    """Size it starts from, proof, and the checkpoint with its signatures."""
    top, separator, note = text.partition("\n\n")
    lines = top.split("\n")
    if not separator or not lines[0].startswith("old ") or not lines[0][4:].isdigit():
        raise Malformed("the request does not begin with “old” and a number / 请求首行应为“old”加数字")
    return int(lines[0][4:]), [decode(line) for line in lines[1:]], note


def decode(line: str) -> bytes:
    try:
        return base64.b64decode(line, validate=True)
    except binascii.Error:
        raise Malformed("not a base64 line / 不是base64文本行") from None


def read_checkpoint(note: str) -> tuple[str, str, int, str]:
    """Text, origin, size and head (hex) of a checkpoint."""
    text, separator, _ = note.rpartition("\n\n")
    lines = (text + "\n").split("\n")
    if not separator or len(lines) < 4 or not lines[1].isdigit() or len(decode(lines[2])) != 32:
        raise Malformed("the checkpoint is not readable / 存证点无法读取")
    return text + "\n", lines[0], int(lines[1]), decode(lines[2]).hex()


def check_log_signature(note: str, text: str, name: str, public: bytes) -> None:
    wanted = key_id(name, LOG, public)
    for line in note.rpartition("\n\n")[2].splitlines():
        parts = line.removeprefix("\u2014 ").split(" ")
        if len(parts) != 2 or parts[0] != name or decode(parts[1])[:4] != wanted:
            continue
        if verifies(public, text.encode(), decode(parts[1])[4:]):
            return
    raise Refused("LOG-SIGNATURE", f"not signed by the key of {name} that you hold", f"不是以您所持{name}公钥对应的密钥签名")


# --- consistency: RFC 9162, 2.1.4.2 ----------------------------------------------------------------------------------


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def heads(old: int, new: int, proof: list[bytes], old_head: bytes) -> tuple[bytes, bytes]:
    """The old and the new head that the proof leads to; empty ones if its length is wrong."""
    path = list(proof) if old & (old - 1) else [old_head, *proof]
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0] if path else b""
    for sibling in path[1:]:
        if last == 0:
            return b"", b""
        if at & 1 or at == last:
            first, second = node(sibling, first), node(sibling, second)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            second = node(second, sibling)
        at, last = at >> 1, last >> 1
    return (first, second) if last == 0 else (b"", b"")


def check_consistent(state: dict, old: int, proof: list[bytes], size: int, head: str) -> None:
    """Refuse whatever does not continue the journal as it was last signed."""
    known, known_head = state["size"], state["root"]
    if size < known:
        raise Refused(
            "ROLLBACK",
            f"the journal went back from {known} to {size} entries: {known - size} are missing",
            f"日志由{known}条倒退至{size}条，缺失{known - size}条",
        )
    if size == known:
        if head != known_head:
            raise Refused("FORK", f"another journal of {size} entries than the one signed before", f"与此前见证的{size}条日志不是同一日志")
        return
    if old != known:
        raise Refused(
            "CONFLICT",
            f"the proof starts at {old}, this witness stands at {known}; send one from {known}",
            f"证明自{old}条起，见证方已至{known}条，请自{known}条起重新报送",
        )
    if known == 0:
        if proof:
            raise Malformed("no proof is needed from the beginning / 首次报送无需证明")
        return
    expected = bytes.fromhex(known_head), bytes.fromhex(head)
    if heads(known, size, proof, expected[0]) != expected:
        raise Refused(
            "FORK",
            f"the {size} entries do not continue the {known} signed before: something was changed or removed",
            f"现有{size}条与此前见证的{known}条不延续：有记录被改动或者删除",
        )


# --- state ----------------------------------------------------------------------------------------------------------


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One answer at a time, whoever asks."""
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_durably(path: Path, content: str) -> None:
    """On the disk, name and all, before this returns."""
    draft = path.with_name(f".{path.name}.tmp")
    with open(draft, "w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.rename(draft, path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def init(folder: Path, name: str, log_key: str) -> str:
    """A witness for one journal; its verifier key."""
    origin, public = read_vkey(log_key)
    if not name or "+" in name or any(character.isspace() for character in name):
        raise Malformed("a witness's name has neither spaces nor plus signs / 见证方名称不得含空格和加号")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (folder / "state.json").exists():
        raise Malformed("this folder has a witness already / 该文件夹已有见证方")
    own = vkey(name, WITNESS, make_key(folder / "witness.pem"))
    write_durably(folder / "log.vkey", log_key.strip() + "\n")
    write_durably(folder / "witness.vkey", own + "\n")
    write_durably(folder / "state.json", json.dumps({"origin": origin, "size": 0, "root": EMPTY}) + "\n")
    return own


def cosign(folder: Path, request: str, now: int) -> str:
    """The signature line over the request's checkpoint and the step to it; Refused if it does not continue what was signed before."""
    old, proof, note = read_request(request)
    text, origin, size, head = read_checkpoint(note)
    log_name, log_public = read_vkey((folder / "log.vkey").read_text("utf-8"))
    own = (folder / "witness.vkey").read_text("utf-8").strip()
    with locked(folder):
        state = json.loads((folder / "state.json").read_text("utf-8"))
        if origin != state["origin"]:
            raise Refused(
                "ORIGIN",
                f"{origin} is not the journal of this witness ({state['origin']})",
                f"{origin}不是本见证方负责的日志（{state['origin']}）",
            )
        check_log_signature(note, text, log_name, log_public)
        check_consistent(state, old, proof, size, head)
        message = f"cosignature/v1\ntime {now}\n{text}".encode()
        signature = sign(folder / "witness.pem", message)
        name, identifier, _ = own.split("+", 2)
        body = bytes.fromhex(identifier) + now.to_bytes(8, "big") + signature
        line = f"\u2014 {name} {base64.b64encode(body).decode()}\n"
        # Asked again about the same head, the step stays the one it was: there is no second throw of the dice.
        before = state["size"] if size > state["size"] else state.get("before")
        answer = line + (step(folder, before, text) if before is not None else "")
        # The state must be safe before the lines leave, or a crash would let the journal go back behind them.
        write_durably(folder / "state.json", json.dumps({"origin": origin, "size": size, "root": head, "before": before}) + "\n")
        write_durably(folder / "last.checkpoint", note + line)
        keep_step(folder, note + answer, size)
    return answer


def step(folder: Path, before: int, text: str) -> str:
    """That nothing was signed between the size before and this checkpoint; no time in it, so that it cannot be asked anew."""
    return f"step {before} {base64.b64encode(sign(folder / 'witness.pem', step_message(before, text))).decode()}\n"


def step_message(before: int, text: str) -> bytes:
    return f"witness-step/v1\n{before}\n{text}".encode()


def keep_step(folder: Path, answer: str, size: int) -> None:
    """The authority can show every step again, should the exam body have lost it."""
    (folder / "steps").mkdir(exist_ok=True, mode=0o700)
    write_durably(folder / "steps" / f"{size}.checkpoint", answer)


def drop(folder: Path, inbox: Path, outbox: Path) -> int:
    """Answer every request lying in the inbox, oldest first; the number refused."""
    refused = 0
    for path in sorted(inbox.glob("*.request"), key=lambda found: (len(found.name), found.name)):
        try:
            answer, ending = cosign(folder, path.read_text("utf-8"), int(time.time())), "cosigned"
        except (Refused, Malformed) as refusal:
            answer, ending, refused = f"{refusal}\n", "refused", refused + 1
            print(f"{path.name}: {refusal}", file=sys.stderr)
        write_durably(outbox / f"{path.stem}.{ending}", answer)
        path.unlink()
    return refused


def show(folder: Path) -> str:
    state = json.loads((folder / "state.json").read_text("utf-8"))
    return f"{state['origin']}: {state['size']} entries, head {state['root']}\n{(folder / 'witness.vkey').read_text('utf-8')}"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The authority's witness / 发证机关见证方")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("init", "cosign", "drop", "show"):
        verbs.add_parser(verb).add_argument("folder", type=Path)
    verbs.choices["init"].add_argument("--name", required=True)
    verbs.choices["init"].add_argument("--log-key", required=True, type=Path)
    verbs.choices["cosign"].add_argument("--date", type=int, help="seconds since 1970, for rehearsals / 演练用时间")
    verbs.choices["drop"].add_argument("inbox", type=Path)
    verbs.choices["drop"].add_argument("outbox", type=Path)
    return parser.parse_args()


def main() -> int:
    given = arguments()
    try:
        if given.verb == "init":
            print(init(given.folder, given.name, given.log_key.read_text("utf-8")))
        elif given.verb == "cosign":
            sys.stdout.write(cosign(given.folder, sys.stdin.read(), given.date or int(time.time())))
        elif given.verb == "drop":
            return min(1, drop(given.folder, given.inbox, given.outbox))
        else:
            sys.stdout.write(show(given.folder))
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except (Malformed, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
