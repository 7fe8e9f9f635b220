"""kill -9 of a worker between the mail server's taking a message and our mark: it goes out again, under the same id, and no other is lost."""

import asyncio
import os
import signal
import sys

from litestar import Litestar

from server.notifications.rules import LEASE
from server.process.worker import working
from tests.company import Company
from tests.notifications.sending import MailServer, one, outbox, passes
from tests.notifications.test_told import ticket


async def test_a_worker_that_is_killed_between_send_and_mark_leaves_a_message_that_is_sent_again_under_its_id(
    company: Company, app: Litestar, mails: MailServer, contact: str, database_url: str
) -> None:
    await ticket(company, contact)
    [row] = await outbox(app)
    module = ("-m", "tests.notifications.one_worker", database_url, str(mails.port))
    worker = await asyncio.create_subprocess_exec(sys.executable, *module)
    mails.when_taken = lambda: os.kill(worker.pid, signal.SIGKILL)
    async with asyncio.timeout(60):
        assert await worker.wait() == -signal.SIGKILL
    assert len(mails.mails) == 1
    cut_off = await one(app, row.id)
    assert (cut_off.state, cut_off.attempts, cut_off.claimed_until is None) == ("waiting", 1, False)

    mails.when_taken = lambda: None
    await passes(app, LEASE)
    async with asyncio.timeout(60), working(database_url, app.state.sessions, app.state.storage, app.state.sealer):
        while (await one(app, row.id)).state == "waiting":  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    done = await one(app, row.id)
    assert (done.state, done.attempts) == ("sent", 2)
    assert [mail["Message-ID"] for mail in mails.mails] == [row.message_id] * 2
