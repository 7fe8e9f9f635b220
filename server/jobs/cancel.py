"""A visit is called off; it leaves its crew's phones."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import log_action
from server.actions.rules import Verb, Word
from server.identity.tokens import Actor
from server.jobs.history import advance, lock_visit
from server.jobs.models import Visit
from server.jobs.offices import the_visit
from server.jobs.tell import tell_cancelled


async def cancel_visit(session: AsyncSession, visit_id: UUID, reason: str, actor: Actor) -> Visit:
    """Cancel a visit, with the reason in its history. Raises `NotFound`, or `Conflict` when it is over."""
    visit = await lock_visit(session, visit_id)
    before = Word(visit.state)
    await advance(session, visit, "cancel", actor_id=actor.user_id, facts={"reason": reason})
    after = {"state": Word(visit.state), "reason": reason}
    of = await the_visit(session, visit_id)
    log_action(session, actor.user_id, Verb.CANCEL_VISIT, of, before={"state": before}, after=after)
    await tell_cancelled(session, visit)
    return visit
