"""Slows guessing down without locking anybody out: delays that grow for each login and lane, kept in the database.

A lane is an address (of IPv6 its /64) or a browser that has signed in at this login before. Wrong passwords of one lane never delay another's
first try, so nobody locks an account from elsewhere, and an office behind one address goes on while one login there is guessed at.
Many lanes at one login, or many logins from one lane, only make the delays after the first try grow faster.
"""

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground import clock
from server.ground.problems import Busy
from server.ground.texts import folded
from server.identity.models import SignInAttempts
from server.identity.schemas import FailedSignIns

FREE = 5
"""Wrong passwords without any delay."""
LONGEST = timedelta(seconds=30)
FORGOTTEN = timedelta(days=1)
"""After so long without a try a lane begins anew."""
LATELY = timedelta(hours=1)
PRESSED = 4
"""Other lanes at the same login, or other logins in the same lane, that weigh as much as one wrong password."""
BROWSER, SESSION = "browser:", "session:"
"""What lanes begin with that are no addresses."""
SHOWN = 5
"""Addresses that a notice names."""


class SignInDelayed(Busy):
    """There were too many wrong passwords"""

    code = "sign_in_delayed"


class Claim(NamedTuple):
    """A try that may be made: it counts as failed until it is told that it was not. `last_at` is the try before."""

    login_sha256: bytes
    lane: str
    last_at: datetime | None


def login_digest(login: str) -> bytes:
    """What stands for a login, in whatever spelling."""
    return hashlib.sha256((folded(login) or login).encode()).digest()


def delay_after(failures: int) -> timedelta:
    """What is waited after so many wrong passwords: nothing five times, then 1 s, doubled each time, half a minute at most."""
    if failures <= FREE:
        return timedelta(0)
    return min(timedelta(seconds=1 << min(failures - FREE - 1, 10)), LONGEST)


async def claim(session: AsyncSession, login: str, lane: str, user_id: UUID | None) -> Claim | SignInDelayed:
    """Take one try. It is counted at once, so that a hundred at the same moment are no way round the delays.

    A refusal is counted too, which must be committed: so the problem is returned, not raised.
    """
    moment, key = clock.now(), login_digest(login)
    new = insert(SignInAttempts).values(
        login_sha256=key, lane=lane, user_id=user_id, failures=0, refused=0, untold=0, first_at=moment, last_at=moment
    )
    made = await session.scalar(new.on_conflict_do_nothing().returning(SignInAttempts.lane))
    row = await session.get_one(SignInAttempts, (key, lane), with_for_update=True)
    last_at = row.last_at if made is None else None
    if moment - row.last_at > FORGOTTEN:
        row.failures, row.not_before = 0, None
    row.user_id = user_id
    # Further off than any delay: the clock was set back.
    if row.not_before is not None and moment < row.not_before <= moment + LONGEST:
        row.refused += 1
        row.last_at = moment
        wait = max(1, -(-(row.not_before - moment) // timedelta(seconds=1)))
        return SignInDelayed(f"There were too many wrong passwords here. Try again in {wait} s.", retry_after=wait)
    if row.untold == 0:
        row.first_at = moment
    row.failures += 1
    row.untold += 1
    row.last_at = moment
    delay = delay_after(row.failures + await _pressure(session, key, lane, moment) // PRESSED)
    row.not_before = moment + delay if delay else None
    return Claim(key, lane, last_at)


async def _pressure(session: AsyncSession, key: bytes, lane: str, moment: datetime) -> int:
    """How many other lanes lately failed at this login, and other logins in this lane; the larger, counted to 100."""
    counts = []
    for here in (
        (SignInAttempts.login_sha256 == key, SignInAttempts.lane != lane),
        (SignInAttempts.lane == lane, SignInAttempts.login_sha256 != key),
    ):
        lately = select(SignInAttempts.lane).where(
            *here, SignInAttempts.failures > 0, SignInAttempts.last_at > moment - LATELY
        )
        counts.append(await session.scalar(select(func.count()).select_from(lately.limit(100).subquery())) or 0)
    return max(counts)


async def succeeded(session: AsyncSession, claimed: Claim, user_id: UUID) -> FailedSignIns | None:
    """The try was right. Returns what there was to tell of others since the last time, and notes that it is told."""
    # All in one order, so that two sign-ins of one user do not wait for each other.
    query = select(SignInAttempts).where(
        SignInAttempts.user_id == user_id, SignInAttempts.untold + SignInAttempts.refused > 0
    )
    rows = (
        await session.scalars(query.order_by(SignInAttempts.login_sha256, SignInAttempts.lane).with_for_update())
    ).all()
    for row in rows:
        if (row.login_sha256, row.lane) == (claimed.login_sha256, claimed.lane):
            row.failures, row.not_before, row.succeeded_at = 0, None, clock.now()
            row.untold = max(0, row.untold - 1)
            row.last_at = claimed.last_at or row.last_at
    rows = sorted((one for one in rows if one.untold or one.refused), key=lambda one: one.last_at, reverse=True)
    if not rows:
        return None
    told = FailedSignIns(
        wrong=sum(one.untold for one in rows),
        refused=sum(one.refused for one in rows),
        since=min(one.first_at for one in rows),
        last_at=max(one.last_at for one in rows),
        addresses=[shown(one.lane) for one in rows[:SHOWN]],
    )
    for one in rows:
        one.untold = one.refused = 0
    return told


def shown(lane: str) -> str:
    """A lane as people read it."""
    kind, _, _ = lane.partition(":") if lane.startswith((BROWSER, SESSION)) else ("", "", "")
    return {"browser": "a browser that was used before", "session": "a session (changing the password)"}.get(kind, lane)
