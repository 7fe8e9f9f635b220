"""Who calls, worked out once per request from the Authorization header."""

from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from msgspec.structs import replace

from server.ground.problems import Forbidden, Unauthenticated
from server.identity.ended import Ended
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
        if connection.app.state.narrow:
            actor = replace(actor, narrow=True)
        return AuthenticationResult(user=actor, auth=token)


def device_of(actor: Actor) -> UUID:
    """The device that the token was made for. Raises `Forbidden` when it was made by password."""
    if actor.device_id is None:
        raise Forbidden("Only an enrolled phone may do this. Enrol it: POST /v1/devices.")
    return actor.device_id
