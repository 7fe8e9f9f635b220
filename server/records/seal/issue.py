"""The PDF of a record that is in the log: drawn, sealed by PAdES, verified, stored encrypted; then the record is issued.

No transaction is open while it is drawn, timed or stored, so nobody waits for an authority or a storage that hangs. It may be
begun again after it was cut off anywhere: until the row says `issued`, the whole is done anew. It is encrypted because it draws
the signature: an object store that is read by somebody else shows nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.ground import clock
from server.ground.clock import from_micros
from server.ground.problems import Busy, Conflict, NotFound, Unavailable
from server.jobs.history import advance, record
from server.jobs.models import Visit
from server.jobs.tell import tell_sealed
from server.media.storage import Storage
from server.records.log.log import origin_of
from server.records.models import SealedRecord, ServiceReport, Signature
from server.records.print.pdf import render_pdf
from server.records.print.pictures import pictures_of
from server.records.print.threads import drawing, sealing
from server.records.report.strokes import strokes_of_report
from server.records.seal.pades import sign_pdf
from server.records.seal.trial import MAX_PDF, PdfTooLarge, must_fit, must_verify
from server.records.sealer import Sealer
from server.records.vault import LINK, PDF, Vault, is_sealed

LOCKED = ".pdf.enc"
"""How the key of an encrypted PDF ends."""
OVERHEAD = 64
"""Bytes that encryption adds, at most."""


class NotIssued(Conflict):
    """The record is sealed in the log, and its PDF is still being made"""

    code = "not_issued"


async def issue_record(sessions: Sessions, storage: Storage, sealer: Sealer, record_id: UUID) -> bool:
    """Make the PDF of a logged record and issue it; then its visit closes. False when it was issued before.

    Raises `Unavailable` or `OSError` while storage or authority are away, `NotVerified` when what was made does not verify.
    """
    async with sessions() as session:
        row = await session.get(SealedRecord, record_id)
        if row is None or row.state == "issued":
            return False
        vault = sealer.keys.vault
        if await session.get(ServiceReport, row.report_id) is None and (
            await session.get(Visit, row.visit_id) is not None
        ):
            raise Busy("A backup was restored, and the phone has not sent the report again yet. It is made then.")
        strokes = await strokes_of_report(session, vault, row.report_id)
    token = vault.open(LINK, row.id, row.link).decode() if row.link else None
    link = f"{sealer.public_url}/r/{token}" if token else None
    pdf = await draw_pdf(storage, sealer, row.record, row.proof, strokes=strokes, link=link)
    await drawing(must_verify, pdf, sealer.keys, origin_of(row.proof))
    digest = await store_pdf(storage, vault, record_id, pdf)
    if hashlib.sha256(await fetch_pdf(storage, vault, record_id, pdf_key(record_id))).hexdigest() != digest:
        raise Unavailable("The storage gave other bytes than it was given. Nothing was issued; it is tried again.")
    async with sessions.begin() as session:
        return await _mark_issued(session, row.visit_id, record_id, digest, link)


async def _mark_issued(session: AsyncSession, visit_id: UUID, record_id: UUID, digest: str, link: str | None) -> bool:
    visit = await session.get(Visit, visit_id, with_for_update=True)
    row = await session.get_one(SealedRecord, record_id, with_for_update=True, populate_existing=True)
    if row.state == "issued":
        return False
    row.state, row.pdf_key, row.pdf_sha256, row.link = "issued", pdf_key(record_id), digest, None
    if visit is not None:  # else a backup was restored that is of before it
        await settle_issued(session, visit, row)
        if link is not None:
            await tell_sealed(session, visit, row.id, link)
    return True


async def settle_issued(session: AsyncSession, visit: Visit, row: SealedRecord) -> None:
    """The visit has a record that is issued: its report waits for nothing any more, and the visit closes."""
    report = await session.get_one(ServiceReport, row.report_id)
    # What this report corrects is not sealed any more, if it could not be until now.
    done = [report.id, report.amends_id] if report.amends_id else [report.id]
    await session.execute(
        update(Signature)
        .where(Signature.report_id.in_(done), Signature.settled_at.is_(None))
        .values(settled_at=clock.now())
    )
    visit.custody = {name: value for name, value in visit.custody.items() if name != "new_report"}
    facts = {"records": [str(row.id)]}
    if visit.state == "completed":
        await advance(session, visit, "close", actor_id=None, facts=facts)
    else:
        record(session, visit.id, "sealed", actor_id=None, facts=facts)


async def draw_pdf(
    storage: Storage, sealer: Sealer, record: bytes, proof: Mapping[str, Any], *, strokes: str | None, link: str | None
) -> bytes:
    """The sealed PDF of a record, with the photos' pictures from the storage. Raises `PdfTooLarge`."""
    facts = json.loads(record)
    pictures = await pictures_of(storage, facts["photos"])
    pages = await drawing(render_pdf, record, proof, strokes, pictures, link=link)
    pdf = await sealing(
        sign_pdf, pages, sealer.keys.document, sealer.certificate, signed_at=from_micros(facts["sealed_at"]),
        timestamp_url=sealer.tsa_url,
    )  # fmt: skip
    must_fit(pdf)
    return pdf


async def store_pdf(storage: Storage, vault: Vault, record_id: UUID, pdf: bytes) -> str:
    """Put a record's PDF into the storage, in the place of an older one. Returns the SHA-256 of the PDF itself."""
    await storage.write(pdf_key(record_id), vault.seal(PDF, record_id, pdf), "application/octet-stream")
    return hashlib.sha256(pdf).hexdigest()


async def read_pdf(storage: Storage, vault: Vault, row: SealedRecord) -> bytes:
    """A record's PDF. Raises `NotIssued`, `NotFound` when the storage has lost it, `Locked` when its key is not here."""
    if row.pdf_key is None:
        raise NotIssued("The record stands in the log, and its PDF is still being made. Ask again in a minute.")
    return await fetch_pdf(storage, vault, row.id, row.pdf_key)


async def fetch_pdf(storage: Storage, vault: Vault, record_id: UUID, key: str) -> bytes:
    """The PDF of a record as it is stored under a key. Raises `NotFound`, `Locked`, `PdfTooLarge`."""
    data = await storage.read(key, MAX_PDF + OVERHEAD)
    if data is None:
        raise NotFound("The PDF is not in storage. Tell the administrator: it should be.")
    if len(data) > MAX_PDF + OVERHEAD:  # cut off, it would look as if somebody had changed it
        raise PdfTooLarge(f"The stored PDF has more than {MAX_PDF} bytes. Tell the administrator.")
    return vault.open(PDF, record_id, data) if is_sealed(data) else data


async def lock_pdf(storage: Storage, vault: Vault, row: SealedRecord) -> None:
    """Encrypt a stored PDF that an older version left in clear; may be run again after it was cut off anywhere."""
    clear, locked = row.pdf_key, pdf_key(row.id)
    if clear is None or clear == locked:
        return
    data = await storage.read(clear, MAX_PDF) or await storage.read(locked, MAX_PDF + OVERHEAD)
    if data is not None and not is_sealed(data):
        await store_pdf(storage, vault, row.id, data)
    await storage.delete(clear)
    row.pdf_key = locked


def pdf_key(record_id: UUID) -> str:
    """Where a record's encrypted PDF lives in the storage."""
    return f"records/{record_id}{LOCKED}"
