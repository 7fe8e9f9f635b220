"""Somebody ends sessions: one of their own or, as an administrator, of anybody; or all of their own but the one that asks."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb
from server.ground.problems import NotFound
from server.identity.models import LoginSession
from server.identity.offices import office_of_user
from server.identity.rules import ADMINS, SessionEnd
from server.identity.sessions import end_sessions
from server.identity.tokens import Actor


async def end_session(session: AsyncSession, session_id: UUID, actor: Actor) -> None:
    """End one session. Raises `NotFound` for another's, unless the actor is an administrator."""
    owner = await session.scalar(select(LoginSession.user_id).where(LoginSession.id == session_id))
    if owner is None or (owner != actor.user_id and actor.role not in ADMINS):
        raise NotFound("No session of yours has this id.")
    if await end_sessions(session, SessionEnd.ENDED, family=session_id):
        of = Of(Thing.USER, owner, await office_of_user(session, owner))
        log_action(session, actor.user_id, Verb.END_SESSION, of, after={"session_id": session_id})


async def end_others(session: AsyncSession, actor: Actor) -> None:
    """End all of one's own sessions but the one that asks."""
    if ended := await end_sessions(session, SessionEnd.ENDED, user_id=actor.user_id, keep=actor.session_id):
        of = Of(Thing.USER, actor.user_id, actor.office_id)
        log_action(session, actor.user_id, Verb.END_OTHER_SESSIONS, of, after={"session_ids": list(ended)})
