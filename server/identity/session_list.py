"""What is shown of sessions, and where passwords were guessed: a list that ends only when somebody has looked into it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Select, Subquery, Uuid, cast, func, null, select, union_all, update
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb
from server.ground import clock
from server.ground.problems import NotFound
from server.http.listing import Listing
from server.identity.models import Device, LoginSession, SignInAttempts, User
from server.identity.offices import office_of_user
from server.identity.rules import WARNED_FROM, SessionEnd, SessionKind
from server.identity.schemas import SessionOut, SignInWarning
from server.identity.throttle import shown
from server.identity.tokens import REFRESH_LIFETIME

SESSIONS = Listing(
    "sessions",
    SessionOut,
    key=LoginSession.id,
    sorts={"last_used_at": LoginSession.last_used_at, "started_at": LoginSession.started_at},
    default="-last_used_at",
)


def select_sessions(user_id: UUID, *, ended: bool) -> Select[LoginSession, str]:
    """The sessions of a user; those that ran out count as ended."""
    query = select(LoginSession, Device.label).outerjoin(Device, Device.id == LoginSession.device_id)
    query = query.where(LoginSession.user_id == user_id)
    if not ended:
        alive = LoginSession.last_used_at > clock.now() - REFRESH_LIFETIME
        query = query.where(LoginSession.ended_at.is_(None), alive)
    return query


def session_out(current: UUID | None, row: LoginSession, label: str | None) -> SessionOut:
    """A session on the wire; `current` is the one that asks."""
    return SessionOut(
        id=row.id, user_id=row.user_id, device_id=row.device_id, device_label=label, kind=SessionKind(row.kind),
        address=row.address, agent=row.agent, failures_before=row.failures_before, started_at=row.started_at,
        last_used_at=row.last_used_at, ended_at=row.ended_at, ended_why=SessionEnd(row.ended_why) if row.ended_why else None, current=row.id == current,
    )  # fmt: skip


def _warned() -> Subquery:
    """Sessions that began after many failed tries, and logins that are tried and were not entered; `id` is the session's or the user's."""
    entered = select(
        LoginSession.id, LoginSession.user_id, LoginSession.failures_before.label("tries"),
        LoginSession.started_at.label("last_at"), array([LoginSession.address]).label("lanes"),
        cast(null(), DateTime(timezone=True)).label("since"), LoginSession.id.label("session_id"),
        LoginSession.ended_at.label("session_ended_at"),
    ).where(LoginSession.failures_before >= WARNED_FROM, LoginSession.acknowledged_at.is_(None))  # fmt: skip
    total = func.sum(SignInAttempts.untold + SignInAttempts.refused)
    tried = (
        select(
            SignInAttempts.user_id, SignInAttempts.user_id, cast(total, BigInteger), func.max(SignInAttempts.last_at),
            func.array_agg(SignInAttempts.lane), func.min(SignInAttempts.first_at), cast(null(), Uuid),
            cast(null(), DateTime(timezone=True)),
        )
        .where(SignInAttempts.untold + SignInAttempts.refused > 0, SignInAttempts.user_id.is_not(None))
        .group_by(SignInAttempts.user_id)
        .having(total >= WARNED_FROM)
    )  # fmt: skip
    return union_all(entered, tried).subquery("warned")


WARNED = _warned()
WARNINGS = Listing(
    "sign-in-warnings", SignInWarning, key=WARNED.c.id, sorts={"last_at": WARNED.c.last_at}, default="-last_at"
)


def select_warnings(user_id: UUID | None) -> Select[User, Any, Any, Any, Any, Any, Any]:
    """Where passwords were guessed, at one user's login or at all."""
    w = WARNED.c
    query = select(User, w.tries, w.last_at, w.lanes, w.since, w.session_id, w.session_ended_at)
    query = query.join(WARNED, w.user_id == User.id)
    return query if user_id is None else query.where(User.id == user_id)


def warning_out(
    user: User,
    tries: int,
    last_at: datetime,
    lanes: list[str],
    since: datetime | None,
    session_id: UUID | None,
    ended_at: datetime | None,
) -> SignInWarning:
    """A warning on the wire: with a session the lanes are its address, else the first few from which it was tried."""
    addresses = lanes if session_id else [shown(lane) for lane in lanes[:5]]
    return SignInWarning(
        user_id=user.id, login=user.login, name=user.name, tries=tries, last_at=last_at, addresses=addresses, since=since,
        session_id=session_id, session_ended_at=ended_at,
    )  # fmt: skip


async def acknowledge(session: AsyncSession, session_id: UUID, by: UUID) -> None:
    """Raises `NotFound`."""
    found = await session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.acknowledged_at.is_(None))
        .values(acknowledged_at=clock.now(), acknowledged_by=by)
        .returning(LoginSession.user_id)
    )
    user_id = found.scalar()
    if user_id is None:
        raise NotFound("No session with this id waits for somebody to look into it.")
    of = Of(Thing.USER, user_id, await office_of_user(session, user_id))
    log_action(session, by, Verb.ACKNOWLEDGE_SIGN_IN_WARNING, of, after={"session_id": session_id})
