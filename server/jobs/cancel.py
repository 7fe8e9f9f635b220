"""A visit is called off; it leaves its crew's phones."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.identity.tokens import Actor
from server.jobs.history import advance, lock_visit
from server.jobs.models import Visit


async def cancel_visit(session: AsyncSession, visit_id: UUID, reason: str, actor: Actor) -> Visit:
    """Cancel a visit, with the reason in its history. Raises `NotFound`, or `Conflict` when it is over."""
    visit = await lock_visit(session, visit_id)
    await advance(session, visit, "cancel", actor_id=actor.user_id, facts={"reason": reason})
    return visit
