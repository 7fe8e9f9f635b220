"""What is done at night: membership recomputed and compared, old removals forgotten; and what is said after a restore."""

import logging
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground import clock

log = logging.getLogger("fieldproof.sync")

REMOVALS_KEPT = timedelta(days=90)
"""A phone that was away for longer is told to resync; its outbox stays."""

DIFFERENT_ROWS = text("select scope_id, collection, row_id, missing, surplus from sync_discrepancy limit 1000")
DIFFERENT_SUMS = text(
    "select scope_id, count, checksum, real_count, real_checksum, rev, real_rev from sync_sum_discrepancy"
)
COLLECT = text("select sync_collect(:age)")
NEW_EPOCH = text("update sync_scope set epoch = greatest(epoch + 1, :now)")


async def differences(session: AsyncSession) -> list[str]:
    """What the kept membership says otherwise than a recomputation from the view; each is logged. Empty when all is well.

    The session must be one snapshot, so that a commit in between is no difference.
    """
    found = [
        f"scope {row.scope_id}: {row.collection} {row.row_id} is "
        f"{'missing' if row.missing else 'held too long' if row.surplus else 'out of date'}"
        for row in (await session.execute(DIFFERENT_ROWS)).all()
    ]
    found += [
        f"scope {row.scope_id}: count {row.count} and checksum {row.checksum}, but its rows give {row.real_count} and "
        f"{row.real_checksum}; revision {row.rev}, newest row {row.real_rev}"
        for row in (await session.execute(DIFFERENT_SUMS)).all()
    ]
    for line in found:
        log.error("membership differs from the view: %s", line)
    return found


async def collect_removals(session: AsyncSession, kept: timedelta = REMOVALS_KEPT) -> int:
    """Forget removals older than `kept`; the oldest cursor that is still served rises with it. Returns how many."""
    collected: int = (await session.execute(COLLECT, {"age": kept})).scalar_one()
    return collected


async def begin_epoch(session: AsyncSession) -> None:
    """After a restore: every phone is told to resync, because commits that it has seen may be gone.

    An epoch is a time, so that two restores of one backup never come to the same one.
    """
    await session.execute(NEW_EPOCH, {"now": clock.micros()})
