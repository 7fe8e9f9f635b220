"""What is forgotten of signing in, once a night, so that nothing grows for ever; each table says how long it is kept."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, tuple_

from server.database.engine import Sessions
from server.database.tables import Table
from server.ground import clock
from server.identity.models import AccessEnd, LoginSession, RefreshToken, SignInAttempts, UsedChallenge
from server.identity.sessions import SIBLINGS
from server.identity.tokens import ACCESS_LIFETIME

SESSIONS_KEPT = timedelta(days=90)
"""After a session ended or ran out: so long its user and administrators see that it was."""
ATTEMPTS_KEPT = timedelta(days=30)
"""Tries at somebody's login, until when they are told and listed."""
STRANGERS_KEPT = timedelta(days=1)
"""Tries at logins that nobody has."""
MARGIN = timedelta(hours=1)
"""Beyond what a token could still be good for, should a clock be set back."""
BATCH = 5_000
"""Rows to a transaction: a flood leaves a million of them."""


async def forget(sessions: Sessions) -> int:
    """Remove what is past its time. Returns how many rows."""
    total = 0
    for table, is_old in _old(clock.now()):
        key: tuple[Any, ...] = tuple(table.__table__.primary_key)
        some = select(*key).where(is_old).limit(BATCH)
        while True:  # ends: a round that is not full is the last
            async with sessions.begin() as session:
                done = await session.execute(
                    delete(table)
                    .where(tuple_(*key).in_(some))
                    .returning(*key)
                    .execution_options(synchronize_session=False)
                )
                removed = len(done.all())
            total += removed
            if removed < BATCH:
                break
    return total


def _old(moment: datetime) -> Iterator[tuple[type[Table], ColumnElement[bool]]]:
    ended = select(LoginSession.id).where(LoginSession.ended_at.is_not(None))
    yield RefreshToken, (RefreshToken.expires_at < moment) | (RefreshToken.used_at < moment - SIBLINGS)
    yield RefreshToken, RefreshToken.family.in_(ended)
    yield LoginSession, func.coalesce(LoginSession.ended_at, LoginSession.last_used_at) < moment - SESSIONS_KEPT
    yield AccessEnd, AccessEnd.at < moment - ACCESS_LIFETIME - MARGIN
    yield UsedChallenge, UsedChallenge.expires_at < moment - MARGIN
    yield SignInAttempts, SignInAttempts.last_at < moment - ATTEMPTS_KEPT
    yield SignInAttempts, SignInAttempts.user_id.is_(None) & (SignInAttempts.last_at < moment - STRANGERS_KEPT)
