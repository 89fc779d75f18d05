"""The receipt beside a bag: the sealed entry, its proof, the signed head, the keys, and the program that checks them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exams.archive import bags, verifier
from exams.journal import notes

_DER = bytes.fromhex("302a300506032b6570032100")  # SubjectPublicKeyInfo of an Ed25519 key, before its 32 bytes

HOW = """\
How to verify this dossier / 如何校验本卷宗

    python3 verify.py {bag} --log-key LOG.vkey --witness-key WITNESS.vkey --checkpoint LAST.checkpoint

Take the keys and the checkpoint from the authority's own records, and the program from its own copy.
公钥、存证点取自发证机关自己留存的文件，校验程序用机关留存的副本。

The same with stock tools, inside the folder of the bag / 也可使用通用工具，在归档信息包文件夹内执行：

    sha256sum -c --strict manifest-sha256.txt tagmanifest-sha256.txt
    sha256sum tagmanifest-sha256.txt          (equals "tagmanifest" in seal.json / 与seal.json中的tagmanifest一致)
    openssl pkeyutl -verify -rawin -pubin -inkey log.pem -in checkpoint.txt -sigfile log.sig
    openssl pkeyutl -verify -rawin -pubin -inkey witness.pem -in witness-message.txt -sigfile witness.sig
"""


@dataclass(frozen=True)
class Receipt:
    """Everything a receipt shows. `checkpoint` carries the signature lines it has so far."""

    bag: str
    seal: bytes
    index: int
    proof: Sequence[bytes]
    checkpoint: str
    log_vkey: str
    witness_vkey: str = ""
    continuity: Mapping[tuple[int, int], Sequence[bytes]] = field(default_factory=dict)


def write(shelf: Path, receipt: Receipt) -> Path:
    """Put the receipt beside its bag, whole or not at all; a later one replaces it."""
    final = shelf / f"{receipt.bag}.receipt"
    with bags.alone(shelf, receipt.bag):
        draft = shelf / f".tmp-{final.name}"
        bags.remove(draft)
        draft.mkdir(parents=True)
        for name, content in files(receipt).items():
            (draft / name).parent.mkdir(exist_ok=True)
            bags.put_file(draft / name, content)
        bags.sync_tree(draft)
        bags.replace_folder(draft, final)
    return final


def files(receipt: Receipt) -> dict[str, bytes]:
    """The files of a receipt by name."""
    text, _ = notes.parse(receipt.checkpoint)
    content = {
        "seal.json": receipt.seal,
        "seal.tlog-proof": tlog_proof(receipt).encode(),
        "checkpoint": receipt.checkpoint.encode(),
        "checkpoint.txt": text.encode(),
        "log.vkey": receipt.log_vkey.encode() + b"\n",
        "verify.py": Path(verifier.__file__).read_bytes(),
        "README.txt": HOW.format(bag=receipt.bag).encode(),
        **_stock(receipt.checkpoint, notes.parse_vkey(receipt.log_vkey), "log"),
    }
    if receipt.witness_vkey:
        content["witness.vkey"] = receipt.witness_vkey.encode() + b"\n"
        content |= _stock(receipt.checkpoint, notes.parse_vkey(receipt.witness_vkey), "witness")
    for (old, new), proof in receipt.continuity.items():
        content[f"continuity/{old}-{new}.txt"] = lines(proof).encode()
    return content


def tlog_proof(receipt: Receipt) -> str:
    """C2SP tlog-proof: index, path, checkpoint."""
    return f"c2sp.org/tlog-proof@v1\nindex {receipt.index}\n{lines(receipt.proof)}\n{receipt.checkpoint}"


def lines(proof: Sequence[bytes]) -> str:
    """A proof as text, one digest per line."""
    return "".join(base64.b64encode(step).decode() + "\n" for step in proof)


def _stock(note: str, key: notes.VerifierKey, name: str) -> dict[str, bytes]:
    """What `openssl pkeyutl` needs: key, raw signature and, for the witness, the very bytes it signed."""
    text, signatures = notes.parse(note)
    pem = base64.b64encode(_DER + key.public).decode()
    found = {f"{name}.pem": f"-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n".encode()}
    for line in signatures:
        if (line.name, line.key_id) != (key.name, key.key_id):
            continue
        found[f"{name}.sig"] = line.signature[-64:]
        if key.kind == notes.COSIGNATURE:
            found[f"{name}-message.txt"] = notes.cosignature_message(int.from_bytes(line.signature[:8], "big"), text)
    return found
