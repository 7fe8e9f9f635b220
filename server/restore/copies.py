"""Writes to the storage what a restored backup must not undo: revocations, and leaves of the log with their checkpoints.

A row of `safe_copy` says what is still to be written; it is marked only when the storage has it. Whatever ends a run, the next
one writes the same again.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.ground import clock
from server.ground.clock import to_micros
from server.identity.models import Device, User
from server.media.storage import Storage
from server.records.log.log import origin_of
from server.records.log.merkle import leaf_hash
from server.records.models import CustomerAnswer, SealedRecord
from server.records.sealer import Sealer
from server.records.vault import LINK, Vault
from server.restore.kept import checkpoint_key, kept_key, leaf_key, seal
from server.restore.models import SafeCopy

log = logging.getLogger("fieldproof.restore")
AT_ONCE = 500
OCTETS, NOTE = "application/octet-stream", "text/plain; charset=utf-8"


class Waiting(msgspec.Struct):
    """How many copies the storage does not have yet, and since when the oldest of them waits."""

    waiting: int
    since: datetime | None


class Objects(msgspec.Struct):
    """What to write: addresses with values that are to be sealed, and checkpoints in clear."""

    values: dict[str, dict[str, Any]] = {}
    notes: dict[str, str] = {}


async def copies_waiting(session: AsyncSession) -> Waiting:
    """How much the storage does not have yet."""
    query = select(func.count(), func.min(SafeCopy.changed_at)).where(SafeCopy.arrived_at.is_(None))
    count, since = (await session.execute(query)).one()
    return Waiting(count, since)


async def copy_of(sessions: Sessions, storage: Storage, sealer: Sealer, subject: UUID) -> int:
    """Write what waits of one subject. Returns how many copies arrived. Raises `Unavailable`."""
    query = select(SafeCopy).where(SafeCopy.subject == subject, SafeCopy.arrived_at.is_(None))
    async with sessions() as session:
        rows = (await session.scalars(query)).all()
    return await _write(sessions, storage, sealer, rows)


async def copy_waiting(sessions: Sessions, storage: Storage, sealer: Sealer, *, most: int = 20 * AT_ONCE) -> int:
    """Write what waits, the oldest first. Returns how many copies arrived. Raises `Unavailable`."""
    done = 0
    query = select(SafeCopy).where(SafeCopy.arrived_at.is_(None)).order_by(SafeCopy.changed_at).limit(AT_ONCE)
    while done < most:
        async with sessions() as session:
            rows = (await session.scalars(query)).all()
        if not rows:
            break
        done += await _write(sessions, storage, sealer, rows)
    return done


async def _write(sessions: Sessions, storage: Storage, sealer: Sealer, rows: Sequence[SafeCopy]) -> int:
    for row in rows:
        async with sessions() as session:
            found = await _objects(session, sealer.keys.vault, row)
        for key, value in found.values.items():
            await storage.write(key, seal(sealer.keys, key, value), OCTETS)
        for key, note in found.notes.items():
            await storage.write(key, note.encode(), NOTE)
        async with sessions.begin() as session:
            await session.execute(
                update(SafeCopy)
                .where(SafeCopy.kind == row.kind, SafeCopy.subject == row.subject)
                .where(SafeCopy.changed_at == row.changed_at)  # else it has changed meanwhile
                .values(arrived_at=clock.now())
            )
    return len(rows)


async def _objects(session: AsyncSession, vault: Vault, row: SafeCopy) -> Objects:
    match row.kind:
        case "device":
            device = await session.get(Device, row.subject)
            return Objects() if device is None else Objects({kept_key("device", device.id): _device(device, row)})
        case "user":
            user = await session.get(User, row.subject)
            return Objects() if user is None else Objects({kept_key("user", user.id): _user(user, row)})
        case "record":
            record = await session.get(SealedRecord, row.subject)
            return Objects() if record is None else leaf(record.proof, record.record, **_links(vault, record))
        case _:
            answer = await session.get(CustomerAnswer, row.subject)
            return Objects() if answer is None else leaf(answer.proof, answer.statement, id=str(answer.id))


def _device(device: Device, row: SafeCopy) -> dict[str, Any]:
    return {
        "id": str(device.id), "changed_at": to_micros(row.changed_at),
        "revoked_at": to_micros(device.revoked_at) if device.revoked_at else None,
        "revoked_by": str(device.revoked_by) if device.revoked_by else None,
    }  # fmt: skip


def _user(user: User, row: SafeCopy) -> dict[str, Any]:
    return {"id": str(user.id), "changed_at": to_micros(row.changed_at), "active": user.active, "role": user.role}


def _links(vault: Vault, row: SealedRecord) -> dict[str, Any]:
    """The customer's link: its hash, by which it is known, and its token while the PDF that shows it is still to be made."""
    token = vault.open(LINK, row.id, row.link).decode() if row.link else None
    return {"link_sha256": row.link_sha256.hex(), "link": token, "answer_until": to_micros(row.answer_until)}


def leaf(proof: dict[str, Any], data: bytes, **more: Any) -> Objects:
    """A leaf as it is kept, and the checkpoint of the moment at which it was the last one."""
    origin, note = origin_of(proof), str(proof["checkpoint"])
    key = leaf_key(origin, proof["leaf_index"], leaf_hash(data))
    value = {"text": data.decode(), "proof": proof, **more}
    return Objects({key: value}, {checkpoint_key(origin, proof["tree_size"], note): note})
