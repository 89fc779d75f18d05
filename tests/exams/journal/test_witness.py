"""The authority's witness as it is run: a separate program that signs only what continues what it signed before."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exams.journal import merkle, notes

SCRIPT = Path(__file__).parents[3] / "config/deploy/witness.py"
LOG = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
ORIGIN = "exam.example/log"
LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(300)]


def run(*arguments, given=""):
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *map(str, arguments)], input=given, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def checkpoint(size, leaves=LEAVES, key=LOG, origin=ORIGIN):
    text = notes.checkpoint_text(origin, size, merkle.root(leaves[:size]))
    return notes.note(text, notes.sign(text, origin, key))


def request(old, size, leaves=LEAVES, key=LOG, origin=ORIGIN):
    proof = merkle.consistency_proof(old, leaves[:size]) if old <= size else []
    return "\n".join([f"old {old}", *(base64.b64encode(step).decode() for step in proof)]) + "\n\n" + checkpoint(size, leaves, key, origin)


@pytest.fixture
def witness(tmp_path):
    """A witness that has signed the first hundred entries."""
    (tmp_path / "log.vkey").write_text(notes.vkey(ORIGIN, LOG))
    folder = tmp_path / "state"
    code, out, err = run("init", folder, "--name", "authority.example", "--log-key", tmp_path / "log.vkey")
    assert (code, err) == (0, "")
    assert notes.parse_vkey(out).name == "authority.example"
    code, _, err = run("cosign", folder, given=request(0, 100))
    assert (code, err) == (0, "")
    return folder


def state(folder):
    return json.loads((folder / "state.json").read_text())


def test_a_continued_journal_is_counter_signed_and_the_state_is_kept(witness):
    code, answer, err = run("cosign", witness, "--date", 1_700_000_000, given=request(100, 250))
    assert (code, err) == (0, "")
    line, _step = answer.splitlines(keepends=True)
    assert notes.verify(checkpoint(250) + line, (witness / "witness.vkey").read_text()) == 1_700_000_000
    assert state(witness) == {"origin": ORIGIN, "size": 250, "root": merkle.root(LEAVES[:250]).hex(), "before": 100}
    assert (witness / "last.checkpoint").read_text() == checkpoint(250) + line


def test_the_same_head_is_signed_again_so_that_a_lost_answer_does_no_harm(witness):
    assert run("cosign", witness, given=request(100, 100))[0] == 0
    assert run("cosign", witness, given=request(0, 100))[0] == 0


FORKED = [*LEAVES[:40], merkle.leaf_hash(b"forged"), *LEAVES[41:]]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("ROLLBACK", request(100, 99)),
        ("ROLLBACK", request(0, 1)),
        ("FORK", request(100, 100, FORKED)),
        ("FORK", request(100, 200, FORKED)),
        ("FORK", request(100, 200).replace("old 100\n", "old 100\n" + base64.b64encode(LEAVES[0]).decode() + "\n")),
        ("FORK", "old 100\n\n" + checkpoint(200)),
        ("CONFLICT", request(50, 200)),
        ("CONFLICT", request(0, 200)),
        ("CONFLICT", request(150, 200)),
        ("LOG-SIGNATURE", request(100, 200, key=OTHER)),
        ("LOG-SIGNATURE", request(100, 200).replace("\n200\n", "\n201\n")),
        ("ORIGIN", request(100, 200, origin="another.example/log")),
    ],
)
def test_what_does_not_continue_the_journal_is_refused_by_name_and_changes_nothing(witness, name, given):
    before = state(witness)
    code, out, err = run("cosign", witness, given=given)
    assert (code, out) == (1, "")
    assert err.startswith(name + ": ")
    assert state(witness) == before


@pytest.mark.parametrize(
    "given",
    ["", "old x\n\n", "old 1", request(100, 200).replace("old", "new"), "old 100\n!!\n\n" + checkpoint(200), "old 100\n\nnothing\n"],
)
def test_what_cannot_be_read_is_refused(witness, given):
    code, out, _ = run("cosign", witness, given=given)
    assert (code, out) == (2, "")
    assert state(witness)["size"] == 100


def test_a_folder_has_one_witness_for_ever(witness, tmp_path):
    before = (witness / "witness.vkey").read_text()
    assert run("init", witness, "--name", "authority.example", "--log-key", tmp_path / "log.vkey")[0] == 2
    assert (witness / "witness.vkey").read_text() == before


def test_files_dropped_are_answered_in_order_and_taken_away(witness, tmp_path):
    inbox, outbox = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    outbox.mkdir()
    for old, size in ((100, 120), (120, 130)):
        (inbox / f"{size}.request").write_text(request(old, size))
    (inbox / "99.request").write_text(request(0, 99))
    code, _, err = run("drop", witness, inbox, outbox)
    assert code == 1
    assert "ROLLBACK" in err
    assert sorted(path.name for path in outbox.iterdir()) == ["120.cosigned", "130.cosigned", "99.refused"]
    line = (outbox / "130.cosigned").read_text().splitlines(keepends=True)[0]
    notes.verify(checkpoint(130) + line, (witness / "witness.vkey").read_text())
    assert list(inbox.iterdir()) == []


def test_the_state_is_on_the_disk_before_the_line_leaves(witness, monkeypatch):
    """Killed while it writes its answer, the witness must not forget what it signed."""
    trap = (
        "import sys, os, runpy\n"
        "class Trap:\n"
        "    def write(self, text): os.kill(os.getpid(), 9)\n"
        "    def flush(self): pass\n"
        "sys.stdout = Trap()\n"
        f"sys.argv = ['witness.py', 'cosign', {str(witness)!r}]\n"
        f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", trap], input=request(100, 200), capture_output=True, text=True, check=False)
    assert done.returncode == -9
    assert state(witness)["size"] == 200
    assert run("cosign", witness, given=request(100, 150))[2].startswith("ROLLBACK")


def steps(folder, given, *, date=1_700_000_000):
    code, answer, err = run("cosign", folder, "--date", date, given=given)
    assert (code, err) == (0, "")
    return answer.splitlines()[1]


def test_each_head_has_one_step_and_asking_again_does_not_throw_again(witness):
    """The time of the counter-signature changes from second to second; the step must not, or it could be asked until it suits."""
    first = steps(witness, request(100, 250))
    again = {steps(witness, request(100, 250), date=1_700_000_000 + second) for second in range(1, 20)}
    assert again == {first}
    text = checkpoint(250).rpartition("\n\n")[0] + "\n"
    key = (witness / "witness.vkey").read_text()
    before, signature = notes.verify_step(first, text, key)
    assert (before, len(signature)) == (100, 64)
    assert (witness / "steps" / "250.checkpoint").read_text().splitlines()[-1] == first


def test_a_step_cannot_be_split_or_begun_earlier_afterwards(witness):
    steps(witness, request(100, 250))
    for old, size in ((100, 200), (100, 251), (0, 260)):
        code, out, err = run("cosign", witness, given=request(old, size))
        assert (code, out) == (1, "") and err
    assert steps(witness, request(250, 260)).startswith("step 250 ")


@pytest.mark.parametrize("spoil", [
    lambda line: line.replace("step 100", "step 99"),
    lambda line: line.replace("step 100", "step 0100"),
    lambda line: line.replace("step 100", "step 250"),
    lambda line: line.replace("step ", "stop "),
    lambda line: line[:-8] + "AAAAAA==",
    lambda line: line + " more",
    lambda line: "step",
    lambda line: "",
])  # fmt: skip
def test_a_spoilt_step_does_not_verify(witness, spoil):
    line = steps(witness, request(100, 250))
    text = checkpoint(250).rpartition("\n\n")[0] + "\n"
    with pytest.raises(notes.NoteError):
        notes.verify_step(spoil(line), text, (witness / "witness.vkey").read_text())
