"""What an administrator does about people, and what people do about their own password.

There is always an active administrator. Whatever changes what somebody is ends their sessions, so that it holds at once.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Fields, Thing, Verb, worded
from server.database.engine import Sessions
from server.database.events import COPY_DUE, emit
from server.ground.pools import PASSWORDS
from server.ground.problems import Conflict, Duplicate, Forbidden, Invalid, NotFound
from server.ground.texts import folded
from server.ground.zones import must_be_zone
from server.identity.models import Office, SignInAttempts, User
from server.identity.passwords import hashed, is_password
from server.identity.rules import Role, SessionEnd
from server.identity.schemas import OfficeIn, UserChange, UserIn
from server.identity.sessions import ALONE, end_sessions
from server.identity.throttle import SESSION, SignInDelayed, claim, succeeded
from server.identity.tokens import Actor

TOLD = ("login", "name", "role", "office_id", "locale")
"""Of a user, to the action log."""


class LastAdministrator(Conflict):
    """There would be no administrator any more"""

    code = "last_administrator"


class WrongPassword(Invalid):
    """This is not your present password"""

    code = "wrong_password"


async def deactivate(session: AsyncSession, actor: Actor, user_id: UUID) -> User:
    """Take a user's access away. Raises `LastAdministrator`, `Forbidden`, `NotFound`."""
    user = await _to_change(session, actor, user_id, loses_administrator=True)
    was, user.active = user.active, False
    await end_sessions(session, SessionEnd.DEACTIVATED, user_id=user.id)
    await emit(session, (COPY_DUE, user.id))
    if was:
        before, after = {"active": True}, {"active": False}
        log_action(session, actor.user_id, Verb.DEACTIVATE_USER, the_user(user), before=before, after=after)
    return user


async def reactivate(session: AsyncSession, actor: Actor, user_id: UUID) -> User:
    """Give it back, with the password that was. Phones get tokens anew, because theirs say that the user is not active."""
    user = await _to_change(session, actor, user_id)
    if not user.active:
        user.active = True
        await end_sessions(session, SessionEnd.REACTIVATED, user_id=user.id)
        await emit(session, (COPY_DUE, user.id))
        before, after = {"active": False}, {"active": True}
        log_action(session, actor.user_id, Verb.REACTIVATE_USER, the_user(user), before=before, after=after)
    return user


async def change_user(session: AsyncSession, actor: Actor, user_id: UUID, change: UserChange) -> User:
    """Another name, login, language, office or role. A changed role or office ends the user's sessions.

    A technician stays one: phones, visits and sealed records are in that name.
    """
    demoted = change.role is not None and change.role != Role.ADMIN
    user = await _to_change(session, actor, user_id, loses_administrator=demoted)
    if change.role is not None and change.role != user.role and Role.TECHNICIAN in (change.role, user.role):
        raise Invalid(
            "A technician stays a technician, and nobody else becomes one. Make another user for the other work."
        )
    before = _fields(user)
    if change.login is not None:
        known = await session.scalar(select(User).where(User.login_key == folded(change.login), User.id != user.id))
        if known is not None:
            raise Duplicate(f"The login '{known.login}' is {known.name}'s. Choose another.", existing_id=known.id)
        user.login, user.login_key = change.login, folded(change.login) or None
    moved = (change.role or user.role, change.office_id or user.office_id) != (user.role, user.office_id)
    for name in ("name", "locale", "office_id", "role"):
        if (value := getattr(change, name)) is not None:
            setattr(user, name, value)
    await session.flush()
    if moved:
        await end_sessions(session, SessionEnd.ROLE_CHANGED, user_id=user.id)
        await emit(session, (COPY_DUE, user.id))
    if (after := _fields(user)) != before:
        log_action(session, actor.user_id, Verb.CHANGE_USER, the_user(user), before=before, after=after)
    return user


def the_user(user: User) -> Of:
    """A user as the action log names them."""
    return Of(Thing.USER, user.id, user.office_id)


def _fields(user: User) -> Fields:
    return worded({name: getattr(user, name) for name in TOLD}, "locale", "role")


async def reset_password(sessions: Sessions, actor: Actor, user_id: UUID, password: str) -> User:
    """Another password for somebody who has lost theirs. All their sessions end, and they may sign in without a delay.

    Raises `WeakPassword`, `Forbidden` for one's own, `NotFound`, `Busy`.
    """
    if user_id == actor.user_id:
        raise Forbidden("Change your own password by POST /v1/me/password, which asks for the present one.")
    async with sessions() as reading:
        user = await reading.get(User, user_id)
    if user is None:
        raise NotFound("No user has this id.")
    password_hash = await hashed(password, user.login, user.name)
    async with sessions.begin() as session:
        user = await _to_change(session, actor, user_id)
        await set_password(session, user, password_hash)
        log_action(session, actor.user_id, Verb.RESET_PASSWORD, the_user(user))
    return user


async def set_password(session: AsyncSession, user: User, password_hash: str) -> None:
    """Set what was hashed already; the caller holds the user's row `ALONE`."""
    user.password_hash = password_hash
    await session.execute(
        update(SignInAttempts).where(SignInAttempts.user_id == user.id).values(failures=0, not_before=None)
    )
    await end_sessions(session, SessionEnd.PASSWORD_RESET, user_id=user.id)


async def change_own_password(sessions: Sessions, actor: Actor, present: str, new: str) -> None:
    """By somebody who is signed in and knows the present one; their other sessions end.

    Guesses at the present one are slowed down as sign-ins are, in a lane of the session's own. Raises `WrongPassword`,
    `WeakPassword`, `SignInDelayed`, `Busy`.
    """
    async with PASSWORDS.turn(str(actor.user_id)):
        async with sessions.begin() as session:
            user = await session.get_one(User, actor.user_id)
            claimed = await claim(session, user.login, f"{SESSION}{actor.session_id}", user.id)
        if isinstance(claimed, SignInDelayed):
            raise claimed
        right = await PASSWORDS.run(is_password, user.password_hash, present)
    if not right:
        raise WrongPassword("The present password is wrong. Nothing was changed.")
    if present == new:
        raise Invalid("The new password is the present one. Take another.")
    password_hash = await hashed(new, user.login, user.name)
    async with sessions.begin() as session:
        now = await session.get_one(User, actor.user_id, with_for_update=ALONE)
        if now.password_hash != user.password_hash or not now.active:
            raise Conflict("The password was changed at the same moment. Sign in again.")
        await succeeded(session, claimed, user.id)
        now.password_hash = password_hash
        await end_sessions(session, SessionEnd.PASSWORD_CHANGED, user_id=user.id, keep=actor.session_id)
        log_action(session, actor.user_id, Verb.CHANGE_OWN_PASSWORD, the_user(now))


async def hold_administrators(session: AsyncSession, actor: Actor) -> dict[UUID, User]:
    """All active administrators, held for a change by one who is one at this moment. Raises `Forbidden`.

    They are held in one order: of two who take each other's access away, the second is none any more.
    """
    query = select(User).where(User.role == Role.ADMIN, User.active).order_by(User.id)
    anew: dict[str, Any] = {"populate_existing": True}
    held = {
        user.id: user for user in await session.scalars(query.with_for_update(key_share=True), execution_options=anew)
    }
    if actor.user_id not in held:
        raise Forbidden("You are no administrator any more. Sign in again.")
    return held


async def _to_change(session: AsyncSession, actor: Actor, user_id: UUID, *, loses_administrator: bool = False) -> User:
    administrators = await hold_administrators(session, actor)
    user = administrators.get(user_id) or await session.get(User, user_id, with_for_update=ALONE)
    if user is None:
        raise NotFound("No user has this id.")
    if loses_administrator and set(administrators) == {user_id}:
        raise LastAdministrator(f"{user.name} is the only administrator. Make another one first.")
    return user


async def add_user(session: AsyncSession, actor: Actor, data: UserIn, password_hash: str) -> User:
    """Make a user. Raises `Duplicate` for a login that is somebody's."""
    await hold_administrators(session, actor)
    known = await session.scalar(select(User).where(User.login_key == folded(data.login)))
    if known is not None:
        raise Duplicate(f"The login '{known.login}' is {known.name}'s. Choose another.", existing_id=known.id)
    user = User(
        login=data.login, name=data.name, role=data.role, office_id=data.office_id, locale=data.locale,
        password_hash=password_hash, active=True,
    )  # fmt: skip
    session.add(user)
    await session.flush()
    log_action(session, actor.user_id, Verb.ADD_USER, the_user(user), after=_fields(user))
    return user


async def add_office(session: AsyncSession, data: OfficeIn, by: UUID | None) -> Office:
    """Make an office; `by` is None for a command of whoever runs the server. Raises `Invalid` for a zone that there is not."""
    must_be_zone(data.time_zone)
    office = Office(name=data.name, time_zone=data.time_zone)
    session.add(office)
    await session.flush()
    after = worded({"name": office.name, "time_zone": office.time_zone}, "time_zone")
    log_action(session, by, Verb.ADD_OFFICE, Of(Thing.OFFICE, office.id, office.id), after=after)
    return office
