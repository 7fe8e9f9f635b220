"""Who may see what belongs to a visit: the desk every visit, a technician the visits they are or were on."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.identity.rules import DESK
from server.identity.tokens import Actor
from server.problems import NotFound

# Crews belong to jobs, a room above this one.
ON_CREW = text("select 1 from visit_crew where visit_id = :visit_id and technician_id = :user_id")


async def must_see_visit(session: AsyncSession, actor: Actor, visit_id: UUID) -> None:
    """Raises `NotFound` unless the actor may see the visit."""
    if actor.role in DESK:
        return
    seen = await session.execute(ON_CREW, {"visit_id": visit_id, "user_id": actor.user_id})
    if seen.first() is None:
        raise NotFound("There is no such visit of yours.")
