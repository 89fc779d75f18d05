"""The Merkle tree against the known vectors, a slow twin written from the RFC's definition, and named forgeries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.journal import merkle
from exams.journal.merkle import CompactRange, ProofError, Tree, leaf_hash, node_hash

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/rfc6962.json").read_text())
LEAVES = [leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
MANY = [leaf_hash(str(number).encode()) for number in range(130)]


def slow_root(leaves):
    """MTH of RFC 6962, 2.1, word for word."""
    if not leaves:
        return bytes.fromhex(VECTORS["empty"])
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(slow_root(leaves[:k]), slow_root(leaves[k:]))


def slow_path(index, leaves):
    """PATH of RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if index < k:
        return [*slow_path(index, leaves[:k]), slow_root(leaves[k:])]
    return [*slow_path(index - k, leaves[k:]), slow_root(leaves[:k])]


def slow_proof(old, leaves, whole=True):
    """SUBPROOF of RFC 6962, 2.1.2."""
    if old == len(leaves):
        return [] if whole else [slow_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if old <= k:
        return [*slow_proof(old, leaves[:k], whole), slow_root(leaves[k:])]
    return [*slow_proof(old - k, leaves[k:], False), slow_root(leaves[:k])]


def flipped(digest, bit=3):
    return bytes([digest[0] ^ (1 << bit)]) + digest[1:]


def test_heads_of_the_known_leaves():
    assert merkle.root([]).hex() == VECTORS["empty"]
    assert [merkle.root(LEAVES[: size + 1]).hex() for size in range(8)] == VECTORS["roots"]


@pytest.mark.parametrize("vector", VECTORS["inclusion"], ids=lambda v: f"{v['index']}-of-{v['size']}")
def test_known_inclusion_proofs(vector):
    proof = merkle.inclusion_proof(vector["index"], LEAVES[: vector["size"]])
    assert [step.hex() for step in proof] == vector["proof"]


@pytest.mark.parametrize("vector", VECTORS["consistency"], ids=lambda v: f"{v['old']}-to-{v['size']}")
def test_known_consistency_proofs(vector):
    proof = merkle.consistency_proof(vector["old"], LEAVES[: vector["size"]])
    assert [step.hex() for step in proof] == vector["proof"]


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
@settings(max_examples=80, deadline=None)
def test_the_tree_equals_its_slow_twin(bodies, data):
    leaves = [leaf_hash(body) for body in bodies]
    tree = Tree(leaves)
    size = data.draw(st.integers(1, len(leaves)))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert tree.root(size) == slow_root(leaves[:size])
    assert tree.inclusion(index, size) == slow_path(index, leaves[:size])
    assert tree.consistency(old, size) == slow_proof(old, leaves[:size])


@given(st.integers(0, 129))
@settings(max_examples=60, deadline=None)
def test_the_compact_range_has_the_head_of_the_tree_and_survives_being_stored(size):
    edge = CompactRange()
    for leaf in MANY[:size]:
        edge.append(leaf)
    assert edge.root() == slow_root(MANY[:size])
    again = CompactRange.load(edge.dump())
    again.append(MANY[size % 130])
    assert (again.size, again.root()) == (size + 1, slow_root([*MANY[:size], MANY[size % 130]]))


@pytest.mark.parametrize("data", [b"", b"\x00" * 7, b"\x00" * 7 + b"\x01", b"\x00" * 7 + b"\x02" + b"a" * 31])
def test_a_damaged_compact_range_is_refused(data):
    with pytest.raises(ProofError):
        CompactRange.load(data)


@given(st.integers(1, 130), st.data())
@settings(max_examples=100, deadline=None)
def test_every_true_proof_verifies(size, data):
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    tree = Tree(MANY[:size])
    merkle.verify_inclusion(index, size, MANY[index], tree.inclusion(index), tree.root())
    merkle.verify_consistency(old, size, tree.consistency(old), tree.root(old), tree.root())


def _inclusion_forgeries():
    index, size = 5, 8
    leaf, proof, head = LEAVES[5], merkle.inclusion_proof(5, LEAVES), merkle.root(LEAVES)
    yield "leaf index plus one", (index + 1, size, leaf, proof, head)
    yield "leaf index minus one", (index - 1, size, leaf, proof, head)
    yield "leaf index xor two", (index ^ 2, size, leaf, proof, head)
    yield "leaf index negative", (-3, size, leaf, proof, head)
    yield "leaf index out of range", (8, size, leaf, proof, head)
    yield "size doubled", (index, size * 2, leaf, proof, head)
    yield "size halved", (index, size // 2, leaf, proof, head)
    yield "size zero", (0, 0, leaf, [], head)
    yield "another leaf", (index, size, LEAVES[4], proof, head)
    yield "a node as a leaf", (0, 4, node_hash(LEAVES[0], LEAVES[1]), [merkle.root(LEAVES[2:4])], merkle.root(LEAVES[:4]))
    yield "another head", (index, size, leaf, proof, flipped(head))
    yield "an empty head", (index, size, leaf, proof, b"")
    yield "a step more at the end", (index, size, leaf, [*proof, head], head)
    yield "a step more before", (index, size, leaf, [head, *proof], head)
    yield "an empty step more", (index, size, leaf, [*proof, b""], head)
    yield "a step less", (index, size, leaf, proof[:-1], head)
    yield "no steps", (index, size, leaf, [], head)
    yield "steps exchanged", (index, size, leaf, [proof[1], proof[0], proof[2]], head)
    for at in range(3):
        yield f"step {at} with a flipped bit", (index, size, leaf, [*proof[:at], flipped(proof[at]), *proof[at + 1 :]], head)


@pytest.mark.parametrize("given", [pytest.param(case, id=name) for name, case in _inclusion_forgeries()])
def test_forged_inclusion_is_refused(given):
    with pytest.raises(ProofError):
        merkle.verify_inclusion(*given)


def _consistency_forgeries():
    old, size = 6, 8
    proof, old_head, head = merkle.consistency_proof(6, LEAVES), merkle.root(LEAVES[:6]), merkle.root(LEAVES)
    yield "gone back", (size, old, proof, head, old_head)
    yield "old size plus one", (old + 1, size, proof, old_head, head)
    yield "old size minus one", (old - 1, size, proof, old_head, head)
    yield "old size zero with another head", (0, size, [], old_head, head)
    yield "old size negative", (-1, size, proof, old_head, head)
    yield "new size doubled", (old, size * 2, proof, old_head, head)
    yield "new size halved", (old, size // 2, proof, old_head, head)
    yield "heads exchanged", (old, size, proof, head, old_head)
    yield "old head for both", (old, size, proof, old_head, old_head)
    yield "another old head", (old, size, proof, flipped(old_head), head)
    yield "another new head", (old, size, proof, old_head, flipped(head))
    yield "empty proof", (old, size, [], old_head, head)
    yield "a step less", (old, size, proof[:-1], old_head, head)
    yield "a step more", (old, size, [*proof, head], old_head, head)
    yield "a step more before", (old, size, [head, *proof], old_head, head)
    yield "an entry changed among the old", (old, size, merkle.consistency_proof(6, [LEAVES[1], *LEAVES[1:]]), old_head, head)
    yield "two heads of one size", (size, size, [], head, flipped(head))
    yield "a proof between equal sizes", (size, size, [head], head, head)
    for at in range(3):
        yield f"step {at} with a flipped bit", (old, size, [*proof[:at], flipped(proof[at]), *proof[at + 1 :]], old_head, head)


@pytest.mark.parametrize("given", [pytest.param(case, id=name) for name, case in _consistency_forgeries()])
def test_forged_consistency_is_refused(given):
    with pytest.raises(ProofError):
        merkle.verify_consistency(*given)


def test_an_error_says_what_was_expected_and_what_was_found():
    head = merkle.root(LEAVES)
    with pytest.raises(ProofError) as caught:
        merkle.verify_inclusion(5, 8, LEAVES[5], merkle.inclusion_proof(5, LEAVES), flipped(head))
    assert (caught.value.expected, caught.value.found) == (flipped(head), head)


@given(st.integers(1, 60), st.integers(1, 60), st.data())
@settings(max_examples=100, deadline=None)
def test_a_rewritten_log_is_never_consistent(old, more, data):
    changed = data.draw(st.integers(0, old - 1))
    new = [*MANY[:changed], leaf_hash(b"forged"), *MANY[changed + 1 : old + more]]
    with pytest.raises(ProofError):
        merkle.verify_consistency(old, old + more, merkle.consistency_proof(old, new), merkle.root(MANY[:old]), merkle.root(new))
