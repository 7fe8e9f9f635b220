"""Judging again: after a site's position or a window was corrected, a plan changed, or a later operation dates the tap.

Each new verdict stands beside the old ones. All functions hold the visit's row, so that two corrections come one after
the other.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.bounded_time import Interval, narrow_by_neighbour
from server.arrival.judge import fence_of, judge_check_in
from server.arrival.models import ArrivalVerdict, CheckIn
from server.customers.models import Site, SitePosition
from server.database.events import CHECK_IN_NARROWED, emit
from server.ground.clock import from_micros
from server.jobs.history import lock_visit
from server.jobs.models import Job, Visit, VisitCrew


async def judge_visit_again(session: AsyncSession, visit: Visit, because: str) -> int:
    """Judge every check-in of a visit again. Returns how many."""
    rows = (
        await session.scalars(
            select(CheckIn).where(CheckIn.visit_id == visit.id).order_by(CheckIn.earliest, CheckIn.id)
        )
    ).all()
    for row in rows:
        await _judge(session, row, visit, because)
    return len(rows)


async def outdated(session: AsyncSession, position_id: UUID, limit: int = 500) -> Sequence[UUID]:
    """Check-ins at a corrected site whose newest verdict rests on another circle than the site's present one.

    `position_id` is the correction (`SitePosition`). Each is to be judged in a transaction of its own, so that a site with
    thousands of visits holds nobody up; ask again until none is left.
    """
    position = await session.get_one(SitePosition, position_id)
    fence = msgspec.to_builtins(fence_of(await session.get_one(Site, position.site_id)))
    newest = (
        select(ArrivalVerdict.inputs)
        .where(ArrivalVerdict.check_in_id == CheckIn.id)
        .order_by(ArrivalVerdict.judged_at.desc(), ArrivalVerdict.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = await session.scalars(
        select(CheckIn.id)
        .join(Visit, Visit.id == CheckIn.visit_id)
        .join(Job, Job.id == Visit.job_id)
        .where(Job.site_id == position.site_id, newest["fence"] != fence)
        .order_by(CheckIn.id)
        .limit(limit)
    )
    return rows.all()


async def judge_corrected(session: AsyncSession, position_id: UUID, check_in_id: UUID) -> None:
    """Judge one check-in again because of a correction of its site."""
    position = await session.get_one(SitePosition, position_id)
    await _judge_alone(session, check_in_id, f"site corrected: {position.reason}")


async def narrow_check_in(session: AsyncSession, operation_id: UUID, interval: Interval) -> None:
    """Keep a tighter interval, by the chain, of the check-in that an operation made; the worker then judges again."""
    row = await session.scalar(select(CheckIn).where(CheckIn.operation_id == operation_id).with_for_update())
    if row is not None:
        had = msgspec.convert(row.clock["interval"], Interval)
        tighter = narrow_by_neighbour(had, interval.earliest, interval.latest)
        row.clock = {**row.clock, "interval": msgspec.to_builtins(tighter)}
        await emit(session, (CHECK_IN_NARROWED, row.id))


async def judge_narrowed(session: AsyncSession, check_in_id: UUID) -> None:
    """Judge a check-in again whose interval a later operation of its phone has narrowed."""
    await _judge_alone(session, check_in_id, "a later operation of the phone narrows the time")


async def _judge_alone(session: AsyncSession, check_in_id: UUID, because: str) -> None:
    row = await session.get_one(CheckIn, check_in_id)
    visit = await lock_visit(session, row.visit_id)
    await session.refresh(row)
    await _judge(session, row, visit, because)


async def _judge(session: AsyncSession, row: CheckIn, visit: Visit, because: str) -> None:
    newest = await session.scalar(
        select(func.max(ArrivalVerdict.judged_at)).where(ArrivalVerdict.check_in_id == row.id)
    )
    found = await judge_check_in(session, row, visit, because=because, newest=newest)
    if await _is_first(session, row, CheckIn.visit_id == visit.id):
        visit.arrived_at = from_micros(found.point)
    if await _is_first(session, row, CheckIn.visit_id == visit.id, CheckIn.technician_id == row.technician_id):
        member = await session.get_one(VisitCrew, (visit.id, row.technician_id))
        member.arrived_at = from_micros(found.point)


async def _is_first(session: AsyncSession, row: CheckIn, *among: ColumnElement[bool]) -> bool:
    query = select(CheckIn.id).where(*among).order_by(CheckIn.earliest, CheckIn.id).limit(1)
    return await session.scalar(query) == row.id
