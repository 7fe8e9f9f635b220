"""Sessions: begun by a sign-in, kept up by refresh tokens that are good once, and ended.

`end_sessions` is the one place where 'this user, or this session, has ended' is written, for every process to see.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground import clock
from server.ground.ids import uuid7
from server.ground.problems import Busy, Unauthenticated
from server.identity.models import AccessEnd, Device, LoginSession, RefreshToken, User
from server.identity.origin import Origin
from server.identity.rules import Role, SessionEnd, SessionKind
from server.identity.schemas import FailedSignIns, TokenPair
from server.identity.tokens import ACCESS_LIFETIME, REFRESH_LIFETIME, Actor, Tokens

SIBLINGS = timedelta(seconds=10)
"""Two tabs of one browser refresh at the same moment: for so long a used refresh token still gives another one."""
MOST_AT_ONCE = 10
"""Refresh tokens that one session gets within `SIBLINGS`."""
MOST_OF_A_DEVICE = 20
"""Unused refresh tokens that are kept of a phone, which gets one each time that it signs in by its key."""
SHARED = {"read": True}
"""How a sign-in locks its user: beside other sign-ins, but not beside a change of what the user is."""
ALONE = {"key_share": True}
"""How a change of what a user is locks them: against sign-ins and other changes, and not against rows that only name them, such as the action
log's; a verb of theirs that holds something else would wait for it, and the other way round."""
NOT_VALID = "The refresh token is not valid any more. Sign in again."


class RefreshReused(Unauthenticated):
    """This refresh token was used before"""

    code = "refresh_reused"


async def begin_session(
    session: AsyncSession, tokens: Tokens, user: User, origin: Origin, failed: FailedSignIns | None = None
) -> TokenPair:
    """A session of somebody who showed their password. The caller holds the user's row `SHARED`."""
    row = LoginSession(
        id=uuid7(), user_id=user.id, device_id=None, kind=SessionKind.PASSWORD, address=origin.address,
        agent=origin.agent, failures_before=failed.wrong + failed.refused if failed else 0,
        started_at=clock.now(), last_used_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    await session.flush()
    pair = await _issue(session, tokens, user, row)
    pair.failed_sign_ins = failed
    return pair


async def go_on(session: AsyncSession, tokens: Tokens, user: User, device: Device, origin: Origin) -> TokenPair:
    """The session of a phone that showed its key, begun if it has none that lives. The caller holds the user's row `SHARED`."""
    moment = clock.now()
    new = insert_once(LoginSession).values(
        id=uuid7(), user_id=user.id, device_id=device.id, kind=SessionKind.DEVICE, address=origin.address,
        agent=origin.agent, failures_before=0, started_at=moment, last_used_at=moment,
    )  # fmt: skip
    await session.execute(
        new.on_conflict_do_nothing(index_elements=[LoginSession.device_id], index_where=LoginSession.ended_at.is_(None))
    )
    live = select(LoginSession).where(LoginSession.device_id == device.id, LoginSession.ended_at.is_(None))
    row = await session.scalar(live.with_for_update())
    if row is None:  # ended between the two statements
        raise Busy("The phone's session was ended at this moment. Try again.")
    row.last_used_at, row.address, row.agent = moment, origin.address, origin.agent
    newest = select(RefreshToken.sha256).where(RefreshToken.family == row.id).order_by(RefreshToken.issued_at.desc())
    await session.execute(
        delete(RefreshToken).where(
            RefreshToken.family == row.id, RefreshToken.sha256.not_in(newest.limit(MOST_OF_A_DEVICE - 1))
        )
    )
    return await _issue(session, tokens, user, row)


async def by_refresh(session: AsyncSession, tokens: Tokens, token: str) -> TokenPair | RefreshReused:
    """Rotate. What ends the session must be committed: so that problem is returned, not raised.

    A token that was used is forgotten soon. That it was ours, and which session's, is in the token itself.
    """
    family = await _family(session, tokens, token)
    user_id = await session.scalar(select(LoginSession.user_id).where(LoginSession.id == family))
    if user_id is None:
        raise Unauthenticated(NOT_VALID)
    # In this order, as whoever ends sessions: first the user, then the session.
    user = await session.get_one(User, user_id, with_for_update=SHARED)
    row = await session.get_one(LoginSession, family, with_for_update=True)
    if row.ended_at is not None:
        raise Unauthenticated(NOT_VALID)
    known = await session.get(RefreshToken, digest(token))
    moment = clock.now()
    if known is not None and known.expires_at <= moment:
        raise Unauthenticated(NOT_VALID)
    if known is None or (known.used_at is not None and abs(moment - known.used_at) > SIBLINGS):
        await end_sessions(session, SessionEnd.TOKEN_REUSED, family=family)
        return RefreshReused("Somebody used this refresh token before; the session is ended. Sign in again.")
    if known.used_at is None:
        known.used_at = moment
    await session.execute(
        delete(RefreshToken).where(RefreshToken.family == family, RefreshToken.used_at < moment - SIBLINGS)
    )
    lately = select(func.count()).where(RefreshToken.family == family, RefreshToken.issued_at > moment - SIBLINGS)
    if (await session.scalar(lately) or 0) >= MOST_AT_ONCE:
        raise Busy("This session gets too many tokens at once. Use the ones that it has.")
    row.last_used_at = moment
    return await _issue(session, tokens, user, row)


async def log_out(session: AsyncSession, tokens: Tokens, token: str) -> None:
    """End the session of a refresh token, used or not; a token of no session ends nothing."""
    family = await _family(session, tokens, token)
    if family is not None:
        await end_sessions(session, SessionEnd.LOGOUT, family=family)


async def _family(session: AsyncSession, tokens: Tokens, token: str) -> UUID | None:
    """The session of a refresh token, from its row, or from itself if it was forgotten after its use."""
    known = await session.scalar(select(RefreshToken.family).where(RefreshToken.sha256 == digest(token)))
    if known is not None:
        return known
    try:
        return UUID(tokens.read("refresh", token)["family"])
    except Unauthenticated:  # one of an older version, or none of ours
        return None


async def _issue(session: AsyncSession, tokens: Tokens, user: User, row: LoginSession) -> TokenPair:
    moment = clock.now()
    token = tokens.make("refresh", {"family": str(row.id), "nonce": secrets.token_hex(16)}, REFRESH_LIFETIME)
    session.add(
        RefreshToken(sha256=digest(token), family=row.id, issued_at=moment, expires_at=moment + REFRESH_LIFETIME)
    )
    actor = Actor(user.id, Role(user.role), user.office_id, row.device_id, user.active, row.id)
    return TokenPair(
        access_token=tokens.access(actor),
        refresh_token=token,
        expires_in=int(ACCESS_LIFETIME.total_seconds()),
        user_id=user.id,
        role=actor.role,
        device_id=actor.device_id,
    )


def digest(text: str) -> bytes:
    """What is kept of a secret that a caller shows again."""
    return hashlib.sha256(text.encode()).digest()


async def end_sessions(
    session: AsyncSession,
    why: SessionEnd,
    *,
    user_id: UUID | None = None,
    family: UUID | None = None,
    device_id: UUID | None = None,
    keep: UUID | None = None,
) -> Sequence[UUID]:
    """End what has not ended: all sessions of a user, or of a device, or the one session `family`; never `keep`.

    Refresh tokens are void at once, because they are looked up. For the access tokens of each session one row of
    `access_end` is written, which every process reads. Whoever ends a user's sessions holds the user's row `ALONE` from before
    they look at it: a sign-in under way holds it `for share`, so that no session begins in between. Returns the ids of what ended.
    """
    conditions = [
        column == value
        for column, value in (
            (LoginSession.user_id, user_id),
            (LoginSession.id, family),
            (LoginSession.device_id, device_id),
        )
        if value is not None
    ]
    if not conditions:
        raise ValueError("name whose sessions end")
    if keep is not None:
        conditions.append(LoginSession.id != keep)
    moment = clock.now()
    ended = await session.execute(
        update(LoginSession)
        .where(*conditions, LoginSession.ended_at.is_(None))
        .values(ended_at=moment, ended_why=why)
        .returning(LoginSession.id, LoginSession.user_id, LoginSession.device_id)
        .execution_options(synchronize_session=False)
    )
    rows = ended.all()
    if rows:
        values = [
            {"user_id": row.user_id, "session_id": row.id, "device_id": row.device_id, "at": moment} for row in rows
        ]
        await session.execute(insert(AccessEnd), values)
    return [row.id for row in rows]
