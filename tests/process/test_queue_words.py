"""What the queue's library logs: one line for what mends itself."""

import asyncio
import logging

import pytest
from litestar import Litestar
from pgqueuer.core import qm
from pgqueuer.core.logconfig import logger
from pgqueuer.errors import FailingListenerError

from server.process.queue_words import LATE, speak_in_lines
from server.process.worker import working
from tests.company import Company


async def test_a_missed_health_check_is_one_line_and_work_goes_on(
    company: Company,
    app: Litestar,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    missed = asyncio.Event()
    healthy = qm.QueueManager.listener_healthy

    async def late_once(self: qm.QueueManager, *arguments: object, **named: object) -> object:
        if not missed.is_set():
            missed.set()
            raise FailingListenerError
        return await healthy(self)

    monkeypatch.setattr(qm.QueueManager, "listener_healthy", late_once)
    state = app.state
    with caplog.at_level(logging.INFO):
        async with asyncio.timeout(60), working(database_url, state.sessions, state.storage, state.sealer):
            while LATE not in [one.getMessage() for one in caplog.records]:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    said = [one for one in caplog.records if one.name == "pgqueuer"]
    assert [(one.levelname, one.getMessage(), one.exc_info) for one in said] == [("WARNING", LATE, None)]


def test_a_fault_of_ours_keeps_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    speak_in_lines()
    speak_in_lines()
    try:
        raise ValueError("a fault of ours")
    except ValueError:
        logger.exception("Error during instance execution.")
    [record] = caplog.records
    assert (record.levelname, record.exc_info is None) == ("ERROR", False)
