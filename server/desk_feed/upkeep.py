"""Forgets changes that no desk asks for any more, and begins the feed anew after a restore."""

from datetime import timedelta

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.desk_feed.models import DeskChange
from server.ground import clock

KEPT = timedelta(days=1)
"""A desk that was away for longer loads its lists anew."""
BATCH = 5_000

FORGET = text("""
with gone as (
  delete from desk_change where ctid = any(array(select ctid from desk_change where at < :before order by at limit :batch))
  returning tx
), counted as (select count(*) as count, max(tx) as tx from gone),
raised as (update desk_feed set floor = greatest(floor, counted.tx + 1) from counted where counted.count > 0)
select count from counted
""")
ANEW = text(
    "update desk_feed set epoch = gen_random_uuid(), floor = pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
)


async def forget_changes(sessions: Sessions, *, before: timedelta = KEPT) -> int:
    """Remove what is older, and raise the floor, so that nobody resumes from below it. Returns how many changes."""
    total, removed = 0, BATCH
    while removed == BATCH:  # ends: a round that is not full is the last
        async with sessions.begin() as session:
            removed = await session.scalar(FORGET, {"before": clock.now() - before, "batch": BATCH}) or 0
        total += removed
    return total


async def begin_anew(session: AsyncSession) -> None:
    """After a restore the database counts its transactions from elsewhere: no position of before means anything."""
    await session.execute(delete(DeskChange))
    await session.execute(ANEW)
