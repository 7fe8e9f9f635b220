"""What ran out is looked for every minute, without anybody asking."""

from datetime import timedelta

from litestar import Litestar

from server.clocks.keep import start
from server.clocks.rules import ClockKind, ClockStanding, ClockSubject, Policy
from server.ground.ids import uuid7
from server.media.storage import Storage
from server.records.sealer import Sealer
from tests.clocks.conftest import Time
from tests.clocks.test_keep import one
from tests.process.schedule import Registered


async def test_each_minute_what_ran_out_is_stored(app: Litestar, time: Time, bucket: Storage, sealer: Sealer) -> None:
    registered, subject_id = Registered(app, bucket, sealer), uuid7()
    hour = Policy("a test's", ClockKind.REPLY, timedelta(hours=1))
    async with app.state.sessions.begin() as session:
        start(session, ClockSubject.TICKET, subject_id, hour, time.at(0))
    for minute, state in ((60, ClockStanding.RUNNING), (61, ClockStanding.OVERDUE)):
        time.minute = minute
        await registered.run("note_overdue", "* * * * *")
        async with app.state.sessions() as session:
            assert (await one(session, subject_id)).state == state
