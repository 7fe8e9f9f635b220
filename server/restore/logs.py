"""Brings the log back: on under its name where every leaf can be had again, else followed by another that says so.

What is missing is looked for among the leaves that were kept, then inside the sealed PDFs. That the database's log is a beginning
of the newest checkpoint is proven by making the tree again up to it. Run again after it was cut off, it goes on from there.
"""

from collections.abc import Iterable

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.ground import clock
from server.media.storage import Storage
from server.records.canonical import canonical
from server.records.checkpoint import Checkpoint
from server.records.keys import ServerKeys
from server.records.log import merkle
from server.records.log.log import (
    ORIGIN,
    Place,
    add_nodes,
    append_leaf,
    checkpoint,
    head_of,
    origin_of,
    read_nodes,
)
from server.records.models import LogHead, LogOrigin, SealedRecord
from server.records.print.threads import drawing
from server.restore.branches import Branch, follow
from server.restore.copies import NOTE, OCTETS
from server.restore.copies import leaf as kept_leaf
from server.restore.kept import NotOurs, seal
from server.restore.rows import bring_back
from server.restore.stored import (
    ANSWER,
    BEGINNING,
    ORIGIN_TYPE,
    Found,
    Leaf,
    faults,
    find_log,
    find_pdfs,
    keys_under,
    read_kept,
    read_note,
)

ORIGINS = "safe/origins/"


class Log(msgspec.Struct):
    """What came of a log: how many leaves the backup had, how many there are now, and the newest checkpoint that is known."""

    name: str
    before: int
    after: int = 0
    known: int = 0
    whole: bool = True
    forked: bool = False
    records: int = 0
    answers: int = 0
    refused: dict[str, str] = {}
    follows: str = ""


class Follower(msgspec.Struct, frozen=True):
    """A log that was begun after another could not go on."""

    name: str
    follows: str
    began_at: int


async def bring_logs_back(sessions: Sessions, storage: Storage, keys: ServerKeys) -> list[Log]:
    """Bring back the log of the database, and those that followed it; begin another where leaves are missing."""
    done: list[Log] = []
    while True:
        async with sessions() as session:
            place = await head_of(session)
        found = await find_log(storage, keys, place.name, place.size)
        await _look_into_pdfs(sessions, storage, keys, place, found)
        followers = await find_followers(storage, keys, place.name)
        async with sessions.begin() as session:
            log = await _complete(session, storage, keys, place, found)
            done.append(log)
            if followers:
                await _go_over_to(session, storage, keys, log, followers)
            elif not log.whole:
                done.append(await _begin_another(session, storage, keys, log, found))
        if not followers:
            return done


async def _look_into_pdfs(sessions: Sessions, storage: Storage, keys: ServerKeys, place: Place, found: Found) -> None:
    """For leaves that lie nowhere else."""
    newest = found.newest
    if newest is not None and all(at in found.leaves for at in range(place.size, newest[1].size)):
        return
    async with sessions() as session:
        known = {str(one) for one in await session.scalars(select(SealedRecord.id))}
    async for leaf in find_pdfs(storage, keys, known, found.refused):
        note = str(leaf.proof.get("checkpoint"))
        try:
            head = read_note(note, keys.log.public_key(), place.name)
        except NotOurs:
            continue  # of another log, which is looked at in its turn
        if leaf.index >= place.size:
            found.leaves.setdefault(leaf.index, []).append(leaf)
            found.notes[note] = head


async def _complete(session: AsyncSession, storage: Storage, keys: ServerKeys, place: Place, found: Found) -> Log:
    head = await session.get_one(LogHead, 1, with_for_update=True)
    nodes = await read_nodes(session, place.origin_id, merkle.needed_to_append(place.size))
    best, *others = follow(place.size, nodes, found.leaves, found.notes)
    newest = found.newest
    log = Log(place.name, place.size, best.size, newest[1].size if newest else place.size, refused=dict(found.refused))
    log.whole = newest is None or _is(best, newest[1])
    log.forked = bool(others) or any(not _agrees(best, each) for each in found.notes.values())
    add_nodes(session, place.origin_id, {at: value for at, value in best.nodes.items() if at not in nodes})
    head.size = best.size
    await session.flush()
    rest = (leaf for index in sorted(found.leaves) if index >= best.size for leaf in found.leaves[index][:1])
    await _rows(session, storage, keys, place.origin_id, [*best.leaves, *rest], log)
    return log


def _is(branch: Branch, head: Checkpoint) -> bool:
    return branch.size == head.size and branch.root == head.root


def _agrees(branch: Branch, head: Checkpoint) -> bool:
    """Whether a checkpoint is of this branch, as far as it can be told."""
    if head.size > branch.size or not merkle.needed_for_root(head.size) <= branch.nodes.keys():
        return True
    return merkle.root(head.size, branch.nodes) == head.root


async def _rows(
    session: AsyncSession, storage: Storage, keys: ServerKeys, origin_id: int, leaves: Iterable[Leaf], log: Log
) -> None:
    for leaf in leaves:
        if leaf.kind == BEGINNING:
            origin = await session.get_one(LogOrigin, origin_id)
            origin.statement, origin.proof = leaf.data, leaf.proof
            continue
        record = await _record_of(session, leaf)
        wrong = await drawing(faults, leaf, record, keys)
        if wrong:
            log.refused[f"leaf {leaf.index}"] = "; ".join(f"{claim.statement}: {claim.detail}" for claim in wrong)
        elif await bring_back(session, storage, keys, origin_id, leaf):
            if leaf.kind == ANSWER:
                log.answers += 1
            else:
                log.records += 1


async def _record_of(session: AsyncSession, leaf: Leaf) -> bytes | None:
    if leaf.kind != ANSWER:
        return None
    return await session.scalar(select(SealedRecord.record).where(SealedRecord.id == leaf.said["record_id"]))


async def find_followers(storage: Storage, keys: ServerKeys, name: str) -> list[Follower]:
    """The logs that follow this one, the newest last."""
    found = []
    async for one in keys_under(storage, ORIGINS):
        try:
            said = await read_kept(storage, keys, one.key)
        except NotOurs:
            continue
        if said.get("follows") == name:
            found.append(Follower(str(said["name"]), name, int(said["began_at"])))
    return sorted(found, key=lambda each: each.began_at)


async def _add_origin(session: AsyncSession, name: str) -> LogOrigin:
    last = await session.scalar(select(func.max(LogOrigin.id))) or 0
    origin = LogOrigin(id=last + 1, name=name, size=None, statement=None, proof=None)
    session.add(origin)
    await session.flush()
    return origin


async def _go_over_to(
    session: AsyncSession, storage: Storage, keys: ServerKeys, log: Log, followers: list[Follower]
) -> None:
    """The database is of before another log began: go on with that. Where two were begun, the newest goes on."""
    await _end(session, log)
    for follower in followers:
        origin = await _add_origin(session, follower.name)
        if follower is followers[-1]:
            await _head(session, origin)
        else:
            found = await find_log(storage, keys, follower.name, 0)
            leaves = [leaf for index in sorted(found.leaves) for leaf in found.leaves[index][:1]]
            await _rows(session, storage, keys, origin.id, leaves, log)


async def _end(session: AsyncSession, log: Log) -> None:
    """Another log goes on from here."""
    origin = (await session.scalars(select(LogOrigin).where(LogOrigin.name == log.name))).one()
    origin.size = log.after


async def _head(session: AsyncSession, origin: LogOrigin) -> None:
    head = await session.get_one(LogHead, 1, with_for_update=True)
    head.origin_id, head.size = origin.id, 0
    await session.flush()


async def _begin_another(session: AsyncSession, storage: Storage, keys: ServerKeys, log: Log, found: Found) -> Log:
    """Its first leaf names the last checkpoint of the old one. It is in the storage before anybody hears of it."""
    note = found.newest[0] if found.newest else await checkpoint(session, keys)
    moment = clock.now()
    name = f"{ORIGIN}/{moment:%Y%m%dT%H%M%S.%fZ}"
    began_at = clock.to_micros(moment)
    await _end(session, log)
    origin = await _add_origin(session, name)
    await _head(session, origin)
    statement = canonical(
        {"type": ORIGIN_TYPE, "origin": name, "follows": {"origin": log.name, "checkpoint": note}, "began_at": began_at}
    )
    proof = await append_leaf(session, keys, statement)
    origin.statement, origin.proof = statement, proof
    await session.flush()
    kept = kept_leaf(proof, statement)
    values = kept.values | {f"{ORIGINS}{began_at:020d}": {"name": name, "follows": log.name, "began_at": began_at}}
    for key, value in values.items():
        await storage.write(key, seal(keys, key, value), OCTETS)
    for key, text in kept.notes.items():
        await storage.write(key, text.encode(), NOTE)
    assert origin_of(proof) == name
    return Log(name, 0, 1, 1, follows=log.name)
