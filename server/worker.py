"""Background work on the PostgreSQL-backed queue: the one map from events to what follows from them.

A task is deleted in the database when it is done; one whose worker was killed stops beating and is run again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
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

from server.arrival.again import judge_corrected, judge_narrowed, outdated
from server.database.engine import Sessions
from server.events import CHECK_IN_NARROWED, CUSTODY_CHANGED, PHOTO_VERIFIED, SITE_CORRECTED
from server.media.custody import make_thumbnail
from server.media.rules import USUAL, Custody
from server.media.storage import Storage
from server.problems import Busy, Unavailable
from server.records.seal import seal_visit
from server.records.sealer import Sealer
from server.schedule import schedules

log = logging.getLogger("fieldproof.worker")
POLL = timedelta(seconds=2)
"""How long to wait for a notice before looking by itself; a lost notice costs this much."""
AGAIN = timedelta(seconds=5)
"""When database or storage were away: how soon to try again."""
RESTART = timedelta(seconds=1)
"""After the database was away: how soon the queue is made anew."""
CONNECT = 5.0
"""Seconds to wait for a connection to the database."""
HEARTBEAT = timedelta(seconds=5)
"""A task whose worker has not given a sign for this long is run again by another."""


def tasks(queue: PgQueuer, sessions: Sessions, storage: Storage, sealer: Sealer) -> None:
    """Register what follows from each event."""

    @queue.entrypoint(CUSTODY_CHANGED, concurrency_limit=1, on_failure="hold")
    async def seal_when_complete(job: Job) -> None:
        async with again_when_away(job):
            await _seal(sessions, storage, sealer, _subject(job))

    @queue.entrypoint(PHOTO_VERIFIED, concurrency_limit=1, on_failure="hold")
    async def shrink_then_seal(job: Job) -> None:
        async with again_when_away(job):
            async with sessions.begin() as session:
                visit_id = await make_thumbnail(session, storage, _subject(job))
            if visit_id is not None:
                await _seal(sessions, storage, sealer, visit_id)

    @queue.entrypoint(SITE_CORRECTED, concurrency_limit=1, on_failure="hold")
    async def judge_the_site_again(job: Job) -> None:
        async with again_when_away(job):
            await _judge_site(sessions, _subject(job))

    @queue.entrypoint(CHECK_IN_NARROWED, concurrency_limit=1, on_failure="hold")
    async def judge_the_check_in_again(job: Job) -> None:
        async with again_when_away(job), sessions.begin() as session:
            await judge_narrowed(session, _subject(job))


async def _judge_site(sessions: Sessions, position_id: UUID) -> None:
    while True:  # ends: each round leaves fewer verdicts that rest on another circle
        async with sessions() as session:
            check_ins = await outdated(session, position_id)
        if not check_ins:
            return
        for check_in_id in check_ins:
            async with sessions.begin() as session:
                await judge_corrected(session, position_id, check_in_id)


async def _seal(sessions: Sessions, storage: Storage, sealer: Sealer, visit_id: UUID) -> None:
    async with sessions.begin() as session:
        made = await seal_visit(session, storage, sealer, visit_id)
    for record_id in made:
        log.info("sealed record %s of visit %s", record_id, visit_id)


def _subject(job: Job) -> UUID:
    return UUID((job.payload or b"").decode())


@asynccontextmanager
async def again_when_away(job: Job) -> AsyncIterator[None]:
    """Has a task run again when database or storage were away; any other fault is held for somebody to look at."""
    try:
        yield
    except (Unavailable, Busy, DBAPIError, PoolTimeout, OSError) as error:
        log.warning("%s could not be done yet: %s", job.entrypoint, error)
        raise RetryRequested(delay=AGAIN, reason=str(error)) from error


@asynccontextmanager
async def working(
    database_url: str, sessions: Sessions, storage: Storage, sealer: Sealer, custody: Custody = USUAL
) -> AsyncIterator[None]:
    """Work in the background for as long as the context lasts."""

    @asynccontextmanager
    async def fresh_queue() -> AsyncIterator[PgQueuer]:
        # An address that swallows packets must not hold up the end of the process for asyncpg's own minute.
        pool = await asyncpg.create_pool(database_url, min_size=1, max_size=4, timeout=CONNECT)
        try:
            queue = PgQueuer(AsyncpgPoolDriver(pool))
            tasks(queue, sessions, storage, sealer)
            schedules(queue, sessions, storage, sealer, custody)
            yield queue
        finally:
            pool.terminate()  # what used it has ended, in order or because the database went away

    ending = asyncio.Event()
    # A queue whose connections the database has ended gives up; then it is made anew, for as long as it takes.
    running = asyncio.create_task(
        pgqueuer.run(
            fresh_queue, dequeue_timeout=POLL, heartbeat_timeout=HEARTBEAT, shutdown=ending, restart_on_failure=True,
            restart_delay=RESTART, shutdown_on_listener_failure=True,
        )
    )  # fmt: skip
    try:
        yield
    finally:
        ending.set()
        await running
