"""HTTP: signing in, users, offices and devices."""

from uuid import UUID

from litestar import Controller, Request, Response, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.http.list_pages import each, listed, narrowed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity import enrolment, people, revoke, signin
from server.identity.audience import ADMINISTRATORS, ANYONE, DESKS, LEADERS, STAFF
from server.identity.browser import browser_of, cookie_for
from server.identity.change_office import change_office
from server.identity.models import Device, Office, User
from server.identity.offices import itself, seen_office
from server.identity.origin import origin_of
from server.identity.passwords import hashed
from server.identity.people_lists import DEVICES, OFFICES, USERS, device_out, office_out, select_devices
from server.identity.rules import Role
from server.identity.schemas import (
    Challenge,
    DeviceOut,
    DeviceProof,
    Enrol,
    LogIn,
    OfficeChange,
    OfficeIn,
    OfficeOut,
    Refresh,
    TokenPair,
    UserIn,
    UserOut,
)
from server.identity.sessions import RefreshReused, by_refresh
from server.identity.tokens import Actor, Tokens

Caller = Request[Actor, str, State]


class SignIn(Controller):
    """Open to anyone: this is where tokens come from."""

    path = "/v1/auth"
    tags = ("identity",)
    guards = (ANYONE,)

    @post("/login", status_code=200)
    async def log_in(
        self,
        data: JSONBody[LogIn],
        request: Caller,
        sessions: NamedDependency[Sessions],
        tokens: NamedDependency[Tokens],
    ) -> Response[TokenPair]:
        """Sign in by password. `failed_sign_ins` in the answer is to be shown: somebody tried passwords at this login.

        After five wrong passwords each try has to wait, up to half a minute (429). A browser keeps a cookie that opens nothing; by it
        a user who was there before is told from somebody else at the same address.
        """
        browser = browser_of(tokens, request.cookies)
        pair = await signin.by_password(sessions, tokens, data.login, data.password, origin_of(request), browser)
        cookie = cookie_for(tokens, browser, pair.user_id, secure=request.url.scheme == "https")
        return Response(pair, cookies=[cookie])

    @post("/refresh", status_code=200)
    async def refresh_session(
        self, data: JSONBody[Refresh], sessions: NamedDependency[Sessions], tokens: NamedDependency[Tokens]
    ) -> TokenPair:
        """Exchange a refresh token for a new pair; each is good once, and for ten seconds more, for two tabs of one browser.

        Used later again it ends its session: somebody else may have it.
        """
        # A transaction of its own: the revocation of a stolen family must stay although the answer is an error.
        async with sessions.begin() as session:
            outcome = await by_refresh(session, tokens, data.refresh_token)
        if isinstance(outcome, RefreshReused):
            raise outcome
        return outcome

    @post("/device/{device_id:uuid}/challenge", status_code=200)
    async def make_challenge(self, device_id: FromPath[UUID], tokens: NamedDependency[Tokens]) -> Challenge:
        """Ask for a challenge that the device then signs."""
        return Challenge(signin.challenge(tokens, device_id))

    @post("/device", status_code=200)
    async def log_in_device(
        self,
        data: JSONBody[DeviceProof],
        request: Caller,
        session: NamedDependency[AsyncSession],
        tokens: NamedDependency[Tokens],
    ) -> TokenPair:
        """Sign in by the device's own key, after any time offline. A challenge counts once."""
        return await signin.by_device(session, tokens, data.challenge, data.signature, origin_of(request))


class Users(Controller):
    """Users and offices."""

    path = "/v1"
    tags = ("identity",)

    @get("/me", guards=[STAFF])
    async def get_me(self, request: Caller, session: NamedDependency[AsyncSession]) -> UserOut:
        """The user who calls."""
        return UserOut.of(await session.get_one(User, request.user.user_id))

    @get("/users", guards=[DESKS], **listed_by(USERS))
    async def list_users(
        self,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        role: FromQuery[Role | None] = None,
        active: FromQuery[bool | None] = None,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[UserOut]:
        """Users of the whole company, by name."""
        query = narrowed(select(User), (User.role, role), (User.active, active), (User.office_id, office_id))
        return await listed(asked, session, query, each(UserOut.of))

    @post("/users", guards=[ADMINISTRATORS])
    async def add_user(
        self, data: JSONBody[UserIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> UserOut:
        """Make a user; a technician also needs `POST /v1/technicians`. A password that is easy to guess is refused."""
        password_hash = await hashed(data.password, data.login, data.name)
        return UserOut.of(await people.add_user(session, request.user, data, password_hash))

    @get("/offices", guards=[STAFF], **listed_by(OFFICES))
    async def list_offices(self, session: NamedDependency[AsyncSession], asked: AsAsked) -> Listed[OfficeOut]:
        """All offices, by name."""
        return await listed(asked, session, select(Office), each(office_out))

    @post("/offices", guards=[ADMINISTRATORS])
    async def add_office(
        self, data: JSONBody[OfficeIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> OfficeOut:
        """Make an office."""
        return office_out(await people.add_office(session, data, request.user.user_id))

    @patch("/offices/{office_id:uuid}", guards=[LEADERS.of("office_id", itself)])
    async def change_office(
        self,
        office_id: FromPath[UUID],
        data: JSONBody[OfficeChange],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> OfficeOut:
        """Change an office's name and telephone, and what it wants of its phones."""
        return office_out(await change_office(session, office_id, data, request.user.user_id))


class Devices(Controller):
    """Phones: enrolment, revocation, and the list of them. `enrolment_routes.py` has the codes."""

    path = "/v1"
    tags = ("identity",)

    @post("/devices", guards=[ANYONE])
    async def enrol_device(
        self,
        data: JSONBody[Enrol],
        request: Caller,
        state: State,
        session: NamedDependency[AsyncSession],
        tokens: NamedDependency[Tokens],
    ) -> TokenPair:
        """Enrol a phone; open to whoever holds a code and the key."""
        people: int = state.enrolment_people
        return await enrolment.enrol(session, tokens, data, origin_of(request), people=people)

    @get("/devices", guards=[STAFF], **listed_by(DEVICES))
    async def list_devices(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        user_id: FromQuery[UUID | None] = None,
        revoked: FromQuery[bool | None] = None,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[DeviceOut]:
        """The desk sees every device, a technician their own: each with the head of its chain."""
        office = (User.office_id, seen_office(request.user, office_id))
        query = narrowed(select_devices(request.user, revoked), office, (Device.user_id, user_id))
        return await listed(asked, session, query, each(device_out))

    @post("/devices/{device_id:uuid}/revoke", guards=[STAFF], status_code=200)
    async def revoke_device(
        self, device_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> DeviceOut:
        """Revoke a device (an admin any, a technician their own); what it signed before still counts.

        Nothing goes down to it from now on. Its outbox still comes in: what was signed after is parked.
        """
        return device_out(await revoke.revoke_device(session, device_id, request.user))
