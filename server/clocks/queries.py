"""Clocks as they are read: where they stand now, by the same rule in SQL as in `rules.py`, and what they say on the wire."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from server.clocks.models import Clock
from server.clocks.rules import ClockKind, ClockStanding, Pause, Policy, Reading, read, stands
from server.clocks.schemas import ClockReading, PauseReading
from server.ground import clock


def stands_at(now: datetime) -> ColumnElement[str]:
    """Where a clock stands at `now`: `rules.stands` as SQL, for queries that filter, count or order by it."""
    paused = and_(Clock.paused_at.is_not(None), Clock.paused_at < Clock.due_at)
    return case(
        (Clock.stopped_at.is_not(None), literal(ClockStanding.STOPPED.value)),
        (and_(Clock.met_at.is_not(None), Clock.met_at <= Clock.due_at), literal(ClockStanding.MET_IN_TIME.value)),
        (Clock.met_at.is_not(None), literal(ClockStanding.MET_LATE.value)),
        (paused, literal(ClockStanding.PAUSED.value)),
        (Clock.due_at < now, literal(ClockStanding.OVERDUE.value)),
        else_=literal(ClockStanding.RUNNING.value),
    )


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Whether `stands_at` is `overdue`, written so that an index on `due_at` can be used."""
    over = Clock.stopped_at.is_(None) & Clock.met_at.is_(None) & (Clock.due_at < now)
    return over & (Clock.paused_at.is_(None) | (Clock.paused_at >= Clock.due_at))


FACTS = load_only(Clock.subject_id, Clock.due_at, Clock.paused_at, Clock.met_at, Clock.stopped_at, raiseload=True)
"""What `standing` needs; the arithmetic of a page of clocks is asked for by nobody."""


async def clocks_of(session: AsyncSession, subject_ids: Collection[UUID], kind: ClockKind) -> dict[UUID, Clock]:
    """The clocks of one kind of these things, by the thing, in one query however many they are; with what says where they stand."""
    found = await session.scalars(
        select(Clock).options(FACTS).where(Clock.subject_id.in_(subject_ids), Clock.kind == kind)
    )
    return {one.subject_id: one for one in found}


def standing(row: Clock) -> ClockStanding:
    """Where a clock stands now, by what is stored of it."""
    return stands(row.due_at, row.paused_at, row.met_at, row.stopped_at, clock.now())


async def readings(session: AsyncSession, subject_id: UUID) -> list[ClockReading]:
    """What each clock of a thing says now, the one that is due first in front."""
    rows = await session.scalars(select(Clock).where(Clock.subject_id == subject_id).order_by(Clock.due_at, Clock.kind))
    return [reading_out(row) for row in rows]


def pauses_of(row: Clock) -> list[Pause]:
    """Every pause, the one that lasts included."""
    found = [Pause(one.lower, one.upper) for one in row.pauses if one.lower is not None]
    return found if row.paused_at is None else [*found, Pause(row.paused_at, None)]


def reading(row: Clock) -> Reading:
    """What a clock says now."""
    policy = Policy(row.policy, ClockKind(row.kind), row.within, row.pausable)
    return read(policy, row.started_at, pauses_of(row), row.met_at, clock.now(), row.stopped_at)


def reading_out(row: Clock) -> ClockReading:
    """What a clock says now, on the wire."""
    says = reading(row)
    return ClockReading(
        kind=ClockKind(row.kind), policy=row.policy, within_s=_seconds(row.within), started_at=row.started_at,
        due_at=says.due, state=says.standing, remaining_s=_seconds(says.remaining),
        pauses=[PauseReading(one.since, one.until) for one in pauses_of(row)],
        met_at=row.met_at, met_by=row.met_by, stopped_at=row.stopped_at,
    )  # fmt: skip


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)
