"""The first administrator, made from the command line, with an office if there is none; and a password that was lost."""

from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import log_action
from server.actions.rules import Verb
from server.ground.problems import Conflict
from server.ground.texts import folded
from server.identity.models import Office, User
from server.identity.people import add_office, set_password, the_user
from server.identity.rules import Role
from server.identity.schemas import OfficeIn

LOCK = 720481
"""An advisory lock, so that two who found at once do it one after the other."""


class Founder(NamedTuple):
    """Who is to be an administrator. The office is found by its name, or made; without a name it is the first one."""

    login: str
    name: str
    office: str | None
    time_zone: str


class Founded(NamedTuple):
    """What was done: who it is, whether they were made, and the office that was made for them."""

    user: User
    made: bool
    office_made: Office | None


async def has_administrator(session: AsyncSession) -> bool:
    """Whether anybody can sign in who lets others in."""
    found = select(func.count()).where(User.role == Role.ADMIN, User.active)
    return bool(await session.scalar(found))


async def found(session: AsyncSession, wanted: Founder, password_hash: str) -> Founded:
    """Make an administrator; or, when the login is somebody's, give them this password and end their sessions.

    An administrator who was deactivated is active again. Raises `Conflict` for another user who is not active.
    """
    await session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
    same = (User.login == wanted.login) | (User.login_key == folded(wanted.login))
    user = await session.scalar(
        select(User).where(same).order_by((User.login == wanted.login).desc()).limit(1).with_for_update(key_share=True)
    )
    if user is not None:
        if not user.active and user.role != Role.ADMIN:
            raise Conflict(f"{user.name} ({user.role}) is not active. An administrator reactivates them first.")
        before, user.active = {"active": user.active}, True
        await set_password(session, user, password_hash)
        log_action(session, None, Verb.RESET_PASSWORD, the_user(user), before=before, after={"active": True})
        return Founded(user, made=False, office_made=None)
    office, is_new = await _office(session, wanted)
    user = User(
        login=wanted.login, name=wanted.name, role=Role.ADMIN, office_id=office.id, password_hash=password_hash,
        active=True,
    )  # fmt: skip
    session.add(user)
    await session.flush()
    after = {"name": user.name, "login": user.login, "role": Role.ADMIN, "office_id": office.id}
    log_action(session, None, Verb.ADD_USER, the_user(user), after=after)
    return Founded(user, made=True, office_made=office if is_new else None)


async def _office(session: AsyncSession, wanted: Founder) -> tuple[Office, bool]:
    query = select(Office).order_by(Office.id).limit(1)
    if wanted.office is not None:
        query = query.where(Office.name == wanted.office)
    office = await session.scalar(query)
    if office is not None:
        return office, False
    return await add_office(session, OfficeIn(wanted.office or "Head office", wanted.time_zone), None), True
