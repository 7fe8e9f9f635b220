"""Seals a visit's report when custody is complete: record, leaf in the log, PDF, signature, storage; then the visit closes.

All in one transaction that holds the log's head, so leaves have no gaps and a killed worker leaves no half seal.
"""

import asyncio
import hashlib
import secrets
from typing import Any
from uuid import UUID

import msgspec
from cryptography.x509 import Certificate
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.clock import to_micros
from server.ids import uuid7
from server.jobs.history import advance, lock_visit
from server.jobs.models import Visit
from server.media.custody import standing, thumbnail_key
from server.media.storage import Storage
from server.records import merkle
from server.records.checkpoint import Checkpoint, make_checkpoint
from server.records.facts import facts_of
from server.records.keys import ServerKeys
from server.records.models import LogHead, LogNode, SealedRecord, ServiceReport, Signature
from server.records.pades import sign_pdf
from server.records.pdf import render_pdf
from server.records.record import build_proof, build_record, record_leaf

ORIGIN = "fieldproof/records"
MAX_THUMBNAIL = 2 * 1024 * 1024


class Sealer(msgspec.Struct, frozen=True):
    """What a seal is made with."""

    keys: ServerKeys
    certificate: Certificate
    company: str
    public_url: str
    tsa_url: str | None = None


async def seal_visit(session: AsyncSession, storage: Storage, sealer: Sealer, visit_id: UUID) -> list[UUID]:
    """Seal every signed report of a completed visit whose photos have all arrived. Returns the new records' ids."""
    visit = await lock_visit(session, visit_id)
    found = await standing(session, visit_id)
    visit.custody = {"promised": found["promised"], "verified": found["verified"]}
    if visit.state not in ("completed", "closed") or found["thumbnails"] < found["promised"]:
        return []
    waiting = await session.execute(
        select(ServiceReport, Signature)
        .join(Signature, Signature.report_id == ServiceReport.id)
        .outerjoin(SealedRecord, SealedRecord.report_id == ServiceReport.id)
        .where(ServiceReport.visit_id == visit_id, SealedRecord.id.is_(None))
        .order_by(ServiceReport.created_at, ServiceReport.id)
    )
    made = [await _seal(session, storage, sealer, visit, report, signature) for report, signature in waiting.all()]
    if made and visit.state == "completed":
        advance(session, visit, "close", actor_id=None, facts={"records": [str(one) for one in made]})
    return made


async def _seal(
    session: AsyncSession, storage: Storage, sealer: Sealer, visit: Visit, report: ServiceReport, signature: Signature
) -> UUID:
    head = await session.get_one(LogHead, 1, with_for_update=True)
    record_id, sealed_at = uuid7(), clock.now()
    facts = await facts_of(session, visit, report, signature)
    record = build_record(
        {**facts, "record_id": str(record_id), "sealed_at": to_micros(sealed_at), "issuer": _issuer(facts, sealer)}
    )
    proof = await _append(session, head, record, sealer)
    strokes = signature.strokes.decode() if signature.strokes else None
    thumbnails = {
        photo["photo_id"]: await storage.read(thumbnail_key(photo["sha256"]), MAX_THUMBNAIL) or b""
        for photo in facts["photos"]
    }
    token = secrets.token_urlsafe(24)
    link = f"{sealer.public_url}/v1/shared/{token}"
    pages = await asyncio.to_thread(
        render_pdf, record, proof, strokes, {key: data for key, data in thumbnails.items() if data}, link=link
    )
    pdf = await asyncio.to_thread(
        sign_pdf, pages, sealer.keys.document, sealer.certificate, signed_at=sealed_at, timestamp_url=sealer.tsa_url
    )
    key = f"records/{record_id}.pdf"
    await storage.write(key, pdf, "application/pdf")
    session.add(
        SealedRecord(
            id=record_id, report_id=report.id, visit_id=visit.id, record=record, leaf_index=proof["leaf_index"],
            proof=proof, pdf_key=key, pdf_sha256=hashlib.sha256(pdf).hexdigest(),
            link_sha256=hashlib.sha256(token.encode()).digest(), sealed_at=sealed_at,
        )
    )  # fmt: skip
    await session.flush()
    return record_id


def _issuer(facts: dict[str, Any], sealer: Sealer) -> dict[str, Any]:
    issuer: dict[str, Any] = facts["issuer"]
    return {"name": sealer.company, **issuer}


async def _append(session: AsyncSession, head: LogHead, record: bytes, sealer: Sealer) -> dict[str, Any]:
    """Make the record the log's next leaf and prove that it is: a handful of nodes are read, never the log."""
    index, size = head.size, head.size + 1
    needed = merkle.needed_to_append(index) | merkle.needed_for_root(index)
    nodes = await _nodes(session, needed)
    made = merkle.append(index, [record_leaf(record)], nodes)
    session.add_all(LogNode(level=level, position=position, hash=value) for (level, position), value in made.items())
    head.size = size
    wanted = merkle.needed_for_inclusion(index, size) | merkle.needed_for_root(size)
    nodes = {**nodes, **await _nodes(session, wanted - made.keys() - nodes.keys()), **made}
    checkpoint = make_checkpoint(Checkpoint(ORIGIN, size, merkle.root(size, nodes)), sealer.keys.log)
    return build_proof(
        record, leaf_index=index, tree_size=size, inclusion=merkle.inclusion_proof(index, size, nodes),
        checkpoint=checkpoint, key=sealer.keys.document,
    )  # fmt: skip


async def _nodes(session: AsyncSession, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    if not wanted:
        return {}
    rows = await session.execute(
        select(LogNode.level, LogNode.position, LogNode.hash).where(tuple_(LogNode.level, LogNode.position).in_(wanted))
    )
    return {(level, position): value for level, position, value in rows}
