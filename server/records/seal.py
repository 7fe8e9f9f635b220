"""Seals a visit's report when custody is complete: record, leaf in the log, PDF, signature, storage; then the visit closes.

All in one transaction that holds the log's head, so leaves have no gaps and a killed worker leaves no half seal.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.clock import to_micros
from server.ids import uuid7
from server.jobs.history import advance, lock_visit
from server.jobs.models import Visit
from server.media.custody import standing
from server.media.storage import Storage
from server.records.facts import facts_of
from server.records.issue import draw_pdf, pdf_key, store_pdf
from server.records.log import append_leaf
from server.records.models import SealedRecord, ServiceReport, Signature
from server.records.record import build_record
from server.records.sealer import Sealer
from server.records.strokes import strokes_of


async def seal_visit(session: AsyncSession, storage: Storage, sealer: Sealer, visit_id: UUID) -> list[UUID]:
    """Seal every signed report of a completed visit whose custody is complete. Returns the new records' ids."""
    visit = await lock_visit(session, visit_id)
    found = await standing(session, visit_id)
    told = ("promised", "verified", "decided") if found["decided"] else ("promised", "verified")
    visit.custody = {name: found[name] for name in told}
    if visit.state not in ("completed", "closed") or found["waiting"]:
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
    record_id, sealed_at = uuid7(), clock.now()
    answer_until = sealed_at + timedelta(days=sealer.dispute_days)
    facts = await facts_of(session, visit, report, signature)
    record = build_record(
        {
            **facts, "record_id": str(record_id), "sealed_at": to_micros(sealed_at),
            "answer_until": to_micros(answer_until), "issuer": _issuer(facts, sealer),
        }
    )  # fmt: skip
    proof = await append_leaf(session, sealer.keys, record)
    strokes = await strokes_of(session, sealer.keys.vault, signature)
    token = secrets.token_urlsafe(24)
    pdf = await draw_pdf(storage, sealer, record, proof, strokes=strokes, link=f"{sealer.public_url}/r/{token}")
    session.add(
        SealedRecord(
            id=record_id, report_id=report.id, visit_id=visit.id, record=record, leaf_index=proof["leaf_index"],
            proof=proof, pdf_key=pdf_key(record_id), link_sha256=hashlib.sha256(token.encode()).digest(),
            pdf_sha256=await store_pdf(storage, sealer.keys.vault, record_id, pdf), sealed_at=sealed_at,
            answer_until=answer_until,
        )
    )  # fmt: skip
    await session.flush()
    return record_id


def _issuer(facts: dict[str, Any], sealer: Sealer) -> dict[str, Any]:
    issuer: dict[str, Any] = facts["issuer"]
    return {"name": sealer.company, **issuer}
