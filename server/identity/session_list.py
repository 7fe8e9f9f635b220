"""What is shown of sessions, and where passwords were guessed: a list that ends only when somebody has looked into it."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground import clock
from server.ground.problems import NotFound
from server.identity.models import Device, LoginSession, SignInAttempts, User
from server.identity.rules import WARNED_FROM, SessionEnd, SessionKind
from server.identity.schemas import SessionOut, SignInWarning
from server.identity.throttle import shown
from server.identity.tokens import REFRESH_LIFETIME


async def listed(
    session: AsyncSession, user_id: UUID, current: UUID | None, *, ended: bool, limit: int
) -> list[SessionOut]:
    """The sessions of a user, used last first; those that ran out count as ended."""
    query = select(LoginSession, Device.label).outerjoin(Device, Device.id == LoginSession.device_id)
    query = query.where(LoginSession.user_id == user_id)
    if not ended:
        alive = LoginSession.last_used_at > clock.now() - REFRESH_LIFETIME
        query = query.where(LoginSession.ended_at.is_(None), alive)
    rows = await session.execute(query.order_by(LoginSession.last_used_at.desc(), LoginSession.id).limit(limit))
    return [
        SessionOut(
            id=row.id, user_id=row.user_id, device_id=row.device_id, device_label=label, kind=SessionKind(row.kind),
            address=row.address, agent=row.agent, failures_before=row.failures_before, started_at=row.started_at,
            last_used_at=row.last_used_at, ended_at=row.ended_at, ended_why=SessionEnd(row.ended_why) if row.ended_why else None, current=row.id == current,
        )
        for row, label in rows
    ]  # fmt: skip


async def owner(session: AsyncSession, session_id: UUID) -> UUID | None:
    """Whose session it is."""
    return await session.scalar(select(LoginSession.user_id).where(LoginSession.id == session_id))


async def warnings(session: AsyncSession, user_id: UUID | None, *, limit: int) -> list[SignInWarning]:
    """Of one user or of all: sessions that began after many failed tries, and logins that are tried and were not entered."""
    entered = (
        select(LoginSession, User)
        .join(User, User.id == LoginSession.user_id)
        .where(LoginSession.failures_before >= WARNED_FROM, LoginSession.acknowledged_at.is_(None))
    )
    total = func.sum(SignInAttempts.untold + SignInAttempts.refused)
    tried = (
        select(
            User, total.label("tries"), func.min(SignInAttempts.first_at).label("since"),
            func.max(SignInAttempts.last_at).label("last_at"),
            func.array_agg(SignInAttempts.lane).label("lanes"),
        )
        .join(User, User.id == SignInAttempts.user_id)
        .where(SignInAttempts.untold + SignInAttempts.refused > 0)
        .group_by(User.id)
        .having(total >= WARNED_FROM)
    )  # fmt: skip
    if user_id is not None:
        entered, tried = entered.where(User.id == user_id), tried.where(User.id == user_id)
    found = [
        SignInWarning(
            user_id=user.id, login=user.login, name=user.name, tries=row.failures_before, last_at=row.started_at,
            addresses=[row.address], session_id=row.id, session_ended_at=row.ended_at,
        )
        for row, user in await session.execute(entered.order_by(LoginSession.started_at.desc()).limit(limit))
    ] + [
        SignInWarning(
            user_id=user.id, login=user.login, name=user.name, tries=int(tries), since=since, last_at=last_at,
            addresses=[shown(lane) for lane in lanes[:5]],
        )
        for user, tries, since, last_at, lanes in await session.execute(tried.limit(limit))
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.last_at, reverse=True)[:limit]


async def acknowledge(session: AsyncSession, session_id: UUID, by: UUID) -> None:
    """Raises `NotFound`."""
    found = await session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.acknowledged_at.is_(None))
        .values(acknowledged_at=clock.now(), acknowledged_by=by)
        .returning(LoginSession.id)
    )
    if found.first() is None:
        raise NotFound("No session with this id waits for somebody to look into it.")
