"""The one-file verifier as the authority runs it: it says HOLDS for the true dossier, and each forgery breaks it by name."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.archive import bags, receipts, verifier
from exams.journal import merkle, notes

VERIFIER = Path(verifier.__file__)
ORIGIN = "exam.example/log"
LOG, WITNESS, ATTACKER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
LOG_KEY, WITNESS_KEY = notes.vkey(ORIGIN, LOG), notes.vkey("authority.example", WITNESS, notes.COSIGNATURE)
MARKS = json.dumps({"candidate": "C-7", "score": "59.5"}).encode()
FILES = [("00-index.json", b"{}"), ("08-video/segments.jsonl", b"1\n2\n"), ("10-marks/marks.json", MARKS), ("events.jsonl", b"{}\n")]
SEALED_AT, RECEIPT_AT, LATER = 150, 300, 400
WITNESSED = 1_747_900_000  # 2025-05-22


class World:
    """A sealed bag, the body's log with its keys, and what the authority keeps for itself."""

    def __init__(self, folder, files=FILES, log_key=LOG, witness_key=WITNESS, length=LATER):
        self.shelf, self.own = folder / "body", folder / "authority"
        self.own.mkdir(parents=True)
        self.bag = self.shelf / "S-2026-0042"
        self.written = bags.write(self.shelf, self.bag.name, files, {})
        self.entries = [json.dumps({"action": "x", "n": n}).encode() for n in range(length)]
        self.log_key, self.witness_key = log_key, witness_key
        self.reseal()

    def reseal(self):
        body = {
            "v": 1,
            "action": "archive.seal_sitting",
            "outcome": "done",
            "recorded_at": "2025-05-22T07:40:00.000000Z",
            "facts": self.written.facts(),
        }
        self.entries[SEALED_AT] = json.dumps(body, sort_keys=True).encode()

    @property
    def leaves(self):
        return [merkle.leaf_hash(entry) for entry in self.entries]

    def checkpoint(self, size, *, witnessed=True):
        text = notes.checkpoint_text(ORIGIN, size, merkle.root(self.leaves[:size]))
        lines = [notes.sign(text, ORIGIN, self.log_key)]
        if witnessed:
            lines.append(notes.cosign(text, "authority.example", self.witness_key, WITNESSED))
        return notes.note(text, *lines)

    def receipt(self, size=RECEIPT_AT, *, witnessed=True, continuity=(), checkpoint=None):
        tree = merkle.Tree(self.leaves)
        proofs = {(old, new): tree.consistency(old, new) for old, new in continuity}
        receipts.write(
            self.shelf,
            receipts.Receipt(
                self.bag.name,
                self.entries[SEALED_AT],
                SEALED_AT,
                tree.inclusion(SEALED_AT, size),
                checkpoint or self.checkpoint(size, witnessed=witnessed),
                notes.vkey(ORIGIN, self.log_key),
                notes.vkey("authority.example", self.witness_key, notes.COSIGNATURE) if witnessed else "",
                proofs,
            ),
        )

    def authority(self, size=RECEIPT_AT, log=LOG_KEY, witness=WITNESS_KEY):
        (self.own / "log.vkey").write_text(log)
        (self.own / "witness.vkey").write_text(witness)
        (self.own / "last.checkpoint").write_text(self.checkpoint(size))

    def run(self, *, keys=True, checkpoint=True):
        arguments = []
        if keys:
            arguments += ["--log-key", self.own / "log.vkey", "--witness-key", self.own / "witness.vkey"]
        if checkpoint:
            arguments += ["--checkpoint", self.own / "last.checkpoint"]
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(VERIFIER), str(self.bag), *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        assert done.stderr == ""
        broken = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("BROKEN ")]
        return done.returncode, broken, done.stdout


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.receipt()
    world.authority()
    return world


def test_it_is_one_file_of_plain_python():
    tree = ast.parse(VERIFIER.read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)
    assert len(VERIFIER.read_text().splitlines()) <= 400


# -- the true dossier ---------------------------------------------------------------------------------------------


def test_with_the_authority_s_own_copies_it_holds(world):
    code, broken, said = world.run()
    assert (code, broken) == (0, [])
    assert "校验一致。\nHOLDS." in said
    assert "2025-05-22" in said


def test_it_holds_against_a_later_checkpoint_of_the_authority_with_a_proof_of_continuity(world):
    world.receipt(continuity=[(RECEIPT_AT, LATER)])
    world.authority(LATER)
    assert world.run()[:2] == (0, [])


def test_it_holds_against_an_earlier_checkpoint_of_the_authority_with_a_proof_of_continuity(world):
    world.receipt(continuity=[(200, RECEIPT_AT)])
    world.authority(200)
    assert world.run()[:2] == (0, [])


def test_without_keys_it_says_only_that_the_dossier_agrees_with_itself(world):
    code, broken, said = world.run(keys=False, checkpoint=False)
    assert (code, broken) == (2, [])
    assert "CONSISTENT WITH ITSELF; signer not known." in said
    assert "签名人未经确认" in said
    assert "HOLDS" not in said


def test_without_the_checkpoint_it_says_that_later_loss_is_not_checked(world):
    code, broken, said = world.run(checkpoint=False)
    assert (code, broken) == (0, [])
    assert "later loss is not checked" in said


def test_before_the_counter_signature_it_is_waiting(world):
    world.receipt(witnessed=False, continuity=[(100, RECEIPT_AT)])
    world.authority(100)
    code, broken, said = world.run()
    assert (code, broken) == (2, [])
    assert "waiting" in said
    assert "HOLDS" not in said


def test_a_genuine_receipt_without_the_proof_of_continuity_is_asked_for_it(world):
    world.authority(LATER)
    code, broken, said = world.run()
    assert (code, broken) == (2, [])
    assert "ask for the proof of continuity" in said


def test_the_program_in_the_receipt_is_this_one_and_runs_there(world):
    copy = world.bag.with_name(world.bag.name + ".receipt") / "verify.py"
    assert copy.read_bytes() == VERIFIER.read_bytes()
    done = subprocess.run([sys.executable, "-I", str(copy), str(world.bag)], capture_output=True, text=True, check=False)
    assert done.returncode == 2


def test_openssl_alone_verifies_both_signatures(world):
    receipt = world.bag.with_name(world.bag.name + ".receipt")
    for name, text in (("log", "checkpoint.txt"), ("witness", "witness-message.txt")):
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", f"{name}.pem", "-in", text, "-sigfile", f"{name}.sig"],
            cwd=receipt,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout.strip()) == (0, "Signature Verified Successfully")


# -- changed files ------------------------------------------------------------------------------------------------


def bag_files(root):
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


NAMES = [
    "bag-info.txt",
    "bagit.txt",
    "data/00-index.json",
    "data/08-video/segments.jsonl",
    "data/10-marks/marks.json",
    "data/events.jsonl",
    "manifest-sha256.txt",
    "tagmanifest-sha256.txt",
]


def test_the_names_below_are_all_files_of_the_bag(world):
    assert bag_files(world.bag) == NAMES


def unlocked(path):
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("at", [0, -1], ids=["first byte", "last byte"])
def test_a_flipped_byte_in_any_file_breaks_it(world, name, at):
    path = unlocked(world.bag / name)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(bytes(content))
    code, broken, _ = world.run()
    assert code == 1
    assert set(broken) <= {"FILE-CHANGED", "FILE-MISSING", "FILE-ADDED", "MANIFEST", "SEAL-DIFFERS", "UNREADABLE"}
    if name.startswith("data/"):
        assert "FILE-CHANGED" in broken


@pytest.mark.parametrize("name", NAMES)
def test_a_removed_file_breaks_it(world, name):
    (world.bag / name).unlink()
    code, broken, said = world.run()
    assert code == 1
    assert "FILE-MISSING" in broken or (name.startswith("data/") and "FILE-ADDED" in broken)
    assert name.rsplit("/")[-1] in said or "empty folder" in said


@pytest.mark.parametrize(
    "name",
    [
        "data/11-results/extra.json",
        "data/note.txt",
        "note.txt",
        ".hidden",
        "fetch.txt",
        "manifest-md5.txt",
        "sub/note.txt",
        "data/08-video/segments.jsonl.bak",
    ],
)
def test_an_added_file_breaks_it(world, name):
    (world.bag / name).parent.mkdir(exist_ok=True)
    (world.bag / name).write_text("x")
    code, broken, said = world.run()
    assert (code, set(broken)) == (1, {"FILE-ADDED"} if not name.startswith("data/") else {"FILE-ADDED", "SEAL-DIFFERS"})
    assert name in said


def test_an_empty_folder_breaks_it(world):
    (world.bag / "data/99-later").mkdir()
    assert world.run()[:2] == (1, ["FILE-ADDED"])


@pytest.mark.parametrize("target", ["/etc/passwd", "00-index.json", "nowhere"])
def test_a_link_breaks_it(world, target):
    (world.bag / "data/link.json").symlink_to(target)
    assert world.run()[:2] == (1, ["LINK"])


def test_a_link_to_the_very_same_content_breaks_it(world, tmp_path):
    path = world.bag / "data/10-marks/marks.json"
    shutil.move(path, tmp_path / "moved.json")
    path.symlink_to(tmp_path / "moved.json")
    assert world.run()[:2] == (1, ["LINK"])


def test_a_linked_folder_breaks_it(world, tmp_path):
    shutil.move(world.bag / "data/10-marks", tmp_path / "marks")
    (world.bag / "data/10-marks").symlink_to(tmp_path / "marks")
    assert world.run()[:2] == (1, ["LINK"])


def edited(world):
    """A mark raised by two points, and all manifests made again, as the stock tool would."""
    marks = unlocked(world.bag / "data/10-marks/marks.json")
    marks.write_bytes(MARKS.replace(b"59.5", b"61.5"))
    for manifest, names in (
        ("manifest-sha256.txt", [name for name in NAMES if name.startswith("data/")]),
        ("tagmanifest-sha256.txt", ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"]),
    ):
        lines = [f"{hashlib.sha256((world.bag / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
        unlocked(world.bag / manifest).write_text("".join(lines))
    digest = hashlib.sha256((world.bag / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
    world.written = bags.Written(world.bag, digest, world.written.files, world.written.bytes)


def test_an_edited_mark_with_all_manifests_made_again_breaks_it(world):
    edited(world)
    code, broken, said = world.run()
    assert (code, broken) == (1, ["SEAL-DIFFERS"])
    assert "tagmanifest" in said


def test_with_the_seal_rewritten_too_it_is_not_in_the_log(world):
    edited(world)
    world.reseal()
    (unlocked(world.bag.with_name(world.bag.name + ".receipt") / "seal.json")).write_bytes(world.entries[SEALED_AT])
    assert world.run()[:2] == (1, ["NOT-IN-LOG"])


@pytest.mark.parametrize("witnessed", [True, False])
def test_the_whole_log_made_again_with_the_attacker_s_keys_breaks_it(world, witnessed):
    edited(world)
    world.reseal()
    world.log_key = world.witness_key = ATTACKER
    world.receipt(witnessed=witnessed)
    assert world.run()[:2] == (1, ["LOG-SIGNATURE"])
    assert world.run(checkpoint=False)[:2] == (1, ["LOG-SIGNATURE"])


def test_without_the_authority_s_keys_the_same_forgery_is_never_said_to_hold(world):
    edited(world)
    world.reseal()
    world.log_key = world.witness_key = ATTACKER
    world.receipt()
    code, _, said = world.run(keys=False, checkpoint=False)
    assert code == 2
    assert "signer not known" in said


@pytest.mark.parametrize("size", [RECEIPT_AT, 200, LATER])
def test_the_log_made_again_with_the_body_s_own_stolen_key_breaks_it(world, size):
    edited(world)
    world.reseal()
    world.receipt(size, witnessed=False)
    code, broken, said = world.run()
    assert (code, broken) == (1, ["LOG-FORKED" if size >= RECEIPT_AT else "LOG-SHORTENED"])
    assert "HOLDS" not in said


def test_the_stolen_key_does_not_help_with_a_forged_proof_of_continuity_either(world):
    edited(world)
    world.reseal()
    world.receipt(LATER, witnessed=False, continuity=[(RECEIPT_AT, LATER)])
    assert world.run()[:2] == (1, ["LOG-FORKED"])


def test_the_stolen_key_with_the_old_counter_signature_pasted_below_breaks_it(world):
    old = notes.parse(world.checkpoint(RECEIPT_AT))[1][1]
    edited(world)
    world.reseal()
    text = notes.checkpoint_text(ORIGIN, RECEIPT_AT, merkle.root(world.leaves[:RECEIPT_AT]))
    world.receipt(checkpoint=notes.note(text, notes.sign(text, ORIGIN, LOG), str(old)))
    assert world.run()[:2] == (1, ["WITNESS-SIGNATURE"])


def test_the_stolen_key_with_a_counter_signature_of_the_attacker_is_not_one_of_the_authority(world):
    edited(world)
    world.reseal()
    world.witness_key = ATTACKER
    world.receipt()
    assert world.run()[:2] == (1, ["LOG-FORKED"])


def test_the_last_hundred_entries_dropped_and_the_head_signed_again_breaks_it(world):
    world.authority(LATER)
    world.entries = world.entries[: LATER - 100]
    world.receipt(LATER - 100, witnessed=False)
    code, broken, said = world.run()
    assert (code, broken) == (1, ["LOG-SHORTENED"])
    assert f"you know {LATER} entries, this log shows {LATER - 100}" in said


def test_another_log_of_the_same_key_is_not_this_one(world):
    text = notes.checkpoint_text("exam.example/other", RECEIPT_AT, merkle.root(world.leaves[:RECEIPT_AT]))
    world.receipt(checkpoint=notes.note(text, notes.sign(text, ORIGIN, LOG)))
    assert world.run()[:2] == (1, ["LOG-FORKED"])


def test_an_entry_that_is_no_sealing_seals_nothing(world):
    body = json.loads(world.entries[SEALED_AT])
    for key, value in (("action", "conduct.report_incident"), ("outcome", "refused")):
        world.entries[SEALED_AT] = json.dumps({**body, key: value}).encode()
        world.receipt()
        world.authority()
        assert world.run()[:2] == (1, ["SEAL-DIFFERS"])


def test_a_seal_recorded_after_it_was_counter_signed_is_back_dated_or_forward_dated(world):
    body = json.loads(world.entries[SEALED_AT])
    world.entries[SEALED_AT] = json.dumps({**body, "recorded_at": "2025-05-23T00:00:00Z"}).encode()
    world.receipt()
    world.authority()
    assert world.run()[:2] == (1, ["TIME"])


def test_another_bag_under_this_receipt_is_not_the_one_sealed(world, tmp_path):
    other = bags.write(tmp_path / "other", "S-2026-0043", FILES, {})
    shutil.rmtree(world.bag)
    shutil.copytree(other.path, world.bag)
    assert world.run()[:2] == (1, ["SEAL-DIFFERS"])


@pytest.mark.parametrize("name", ["seal.json", "seal.tlog-proof", "log.vkey"])
def test_a_receipt_with_a_part_missing_or_garbled_does_not_hold(world, name):
    path = unlocked(world.bag.with_name(world.bag.name + ".receipt") / name)
    path.write_bytes(b"garbage")
    code, broken, _ = world.run(keys=name != "log.vkey")
    assert code == 1
    path.unlink()
    assert world.run(keys=name != "log.vkey")[0] == 1
    assert broken


# -- Ed25519 in plain integers ------------------------------------------------------------------------------------

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/rfc8032.json").read_text())["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["public"][:8])
def test_the_vectors_of_rfc_8032_verify_and_their_neighbours_do_not(vector):
    public, message, signature = (bytes.fromhex(vector[key]) for key in ("public", "message", "signature"))
    assert verifier.ed25519(public, message, signature)
    assert not verifier.ed25519(public, message + b"x", signature)
    for at in (0, 31, 32, 63):
        assert not verifier.ed25519(public, message, signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :])


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.integers(0, 511), st.booleans())
@settings(max_examples=60, deadline=None)
def test_it_agrees_with_cryptography(seed, message, bit, damage):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), bytearray(key.sign(message))
    if damage:
        signature[bit // 8] ^= 1 << bit % 8
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes(signature), message)
        expected = True
    except InvalidSignature:
        expected = False
    assert verifier.ed25519(public, message, bytes(signature)) is expected is not damage


def test_a_signature_with_its_scalar_raised_by_the_order_is_refused():
    """Else one signature would have several texts (malleability)."""
    signature = LOG.sign(b"text")
    raised = int.from_bytes(signature[32:], "little") + verifier.ORDER
    forged = signature[:32] + raised.to_bytes(32, "little")
    assert not verifier.ed25519(LOG.public_key().public_bytes_raw(), b"text", forged)


@pytest.mark.parametrize(
    "public", [(1).to_bytes(32, "little"), bytes(32), b"\xff" * 32, (verifier.P + 1).to_bytes(32, "little"), b"\x02" * 31]
)
def test_keys_that_sign_everything_or_are_no_points_are_no_keys(public):
    identity = (1).to_bytes(32, "little")
    assert not verifier.ed25519(public, b"text", identity + bytes(32))
