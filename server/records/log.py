"""The Merkle log in the database: append a leaf, prove that it is in, prove that the log only grew.

Every question reads a few dozen complete nodes by their primary key, whatever the log's size.
"""

from typing import Any

import msgspec
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from server.problems import Invalid
from server.records import merkle
from server.records.checkpoint import Checkpoint, make_checkpoint
from server.records.keys import ServerKeys
from server.records.models import LogHead, LogNode
from server.records.record import build_proof

ORIGIN = "fieldproof/records"


class NotInLog(Invalid):
    """The log has no such leaf or no such size"""

    code = "not_in_log"


class Inclusion(msgspec.Struct):
    """The audit path of a leaf (RFC 6962 section 2.1.1): hashes in hex, from the leaf up."""

    leaf_index: int
    tree_size: int
    leaf_hash: str
    inclusion: list[str]


class Consistency(msgspec.Struct):
    """Proof that the log of `old_size` leaves is a beginning of the log of `new_size` (RFC 6962 section 2.1.2)."""

    old_size: int
    new_size: int
    consistency: list[str]


async def append_leaf(session: AsyncSession, keys: ServerKeys, data: bytes) -> dict[str, Any]:
    """Make data the log's next leaf, sign it, and prove that it is in. Holds the log's head to the transaction's end."""
    head = await session.get_one(LogHead, 1, with_for_update=True)
    index, size = head.size, head.size + 1
    nodes = await _nodes(session, merkle.needed_to_append(index))
    made = merkle.append(index, [merkle.leaf_hash(data)], nodes)
    session.add_all(LogNode(level=level, position=position, hash=value) for (level, position), value in made.items())
    head.size = size
    nodes |= made
    wanted = merkle.needed_for_inclusion(index, size) | merkle.needed_for_root(size)
    nodes |= await _nodes(session, wanted - nodes.keys())
    await session.flush()
    checkpoint = make_checkpoint(Checkpoint(ORIGIN, size, merkle.root(size, nodes)), keys.log)
    return build_proof(
        data, leaf_index=index, tree_size=size, inclusion=merkle.inclusion_proof(index, size, nodes),
        checkpoint=checkpoint, key=keys.document,
    )  # fmt: skip


async def checkpoint(session: AsyncSession, keys: ServerKeys, size: int | None = None) -> str:
    """The signed checkpoint of the log, now or when it had `size` leaves. Raises `NotInLog`."""
    size = await _checked(session, size)
    nodes = await _nodes(session, merkle.needed_for_root(size))
    return make_checkpoint(Checkpoint(ORIGIN, size, merkle.root(size, nodes)), keys.log)


async def inclusion(session: AsyncSession, index: int, size: int | None = None) -> Inclusion:
    """The path of a leaf to the root of the log, now or when it had `size` leaves. Raises `NotInLog`."""
    size = await _checked(session, size)
    if not 0 <= index < size:
        raise NotInLog(f"The log has {size} leaves; leaf {index} is not one of its first {size}.", size=size)
    nodes = await _nodes(session, merkle.needed_for_inclusion(index, size) | {(0, index)})
    path = [value.hex() for value in merkle.inclusion_proof(index, size, nodes)]
    return Inclusion(index, size, nodes[0, index].hex(), path)


async def consistency(session: AsyncSession, old: int, new: int | None = None) -> Consistency:
    """Proof that the log of `old` leaves is a beginning of the log now, or of `new` leaves. Raises `NotInLog`."""
    new = await _checked(session, new)
    if not 1 <= old <= new:
        raise NotInLog(f"Ask from an old size of 1 or more to a new size that is not smaller; got {old} and {new}.")
    nodes = await _nodes(session, merkle.needed_for_consistency(old, new))
    return Consistency(old, new, [value.hex() for value in merkle.consistency_proof(old, new, nodes)])


async def _checked(session: AsyncSession, size: int | None) -> int:
    """The size that was asked for, or the present one."""
    head = await session.scalar(select(LogHead.size).where(LogHead.id == 1)) or 0
    if size is not None and size > head:
        raise NotInLog(f"The log has {head} leaves, not {size} yet.", size=head)
    return head if size is None else size


async def _nodes(session: AsyncSession, wanted: set[merkle.Node]) -> dict[merkle.Node, bytes]:
    if not wanted:
        return {}
    rows = await session.execute(
        select(LogNode.level, LogNode.position, LogNode.hash).where(tuple_(LogNode.level, LogNode.position).in_(wanted))
    )
    return {(level, position): value for level, position, value in rows}
