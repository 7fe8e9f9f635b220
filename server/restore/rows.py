"""Makes rows again of leaves that were taken in: records with their customers' links, and what customers said of them."""

import hashlib
import json
import os
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.events import RECORD_LOGGED, emit
from server.ground.clock import from_micros
from server.ground.ids import uuid7
from server.ground.problems import NotFound
from server.jobs.history import record as tell
from server.jobs.models import Visit
from server.media.storage import Storage
from server.records.keys import ServerKeys
from server.records.models import CustomerAnswer, SealedRecord
from server.records.seal.issue import fetch_pdf, pdf_key
from server.records.vault import LINK
from server.restore.stored import ANSWER, RECORD, Leaf


async def bring_back(session: AsyncSession, storage: Storage, keys: ServerKeys, origin_id: int, leaf: Leaf) -> bool:
    """Make the row of a leaf, unless it is there. False when there is nothing to make, or nothing that it could belong to."""
    if leaf.kind == RECORD:
        return await _record(session, storage, keys, origin_id, leaf)
    return leaf.kind == ANSWER and await _answer(session, origin_id, leaf)


async def _record(session: AsyncSession, storage: Storage, keys: ServerKeys, origin_id: int, leaf: Leaf) -> bool:
    said = leaf.said
    record_id = UUID(said["record_id"])
    report_id = UUID(_report(said)["report_id"])
    taken = (SealedRecord.id == record_id) | (SealedRecord.report_id == report_id)
    if await session.scalar(select(SealedRecord.id).where(taken)):
        return False
    try:
        digest = hashlib.sha256(await fetch_pdf(storage, keys.vault, record_id, pdf_key(record_id))).hexdigest()
    except NotFound:
        digest = None
    token = leaf.known.get("link")
    link = bytes.fromhex(leaf.known["link_sha256"]) if "link_sha256" in leaf.known else _hash(token)
    until = leaf.known.get("answer_until") or said.get("answer_until") or said["sealed_at"]
    session.add(
        SealedRecord(
            id=record_id, report_id=report_id, visit_id=UUID(said["visit_id"]), record=leaf.data, origin_id=origin_id,
            leaf_index=leaf.index, proof=leaf.proof, state="issued" if digest else "logged",
            pdf_key=pdf_key(record_id) if digest else None, pdf_sha256=digest,
            link=keys.vault.seal(LINK, record_id, token.encode()) if token and not digest else None, link_sha256=link,
            sealed_at=from_micros(said["sealed_at"]), answer_until=from_micros(until),
        )
    )  # fmt: skip
    await session.flush()
    if not digest:
        await emit(session, (RECORD_LOGGED, record_id))
    return True


def _report(said: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(said["report"]["canonical"]))


def _hash(token: str | None) -> bytes:
    """By which a link is known; without its token nobody knows it any more."""
    return hashlib.sha256(token.encode()).digest() if token else os.urandom(32)


async def _answer(session: AsyncSession, origin_id: int, leaf: Leaf) -> bool:
    said = leaf.said
    record = await session.get(SealedRecord, UUID(said["record_id"]))
    if record is None:
        return False
    query = select(CustomerAnswer.id).where(
        CustomerAnswer.record_id == record.id, CustomerAnswer.kind == said["answer"]
    )
    if await session.scalar(query):
        return False
    moment, reason = from_micros(said["answered_at"]), said["reason"] or ""
    answer_id = UUID(leaf.known["id"]) if "id" in leaf.known else uuid7()
    session.add(
        CustomerAnswer(
            id=answer_id, record_id=record.id, kind=said["answer"], reason=reason, statement=leaf.data,
            origin_id=origin_id, leaf_index=leaf.index, proof=leaf.proof, answered_at=moment,
        )
    )  # fmt: skip
    await session.flush()
    await _tell(session, record, said, leaf, moment)
    return True


async def _tell(
    session: AsyncSession, record: SealedRecord, said: dict[str, Any], leaf: Leaf, moment: datetime
) -> None:
    """The line of the visit's history, where the backup has the visit."""
    if await session.get(Visit, record.visit_id) is None:
        return
    facts = {"record_id": str(record.id), "leaf_index": leaf.index, "restored": True}
    facts |= {"reason": said["reason"]} if said["reason"] else {}
    tell(session, record.visit_id, f"customer_{said['answer']}", actor_id=None, occurred_at=moment, facts=facts)
