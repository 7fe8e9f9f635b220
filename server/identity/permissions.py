"""Who calls, worked out once per request from the Authorization header; and guards that a route names."""

from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import Guard
from sqlalchemy import select

from server.database.engine import Sessions
from server.ground.problems import Forbidden, Unauthenticated
from server.identity.ended import Ended
from server.identity.models import Device
from server.identity.rules import Role
from server.identity.tokens import Actor, Tokens


class Authentication(AbstractAuthenticationMiddleware):
    """Puts the `Actor` in `request.user`, or None for a caller without a token; a bad token is refused at once, and one of
    a session that has ended within a second."""

    async def authenticate_request(self, connection: ASGIConnection) -> AuthenticationResult:  # type: ignore[type-arg]
        header = connection.headers.get("authorization", "")
        if not header:
            return AuthenticationResult(user=None, auth=None)
        scheme, _, token = header.partition(" ")
        # "Token" is what the PowerSync SDK says for the same thing.
        if scheme.lower() not in ("bearer", "token") or not token:
            raise Unauthenticated("Send 'Authorization: Bearer <access token>'.")
        tokens: Tokens = connection.app.state.tokens
        ended: Ended = connection.app.state.ended
        actor = tokens.actor(token)
        await ended.must_go_on(actor.session_id)
        return AuthenticationResult(user=actor, auth=token)


REVOKED_TOO = {"revoked_too": True}
"""`opt` of the few routes where a revoked phone, or one of a deactivated user, still hands in what it holds, and which
give it nothing."""


def allow(roles: frozenset[Role]) -> Guard:
    """A guard that lets only these roles pass, and nobody who is deactivated or whose phone is revoked.

    The routes with `opt=REVOKED_TOO` are open to those two as well.

    The revocation is looked up each time, because a phone's access token may have been made before it.
    """

    async def guard(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
        actor: Actor | None = connection.user
        if actor is None:
            raise Unauthenticated("Sign in first: POST /v1/auth/login.")
        if actor.role not in roles:
            raise Forbidden(f"This needs one of the roles {', '.join(sorted(roles))}; you are a {actor.role}.")
        if handler.opt.get("revoked_too"):
            return
        if not actor.active:
            raise Forbidden("This user is not active any more. A phone still hands in its outbox by POST /v1/sync.")
        if actor.device_id is not None:
            await _must_not_be_revoked(connection.app.state.sessions, actor.device_id)

    return guard


async def _must_not_be_revoked(sessions: Sessions, device_id: UUID) -> None:
    async with sessions() as session:
        revoked_at = await session.scalar(select(Device.revoked_at).where(Device.id == device_id))
    if revoked_at is not None:
        raise Forbidden("This phone was revoked. Hand in its outbox by POST /v1/sync; everything else is closed to it.")


def device_of(actor: Actor) -> UUID:
    """The device that the token was made for. Raises `Forbidden` when it was made by password."""
    if actor.device_id is None:
        raise Forbidden("Only an enrolled phone may do this. Enrol it: POST /v1/devices.")
    return actor.device_id
