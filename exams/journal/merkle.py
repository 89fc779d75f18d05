"""The Merkle tree of RFC 6962: roots, proofs of inclusion and of consistency, and the compact range."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_SIZE = 32


class ProofError(ValueError):
    """A proof does not lead to the root it was given for."""

    def __init__(self, message: str, *, expected: bytes | int = b"", found: bytes | int = b"") -> None:
        super().__init__(message)
        self.expected = expected
        self.found = found


def leaf_hash(body: bytes) -> bytes:
    """Digest of one leaf; the prefix keeps leaves and nodes apart (second preimages)."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Digest of an inner node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """All complete subtrees of a list of leaf hashes, so that each proof costs O(log² n) hashes."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self._levels: list[list[bytes]] = [list(leaves)]
        sha256 = hashlib.sha256
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            self._levels.append([sha256(b"\x01" + left + right).digest() for left, right in pairs])

    def __len__(self) -> int:
        return len(self._levels[0])

    def root(self, size: int | None = None) -> bytes:
        """Head of the first `size` leaves (of all, if not said)."""
        size = len(self) if size is None else self._within(size)
        return self._range(0, size)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Path from leaf `index` to the head of the first `size` leaves."""
        size = len(self) if size is None else self._within(size)
        if not 0 <= index < size:
            raise ProofError(f"leaf {index} is not among the first {size}", expected=size, found=index)
        start, end, path = 0, size, []
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """Proof that the head of the first `old` leaves is a prefix of the head of the first `size`."""
        size = len(self) if size is None else self._within(size)
        if not 0 <= old <= size:
            raise ProofError(f"size {old} is not within {size}", expected=size, found=old)
        if old in (0, size):
            return []
        start, end, whole, path = 0, size, True, []
        while old != end:
            middle = start + _split(end - start)
            if old <= middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self._range(start, end))
        return path[::-1]

    def _within(self, size: int) -> int:
        if not 0 <= size <= len(self):
            raise ProofError(f"size {size} exceeds {len(self)} leaves", expected=len(self), found=size)
        return size

    def _range(self, start: int, end: int) -> bytes:
        """Head of leaves[start:end], where start is aligned as in every RFC 6962 subtree."""
        count = end - start
        if count == 0:
            return EMPTY_ROOT
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self._levels[level][start >> level]
        middle = start + _split(count)
        return node_hash(self._range(start, middle), self._range(middle, end))


def root(leaves: Sequence[bytes]) -> bytes:
    """Head of the tree over these leaf hashes."""
    return Tree(leaves).root()


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Path from leaf `index` to the head over all `leaves`."""
    return Tree(leaves).inclusion(index)


def consistency_proof(old: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Proof that the first `old` leaves are still the first leaves of all `leaves`."""
    return Tree(leaves).consistency(old)


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], head: bytes) -> None:
    """Raise ProofError unless `leaf` stands at `index` of the tree of `size` leaves with this head (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} cannot stand in a tree of {size}", expected=size, found=index)
    _sound((leaf, head, *proof))
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    if len(proof) != inner + border:
        raise ProofError(f"the proof has {len(proof)} steps instead of {inner + border}", expected=inner + border, found=len(proof))
    digest = leaf
    for level, sibling in enumerate(proof):
        right = level >= inner or (index >> level) & 1
        digest = node_hash(sibling, digest) if right else node_hash(digest, sibling)
    if digest != head:
        raise ProofError("the leaf does not lead to this head", expected=head, found=digest)


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_head: bytes, new_head: bytes) -> None:
    """Raise ProofError unless the tree of `old` leaves is a prefix of the tree of `new` (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        raise ProofError(f"the log went back from {old} to {new} leaves", expected=old, found=new)
    _sound((old_head, new_head, *proof))
    if old in (0, new):
        _trivial(old, new, proof, old_head, new_head)
        return
    path = list(proof) if old & (old - 1) else [old_head, *proof]
    if not path:
        raise ProofError("the proof is empty", expected=1, found=0)
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("the proof is too long", expected=old, found=len(proof))
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short", expected=new, found=len(proof))
    if first != old_head:
        raise ProofError("the proof does not contain the old head", expected=old_head, found=first)
    if second != new_head:
        raise ProofError("the proof does not lead to the new head", expected=new_head, found=second)


def _trivial(old: int, new: int, proof: Sequence[bytes], old_head: bytes, new_head: bytes) -> None:
    if proof:
        raise ProofError("no proof is needed between these sizes", expected=0, found=len(proof))
    if old == 0 and old_head != EMPTY_ROOT:
        raise ProofError("the head of an empty log is wrong", expected=EMPTY_ROOT, found=old_head)
    if old == new and old_head != new_head:
        raise ProofError("two heads of one size", expected=old_head, found=new_head)


def _split(count: int) -> int:
    """The greatest power of two smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1


def _sound(hashes: Iterable[bytes]) -> None:
    for digest in hashes:
        if len(digest) != HASH_SIZE:
            raise ProofError("a digest has the wrong length", expected=HASH_SIZE, found=len(digest))


class CompactRange:
    """The right edge of a growing tree: enough to append leaves and to know the head, in O(log n) space."""

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        self.size = size
        self._nodes = list(nodes)
        if len(self._nodes) != size.bit_count():
            raise ProofError("the compact range does not fit its size", expected=size.bit_count(), found=len(self._nodes))
        _sound(self._nodes)

    def append(self, leaf: bytes) -> None:
        """Take one more leaf hash."""
        count, node = self.size, leaf
        while count & 1:
            node = node_hash(self._nodes.pop(), node)
            count >>= 1
        self._nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Head over everything appended."""
        if not self._nodes:
            return EMPTY_ROOT
        head = self._nodes[-1]
        for node in self._nodes[-2::-1]:
            head = node_hash(node, head)
        return head

    def dump(self) -> bytes:
        """Bytes from which `load` makes the same range."""
        return self.size.to_bytes(8, "big") + b"".join(self._nodes)

    @classmethod
    def load(cls, data: bytes) -> CompactRange:
        """The range that `dump` wrote."""
        body = data[8:]
        if len(data) < 8 or len(body) % HASH_SIZE:
            raise ProofError("the stored range is damaged", expected=HASH_SIZE, found=len(data))
        nodes = [body[at : at + HASH_SIZE] for at in range(0, len(body), HASH_SIZE)]
        return cls(int.from_bytes(data[:8], "big"), nodes)
