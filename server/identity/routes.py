"""HTTP: signing in, users, offices and devices."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import convert
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.database.events import COPY_DUE, emit
from server.ground import clock
from server.ground.problems import Duplicate, Forbidden, NotFound
from server.ground.texts import folded
from server.ground.zones import must_be_zone
from server.identity import enrolment, signin
from server.identity.browser import browser_of, cookie_for
from server.identity.models import Device, Office, User
from server.identity.origin import origin_of
from server.identity.passwords import hashed
from server.identity.people import hold_administrators
from server.identity.permissions import allow
from server.identity.rules import ADMINS, DESK, EVERYONE, SessionEnd
from server.identity.schemas import (
    Challenge,
    DeviceOut,
    DeviceProof,
    Enrol,
    EnrolmentOut,
    LogIn,
    OfficeIn,
    OfficeOut,
    Refresh,
    TokenPair,
    UserIn,
    UserOut,
)
from server.identity.sessions import RefreshReused, by_refresh, end_sessions
from server.identity.tokens import Actor, Tokens

Caller = Request[Actor, str, State]
PageSize = Annotated[int, QueryParameter(ge=1, le=500, name="limit", description="How many at most.")]


class SignIn(Controller):
    """Open to anyone: this is where tokens come from."""

    path = "/v1/auth"
    tags = ("identity",)

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
    async def refresh(
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
    async def challenge(self, device_id: FromPath[UUID], tokens: NamedDependency[Tokens]) -> Challenge:
        """Ask for a challenge that the device then signs."""
        return Challenge(signin.challenge(tokens, device_id))

    @post("/device", status_code=200)
    async def by_device(
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

    @get("/me", guards=[allow(EVERYONE)])
    async def me(self, request: Caller, session: NamedDependency[AsyncSession]) -> UserOut:
        """The user who calls."""
        return UserOut.of(await session.get_one(User, request.user.user_id))

    @get("/users", guards=[allow(DESK)])
    async def users(self, session: NamedDependency[AsyncSession], limit: PageSize = 200) -> list[UserOut]:
        """All users by name."""
        return [UserOut.of(user) for user in await session.scalars(select(User).order_by(User.name).limit(limit))]

    @post("/users", guards=[allow(ADMINS)])
    async def add_user(
        self, data: JSONBody[UserIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> UserOut:
        """Make a user; a technician also needs `POST /v1/technicians`. A password that is easy to guess is refused."""
        password_hash = await hashed(data.password, data.login, data.name)
        await hold_administrators(session, request.user)
        known = await session.scalar(select(User).where(User.login_key == folded(data.login)))
        if known is not None:
            raise Duplicate(f"The login '{known.login}' is {known.name}'s. Choose another.", existing_id=known.id)
        user = User(
            login=data.login, name=data.name, role=data.role, office_id=data.office_id, locale=data.locale,
            password_hash=password_hash, active=True,
        )  # fmt: skip
        session.add(user)
        await session.flush()
        return UserOut.of(user)

    @get("/offices", guards=[allow(EVERYONE)])
    async def offices(self, session: NamedDependency[AsyncSession]) -> list[OfficeOut]:
        """All offices."""
        rows = await session.scalars(select(Office).order_by(Office.name))
        return [OfficeOut(id=row.id, name=row.name, time_zone=row.time_zone) for row in rows]

    @post("/offices", guards=[allow(ADMINS)])
    async def add_office(self, data: JSONBody[OfficeIn], session: NamedDependency[AsyncSession]) -> OfficeOut:
        """Make an office."""
        must_be_zone(data.time_zone)
        office = Office(name=data.name, time_zone=data.time_zone)
        session.add(office)
        await session.flush()
        return OfficeOut(id=office.id, name=office.name, time_zone=office.time_zone)


class Devices(Controller):
    """Phones: enrolment, revocation, and the list of them. `enrolment_routes.py` has the codes."""

    path = "/v1"
    tags = ("identity",)

    @post("/devices")
    async def enrol(
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

    @get("/devices", guards=[allow(EVERYONE)])
    async def devices(self, request: Caller, session: NamedDependency[AsyncSession]) -> list[DeviceOut]:
        """The desk sees every device, a technician their own: each with the head of its chain."""
        query = select(Device).order_by(Device.enrolled_at)
        if request.user.role not in DESK:
            query = query.where(Device.user_id == request.user.user_id)
        return [_device(device) for device in await session.scalars(query)]

    @post("/devices/{device_id:uuid}/revoke", guards=[allow(EVERYONE)], status_code=200)
    async def revoke(
        self, device_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> DeviceOut:
        """Revoke a device (an admin any, a technician their own); what it signed before still counts.

        Nothing goes down to it from now on. Its outbox still comes in: what was signed after is parked.
        """
        known = await session.get(Device, device_id)
        if known is None or (request.user.role not in DESK and known.user_id != request.user.user_id):
            raise NotFound("No device of yours has this id.")
        if request.user.role in DESK - ADMINS:
            raise Forbidden("Only an admin or the phone's own technician revokes it.")
        # The user first, so that no session begins meanwhile. The device against an exchange under way, so that each
        # operation comes wholly before or wholly after.
        await session.get_one(User, known.user_id, with_for_update=True)
        device = await session.get_one(Device, device_id, with_for_update=True, populate_existing=True)
        if device.revoked_at is None:
            await end_sessions(session, SessionEnd.DEVICE_REVOKED, device_id=device.id)
            device.revoked_at, device.revoked_by = clock.now(), request.user.user_id
            await emit(session, (COPY_DUE, device.id))
        return _device(device)


def _device(row: Device) -> DeviceOut:
    return DeviceOut(
        row.id, row.user_id, row.label, row.platform, row.attestation, row.enrolled_at, row.revoked_at, row.revoked_by,
        row.last_seq, row.last_hash, row.last_heard_at, convert(row.enrolment, EnrolmentOut | None),
    )  # fmt: skip
