"""Who calls, worked out once per request from the Authorization header; and guards that a route names."""

from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import Guard

from server.identity.rules import Role
from server.identity.tokens import Actor, Tokens
from server.problems import Forbidden, Unauthenticated


class Authentication(AbstractAuthenticationMiddleware):
    """Puts the `Actor` in `request.user`, or None for a caller without a token; a bad token is refused at once."""

    async def authenticate_request(self, connection: ASGIConnection) -> AuthenticationResult:  # type: ignore[type-arg]
        header = connection.headers.get("authorization", "")
        if not header:
            return AuthenticationResult(user=None, auth=None)
        scheme, _, token = header.partition(" ")
        # "Token" is what the PowerSync SDK says for the same thing.
        if scheme.lower() not in ("bearer", "token") or not token:
            raise Unauthenticated("Send 'Authorization: Bearer <access token>'.")
        tokens: Tokens = connection.app.state.tokens
        return AuthenticationResult(user=tokens.actor(token), auth=token)


def allow(roles: frozenset[Role]) -> Guard:
    """A guard that lets only these roles pass."""

    def guard(connection: ASGIConnection, _: BaseRouteHandler) -> None:  # type: ignore[type-arg]
        actor: Actor | None = connection.user
        if actor is None:
            raise Unauthenticated("Sign in first: POST /v1/auth/login.")
        if actor.role not in roles:
            raise Forbidden(f"This needs one of the roles {', '.join(sorted(roles))}; you are a {actor.role}.")
        if not actor.active and Role.TECHNICIAN not in roles:
            raise Forbidden("This user is not active any more.")

    return guard


def device_of(actor: Actor) -> UUID:
    """The device that the token was made for. Raises `Forbidden` when it was made by password."""
    if actor.device_id is None:
        raise Forbidden("Only an enrolled phone may do this. Enrol it: POST /v1/devices.")
    return actor.device_id
