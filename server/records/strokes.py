"""Strokes at rest: encrypted with what the session carries, drawn into the PDF once, and erased when their time is over.

They are kept in one place, the attachment of the operation that signed, parked ones included. Erasing them changes no
signed byte: the hash stays bound, so the chain, the record and the log go on to verify without them.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.database.engine import Sessions
from server.jobs.history import record
from server.media.storage import Storage
from server.records.issue import LOCKED, draw_pdf, lock_pdf, store_pdf
from server.records.models import SealedRecord, Signature
from server.records.sealer import Sealer
from server.records.vault import STROKES, Vault

# Operations belong to sync, a room above this one.
ATTACHMENT = text("select attachment from operation where id = :id")
ERASE = text("""
update operation set attachment = null where id in (
  select id from operation where attachment is not null and received_at < :before
  order by received_at limit :limit for update skip locked)
returning id, visit_id, kind
""")


def lock(session: AsyncSession, operation_id: UUID, attachment: str | None) -> bytes | None:
    """An operation's attachment as it is stored."""
    return _vault(session).seal(STROKES, operation_id, attachment.encode()) if attachment else None


def unlock(session: AsyncSession, operation_id: UUID, stored: bytes | None) -> str | None:
    """An operation's attachment again. Raises `Locked`."""
    return _vault(session).open(STROKES, operation_id, stored).decode() if stored else None


async def strokes_of(session: AsyncSession, vault: Vault, signature: Signature) -> str | None:
    """The strokes of a signature; None when there were none, or they were erased. Raises `Locked`."""
    if signature.strokes_sha256 is None:
        return None
    stored = await session.scalar(ATTACHMENT, {"id": signature.operation_id})
    return vault.open(STROKES, signature.operation_id, bytes(stored)).decode() if stored else None


async def erase_strokes(
    session: AsyncSession, storage: Storage, sealer: Sealer, *, before: datetime, limit: int = 50
) -> int:
    """Erase strokes that came in before a moment, at most `limit` of them. Returns how many.

    The stored PDF that draws them is made again without them. Each leaves a line in its visit's history.
    """
    erased = (await session.execute(ERASE, {"before": before, "limit": limit})).all()
    for operation in erased:
        facts: dict[str, Any] = {"kind": operation.kind}
        sealed = await session.scalar(
            select(SealedRecord)
            .join(Signature, Signature.report_id == SealedRecord.report_id)
            .where(Signature.operation_id == operation.id)
        )
        if sealed is not None:
            facts |= {"record_id": str(sealed.id), "pdf_sha256_before": sealed.pdf_sha256}
            pdf = await draw_pdf(storage, sealer, sealed.record, sealed.proof, strokes=None, link=None)
            await lock_pdf(storage, sealer.keys.vault, sealed)
            sealed.pdf_sha256 = await store_pdf(storage, sealer.keys.vault, sealed.id, pdf)
            facts["pdf_sha256"] = sealed.pdf_sha256
        if operation.visit_id is not None:
            record(session, operation.visit_id, "strokes_erased", actor_id=None, operation_id=operation.id, facts=facts)
    return len(erased)


async def lock_clear_pdfs(session: AsyncSession, storage: Storage, sealer: Sealer, *, limit: int = 50) -> int:
    """Encrypt PDFs that an older version stored in clear, at most `limit` of them. Returns how many."""
    clear = select(SealedRecord).where(~SealedRecord.pdf_key.endswith(LOCKED)).limit(limit)
    rows = (await session.scalars(clear.with_for_update(skip_locked=True))).all()
    for row in rows:
        await lock_pdf(storage, sealer.keys.vault, row)
    return len(rows)


async def tidy_strokes(sessions: Sessions, storage: Storage, sealer: Sealer) -> tuple[int, int]:
    """Encrypt what is still in clear and erase what is past its time, a few at a time. Returns how many of each."""
    locked = erased = 0
    while True:
        async with sessions.begin() as session:
            done = await lock_clear_pdfs(session, storage, sealer)
        locked += done
        if not done:
            break
    before = clock.now() - timedelta(days=sealer.strokes_days)
    while True:
        async with sessions.begin() as session:
            done = await erase_strokes(session, storage, sealer, before=before)
        erased += done
        if not done:
            return locked, erased


def _vault(session: AsyncSession) -> Vault:
    vault: Vault | None = session.info.get("vault")
    if vault is None:
        raise RuntimeError("This session carries no vault; make sessions by make_sessions(engine, vault=...)")
    return vault
