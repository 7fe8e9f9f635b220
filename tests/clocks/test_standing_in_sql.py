"""Where a clock stands has one rule, written twice: in Python and in SQL. Both say the same of every clock that there can be."""

from datetime import timedelta
from itertools import product

from litestar import Litestar
from sqlalchemy import inspect, select, text

from mobile_contract.chain import uuid7
from server.clocks.models import Clock
from server.clocks.overdue import note_overdue
from server.clocks.queries import is_overdue, stands_at
from server.clocks.rules import ClockKind, ClockStanding, ClockSubject, stands
from tests.clocks.conftest import Time

HOUR = timedelta(hours=1)


def every_clock(time: Time) -> list[Clock]:
    """Each order in which due, paused, met, stopped and now can lie, moments that fall together included."""
    found = []
    moments = [None, *(time.at(minute) for minute in (-2, -1, 0, 1, 2))]
    for due, paused, met, stopped in product(moments[1:], moments, moments, moments):
        if [paused, met, stopped].count(None) >= 2:
            found.append(
                Clock(
                    subject_type=ClockSubject.TICKET, subject_id=uuid7(), kind=ClockKind.REPLY, policy="a test's", within=HOUR, pausable=True,
                    started_at=time.at(-60), due_at=due, pauses=[], paused_at=paused, met_at=met, stopped_at=stopped,
                )
            )  # fmt: skip
    return found


async def test_python_and_sql_say_the_same_of_every_clock(app: Litestar, time: Time) -> None:
    seen = set()
    async with app.state.sessions.begin() as session:
        rows = every_clock(time)
        session.add_all(rows)
        await session.flush()
        for minute in range(-3, 4):
            now = time.at(minute)
            answers = await session.execute(select(Clock, stands_at(now), is_overdue(now)))
            for row, standing, overdue in answers.all():
                right = stands(row.due_at, row.paused_at, row.met_at, row.stopped_at, now)
                assert (standing, overdue) == (right, right is ClockStanding.OVERDUE), inspect(row).dict
                seen.add(right)
    assert seen == set(ClockStanding)
    assert len(rows) == 5 * (1 + 3 * 5)


async def test_what_is_stored_is_what_the_rule_says_after_each_run(app: Litestar, time: Time) -> None:
    async with app.state.sessions.begin() as session:
        for row in every_clock(time):
            row.state = stands(row.due_at, row.paused_at, row.met_at, row.stopped_at, time.at(-3))
            session.add(row)
    noted = 0
    for minute in range(-3, 4):
        time.minute = minute
        async with app.state.sessions.begin() as session:
            noted += await note_overdue(session)
            assert await note_overdue(session) == 0, "it is told once"
        async with app.state.sessions() as session:
            wrong = select(Clock).where(Clock.state != stands_at(time.at(minute)))
            assert list(await session.scalars(wrong)) == []
    assert noted == 5 + 15, "those that nobody paused, and those that were paused when it was too late"


async def test_words_are_the_same_in_the_database(app: Litestar) -> None:
    found = text("select pg_get_constraintdef(oid) from pg_constraint where conname = :name")
    async with app.state.sessions() as session:
        for column, words in (("kind", ClockKind), ("state", ClockStanding), ("subject_type", ClockSubject)):
            rule = await session.scalar(found, {"name": f"ck_clock_{column}"})
            assert set(rule.split("'")[1::2]) == {str(word) for word in words}
