"""Two of n custodians open a paper; every named forgery fails."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from itertools import permutations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from question_bank.papers.sealing import (
    SameCustodian,
    SealBroken,
    Sealed,
    Seat,
    commit,
    data_key,
    seal,
    strip,
    unseal,
)

TEXT = "题干：用 K 值为 1.0 的斜探头……".encode()
KEYS = {name: X25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()) for name in "ijk"}


def seats(*names: str) -> list[Seat]:
    return [Seat(name, KEYS[name].public_key().public_bytes_raw()) for name in names]


def sealed(paper: str = "p1", version: int = 1, names: str = "ijk", text: bytes = TEXT) -> Sealed:
    return seal(text, paper=paper, version=version, seats=seats(*names))


def opened(box: Sealed, first: str, second: str) -> bytes:
    return unseal(box, data_key(box, first, strip(box, first, KEYS[first]), second, KEYS[second]))[1]


@pytest.mark.parametrize(("first", "second"), list(permutations("ijk", 2)))
def test_any_two_different_custodians_open_it(first, second):
    assert opened(sealed(), first, second) == TEXT


def test_it_survives_being_written_down():
    box = sealed()
    again = Sealed.from_json(json.loads(json.dumps(box.as_json())))
    assert again == box
    assert opened(again, "i", "j") == TEXT


def test_the_commitment_is_proved_once_the_salt_is_known():
    box = sealed()
    salt, text = unseal(box, data_key(box, "i", strip(box, "i", KEYS["i"]), "j", KEYS["j"]))
    assert commit(salt, text) == box.commitment
    assert commit(bytes(32), text) != box.commitment


def test_the_commitment_hides_equal_papers():
    assert sealed().commitment != sealed().commitment


def test_neither_text_nor_key_stands_in_what_is_published():
    box = seal(TEXT, paper="p1", version=1, seats=seats("i", "j"), entropy=lambda n: b"\x07" * n)
    shown = json.dumps(box.as_json()).encode() + box.ciphertext
    stripped = strip(box, "i", KEYS["i"])
    for secret in (TEXT, b"\x07" * 32):
        assert secret not in shown
        assert secret not in json.dumps(stripped).encode()
        assert all(secret not in envelope for envelope in box.envelopes.values())


def test_vector_the_ciphertext_of_known_entropy():
    box = seal(b"paper", paper="p1", version=3, seats=seats("i", "j"), entropy=lambda n: bytes(range(n)))
    assert box.commitment == hashlib.sha256(b"exam-paper-commitment\0" + bytes(range(32)) + b"paper").hexdigest()
    assert box.ciphertext.hex() == (
        "4703d418c1e0c41c85489d80bde4766293c79527e46e496b207eff9e01741ead7171de99dd5dee01970de2b6912b0b8673e6ec29c8"
    )


def test_the_same_custodian_twice_is_refused():
    box = sealed()
    with pytest.raises(SameCustodian):
        data_key(box, "i", strip(box, "i", KEYS["i"]), "i", KEYS["i"])


def test_one_custodian_posing_as_the_second_does_not_get_the_key():
    box = sealed()
    with pytest.raises(SealBroken):
        data_key(box, "i", strip(box, "i", KEYS["i"]), "j", KEYS["i"])


def test_one_key_enrolled_for_two_names_is_refused():
    public = KEYS["i"].public_key().public_bytes_raw()
    with pytest.raises(SameCustodian):
        seal(TEXT, paper="p", version=1, seats=[Seat("i", public), Seat("j", public)])


@pytest.mark.parametrize("names", ["", "i"])
def test_fewer_than_two_custodians_are_refused(names):
    with pytest.raises(ValueError, match="two"):
        sealed(names=names)


def test_the_same_name_twice_is_refused():
    with pytest.raises(SameCustodian):
        seal(TEXT, paper="p", version=1, seats=[seats("i")[0], Seat("i", seats("j")[0].public)])


def test_a_stranger_has_no_envelope():
    box = sealed(names="ij")
    with pytest.raises(SealBroken):
        strip(box, "k", KEYS["k"])


def test_a_wrong_private_key_strips_nothing():
    with pytest.raises(SealBroken):
        strip(sealed(), "i", KEYS["k"])


def test_swapped_envelopes_do_not_open():
    box = sealed()
    swapped = dict(box.envelopes)
    swapped["i", "j"], swapped["i", "k"] = swapped["i", "k"], swapped["i", "j"]
    with pytest.raises(SealBroken):
        strip(replace(box, envelopes=swapped), "i", KEYS["i"])


def test_swapped_inner_layers_do_not_open():
    box = sealed()
    stripped = strip(box, "i", KEYS["i"])
    with pytest.raises(SealBroken):
        data_key(box, "i", {"j": stripped["k"]}, "j", KEYS["j"])


def test_what_another_first_custodian_stripped_does_not_open():
    box = sealed()
    with pytest.raises(SealBroken):
        data_key(box, "i", strip(box, "k", KEYS["k"]), "j", KEYS["j"])


@pytest.mark.parametrize("change", [{"paper": "p2"}, {"version": 2}])
def test_envelopes_of_another_paper_do_not_open(change):
    box = sealed()
    with pytest.raises(SealBroken):
        strip(replace(box, **change), "i", KEYS["i"])


def test_the_ciphertext_of_another_paper_does_not_open():
    box, other = sealed(), sealed(paper="p2")
    key = data_key(box, "i", strip(box, "i", KEYS["i"]), "j", KEYS["j"])
    for forged in (
        replace(box, ciphertext=other.ciphertext, nonce=other.nonce),
        replace(box, paper="p2"),
        replace(box, version=2),
        replace(box, commitment=other.commitment),
    ):
        with pytest.raises(SealBroken):
            unseal(forged, key)


@pytest.mark.parametrize("place", [0, 20, -1])
def test_one_flipped_byte_anywhere_is_seen(place):
    box = sealed()
    stripped = strip(box, "i", KEYS["i"])
    key = data_key(box, "i", stripped, "j", KEYS["j"])
    with pytest.raises(SealBroken):
        unseal(replace(box, ciphertext=flip(box.ciphertext, place)), key)
    with pytest.raises(SealBroken):
        unseal(replace(box, nonce=flip(box.nonce, place % 12)), key)
    envelopes = {pair: flip(envelope, place) for pair, envelope in box.envelopes.items()}
    with pytest.raises(SealBroken):
        strip(replace(box, envelopes=envelopes), "i", KEYS["i"])


def flip(raw: bytes, place: int) -> bytes:
    changed = bytearray(raw)
    changed[place] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("length", [0, 1, 16, 31, 40])
def test_truncated_boxes_are_a_broken_seal_not_a_crash(length):
    box = sealed()
    key = data_key(box, "i", strip(box, "i", KEYS["i"]), "j", KEYS["j"])
    with pytest.raises(SealBroken):
        unseal(replace(box, ciphertext=box.ciphertext[:length]), key)
    with pytest.raises(SealBroken):
        unseal(replace(box, nonce=box.nonce[: length % 12]), key)
    with pytest.raises(SealBroken):
        strip(replace(box, envelopes={("i", "j"): box.envelopes["i", "j"][:length]}), "i", KEYS["i"])
    with pytest.raises(SealBroken):
        data_key(box, "i", {"j": strip(box, "i", KEYS["i"])["j"][: length * 4 // 3]}, "j", KEYS["j"])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.pop("nonce"),
        lambda data: data.update(format="exam-paper/0"),
        lambda data: data.update(ciphertext="%%%"),
        lambda data: data.update(envelopes=[["i", "j"]]),
        lambda data: data.update(version="x"),
        lambda data: data.update(envelopes=None),
    ],
)
def test_unreadable_records_are_a_broken_seal(spoil):
    data = sealed().as_json()
    spoil(data)
    with pytest.raises(SealBroken):
        Sealed.from_json(data)
