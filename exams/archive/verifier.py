#!/usr/bin/env python3
"""Verify a sealed dossier with nothing but Python: files, seal, journal, signatures, history (校验卷宗).

    python3 verify.py BAG --log-key F --witness-key F --checkpoint F
Take the two keys and the checkpoint from the authority's own records, never from the receipt: without them the
answer can only be "consistent with itself, signer not known".
Answers: 0 holds · 1 broken · 2 consistent, but something is not known or still waiting · 3 cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import os
import re
import stat
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

ROOT_FILES = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
LINE = re.compile(r"([0-9a-f]{64})  ([^\n\r\\]+)")
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]
Key = tuple[str, bytes, bytes]
SKEW = timedelta(seconds=120)
LOG, WITNESS = 1, 4
SEALINGS = ("archive.seal_sitting", "archive.seal_event", "archive.add_supplement")
BEIJING = timezone(timedelta(hours=8))
LIMITS = "不能证明：记录之前的虚假输入、从未记录的事项。\nNot proved: false input; what was never recorded."
OPTIONS = {
    "--receipt": "folder of the receipt (BAG.receipt) / 封存回执文件夹",
    "--log-key": "the authority's copy of the log key / 日志公钥（本机关留存）",
    "--witness-key": "the authority's own key / 见证公钥（本机关留存）",
    "--checkpoint": "the authority's last checkpoint / 本机关最近见证的存证点",
    "--proof": "proof of continuity, if not in the receipt / 延续性证明",
}
ANSWERS = (  # the first mark that occurs decides
    ("BROKEN", 1, "BROKEN: this is not the dossier that was sealed.", "不一致：此卷宗与封存时不符。"),
    ("unknown", 2, "CONSISTENT WITH ITSELF; signer not known.", "自身一致，但签名人未经确认。"),
    ("waiting", 2, "CONSISTENT, still waiting for the authority's counter-signature.", "自身一致，尚待发证机关见证。"),
    ("unproven", 2, "CONSISTENT, but continuity with your checkpoint is not shown.", "自身一致，但未提供延续性证明。"),
    ("unseen", 0, "HOLDS up to the receipt's checkpoint.", "校验一致（截至回执所载存证点）。"),
    ("ok", 0, "HOLDS.", "校验一致。"),
)


class Broken(Exception):
    """Something does not hold: a name to search for, and words in both languages."""


class Report:
    """What was looked at, in order, and the answer."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str, str]] = []

    def say(self, *line: str) -> None:
        self.lines.append(line)

    def broken(self) -> list[str]:
        return [line[1] for line in self.lines if line[0] == "BROKEN"]

    def answer(self) -> tuple[int, str, str]:
        return next(said for mark, *said in ANSWERS if mark in {line[0] for line in self.lines})


def digest(path: Path) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def walk(root: Path) -> list[str]:
    """Every file below root as a relative name; links and devices are refused, empty folders too."""
    names = []
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        for entry in [*folders, *files]:
            if stat.S_IFMT((here / entry).lstat().st_mode) not in (stat.S_IFDIR, stat.S_IFREG):
                raise Broken("LINK", f"{entry} is a link or a device", f"{entry}是链接或设备文件")
        if not folders and not files:
            raise Broken("FILE-ADDED", f"{here.name} is an empty folder", f"{here.name}是空文件夹")
        names += [(here / entry).relative_to(root).as_posix() for entry in files]
    return sorted(names)


def read_manifest(path: Path) -> dict[str, str]:
    listed: dict[str, str] = {}
    for line in path.read_bytes().decode("utf-8").removesuffix("\n").split("\n"):
        found = LINE.fullmatch(line)
        if not found or found[2] in listed or ".." in found[2].split("/") or found[2].startswith("/"):
            raise Broken("MANIFEST", f"{path.name}: bad line {line[:80]!r}", f"{path.name}有无效行{line[:80]!r}")
        listed[found[2]] = found[1]
    return listed


def check_listed(bag: Path, manifest: str, present: set[str], listed: dict[str, str], report: Report) -> None:
    for name in sorted(listed.keys() - present):
        report.say("BROKEN", "FILE-MISSING", f"{name} is missing", f"缺少文件{name}")
    for name in sorted(present - listed.keys()):
        report.say("BROKEN", "FILE-ADDED", f"{name} is not in {manifest}", f"{name}未列入{manifest}")
    for name in sorted(present & listed.keys()):
        if digest(bag / name) != listed[name]:
            report.say("BROKEN", "FILE-CHANGED", f"{name} has been changed", f"{name}内容已改变")


def check_bag(bag: Path, report: Report) -> dict[str, object]:
    """Files against manifests, manifests against the tag manifest; gives what the seal must say."""
    names = walk(bag)
    missing = [name for name in ROOT_FILES if name not in names]
    if missing:
        raise Broken("FILE-MISSING", f"{', '.join(missing)} is missing", f"缺少文件{'、'.join(missing)}")
    payload = {name for name in names if name.startswith("data/")}
    check_listed(bag, "manifest-sha256.txt", payload, read_manifest(bag / "manifest-sha256.txt"), report)
    tags = read_manifest(bag / "tagmanifest-sha256.txt")
    check_listed(bag, "tagmanifest-sha256.txt", set(names) - payload - {"tagmanifest-sha256.txt"}, tags, report)
    if (bag / "bagit.txt").read_bytes() != BAGIT:
        report.say("BROKEN", "FILE-CHANGED", "bagit.txt is not that of this format", "bagit.txt不符合格式")
    info = dict(line.split(": ", 1) for line in (bag / "bag-info.txt").read_text("utf-8").splitlines() if ": " in line)
    if not report.broken():
        report.say("ok", "FILES", f"{len(payload)} files as listed, none added", f"{len(payload)}个文件与清单一致，无增减")
    return {
        "bag": info.get("External-Identifier", ""),
        "tagmanifest": digest(bag / "tagmanifest-sha256.txt"),
        "files": len(payload),
        "bytes": sum((bag / name).stat().st_size for name in payload),
    }


def check_seal(seal: bytes, found: dict[str, object], report: Report) -> dict:
    """The sealed entry of the journal must name exactly this bag."""
    body = json.loads(seal)
    if body["action"] not in SEALINGS or body["outcome"] != "done":
        raise Broken("SEAL-DIFFERS", f"{body['action']} is no sealing", f"{body['action']}不是封存记录")
    for key, value in found.items():
        said = body["facts"].get(key)
        if said != value:
            raise Broken("SEAL-DIFFERS", f"{key} is {value}, the seal says {said}", f"{key}为{value}，封存记录为{said}")
    report.say("ok", "SEAL", f"the bag is the one sealed as {found['bag']}", f"归档信息包与封存记录{found['bag']}一致")
    return body


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def head_from_inclusion(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes:
    """The head that the path leads to (RFC 9162, 2.1.3.2)."""
    inner = (index ^ (size - 1)).bit_length() if 0 <= index < size else -1
    if inner < 0 or len(proof) != inner + (index >> inner).bit_count():
        raise Broken("NOT-IN-LOG", f"the proof does not fit entry {index} of {size}", f"收录证明与第{index}条（共{size}条）不符")
    for level, sibling in enumerate(proof):
        left = level >= inner or (index >> level) & 1
        leaf = node(sibling, leaf) if left else node(leaf, sibling)
    return leaf


def heads_from_consistency(old: int, new: int, proof: list[bytes], old_head: bytes) -> tuple[bytes, bytes]:
    """The two heads that the proof leads to (RFC 9162, 2.1.4.2)."""
    if not 0 < old < new:
        return b"", b""
    path = list(proof) if old & (old - 1) else [old_head, *proof]
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0] if path else b""
    for sibling in path[1:]:
        if at & 1 or at == last:
            first, second = node(sibling, first), node(sibling, second)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            second = node(second, sibling)
        at, last = at >> 1, last >> 1
    return (first, second) if last == 0 else (b"", b"")


def add(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def decode_point(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def encode_point(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = decode_point(bytes([0x58]) + bytes([0x66]) * 31)


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """True if this is a signature of the key over the message; keys of small order are no keys."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, scalar = decode_point(public), int.from_bytes(signature[32:], "little")
    if key is None or scalar >= ORDER or encode_point(multiply(8, key)) == encode_point((0, 1, 1, 0)):
        return False
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus = (P - key[0], key[1], 1, P - key[3])
    return encode_point(add(multiply(scalar, BASE), multiply(hashed, minus))) == signature[:32]


def read_key(text: str, kind: int) -> Key:
    """Name, key id and public bytes of a verifier key (vkey)."""
    name, identifier, encoded = text.strip().split("+", 2)
    body = base64.b64decode(encoded, validate=True)
    proper = hashlib.sha256(name.encode() + b"\n" + body).digest()[:4]
    if len(body) != 33 or body[0] != kind or proper.hex() != identifier:
        raise Broken("KEY", f"{name} is not a key of this kind", f"{name}不是有效的同类公钥")
    return name, proper, body[1:]


def signed(note: str, key: Key, kind: int) -> datetime | bool | None:
    """None: not signed by this key; False: falsely; else True, or the time of a witness's signature."""
    text, lines = note.rpartition("\n\n")[0] + "\n", note.rpartition("\n\n")[2]
    for line in lines.splitlines():
        parts = line.removeprefix("\u2014 ").split(" ")
        body = base64.b64decode(parts[1], validate=True) if len(parts) == 2 and line.startswith("\u2014 ") else b""
        if not body or parts[0] != key[0] or body[:4] != key[1]:
            continue
        if kind == LOG:
            return ed25519(key[2], text.encode(), body[4:])
        time = int.from_bytes(body[4:12], "big")
        good = ed25519(key[2], f"cosignature/v1\ntime {time}\n{text}".encode(), body[12:])
        return good and datetime.fromtimestamp(time, UTC)
    return None


def read_checkpoint(note: str) -> tuple[str, int, bytes]:
    origin, size, encoded = note.split("\n")[:3]
    return origin, int(size), base64.b64decode(encoded, validate=True)


def read_proof(text: str) -> tuple[int, list[bytes], str]:
    """A C2SP tlog-proof: index, path and checkpoint."""
    top, _, note = text.partition("\n\n")
    lines = [line for line in top.split("\n") if not line.startswith("extra ")]
    if lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("index "):
        raise Broken("NOT-IN-LOG", "the proof is not readable", "收录证明无法读取")
    return int(lines[1][6:]), [base64.b64decode(line, validate=True) for line in lines[2:]], note


def check_log(seal: bytes, proof_text: str, report: Report) -> tuple[int, str]:
    """The seal's entry must be a leaf under the receipt's checkpoint; gives its index and the checkpoint."""
    index, path, note = read_proof(proof_text)
    _, size, head = read_checkpoint(note)
    if head_from_inclusion(index, size, hashlib.sha256(b"\x00" + seal).digest(), path) != head:
        raise Broken("NOT-IN-LOG", f"the seal is not entry {index} of this log", f"封存记录不是日志第{index}条")
    report.say("ok", "LOG", f"the seal is entry {index} of {size}", f"封存记录是日志第{index}条（共{size}条）")
    return index, note


class Trust(NamedTuple):
    """What the authority brought along: its copies of both keys, and its own last checkpoint."""

    log: str | None = None
    witness: str | None = None
    checkpoint: str | None = None
    proof: str | None = None


def check_log_signature(note: str, trust: Trust, receipt: Path, report: Report) -> Key:
    key = read_key(trust.log or (receipt / "log.vkey").read_text("utf-8"), LOG)
    if not signed(note, key, LOG):
        raise Broken("LOG-SIGNATURE", f"not signed by {key[0]} with the key you hold", f"与您所持{key[0]}的公钥不符")
    mark, doubt = ("ok", "") if trust.log else ("unknown", "，公钥随回执提供，未经确认")
    report.say(mark, "LOG-SIGNATURE", f"signed by {key[0]}", f"由{key[0]}签名{doubt}")
    return key


def check_witness(note: str, trust: Trust, receipt: Path, report: Report) -> datetime | None:
    """The time of the counter-signature; None if there is none yet; a false one breaks."""
    own = receipt / "witness.vkey"
    key = read_key(trust.witness or own.read_text("utf-8"), WITNESS) if trust.witness or own.exists() else None
    if key is None or (time := signed(note, key, WITNESS)) is None:
        return None
    if not time:
        raise Broken("WITNESS-SIGNATURE", f"the counter-signature of {key[0]} is false", f"{key[0]}的见证签名不实")
    local = time.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S %z")
    mark, doubt = ("ok", "") if trust.witness else ("unknown", "，公钥随回执提供，未经确认")
    report.say(mark, "WITNESS", f"counter-signed by {key[0]} at {local}", f"{key[0]}于{local}见证{doubt}")
    return time


def check_history(note: str, key: Key, trust: Trust, receipt: Path, report: Report) -> bool | None:
    """Whether the receipt's log is the one the authority knows; None if continuity is not shown either way."""
    if not signed(trust.checkpoint, key, LOG):
        raise Broken("KEY", "your checkpoint is not signed by the log key you hold", "所持存证点与所持日志公钥不符")
    (origin, size, head), (own_origin, own_size, own_head) = read_checkpoint(note), read_checkpoint(trust.checkpoint)
    small, great = sorted([(size, head), (own_size, own_head)])
    if origin != own_origin or small[0] == great[0]:
        holds = (origin, head) == (own_origin, own_head)
    else:
        stored = receipt / "continuity" / f"{small[0]}-{great[0]}.txt"
        text = trust.proof or (stored.read_text("utf-8") if stored.exists() else "")
        if not text:
            return None
        proof = [base64.b64decode(line, validate=True) for line in text.split()]
        holds = heads_from_consistency(small[0], great[0], proof, small[1]) == (small[1], great[1])
    if not holds:
        words = f"{origin}（{size}条）与所持存证点{own_origin}（{own_size}条）不是同一日志"
        raise Broken("LOG-FORKED", f"the log {origin} of {size} is not the log {own_origin} you know at {own_size}", words)
    words = f"与所持存证点（{own_size}条）延续一致，无删改"
    report.say("ok", "HISTORY", f"one log with your checkpoint of {own_size}, nothing removed or changed", words)
    return True


def check_trust(index: int, note: str, body: dict, trust: Trust, receipt: Path, report: Report) -> None:
    key = check_log_signature(note, trust, receipt, report)
    time = check_witness(note, trust, receipt, report)
    recorded = body.get("recorded_at")
    if time and recorded and datetime.fromisoformat(recorded) > time + SKEW:
        raise Broken("TIME", f"recorded at {recorded}, after the counter-signature", f"记录时间{recorded}晚于见证时间")
    shown = check_history(note, key, trust, receipt, report) if trust.checkpoint else False
    if shown is None and time and trust.witness:
        report.say("unproven", "HISTORY", "ask for the proof of continuity with your checkpoint", "请索取与所持存证点的延续性证明")
    elif shown is None:
        size, own = read_checkpoint(note)[1], read_checkpoint(trust.checkpoint)[1]
        name = "LOG-SHORTENED" if size < own else "LOG-FORKED"
        words = f"已见证{own}条，此日志为{size}条且无延续性证明"
        raise Broken(name, f"you know {own} entries, this log shows {size} and no continuity", words)
    if not time and not (shown and index < read_checkpoint(trust.checkpoint or note)[1]):
        report.say("waiting", "WITNESS", "no counter-signature yet", "尚未见证")
    if not trust.checkpoint and trust.log and trust.witness:
        report.say("unseen", "HISTORY", "later loss is not checked without your own checkpoint", "未提供所持存证点，未校验其后有无缺失")


def verify(bag: Path, receipt: Path, trust: Trust) -> Report:
    """Look at everything, in order; what is broken is listed by name."""
    report = Report()
    try:
        found = check_bag(bag, report)
        walk(receipt)
        seal = (receipt / "seal.json").read_bytes()
        body = check_seal(seal, found, report)
        index, note = check_log(seal, (receipt / "seal.tlog-proof").read_text("utf-8"), report)
        check_trust(index, note, body, trust, receipt, report)
    except Broken as broken:
        report.say("BROKEN", *broken.args)
    except (OSError, ValueError, KeyError, IndexError, binascii.Error) as error:
        report.say("BROKEN", "UNREADABLE", f"cannot be read: {error}", f"无法读取：{error}")
    return report


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify a sealed dossier / 校验已封存卷宗")
    parser.add_argument("bag", type=Path, help="folder of the bag / 归档信息包文件夹")
    for option, words in OPTIONS.items():
        parser.add_argument(option, type=Path, help=words)
    given = parser.parse_args(arguments)
    bag = Path(os.path.normpath(given.bag))
    receipt = given.receipt or bag.with_name(bag.name + ".receipt")
    if not bag.is_dir() or bag.is_symlink() or not receipt.is_dir():
        print(f"{bag}, {receipt}: no such folder / 文件夹不存在", file=sys.stderr)
        return 3
    paths = (given.log_key, given.witness_key, given.checkpoint, given.proof)
    report = verify(bag, receipt, Trust(*[path and path.read_text("utf-8") for path in paths]))
    for mark, name, english, chinese in report.lines:
        print(f"{mark:8} {name:18} {chinese}\n{'':27} {english}")
    code, english, chinese = report.answer()
    print(f"\n{chinese}\n{english}\n{LIMITS}")
    return code


if __name__ == "__main__":
    sys.exit(main())
