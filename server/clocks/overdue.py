"""Clocks whose time ran out: noted once, by the rule that everybody reads them by, so that whoever watches is told without asking."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.clocks.models import Clock
from server.clocks.queries import is_overdue
from server.clocks.rules import ClockStanding
from server.database.events import CLOCK_RAN_OUT, emit
from server.ground import clock

MOST = 1000
"""In one transaction; of more the next run takes the rest."""


async def note_overdue(session: AsyncSession) -> int:
    """Store that clocks are overdue that were running when they were stored last. Returns how many.

    A clock that somebody holds just now is left for the next run: nobody waits for this, and this for nobody.
    """
    ran_out = (
        select(Clock.id)
        .where(Clock.state == ClockStanding.RUNNING, is_overdue(clock.now()))
        .order_by(Clock.due_at)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    )
    note = update(Clock).where(Clock.id.in_(ran_out)).values(state=ClockStanding.OVERDUE)
    done = await session.scalars(note.returning(Clock.id).execution_options(synchronize_session=False))
    found = done.all()
    await emit(session, *((CLOCK_RAN_OUT, one) for one in found))
    return len(found)
