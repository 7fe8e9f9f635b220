"""Strokes at rest: encrypted with what the session carries, and drawn into the PDF once. `erase.py` ends them.

They are kept in one place, the attachment of the operation that signed, parked ones included.
"""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.records.models import Signature
from server.records.vault import STROKES, Vault

ATTACHMENT = text("select attachment from operation where id = :id")


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


async def strokes_of_report(session: AsyncSession, vault: Vault, report_id: UUID) -> str | None:
    """The strokes of a report's signature; None when there were none, or they were erased. Raises `Locked`."""
    signature = await session.scalar(select(Signature).where(Signature.report_id == report_id))
    return await strokes_of(session, vault, signature) if signature else None


def _vault(session: AsyncSession) -> Vault:
    vault: Vault | None = session.info.get("vault")
    if vault is None:
        raise RuntimeError("This session carries no vault; make sessions by make_sessions(engine, vault=...)")
    return vault
