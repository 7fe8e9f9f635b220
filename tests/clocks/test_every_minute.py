"""What ran out is looked for every minute, without anybody asking."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, cast

from litestar import Litestar
from pgqueuer import PgQueuer
from pgqueuer.models import Schedule

from server.clocks.keep import start
from server.clocks.rules import ClockKind, ClockStanding, ClockSubject, Policy
from server.ground.ids import uuid7
from server.media.rules import USUAL
from server.media.storage import Storage
from server.process.schedule import schedules
from server.records.sealer import Sealer
from tests.clocks.conftest import Time
from tests.clocks.test_keep import one

Run = Callable[[Schedule], Awaitable[None]]


class Queue:
    """Keeps what is registered, by when it is due."""

    def __init__(self) -> None:
        self.runs: dict[tuple[str, str], Run] = {}

    def schedule(self, name: str, when: str) -> Callable[[Run], None]:
        return lambda run: self.runs.__setitem__((name, when), run)


async def test_each_minute_what_ran_out_is_stored(app: Litestar, time: Time, bucket: Storage, sealer: Sealer) -> None:
    queue, subject_id = Queue(), uuid7()
    schedules(cast(PgQueuer, queue), app.state.sessions, bucket, sealer, USUAL)
    hour = Policy("a test's", ClockKind.REPLY, timedelta(hours=1))
    async with app.state.sessions.begin() as session:
        start(session, ClockSubject.TICKET, subject_id, hour, time.at(0))
    for minute, state in ((60, ClockStanding.RUNNING), (61, ClockStanding.OVERDUE)):
        time.minute = minute
        await queue.runs["note_overdue", "* * * * *"](cast(Any, None))
        async with app.state.sessions() as session:
            assert (await one(session, subject_id)).state == state
