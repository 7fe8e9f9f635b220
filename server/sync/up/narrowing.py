"""A later operation dates earlier ones: after a reboot in the cellar, the first tap with a fresh anchor in the same boot.

Walks back from an operation that has just been stored, for as long as it makes the one before it clearly tighter. What
the phone signed never changes; the bounds are ours, and a check-in that they belong to is judged again.
"""

from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.again import narrow_check_in
from server.arrival.bounded_time import Clock, Interval, narrow_by_order
from server.field.models import Operation
from server.ground.clock import from_micros, to_micros
from server.sync.unread import clock_of
from server.sync.up.store import Case

CHECK_IN = "check_in"
WORTH = 30_000_000
"""Microseconds that a bound must move by: a working day's drift is a tenth of it, and leaves ordinary chains alone."""

FARTHEST = 500
"""Operations at most that one walk looks at: a whole outbox."""


def known(before: Operation | None) -> list[tuple[Clock, Interval]]:
    """What is known of the operation that a batch follows; nothing for the first batch."""
    return [] if before is None else [(_clock(before), _bounds(before))]


async def narrow_before(session: AsyncSession, before: list[tuple[Clock, Interval]], cases: Sequence[Case]) -> int:
    """Narrow what came before the operations of a batch, and the batch's own. Asks the database only if something is."""
    if not cases:
        return 0
    chain = before + [(case.link.envelope.clock, case.when.interval) for case in cases]
    found = narrow_by_order(chain)
    if all(_gain(own, tighter) < WORTH for (_, own), tighter in zip(chain, found, strict=True)):
        return 0
    last = cases[-1].link.envelope
    first = last.seq - len(chain) + 1
    rows = await session.scalars(
        select(Operation)
        .where(Operation.device_id == last.device_id, Operation.seq.between(first, last.seq))
        .order_by(Operation.seq)
    )
    return await narrow_earlier(session, rows.all())


async def narrow_earlier(session: AsyncSession, chain: Sequence[Operation]) -> int:
    """Narrow what came before the newest operations of a device. Returns how many were.

    `chain` are neighbours, the newest last: the operation that was there before, and those that were just stored. The
    database is asked for nothing unless the first of them was narrowed.
    """
    narrowed = [await _narrow(session, before, after) for before, after in reversed(list(pairwise(chain)))]
    after = chain[0] if narrowed and narrowed[-1] else None
    while after is not None and len(narrowed) < FARTHEST:
        before = await session.scalar(
            select(Operation).where(Operation.device_id == after.device_id, Operation.seq == after.seq - 1)
        )
        if before is None or before.received_at > after.received_at or not await _narrow(session, before, after):
            break  # also where the clock was set back in between: neither time says anything about the other
        narrowed.append(True)
        after = before
    return sum(narrowed)


async def _narrow(session: AsyncSession, before: Operation, after: Operation) -> bool:
    had = _bounds(before)
    found = narrow_by_order([(_clock(before), had), (_clock(after), _bounds(after))])[0]
    if found.faults or _gain(had, found) < WORTH:
        return False
    before.earliest, before.latest = from_micros(found.earliest), from_micros(found.latest)
    if before.kind == CHECK_IN:
        await narrow_check_in(session, before.id, found)
    return True


def _gain(had: Interval, found: Interval) -> int:
    return max(found.earliest - had.earliest, had.latest - found.latest)


def _clock(row: Operation) -> Clock:
    return clock_of(row.raw, row.sha256)


def _bounds(row: Operation) -> Interval:
    return Interval(to_micros(row.earliest), to_micros(row.latest))
