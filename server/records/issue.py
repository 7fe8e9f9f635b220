"""The PDF of a sealed record as the company issues it: drawn, sealed by PAdES, and stored encrypted.

It is encrypted because it draws the signature: an object store that is read by somebody else shows nothing.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from server.clock import from_micros
from server.media.custody import thumbnail_key
from server.media.storage import Storage
from server.problems import NotFound
from server.records.models import SealedRecord
from server.records.pades import sign_pdf
from server.records.pdf import render_pdf
from server.records.sealer import Sealer
from server.records.vault import PDF, Vault, is_sealed

MAX_PDF = 20 * 1024 * 1024
MAX_THUMBNAIL = 2 * 1024 * 1024
LOCKED = ".pdf.enc"
"""How the key of an encrypted PDF ends."""
OVERHEAD = 64
"""Bytes that encryption adds, at most."""


async def draw_pdf(
    storage: Storage, sealer: Sealer, record: bytes, proof: Mapping[str, Any], *, strokes: str | None, link: str | None
) -> bytes:
    """The sealed PDF of a record, with the photos' thumbnails from the storage."""
    facts = json.loads(record)
    found = {
        photo["photo_id"]: await storage.read(thumbnail_key(photo["sha256"]), MAX_THUMBNAIL)
        for photo in facts["photos"]
    }
    photos = {photo_id: data for photo_id, data in found.items() if data}
    pages = await asyncio.to_thread(render_pdf, record, proof, strokes, photos, link=link)
    return await asyncio.to_thread(
        sign_pdf, pages, sealer.keys.document, sealer.certificate, signed_at=from_micros(facts["sealed_at"]),
        timestamp_url=sealer.tsa_url,
    )  # fmt: skip


async def store_pdf(storage: Storage, vault: Vault, record_id: UUID, pdf: bytes) -> str:
    """Put a record's PDF into the storage, in the place of an older one. Returns the SHA-256 of the PDF itself."""
    await storage.write(pdf_key(record_id), vault.seal(PDF, record_id, pdf), "application/octet-stream")
    return hashlib.sha256(pdf).hexdigest()


async def read_pdf(storage: Storage, vault: Vault, row: SealedRecord) -> bytes:
    """A record's PDF. Raises `NotFound` when the storage has lost it, `Locked` when its key is not here."""
    data = await storage.read(row.pdf_key, MAX_PDF + OVERHEAD)
    if data is None:
        raise NotFound("The PDF is not in storage. Tell the administrator: it should be.")
    return vault.open(PDF, row.id, data) if is_sealed(data) else data


async def lock_pdf(storage: Storage, vault: Vault, row: SealedRecord) -> None:
    """Encrypt a stored PDF that an older version left in clear; may be run again after it was cut off anywhere."""
    clear, locked = row.pdf_key, pdf_key(row.id)
    if clear == locked:
        return
    data = await storage.read(clear, MAX_PDF) or await storage.read(locked, MAX_PDF + OVERHEAD)
    if data is not None and not is_sealed(data):
        await store_pdf(storage, vault, row.id, data)
    await storage.delete(clear)
    row.pdf_key = locked


def pdf_key(record_id: UUID) -> str:
    """Where a record's encrypted PDF lives in the storage."""
    return f"records/{record_id}{LOCKED}"
