"""Puts leaves that were found back in their places: only where the log's own signed checkpoints say that they stood there.

The proof of each leaf carries the checkpoint of the moment at which it was the last one. So a leaf fits where the tree that
it makes has exactly that root, and a row of leaves that fits up to the newest checkpoint is the log itself.
"""

from collections.abc import Mapping, Sequence

import msgspec

from server.records.checkpoint import Checkpoint
from server.records.log import merkle
from server.restore.stored import Leaf

MOST = 8
"""Branches of a forked log that are followed at once."""


class Branch(msgspec.Struct, frozen=True):
    """A log that goes on by some leaves: its size, the nodes that they made, and the root."""

    size: int
    nodes: dict[merkle.Node, bytes]
    leaves: tuple[Leaf, ...] = ()

    @property
    def root(self) -> bytes:
        """The root of all leaves."""
        return merkle.root(self.size, self.nodes)


def follow(
    size: int, nodes: Mapping[merkle.Node, bytes], leaves: Mapping[int, Sequence[Leaf]], heads: Mapping[str, Checkpoint]
) -> list[Branch]:
    """Every way in which the log of `size` leaves goes on, the longest first; `nodes` are those that appending takes.

    `heads` are checkpoints whose signatures hold, by their text.
    """
    ended: list[Branch] = []
    open_ = [Branch(size, dict(nodes))]
    while open_:
        longer: list[Branch] = []
        for branch in open_:
            grown = [one for leaf in leaves.get(branch.size, ()) if (one := _grow(branch, leaf, heads))]
            longer += grown
            if not grown:
                ended.append(branch)
        open_ = longer[:MOST]
    return sorted(ended, key=lambda one: -one.size)


def _grow(branch: Branch, leaf: Leaf, heads: Mapping[str, Checkpoint]) -> Branch | None:
    head = heads.get(str(leaf.proof["checkpoint"]))
    if head is None or head.size != branch.size + 1:
        return None
    made = merkle.append(branch.size, [merkle.leaf_hash(leaf.data)], branch.nodes)
    grown = Branch(branch.size + 1, branch.nodes | made, (*branch.leaves, leaf))
    return grown if grown.root == head.root else None
