"""What happens to clocks: they are started, paused, resumed, met and stopped. Each verb locks what it changes and stores what the rules say."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from server.clocks.models import Clock
from server.clocks.queries import pauses_of, reading
from server.clocks.rules import ClockKind, ClockStanding, ClockSubject, Policy
from server.ground import clock
from server.ground.problems import Conflict, Invalid, NotFound


def start(session: AsyncSession, subject: ClockSubject, subject_id: UUID, policy: Policy, started: datetime) -> Clock:
    """Start a clock of a thing that has none of this kind yet. One that started long ago may be overdue at once."""
    row = Clock(
        subject_type=subject, subject_id=subject_id, kind=policy.kind, policy=policy.name, within=policy.within,
        pausable=policy.pausable, started_at=started, pauses=[],
    )  # fmt: skip
    _work_out(row)
    session.add(row)
    return row


async def pause(session: AsyncSession, subject_id: UUID, kind: ClockKind) -> Clock:
    """Pause a clock that runs; a paused one stays as it is. Raises `NotFound`, `Conflict` where there is nothing to pause."""
    row = await _one(session, subject_id, kind)
    if not row.pausable:
        raise Conflict("This clock is never paused: it is promised at all hours, whoever waits for whom.")
    if (standing := reading(row).standing) is ClockStanding.PAUSED:
        return row
    if standing is not ClockStanding.RUNNING:
        raise Conflict(f"This clock is {_said(standing)}; only one that runs can be paused.")
    row.paused_at = _moment(row)
    _work_out(row)
    return row


async def resume(session: AsyncSession, subject_id: UUID, kind: ClockKind) -> Clock:
    """Let a paused clock go on, with the time that was left; one that is not paused stays as it is. Raises `NotFound`."""
    row = await _one(session, subject_id, kind)
    _end_pause(row, _moment(row))
    _work_out(row)
    return row


async def meet(
    session: AsyncSession, subject_id: UUID, *kinds: ClockKind, by: UUID, at: datetime | None = None
) -> list[Clock]:
    """What these clocks ask for was done now, or `at`; the first time counts. Returns those of them that the thing has.

    Raises `Invalid` for a moment before the start of one of them, or still to come.
    """
    rows = await _held(session, subject_id, *kinds)
    for row in rows:
        if row.met_at is not None or row.stopped_at is not None:
            continue
        if at is not None and not row.started_at <= at <= clock.now():
            raise Invalid("This cannot have been done before it was asked for, nor in the future. Check the time.")
        done = at or _moment(row)
        _end_pause(row, done)
        row.met_at, row.met_by = done, by
        _work_out(row)
    return rows


async def stop(session: AsyncSession, subject_id: UUID) -> None:
    """Nothing is owed about this thing any more: its clocks that are not met ask for nothing from now on."""
    for row in await _held(session, subject_id, *ClockKind):
        if row.met_at is None and row.stopped_at is None:
            row.stopped_at = _moment(row)
            _end_pause(row, row.stopped_at)
            _work_out(row)


async def _one(session: AsyncSession, subject_id: UUID, kind: ClockKind) -> Clock:
    if rows := await _held(session, subject_id, kind):
        return rows[0]
    raise NotFound(f"Nothing has the id {subject_id} and a clock of the kind {kind}.")


async def _held(session: AsyncSession, subject_id: UUID, *kinds: ClockKind) -> list[Clock]:
    """Clocks as they are now and stay until the commit; locked in one order, so that nobody waits for each other."""
    await session.flush()
    query = select(Clock).where(Clock.subject_id == subject_id, Clock.kind.in_(kinds)).order_by(Clock.kind)
    held = query.with_for_update().execution_options(populate_existing=True)
    return list(await session.scalars(held))


def _moment(row: Clock) -> datetime:
    """Now, and never before what has happened to this clock: clocks of several servers are apart by a little."""
    before = [row.started_at, *(one.until or one.since for one in pauses_of(row))]
    return max(clock.now(), *before)


def _end_pause(row: Clock, at: datetime) -> None:
    """A pause that lasts ends; one that had not begun at that moment never was."""
    if row.paused_at is not None and row.paused_at < at:
        row.pauses = [*row.pauses, Range(row.paused_at, at)]
    row.paused_at = None


def _work_out(row: Clock) -> None:
    says = reading(row)
    row.due_at, row.state = says.due, says.standing


def _said(standing: ClockStanding) -> str:
    return standing.replace("_", " ")
