"""The code on a ticket: genuine ones are read, a thousand mutations and every other text are not."""

import random
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.sittings.tickets import Token, issue, read

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SITTING, PLACE, NONCE = UUID(int=7), UUID(int=9), "0011223344556677"


@pytest.fixture
def text() -> str:
    return issue(KEY, SITTING, PLACE, NONCE)


def test_a_genuine_code_is_read(text):
    assert read(text, [KEY.public_key()]) == Token(SITTING, PLACE, NONCE)
    assert text.isdigit()
    assert len(text) == 253


def test_a_scanner_behind_a_chinese_input_method_is_understood(text):
    wide = text.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    assert read(f" {wide}\r\n", [KEY.public_key()]) == Token(SITTING, PLACE, NONCE)


def test_a_thousand_mutations_are_refused(text):
    chance = random.Random(20261122)
    for _ in range(1000):
        letters = list(text)
        for _again in range(chance.randint(1, 4)):
            at = chance.randrange(len(letters))
            letters[at] = chance.choice("0123456789")
        changed = "".join(letters)
        if changed != text:
            assert read(changed, [KEY.public_key()]) is None


def test_cut_lengthened_and_swapped_codes_are_refused(text):
    other = issue(KEY, SITTING, uuid4(), NONCE)
    for forged in (text[:-1], text + "0", text[::-1], text[:130] + other[130:], "", "7" * 253, "71" + "9" * 251, "EX1." + text):
        assert read(forged, [KEY.public_key()]) is None


def test_a_code_of_another_installation_is_refused(text):
    assert read(text, [Ed25519PrivateKey.generate().public_key()]) is None


def test_an_earlier_key_still_reads_its_codes(text):
    assert read(text, [Ed25519PrivateKey.generate().public_key(), KEY.public_key()]) is not None


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_other_text_is_no_ticket(garbage):
    assert read(garbage, [KEY.public_key()]) is None


@settings(deadline=None)
@given(st.uuids(), st.uuids(), st.binary(min_size=8, max_size=8))
def test_every_ticket_is_read_as_it_was_issued(sitting, place, nonce):
    assert read(issue(KEY, sitting, place, nonce.hex()), [KEY.public_key()]) == Token(sitting, place, nonce.hex())


def test_a_short_nonce_is_refused():
    with pytest.raises(ValueError, match="8 bytes"):
        issue(KEY, SITTING, PLACE, "00")
