"""Somebody at a desk has background work done again that failed."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb, Word
from server.faults.keep import try_again
from server.identity.tokens import Actor


async def retry(session: AsyncSession, task: str, subject: UUID, actor: Actor) -> None:
    """Have a task done again now, with all its tries. Raises `NotFound` for one that does not wait."""
    await try_again(session, task, subject)
    of = Of(Thing.FAULT, subject, None)
    log_action(session, actor.user_id, Verb.RETRY_FAULT, of, after={"task": Word(task)})
