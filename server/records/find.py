"""Which sealed record somebody may have: the desk and the visit's crew by its id."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import NotFound
from server.identity.tokens import Actor
from server.media.access import must_see_visit
from server.records.models import SealedRecord


async def find_record(session: AsyncSession, actor: Actor, record_id: UUID) -> SealedRecord:
    """The record. Raises `NotFound` for one of a visit that the actor may not see."""
    row = await session.get(SealedRecord, record_id)
    if row is None:
        raise NotFound("There is no such record of yours.")
    await must_see_visit(session, actor, row.visit_id)
    return row
