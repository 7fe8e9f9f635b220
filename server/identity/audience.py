"""Who may call a route. Each route declares one audience by its guards; the start refuses a route that declares none.

An audience is the guard that lets nobody else pass, and what the API's description says of the route. What a caller sees of what a
route answers (one's own visits, one's own office) is asked where the rows are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import Guard
from sqlalchemy import select

from server.database.engine import Sessions
from server.ground.problems import Forbidden, Unauthenticated
from server.identity.models import Device
from server.identity.offices import OfficeOf, must_change, must_see
from server.identity.rules import ADMINS, DESK, EVERYONE, LEADS, Role
from server.identity.tokens import Actor

REVOKED_TOO = {"revoked_too": True}
"""`opt` of the few routes where a revoked phone, or one of a deactivated user, still hands in what it holds, and which
give it nothing."""


@dataclass(frozen=True)
class Audience:
    """Whom a route is for. Without `roles` nobody signs in: what lets the caller in, if anything, is in the address.

    With `roles`, only these pass, and nobody who is deactivated or whose phone is revoked; routes with `opt=REVOKED_TOO` are open to those
    two as well. The revocation is looked up each time, because a phone's access token may have been made before it.
    """

    name: str
    words: str
    roles: frozenset[Role] | None = None
    thing: str | None = None
    office_of: OfficeOf | None = None

    def of(self, thing: str, office_of: OfficeOf) -> "Audience":
        """This audience, for a thing of an office: `thing` is the parameter of the address that has its id."""
        return replace(self, thing=thing, office_of=office_of)

    async def __call__(self, connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]
        """Let the caller pass, or raise `Unauthenticated` or `Forbidden`."""
        if self.roles is None:
            return
        actor: Actor | None = connection.user
        if actor is None:
            raise Unauthenticated("Sign in first: POST /v1/auth/login.")
        if actor.role not in self.roles:
            raise Forbidden(f"This needs one of the roles {', '.join(sorted(self.roles))}; you are a {actor.role}.")
        if handler.opt.get("revoked_too"):
            return
        if not actor.active:
            raise Forbidden("This user is not active any more. A phone still hands in its outbox by POST /v1/sync.")
        if actor.device_id is not None:
            await _must_not_be_revoked(connection.app.state.sessions, actor.device_id)
        if self.office_of is not None and self.thing is not None and actor.role in DESK:
            reads = connection.scope["method"] in ("GET", "HEAD")  # type: ignore[typeddict-item]
            if not reads or actor.narrow:
                async with connection.app.state.sessions() as session:
                    office_id = await self.office_of(session, connection.path_params[self.thing])
                if office_id is not None:  # else the route says that there is no such thing
                    (must_see if reads else must_change)(actor, office_id)


ANYONE = Audience("anyone", "Open to anyone.")
LINK_HOLDERS = Audience("link holders", "Open to whoever holds the link; it can be guessed by nobody.")
SIGNED_ADDRESS = Audience(
    "signed address", "Open to whoever holds an address that the API has signed, until it runs out."
)
MONITORS = Audience("monitors", "Whoever holds the token of FIELDPROOF_METRICS_TOKEN; the route compares it.")
STAFF = Audience("staff", "Whoever has signed in; each sees what is theirs.", EVERYONE)
TECHNICIANS = Audience("technicians", "Technicians.", frozenset({Role.TECHNICIAN}))
DESKS = Audience("desk", "Dispatchers, managers and administrators.", DESK)
LEADERS = Audience("leads", "Managers and administrators.", LEADS)
ADMINISTRATORS = Audience("administrators", "Administrators.", ADMINS)


async def _must_not_be_revoked(sessions: Sessions, device_id: UUID) -> None:
    async with sessions() as session:
        revoked_at = await session.scalar(select(Device.revoked_at).where(Device.id == device_id))
    if revoked_at is not None:
        raise Forbidden("This phone was revoked. Hand in its outbox by POST /v1/sync; everything else is closed to it.")


def audience_of(guards: Sequence[Guard]) -> Audience | None:
    """The audience among a route's guards, outermost first: the innermost one, which narrows those around it."""
    declared = [guard for guard in guards if isinstance(guard, Audience)]
    return declared[-1] if declared else None


class Undeclared(Exception):
    """A route names no audience. The start ends here, because a door that nobody thought of would be open."""


def must_be_declared(app: Litestar) -> None:
    """Raise `Undeclared` when a route of the application names no audience."""
    for route in app.routes:
        handlers = getattr(route, "route_handlers", None) or [route.route_handler]  # type: ignore[union-attr]
        for handler in handlers:
            # Litestar answers OPTIONS by itself, from what it knows of the route.
            if isinstance(handler, HTTPRouteHandler) and handler.http_methods == {"OPTIONS"}:
                continue
            if audience_of(handler.resolve_guards()) is None:
                raise Undeclared(
                    f"{route.path} ({handler.handler_name}) says nowhere who may call it: give it one of the audiences of "
                    "server/identity/audience.py, as in guards=[DESKS]."
                )
