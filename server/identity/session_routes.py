"""HTTP: the sessions of a user, seen and ended; and where passwords were guessed."""

from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import Forbidden
from server.http.list_pages import each, listed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity import end, session_list
from server.identity.audience import ADMINISTRATORS, ANYONE, STAFF
from server.identity.rules import ADMINS, Role
from server.identity.schemas import Refresh, SessionOut, SignInWarning
from server.identity.sessions import log_out as end_session_of
from server.identity.tokens import Actor, Tokens

Caller = Request[Actor, str, State]


@post("/v1/auth/logout", status_code=204, tags=["identity"], guards=[ANYONE])
async def log_out(
    data: JSONBody[Refresh], session: NamedDependency[AsyncSession], tokens: NamedDependency[Tokens]
) -> None:
    """End the session that a refresh token belongs to; nothing more is said, whatever the token is."""
    await end_session_of(session, tokens, data.refresh_token)


class LoginSessions(Controller):
    """Sessions, one's own and, for administrators, everybody's."""

    path = "/v1"
    tags = ("identity",)

    @get("/sessions", guards=[STAFF], **listed_by(session_list.SESSIONS))
    async def list_sessions(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        user_id: FromQuery[UUID | None] = None,
        ended: Annotated[bool, QueryParameter(name="ended", description="Also those that have ended.")] = False,
    ) -> Listed[SessionOut]:
        """One's own, or another user's (administrators), used last first."""
        whose = user_id or request.user.user_id
        if whose != request.user.user_id and request.user.role not in ADMINS:
            raise Forbidden("Only an administrator sees the sessions of others.")
        query = session_list.select_sessions(whose, ended=ended)
        return await listed(asked, session, query, each(partial(session_list.session_out, request.user.session_id)))

    @post("/sessions/{session_id:uuid}/end", guards=[STAFF], status_code=204)
    async def end_session(
        self, session_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> None:
        """End one of one's own sessions, or anybody's (administrators). A phone may sign in again by its key: to shut it out, revoke it."""
        await end.end_session(session, session_id, request.user)

    @post("/sessions/end-others", guards=[STAFF], status_code=204)
    async def end_other_sessions(self, request: Caller, session: NamedDependency[AsyncSession]) -> None:
        """End all of one's own sessions but this one."""
        await end.end_others(session, request.user)

    @get("/sign-in-warnings", guards=[STAFF], **listed_by(session_list.WARNINGS))
    async def list_sign_in_warnings(
        self, request: Caller, session: NamedDependency[AsyncSession], asked: AsAsked
    ) -> Listed[SignInWarning]:
        """Where passwords were guessed, the newest first: at one's own login, or at anybody's (administrators)."""
        whose = None if request.user.role == Role.ADMIN else request.user.user_id
        return await listed(asked, session, session_list.select_warnings(whose), each(session_list.warning_out))

    @post("/sign-in-warnings/{session_id:uuid}/acknowledge", guards=[ADMINISTRATORS], status_code=204)
    async def acknowledge_sign_in_warning(
        self, session_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> None:
        """Say that a session that began after guesses was looked into; it leaves the list."""
        await session_list.acknowledge(session, session_id, request.user.user_id)
