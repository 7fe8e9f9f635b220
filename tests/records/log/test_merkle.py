"""The log's tree against the recursive definition of RFC 6962, written out plainly."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.records.log import merkle
from server.records.verify.log import root_from_path

REFERENCE_LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
REFERENCE_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""The trees that the Certificate Transparency projects test with."""


def split(count):
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def tree(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + tree(leaves[:k]) + tree(leaves[k:])).digest()


def path(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    return [*path(m, leaves[:k]), tree(leaves[k:])] if m < k else [*path(m - k, leaves[k:]), tree(leaves[:k])]


def subproof(m, leaves, known):
    if m == len(leaves):
        return [] if known else [tree(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], known), tree(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), tree(leaves[:k])]


def store(leaves):
    return merkle.append(0, [merkle.leaf_hash(leaf) for leaf in leaves], {})


def only(nodes, needed):
    """Nothing but what was asked for, so that a read of anything else fails."""
    return {node: nodes[node] for node in needed}


LEAVES = st.lists(st.binary(max_size=3), min_size=1, max_size=70)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_reference_ones(size):
    assert merkle.root(size, store(REFERENCE_LEAVES)).hex() == REFERENCE_ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing():
    assert merkle.root(0, {}) == tree([])


@given(LEAVES)
def test_the_root_of_every_size_is_the_recursive_one(leaves):
    nodes = store(leaves)
    for size in range(len(leaves) + 1):
        assert merkle.root(size, only(nodes, merkle.needed_for_root(size))) == tree(leaves[:size])


@given(LEAVES, st.data())
def test_inclusion_proofs_are_the_recursive_ones_and_verify(leaves, data):
    nodes = store(leaves)
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    needed = merkle.needed_for_inclusion(index, size)
    proof = merkle.inclusion_proof(index, size, only(nodes, needed))
    assert proof == path(index, leaves[:size])
    assert len(needed) <= 2 * size.bit_length()
    assert root_from_path(merkle.leaf_hash(leaves[index]), index, size, proof) == tree(leaves[:size])


@given(LEAVES, st.data())
def test_consistency_proofs_are_the_recursive_ones(leaves, data):
    nodes = store(leaves)
    new = data.draw(st.integers(1, len(leaves)))
    old = data.draw(st.integers(1, new))
    needed = merkle.needed_for_consistency(old, new)
    assert merkle.consistency_proof(old, new, only(nodes, needed)) == subproof(old, leaves[:new], True)
    assert len(needed) <= 2 * new.bit_length() + 1


@given(st.lists(LEAVES, min_size=1, max_size=4))
def test_appending_in_batches_stores_what_one_batch_would(batches):
    nodes, size = {}, 0
    for batch in batches:
        hashes = [merkle.leaf_hash(leaf) for leaf in batch]
        made = merkle.append(size, hashes, only(nodes, merkle.needed_to_append(size, len(hashes))))
        assert not made.keys() & nodes.keys(), "a stored node never changes"
        nodes |= made
        size += len(batch)
    assert nodes == store([leaf for batch in batches for leaf in batch])


@given(LEAVES, st.data())
def test_a_changed_leaf_place_or_path_leads_elsewhere(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = merkle.inclusion_proof(index, len(leaves), store(leaves))
    root, leaf = tree(leaves), merkle.leaf_hash(leaves[index])
    assert root_from_path(merkle.leaf_hash(leaves[index] + b"!"), index, len(leaves), proof) != root
    for at in range(len(proof)):
        changed = [*proof[:at], bytes(32), *proof[at + 1 :]]
        assert root_from_path(leaf, index, len(leaves), changed) != root
    with pytest.raises(ValueError):
        root_from_path(leaf, index, len(leaves), [*proof, bytes(32)])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_is_refused(index, size):
    with pytest.raises(ValueError):
        merkle.needed_for_inclusion(index, size)


def test_a_tree_of_no_leaves_has_no_consistency_proof():
    with pytest.raises(ValueError):
        merkle.needed_for_consistency(0, 3)
