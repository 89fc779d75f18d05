"""Signed notes against the example of the C2SP specification, and forged ones."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exams.journal import notes
from exams.journal.notes import NoteError

EXAMPLE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
EXAMPLE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
LOG = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
ROOT = bytes(range(32))
TEXT = notes.checkpoint_text("exam.example/log", 70, ROOT)
SIGNED = notes.note(TEXT, notes.sign(TEXT, "exam.example/log", LOG), notes.cosign(TEXT, "authority.example", WITNESS, 1_700_000_000))
LOG_KEY = notes.vkey("exam.example/log", LOG)
WITNESS_KEY = notes.vkey("authority.example", WITNESS, notes.COSIGNATURE)


def test_the_example_of_the_specification_verifies():
    assert notes.verify(EXAMPLE, EXAMPLE_KEY) is None
    assert str(notes.parse_vkey(EXAMPLE_KEY)) == EXAMPLE_KEY


def test_a_checkpoint_has_three_lines_and_reads_back():
    assert f"exam.example/log\n70\n{base64.b64encode(ROOT).decode()}\n" == TEXT
    assert notes.parse_checkpoint(TEXT) == notes.Checkpoint("exam.example/log", 70, ROOT)
    assert notes.parse(SIGNED)[0] == TEXT


def test_log_and_witness_signatures_verify_and_the_witness_says_when():
    assert notes.verify(SIGNED, LOG_KEY) is None
    assert notes.verify(SIGNED, WITNESS_KEY) == 1_700_000_000


def test_the_witness_signs_time_and_text():
    assert notes.cosignature_message(5, TEXT) == b"cosignature/v1\ntime 5\n" + TEXT.encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n70\n", "\n69\n"), ("exam.example/log\n", "exam.example/lox\n"), ("AAECAw", "AAECAx"), ("\n\n", "\nextra\n\n")],
    ids=["size", "origin", "head", "extension line"],
)
@pytest.mark.parametrize("key", [LOG_KEY, WITNESS_KEY], ids=["log", "witness"])
def test_a_changed_text_breaks_every_signature(old, new, key):
    assert old in SIGNED
    with pytest.raises(NoteError):
        notes.verify(SIGNED.replace(old, new, 1), key)


def test_a_changed_time_breaks_the_witness_signature():
    text, lines = notes.parse(SIGNED)
    later = (1_700_000_001).to_bytes(8, "big") + lines[1].signature[8:]
    with pytest.raises(NoteError):
        notes.verify(notes.note(text, str(notes.SignatureLine(lines[1].name, lines[1].key_id, later))), WITNESS_KEY)


def test_another_key_of_the_same_name_is_not_the_signer():
    with pytest.raises(NoteError, match="not signed"):
        notes.verify(SIGNED, notes.vkey("exam.example/log", WITNESS))


def test_a_log_signature_is_no_cosignature_even_with_one_key():
    both = notes.note(TEXT, notes.sign(TEXT, "a", LOG))
    with pytest.raises(NoteError):
        notes.verify(both, notes.vkey("a", LOG, notes.COSIGNATURE))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n",
        "a\n1\n",
        f"a\n01\n{base64.b64encode(ROOT).decode()}\n",
        f"a\n-1\n{base64.b64encode(ROOT).decode()}\n",
        f"a\n1\n{base64.b64encode(ROOT[:31]).decode()}\n",
        f"a\n1\n{base64.b64encode(ROOT).decode()}",
        "a\n1\n!!!\n",
        f"a\n１\n{base64.b64encode(ROOT).decode()}\n",
    ],
)
def test_an_irregular_checkpoint_is_refused(text):
    with pytest.raises(NoteError):
        notes.parse_checkpoint(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u3000b"])
def test_irregular_key_names_are_refused(name):
    with pytest.raises(NoteError):
        notes.sign(TEXT, name, LOG)


@pytest.mark.parametrize("key", ["", "a+b", "a+00000000+AQ==", LOG_KEY.replace("exam", "exan"), LOG_KEY[:-4] + "AAA="])
def test_irregular_keys_are_refused(key):
    with pytest.raises(NoteError):
        notes.parse_vkey(key)


@pytest.mark.parametrize("note", ["", TEXT, TEXT + "\n— a", TEXT + "\n- a AAAAAAA=\n", TEXT + "\n— a\n", TEXT + "\n— a AAAA\n"])
def test_irregular_notes_are_refused(note):
    with pytest.raises(NoteError):
        notes.verify(note, LOG_KEY)
