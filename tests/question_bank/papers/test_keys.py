"""A custodian's key opens with the right passphrase of the right owner only."""

from __future__ import annotations

import pytest

from question_bank.papers.keys import Cost, WrongPassphrase, enrol, unlock

CHEAP = Cost(iterations=1, lanes=1, memory_kib=64)
PHRASE = "正确的口令 correct horse"


def test_the_passphrase_opens_the_key():
    public, wrapped = enrol("zhang", PHRASE, CHEAP)
    assert unlock("zhang", public, wrapped, PHRASE).public_key().public_bytes_raw() == public


def test_two_keys_of_one_passphrase_differ():
    assert enrol("zhang", PHRASE, CHEAP)[0] != enrol("zhang", PHRASE, CHEAP)[0]


@pytest.mark.parametrize("phrase", ["", PHRASE + " ", PHRASE.upper(), "x"])
def test_a_wrong_passphrase_does_not(phrase):
    public, wrapped = enrol("zhang", PHRASE, CHEAP)
    with pytest.raises(WrongPassphrase):
        unlock("zhang", public, wrapped, phrase)


def test_a_key_moved_to_another_owner_does_not_open():
    public, wrapped = enrol("zhang", PHRASE, CHEAP)
    with pytest.raises(WrongPassphrase):
        unlock("li", public, wrapped, PHRASE)


def test_a_key_under_another_public_half_does_not_open():
    _, wrapped = enrol("zhang", PHRASE, CHEAP)
    with pytest.raises(WrongPassphrase):
        unlock("zhang", enrol("zhang", PHRASE, CHEAP)[0], wrapped, PHRASE)


@pytest.mark.parametrize("part", ["salt", "nonce", "box", "iterations"])
def test_a_missing_or_spoiled_part_does_not_open(part):
    public, wrapped = enrol("zhang", PHRASE, CHEAP)
    with pytest.raises(WrongPassphrase):
        unlock("zhang", public, {key: value for key, value in wrapped.items() if key != part}, PHRASE)
    with pytest.raises(WrongPassphrase):
        unlock("zhang", public, wrapped | {part: "!"}, PHRASE)


def test_the_default_cost_is_that_of_rfc_9106():
    assert Cost() == Cost(iterations=3, lanes=4, memory_kib=65536)
