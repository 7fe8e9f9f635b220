"""Checking a PDF that somebody sends: each claim by itself, and how the customer stands to it where it was sealed here."""

from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.records.customer.answers import answers_of
from server.records.keys import public_keys
from server.records.lists import customer_standing
from server.records.log.log import origins
from server.records.models import SealedRecord
from server.records.schemas import ClaimOut, StandingOut, VerificationOut
from server.records.sealer import Sealer
from server.records.verify import all_hold
from server.records.verify_page.apart import Line


async def check_pdf(sessions: Sessions, line: Line, sealer: Sealer, pdf: bytes) -> VerificationOut:
    """Verify a PDF against this server's keys, in its turn. Nothing of it is stored."""
    async with sessions() as session:  # closed before it waits in the line
        keys = public_keys(sealer.keys, *await origins(session)).encode()
    found = await line.verify(pdf, keys)
    held = all_hold(found.claims)
    async with sessions() as session:
        customer = await _customer_of(session, found.record) if held else None
    return VerificationOut(held, [ClaimOut(c.id, c.ok, c.statement, c.detail) for c in found.claims], customer)


async def _customer_of(session: AsyncSession, record: bytes) -> StandingOut | None:
    """How the customer stands to the record of a PDF that holds; None when it was not sealed here."""
    row = await session.get(SealedRecord, UUID(msgspec.json.decode(record)["record_id"]))
    if row is None or row.record != record:
        return None
    return customer_standing(row, await answers_of(session, [row.id]))
