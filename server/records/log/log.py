"""The Merkle log in the database: append a leaf, prove that it is in, prove that the log only grew.

Every question reads a few dozen complete nodes by their primary key, whatever the log's size. A leaf is known by the log's name
and its index: where a restored backup lacks leaves that nobody can give back, another log follows (`server.restore`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import Invalid
from server.records.checkpoint import Checkpoint, make_checkpoint
from server.records.keys import ServerKeys
from server.records.log import merkle
from server.records.models import LogHead, LogNode, LogOrigin
from server.records.record import build_proof

ORIGIN = "fieldproof/records"
"""The name of a server's first log."""


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


class Place(NamedTuple):
    """A log, and how many leaves of it are known."""

    origin_id: int
    name: str
    size: int


async def append_leaf(session: AsyncSession, keys: ServerKeys, data: bytes) -> dict[str, Any]:
    """Make data the log's next leaf, sign it, and prove that it is in. Holds the log's head to the transaction's end."""
    head = await session.get_one(LogHead, 1, with_for_update=True)
    origin = await session.get_one(LogOrigin, head.origin_id)
    index, size = head.size, head.size + 1
    nodes = await read_nodes(session, origin.id, merkle.needed_to_append(index))
    made = merkle.append(index, [merkle.leaf_hash(data)], nodes)
    add_nodes(session, origin.id, made)
    head.size = size
    nodes |= made
    wanted = merkle.needed_for_inclusion(index, size) | merkle.needed_for_root(size)
    nodes |= await read_nodes(session, origin.id, wanted - nodes.keys())
    await session.flush()
    checkpoint = make_checkpoint(Checkpoint(origin.name, size, merkle.root(size, nodes)), keys.log)
    return build_proof(
        data, leaf_index=index, tree_size=size, inclusion=merkle.inclusion_proof(index, size, nodes),
        checkpoint=checkpoint, key=keys.document,
    )  # fmt: skip


async def checkpoint(
    session: AsyncSession, keys: ServerKeys, size: int | None = None, origin: str | None = None
) -> str:
    """The signed checkpoint of the log, now or when it had `size` leaves. Raises `NotInLog`."""
    place = await _checked(session, size, origin)
    nodes = await read_nodes(session, place.origin_id, merkle.needed_for_root(place.size))
    return make_checkpoint(Checkpoint(place.name, place.size, merkle.root(place.size, nodes)), keys.log)


async def inclusion(session: AsyncSession, index: int, size: int | None = None, origin: str | None = None) -> Inclusion:
    """The path of a leaf to the root of the log, now or when it had `size` leaves. Raises `NotInLog`."""
    place = await _checked(session, size, origin)
    size = place.size
    if not 0 <= index < size:
        raise NotInLog(f"The log has {size} leaves; leaf {index} is not one of its first {size}.", size=size)
    nodes = await read_nodes(session, place.origin_id, merkle.needed_for_inclusion(index, size) | {(0, index)})
    path = [value.hex() for value in merkle.inclusion_proof(index, size, nodes)]
    return Inclusion(index, size, nodes[0, index].hex(), path)


async def consistency(
    session: AsyncSession, old: int, new: int | None = None, origin: str | None = None
) -> Consistency:
    """Proof that the log of `old` leaves is a beginning of the log now, or of `new` leaves. Raises `NotInLog`."""
    place = await _checked(session, new, origin)
    new = place.size
    if not 1 <= old <= new:
        raise NotInLog(f"Ask from an old size of 1 or more to a new size that is not smaller; got {old} and {new}.")
    nodes = await read_nodes(session, place.origin_id, merkle.needed_for_consistency(old, new))
    return Consistency(old, new, [value.hex() for value in merkle.consistency_proof(old, new, nodes)])


async def origins(session: AsyncSession) -> Sequence[str]:
    """The names of this server's logs, the first one first: a key file lists them all."""
    return (await session.scalars(select(LogOrigin.name).order_by(LogOrigin.id))).all()


def origin_of(proof: Mapping[str, Any]) -> str:
    """The name of the log that a proof is about."""
    return str(proof["checkpoint"]).partition("\n")[0]


async def head_of(session: AsyncSession, origin: str | None = None) -> Place:
    """The log that goes on, or another one by its name. Raises `NotInLog`."""
    query = select(LogOrigin.id, LogOrigin.name, LogOrigin.size, LogHead.size.label("now")).outerjoin(
        LogHead, LogHead.origin_id == LogOrigin.id
    )
    query = query.where(LogHead.id == 1) if origin is None else query.where(LogOrigin.name == origin)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotInLog("No log here has this name. GET /v1/keys lists their names.")
    return Place(row.id, row.name, row.now if row.now is not None else row.size or 0)


async def _checked(session: AsyncSession, size: int | None, origin: str | None) -> Place:
    """The log with the size that was asked for, or the present one."""
    place = await head_of(session, origin)
    if size is not None and size > place.size:
        raise NotInLog(f"The log has {place.size} leaves, not {size} yet.", size=place.size)
    return place if size is None else place._replace(size=size)


def add_nodes(session: AsyncSession, origin_id: int, made: Mapping[merkle.Node, bytes]) -> None:
    """Store nodes that are complete."""
    session.add_all(
        LogNode(origin_id=origin_id, level=level, position=position, hash=value)
        for (level, position), value in made.items()
    )


async def read_nodes(session: AsyncSession, origin_id: int, wanted: set[merkle.Node]) -> dict[merkle.Node, bytes]:
    """Some nodes of a log."""
    if not wanted:
        return {}
    rows = await session.execute(
        select(LogNode.level, LogNode.position, LogNode.hash).where(
            LogNode.origin_id == origin_id, tuple_(LogNode.level, LogNode.position).in_(wanted)
        )
    )
    return {(level, position): value for level, position, value in rows}
