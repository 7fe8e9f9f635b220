"""Background work on the PostgreSQL-backed queue: the one map from events to what follows from them.

A task is deleted in the database when it is done; one whose worker was killed stops beating and is run again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import asyncpg
import pgqueuer
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.again import judge_corrected, judge_narrowed, outdated
from server.database.engine import Sessions, is_lost
from server.database.events import (
    CHECK_IN_NARROWED,
    CLOCK_RAN_OUT,
    CLOCK_STEPPED,
    COPY_DUE,
    CUSTODY_CHANGED,
    NOTIFICATION_DUE,
    ON_THE_WAY,
    OPERATION_PARKED,
    PHOTO_VERIFIED,
    RECORD_LOGGED,
    REPORT_READY,
    SITE_CORRECTED,
    STROKES_DUE,
)
from server.faults.keep import is_away, keep_fault, settle, try_held_again, waiting_time
from server.ground.outages import DATABASE, WORK, outages
from server.jobs.past.remember import remember_visit
from server.jobs.tell import tell_on_the_way
from server.media.custody import make_thumbnail
from server.media.rules import USUAL, Custody
from server.media.storage import Storage
from server.notifications.send import send
from server.process.queue_words import speak_in_lines
from server.process.schedule import schedules
from server.records.seal.erase import erase_drawing
from server.records.seal.issue import issue_record
from server.records.seal.seal import look_at_visit, seal_report
from server.records.sealer import Sealer
from server.requests.tell import tell_clock_ran_out
from server.restore.copies import copy_of
from server.sync.up.clock_steps import note_of_record
from server.sync.up.tell import tell_parked

log = logging.getLogger("fieldproof.worker")
queue_log = logging.getLogger("pgqueuer")
POLL = timedelta(seconds=2)
"""How long to wait for a notice before looking by itself; a lost notice costs this much."""
ISSUED_AT_A_TIME = 2
"""PDFs that one process makes at once; each may wait for an authority."""
SENT_AT_A_TIME = 8
"""Messages that one process hands on at once; most of the time of each is waiting for an answer."""
RESTART = timedelta(seconds=1)
"""After the database was away: how soon the queue is made anew."""
CONNECT = 5.0
"""Seconds to wait for a connection to the database."""
HEARTBEAT = timedelta(seconds=5)
"""A task whose worker has not given a sign for this long is run again by another."""

Task = Callable[[UUID], Awaitable[None]]
"""What is done about the subject of an event."""


def tasks(queue: PgQueuer, sessions: Sessions, storage: Storage, sealer: Sealer) -> None:
    """Register what follows from each event."""

    def on(event: str, *, at_a_time: int = 1) -> Callable[[Task], Task]:
        def register(run: Task) -> Task:
            @queue.entrypoint(event, concurrency_limit=at_a_time, on_failure="hold")
            async def task(job: Job) -> None:
                async with accounted(sessions, job):
                    await run(_subject(job))

            return run

        return register

    @on(CUSTODY_CHANGED)
    async def see_what_is_ready(visit_id: UUID) -> None:
        async with sessions.begin() as session:
            await look_at_visit(session, visit_id)
        async with sessions.begin() as session:
            await remember_visit(session, visit_id)

    @on(PHOTO_VERIFIED)
    async def shrink_then_see(photo_id: UUID) -> None:
        async with sessions.begin() as session:
            visit_id = await make_thumbnail(session, storage, photo_id)
        if visit_id is not None:
            await see_what_is_ready(visit_id)

    @on(REPORT_READY)
    async def seal(report_id: UUID) -> None:
        if record_id := await seal_report(sessions, storage, sealer, report_id):
            log.info("record %s of report %s is in the log", record_id, report_id)

    @on(RECORD_LOGGED, at_a_time=ISSUED_AT_A_TIME)
    async def issue(record_id: UUID) -> None:
        if await issue_record(sessions, storage, sealer, record_id):
            log.info("issued record %s", record_id)

    @on(COPY_DUE)
    async def copy(subject: UUID) -> None:
        await copy_of(sessions, storage, sealer, subject)

    @on(CLOCK_STEPPED)
    async def note_the_step(record_id: UUID) -> None:
        async with sessions.begin() as session:
            await note_of_record(session, record_id)

    @on(STROKES_DUE)
    async def erase(operation_id: UUID) -> None:
        await erase_drawing(sessions, storage, sealer, operation_id)

    @on(NOTIFICATION_DUE, at_a_time=SENT_AT_A_TIME)
    async def send_message(notification_id: UUID) -> None:
        await send(sessions, notification_id)

    _messages(on, sessions)

    @on(SITE_CORRECTED)
    async def judge_the_site_again(position_id: UUID) -> None:
        await _judge_site(sessions, position_id)

    @on(CHECK_IN_NARROWED)
    async def judge_the_check_in_again(check_in_id: UUID) -> None:
        async with sessions.begin() as session:
            await judge_narrowed(session, check_in_id)


def _messages(on: Callable[[str], Callable[[Task], Task]], sessions: Sessions) -> None:
    """What is told of what happened where nobody could wait for the words."""

    def told(event: str, tell: Callable[[AsyncSession, UUID], Awaitable[object]]) -> None:
        async def make_messages(subject: UUID) -> None:
            async with sessions.begin() as session:
                await tell(session, subject)

        on(event)(make_messages)

    told(ON_THE_WAY, tell_on_the_way)
    told(OPERATION_PARKED, tell_parked)
    told(CLOCK_RAN_OUT, tell_clock_ran_out)


async def _judge_site(sessions: Sessions, position_id: UUID) -> None:
    while True:  # ends: each round leaves fewer verdicts that rest on another circle
        async with sessions() as session:
            check_ins = await outdated(session, position_id)
        if not check_ins:
            return
        for check_in_id in check_ins:
            async with sessions.begin() as session:
                await judge_corrected(session, position_id, check_in_id)


def _subject(job: Job) -> UUID:
    return UUID((job.payload or b"").decode())


@asynccontextmanager
async def accounted(sessions: Sessions, job: Job) -> AsyncIterator[None]:
    """Have a task run again that failed, as `server.faults` says, and keep why; what is held stays there, not in the queue."""
    subject = _subject(job)
    try:
        try:
            yield
        except Exception as error:
            async with sessions.begin() as session:
                wait = await keep_fault(session, job.entrypoint, subject, error, attempts=job.attempts)
            if is_away(error):
                outages.seen(WORK, f"{job.entrypoint} could not be done yet: {error}")
            else:
                then = "it is held" if wait is None else f"again in {wait}"
                log.exception("%s %s failed; %s", job.entrypoint, subject, then)
            if wait is not None:
                raise RetryRequested(delay=wait, reason=str(error)) from error
        else:
            async with sessions.begin() as session:
                await settle(session, job.entrypoint, subject)
    except (DBAPIError, PoolTimeout, OSError) as error:  # even what went wrong cannot be kept
        outages.seen(WORK, f"{job.entrypoint} could not be done, nor that be kept: {error}")
        raise RetryRequested(delay=waiting_time(job.attempts), reason=str(error)) from error


def _is_no_outage(record: logging.LogRecord) -> bool:
    """Keeps the queue's tracebacks out of the log when the database is away: that is told once and counted."""
    error = record.exc_info[1] if record.exc_info else None
    if not isinstance(error, Exception) or not (is_lost(error) or is_away(error)):
        return True
    outages.seen(DATABASE, f"the queue of background work has lost the database: {error!r}")
    return False


@asynccontextmanager
async def working(
    database_url: str,
    sessions: Sessions,
    storage: Storage,
    sealer: Sealer,
    custody: Custody = USUAL,
    turn: asyncio.Event | None = None,
) -> AsyncIterator[None]:
    """Work in the background for as long as the context lasts, from when `turn` is set."""
    speak_in_lines()

    @asynccontextmanager
    async def fresh_queue() -> AsyncIterator[PgQueuer]:
        # An address that swallows packets must not hold up the end of the process for asyncpg's own minute.
        pool = await asyncpg.create_pool(database_url, min_size=1, max_size=4, timeout=CONNECT)
        try:
            queue = PgQueuer(AsyncpgPoolDriver(pool))
            tasks(queue, sessions, storage, sealer)
            schedules(queue, sessions, storage, sealer, custody)
            async with sessions.begin() as session:
                await try_held_again(session)
            yield queue
        finally:
            pool.terminate()  # what used it has ended, in order or because the database went away

    if not queue_log.filters:
        queue_log.addFilter(_is_no_outage)
    ending = asyncio.Event()
    # A queue whose connections the database has ended gives up; then it is made anew, for as long as it takes.

    async def work() -> None:
        if turn is not None:
            await turn.wait()
        await pgqueuer.run(
            fresh_queue, dequeue_timeout=POLL, heartbeat_timeout=HEARTBEAT, shutdown=ending, restart_on_failure=True,
            restart_delay=RESTART, shutdown_on_listener_failure=True,
        )  # fmt: skip

    running = asyncio.create_task(work())
    try:
        yield
    finally:
        ending.set()
        if turn is not None and not turn.is_set():
            running.cancel()  # its turn never came
        await asyncio.wait({running})
        if not running.cancelled():
            running.result()
