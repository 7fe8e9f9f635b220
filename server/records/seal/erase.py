"""Erases signatures' drawings when their time is over, and encrypts PDFs that an older version left in clear: one by one.

Erasing changes no signed byte: the hash stays bound, so the chain, the record and the log go on to verify without the drawing.
No transaction is open while a PDF is drawn or stored, and one that cannot be done stops none of the others.
"""

import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.database.events import STROKES_DUE
from server.faults.keep import is_away, keep_fault, settle
from server.ground import clock
from server.jobs.history import record
from server.media.storage import Storage
from server.records.log.log import origin_of
from server.records.models import SealedRecord, Signature
from server.records.print.threads import drawing
from server.records.seal.issue import LOCKED, draw_pdf, lock_pdf, pdf_key, store_pdf
from server.records.seal.trial import must_verify
from server.records.sealer import Sealer

log = logging.getLogger("fieldproof.records")

DUE = text("""
select id, received_at from operation where attachment is not null and received_at < :before
  and (received_at, id) > (:after, :after_id) order by received_at, id limit 50
""")
ERASE = text(
    "update operation set attachment = null where id = :id and attachment is not null returning visit_id, kind"
)
FIRST = (datetime.min.replace(tzinfo=clock.EPOCH.tzinfo), UUID(int=0))


class Tidied(msgspec.Struct, frozen=True):
    """How many PDFs were encrypted, how many drawings erased, and how many could not be: those are tried again next time."""

    locked: int
    erased: int
    failed: int


async def tidy_strokes(sessions: Sessions, storage: Storage, sealer: Sealer) -> Tidied:
    """Encrypt what is still in clear and erase what is past its time. Raises what ends it: database or storage are away."""
    locked = await lock_clear_pdfs(sessions, storage, sealer)
    erased, failed = await erase_strokes(
        sessions, storage, sealer, before=clock.now() - timedelta(days=sealer.strokes_days)
    )
    return Tidied(locked, erased, failed)


async def erase_strokes(sessions: Sessions, storage: Storage, sealer: Sealer, *, before: datetime) -> tuple[int, int]:
    """Erase strokes that came in before a moment. Returns how many were erased, and how many could not be."""
    erased = failed = 0
    async for operation_id in _due(sessions, before):
        try:
            erased += await erase_drawing(sessions, storage, sealer, operation_id)
        except Exception as error:
            if is_away(error):
                raise
            log.exception("the drawing of operation %s could not be erased; it is tried again next time", operation_id)
            async with sessions.begin() as session:
                await keep_fault(session, STROKES_DUE, operation_id, error)
            failed += 1
    return erased, failed


async def _due(sessions: Sessions, before: datetime) -> AsyncIterator[UUID]:
    after, after_id = FIRST
    while True:
        async with sessions() as session:
            found = (await session.execute(DUE, {"before": before, "after": after, "after_id": after_id})).all()
        if not found:
            return
        for row in found:
            yield row.id
        after, after_id = found[-1].received_at, found[-1].id


async def erase_drawing(sessions: Sessions, storage: Storage, sealer: Sealer, operation_id: UUID) -> int:
    """Erase one drawing; 0 when there is none to erase, or not yet.

    First the stored PDF is replaced by one without the drawing; then the drawing goes, with a line in the visit's history.

    Cut off between the two, it is begun again. The visit's history says which PDF there was before.
    """
    async with sessions() as session:
        sealed = await _record_of(session, operation_id)
    facts: dict[str, Any] = {}
    if sealed is not None and sealed.state == "logged":
        return 0  # its PDF is still being made with it; the next run finds it issued
    if sealed is not None:
        pdf = await draw_pdf(storage, sealer, sealed.record, sealed.proof, strokes=None, link=None)
        await drawing(must_verify, pdf, sealer.keys, origin_of(sealed.proof))
        digest = await store_pdf(storage, sealer.keys.vault, sealed.id, pdf)
        facts = {"record_id": str(sealed.id), "pdf_sha256_before": sealed.pdf_sha256, "pdf_sha256": digest}
    async with sessions.begin() as session:
        gone = (await session.execute(ERASE, {"id": operation_id})).one_or_none()
        if gone is None:
            return 0
        await settle(session, STROKES_DUE, operation_id)
        if sealed is not None:
            row = await session.get_one(SealedRecord, sealed.id, with_for_update=True)
            if row.pdf_key not in (None, pdf_key(row.id)):  # an older version left it in clear
                await storage.delete(row.pdf_key)
            row.pdf_key, row.pdf_sha256 = pdf_key(row.id), facts["pdf_sha256"]
        if gone.visit_id is not None:
            record(
                session, gone.visit_id, "strokes_erased", actor_id=None, operation_id=operation_id,
                facts={"kind": gone.kind, **facts},
            )  # fmt: skip
    return 1


async def _record_of(session: AsyncSession, operation_id: UUID) -> SealedRecord | None:
    found: SealedRecord | None = await session.scalar(
        select(SealedRecord)
        .join(Signature, Signature.report_id == SealedRecord.report_id)
        .where(Signature.operation_id == operation_id)
    )
    return found


async def lock_clear_pdfs(sessions: Sessions, storage: Storage, sealer: Sealer) -> int:
    """Encrypt PDFs that an older version stored in clear. Returns how many."""
    async with sessions() as session:
        clear = (await session.scalars(select(SealedRecord.id).where(~SealedRecord.pdf_key.endswith(LOCKED)))).all()
    for record_id in clear:
        async with sessions.begin() as session:
            await lock_pdf(
                storage, sealer.keys.vault, await session.get_one(SealedRecord, record_id, with_for_update=True)
            )
    return len(clear)
