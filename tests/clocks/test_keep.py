"""What happens to clocks, each with what is stored of it, in a database."""

import asyncio
import random
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.clocks.keep import meet, pause, resume, start, stop
from server.clocks.models import Clock
from server.clocks.queries import pauses_of, reading
from server.clocks.rules import ClockKind, ClockStanding, ClockSubject, Policy, read
from server.ground.ids import uuid7
from server.ground.problems import Conflict, Invalid, NotFound
from tests.clocks.conftest import Time
from tests.company import Company

REPLY, CONTACT = ClockKind.REPLY, ClockKind.CONTACT
HOUR = Policy("a test's", REPLY, timedelta(hours=1), pausable=True)
STRICT = Policy("a promise", CONTACT, timedelta(hours=1))


@pytest.fixture
def mei(company: Company) -> UUID:
    return UUID(company.ids["mei"])


async def started(app: Litestar, policy: Policy, at: datetime) -> UUID:
    subject_id = uuid7()
    async with app.state.sessions.begin() as session:
        start(session, ClockSubject.TICKET, subject_id, policy, at)
    return subject_id


async def one(session: AsyncSession, subject_id: UUID) -> Clock:
    found = await session.scalar(select(Clock).where(Clock.subject_id == subject_id))
    assert found is not None
    return found


async def test_a_pause_moves_the_end_and_the_time_that_is_left_stays(app: Litestar, time: Time) -> None:
    subject_id = await started(app, HOUR, time.at(0))
    time.minute = 10
    async with app.state.sessions.begin() as session:
        row = await pause(session, subject_id, REPLY)
        assert (row.state, row.due_at) == (ClockStanding.PAUSED, time.at(60))
    time.minute = 1000
    async with app.state.sessions.begin() as session:
        assert (await pause(session, subject_id, REPLY)).paused_at == time.at(10), "it is paused already"
        assert reading(await one(session, subject_id)).remaining == timedelta(minutes=50)
        row = await resume(session, subject_id, REPLY)
        assert (row.state, row.due_at, row.paused_at) == (ClockStanding.RUNNING, time.at(1050), None)
        assert (await resume(session, subject_id, REPLY)).due_at == time.at(1050)
    time.minute = 1051
    async with app.state.sessions.begin() as session:
        with pytest.raises(Conflict, match="This clock is overdue; only one that runs can be paused"):
            await pause(session, subject_id, REPLY)


async def test_what_is_met_while_it_is_paused_is_met_with_the_time_that_was_left(
    app: Litestar, time: Time, mei: UUID
) -> None:
    subject_id = await started(app, HOUR, time.at(0))
    time.minute = 10
    async with app.state.sessions.begin() as session:
        await pause(session, subject_id, REPLY)
    time.minute = 200
    async with app.state.sessions.begin() as session:
        (row,) = await meet(session, subject_id, REPLY, CONTACT, by=mei)
    async with app.state.sessions.begin() as session:
        row = await one(session, subject_id)
        assert (row.state, row.met_at, row.met_by) == (ClockStanding.MET_IN_TIME, time.at(200), mei)
        assert [tuple(found) for found in pauses_of(row)] == [(time.at(10), time.at(200))]
        assert reading(row).remaining == timedelta(minutes=50)
        with pytest.raises(Conflict, match="met in time"):
            await pause(session, subject_id, REPLY)


async def test_the_first_time_counts_also_when_it_is_entered_later(app: Litestar, time: Time, mei: UUID) -> None:
    subject_id = await started(app, HOUR, time.at(0))
    time.minute = 90
    async with app.state.sessions.begin() as session:
        for wrong in (-1, 91):
            with pytest.raises(Invalid, match="before it was asked for, nor in the future"):
                await meet(session, subject_id, REPLY, by=mei, at=time.at(wrong))
        await meet(session, subject_id, REPLY, by=mei, at=time.at(50))
        (row,) = await meet(session, subject_id, REPLY, by=mei)
        assert (row.state, row.met_at) == (ClockStanding.MET_IN_TIME, time.at(50))


async def test_what_was_done_before_a_pause_that_lasts_and_entered_after_it(
    app: Litestar, time: Time, mei: UUID
) -> None:
    subject_id = await started(app, HOUR, time.at(0))
    time.minute = 40
    async with app.state.sessions.begin() as session:
        await pause(session, subject_id, REPLY)
    time.minute = 90
    async with app.state.sessions.begin() as session:
        (row,) = await meet(session, subject_id, REPLY, by=mei, at=time.at(30))
        assert (row.state, row.paused_at, pauses_of(row)) == (ClockStanding.MET_IN_TIME, None, [])


async def test_a_stopped_clock_is_never_overdue_and_what_was_met_stays_met(
    app: Litestar, time: Time, mei: UUID
) -> None:
    subject_id = await started(app, HOUR, time.at(0))
    async with app.state.sessions.begin() as session:
        start(session, ClockSubject.TICKET, subject_id, STRICT, time.at(0))
        await meet(session, subject_id, CONTACT, by=mei)
        time.minute = 30
        await pause(session, subject_id, REPLY)
        time.minute = 40
        await stop(session, subject_id)
        time.minute = 500
        await stop(session, subject_id)
        rows = {row.kind: row for row in await session.scalars(select(Clock))}
        assert (rows[REPLY].state, rows[REPLY].stopped_at) == (ClockStanding.STOPPED, time.at(40))
        assert reading(rows[REPLY]) == (time.at(70), timedelta(minutes=30), ClockStanding.STOPPED)
        assert (rows[CONTACT].state, rows[CONTACT].stopped_at) == (ClockStanding.MET_IN_TIME, None)
        assert (await meet(session, subject_id, REPLY, by=mei))[0].met_at is None


async def test_a_promise_of_the_plan_is_never_paused_also_not_in_the_database(app: Litestar, time: Time) -> None:
    subject_id = await started(app, STRICT, time.at(0))
    async with app.state.sessions.begin() as session:
        with pytest.raises(Conflict, match="never paused"):
            await pause(session, subject_id, CONTACT)
        with pytest.raises(NotFound, match="a clock of the kind reply"):
            await pause(session, subject_id, REPLY)
    with pytest.raises(IntegrityError, match="ck_clock_pausable"):
        async with app.state.sessions.begin() as session:
            (await one(session, subject_id)).paused_at = time.at(1)


async def test_a_thing_has_one_clock_of_each_kind(app: Litestar, time: Time) -> None:
    subject_id = await started(app, HOUR, time.at(0))
    with pytest.raises(IntegrityError, match="uq_clock_subject_id_kind"):
        async with app.state.sessions.begin() as session:
            start(session, ClockSubject.TICKET, subject_id, HOUR, time.at(5))


async def test_of_two_who_do_it_at_once_the_first_counts(app: Litestar, time: Time, mei: UUID) -> None:
    subject_id = await started(app, HOUR, time.at(0))

    async def done(minute: float) -> datetime | None:
        async with app.state.sessions.begin() as session:
            read = await one(session, subject_id)
            await both.wait()  # until both have read it
            (row,) = await meet(session, subject_id, REPLY, by=mei, at=time.at(minute))
            assert row is read
            await asyncio.sleep(0.05)
            return row.met_at

    time.minute, both = 59, asyncio.Barrier(2)
    told = await asyncio.gather(done(10), done(20))
    async with app.state.sessions() as session:
        assert {(await one(session, subject_id)).met_at} == set(told), "both are told who was first"


async def test_nothing_happens_before_what_happened_when_the_servers_clock_is_set_back(
    app: Litestar, time: Time, mei: UUID
) -> None:
    subject_id = await started(app, HOUR, time.at(0))
    async with app.state.sessions.begin() as session:
        for minute in (10, 20, 15, 14):
            time.minute = minute
            row = await (resume if minute in (20, 14) else pause)(session, subject_id, REPLY)
        assert ([tuple(found) for found in pauses_of(row)], row.due_at) == ([(time.at(10), time.at(20))], time.at(70))
        time.minute = -5
        (row,) = await meet(session, subject_id, REPLY, by=mei)
        assert row.met_at == time.at(20)


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_stored_is_what_the_rule_says_after_every_step(
    app: Litestar, time: Time, mei: UUID, seed: int
) -> None:
    draw, seen = random.Random(seed), set()
    for _ in range(15):
        subject_id = await started(app, HOUR, time.at(time.minute))
        for _ in range(draw.randrange(1, 9)):
            time.minute += draw.choice([-0.001, 0, 1, 15, 30])  # the clock may be set back
            verb = draw.choice(["pause", "resume", "pause", "resume", "meet", "stop"])
            async with app.state.sessions.begin() as session:
                try:
                    if verb == "meet":
                        await meet(session, subject_id, REPLY, by=mei)
                    elif verb == "stop":
                        await stop(session, subject_id)
                    else:
                        await (pause if verb == "pause" else resume)(session, subject_id, REPLY)
                except Conflict:
                    continue
            async with app.state.sessions() as session:
                row = await one(session, subject_id)
            right = read(HOUR, row.started_at, pauses_of(row), row.met_at, time.at(time.minute), row.stopped_at)
            assert (row.due_at, row.state) == (right.due, right.standing)
            seen.add(row.state)
    assert {ClockStanding.PAUSED, ClockStanding.STOPPED, ClockStanding.MET_IN_TIME} <= seen
