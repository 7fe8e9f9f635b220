"""The Merkle tree of the log (RFC 6962 section 2.1), stored as complete nodes so that nothing ever reads it through.

Node (level, index) covers the leaves index * 2**level up to (index + 1) * 2**level; it is stored once it is complete
and never changes. Each question comes as a pair: `needed_for_...` says which nodes the answer takes (at most
about two for each level), so that the caller fetches them in one query, and the function itself computes from those.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

Node = tuple[int, int]
"""(level, index); level 0 are the leaves."""

Nodes = Mapping[Node, bytes]
Span = tuple[int, int]
"""Leaves from the first (included) to the second (excluded)."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf: SHA-256 of 0x00 and the data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256 of 0x01 and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def needed_to_append(size: int, count: int = 1) -> set[Node]:
    """The stored nodes that appending `count` leaves to a tree of `size` takes: its rightmost complete subtrees."""
    _check(size >= 0 and count >= 0)
    return set(_cover((0, size)))


def append(size: int, leaf_hashes: Sequence[bytes], nodes: Nodes) -> dict[Node, bytes]:
    """The nodes to store for leaves appended to a tree of `size`: the leaves and every node that they complete."""
    made: dict[Node, bytes] = {}
    for index, hashed in enumerate(leaf_hashes, start=size):
        level, place = 0, index
        made[0, index] = hashed
        while place % 2 == 1:
            sibling = (level, place - 1)
            hashed = node_hash(made[sibling] if sibling in made else nodes[sibling], hashed)
            level, place = level + 1, place // 2
            made[level, place] = hashed
    return made


def needed_for_root(size: int) -> set[Node]:
    """The stored nodes that the root of the first `size` leaves takes."""
    return set(_cover((0, size)))


def root(size: int, nodes: Nodes) -> bytes:
    """The root hash of the tree of the first `size` leaves."""
    _check(size >= 0)
    return _fold((0, size), nodes)


def needed_for_inclusion(index: int, size: int) -> set[Node]:
    """The stored nodes that `inclusion_proof` takes."""
    return _covers(_inclusion_spans(index, size))


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves, from the leaf up (RFC 6962 section 2.1.1)."""
    return [_fold(span, nodes) for span in _inclusion_spans(index, size)]


def needed_for_consistency(old: int, new: int) -> set[Node]:
    """The stored nodes that `consistency_proof` takes."""
    return _covers(_consistency_spans(old, new))


def consistency_proof(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """Proof that the tree of `old` leaves is a beginning of the tree of `new` (RFC 6962 section 2.1.2).

    Empty when the sizes are equal; `old` must be at least 1, since the empty tree is a beginning of every tree.
    """
    return [_fold(span, nodes) for span in _consistency_spans(old, new)]


def _check(holds: bool) -> None:
    if not holds:
        raise ValueError("a leaf index lies within its tree, and a tree grows: 0 <= index < size, 1 <= old <= new")


def _split(count: int) -> int:
    """The largest power of two that is smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _inclusion_spans(index: int, size: int) -> list[Span]:
    _check(0 <= index < size)
    spans: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def _consistency_spans(old: int, new: int) -> list[Span]:
    _check(1 <= old <= new)
    spans: list[Span] = []
    start, end = 0, new
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    # Whoever checks knows the old root already when the old tree is one complete subtree from the first leaf on.
    return spans[::-1] if start == 0 else [(start, end), *spans[::-1]]


def _cover(span: Span) -> Iterator[Node]:
    """The complete nodes that make up a span, left to right; a span of the tree starts where its size allows it to."""
    start, end = span
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _covers(spans: Iterable[Span]) -> set[Node]:
    return {node for span in spans for node in _cover(span)}


def _fold(span: Span, nodes: Nodes) -> bytes:
    parts = [nodes[node] for node in _cover(span)]
    if not parts:
        return EMPTY_ROOT
    hashed = parts.pop()
    while parts:
        hashed = node_hash(parts.pop(), hashed)
    return hashed
