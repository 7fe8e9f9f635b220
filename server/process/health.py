"""Whether the database and the storage take writes, tried for real every few seconds: an answer to `select 1` says nothing of a full disk.

The write to the database goes into a temporary table that is made empty each time: it needs a new page on the disk and a
commit, and leaves nothing. The storage gets one small object, at the same address each time. `GET /health` answers with
what was found last.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from os import urandom

import asyncpg
from litestar import get

from server.database.engine import ASYNCPG, SERVER_SETTINGS, async_url
from server.ground.outages import DATABASE, STORAGE, WORK, outages
from server.ground.problems import Unavailable
from server.identity.audience import ANYONE
from server.media.storage import Storage

log = logging.getLogger("fieldproof.health")

BEAT = 5.0
"""Seconds between two writes to the database, and to a storage that failed."""
STORED = 30.0
"""Seconds between two writes to a storage that works: some ask money for each."""
PATIENCE = 8.0
"""Seconds for which a write is waited for. One that hangs is left to end by itself, and no other begun before."""
KEY = "probe/health"

EMPTY = """
create temp table if not exists health_write (page bytea storage plain) on commit preserve rows;
truncate health_write
"""
WRITE = "insert into health_write values ($1)"
PAGE = 7000
"""Bytes; a row of this size has a page of its own."""
OBJECT = 5000
"""Bytes; more than a block, in which a smaller one may find room on a full disk."""


@get("/health/live", tags=["operations"], guards=[ANYONE])
async def get_live() -> dict[str, str]:
    """Whether this process answers at all; asks nothing of database and storage. Open to anyone."""
    return {"process": "ok"}


class Health:
    """What the last writes came to; `trouble` has a sentence for each part that took none."""

    def __init__(self, database_url: str, storage: Callable[[], Storage]) -> None:
        self._url = async_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._storage = storage
        self._connection: asyncpg.Connection | None = None
        self._pending: dict[str, asyncio.Task[None]] = {}
        self._answering: tuple[Storage, asyncio.Task[bool]] | None = None
        self.trouble: dict[str, str] = {}

    async def look(self, *, stored: bool = True) -> None:
        """Write to the database, and to the storage unless not `stored`."""
        await self._try(DATABASE, self._write_row)
        if stored:
            await self._try(STORAGE, self._write_object)
        if not self.trouble:
            outages.over(WORK)

    async def storage_answers(self) -> bool:
        """Whether the storage answers now; whoever asks meanwhile gets the same answer, so that asking costs one thread."""
        storage = self._storage()
        if self._answering is None or self._answering[1].done() or self._answering[0] is not storage:
            self._answering = storage, asyncio.create_task(storage.answers())
        return await asyncio.shield(self._answering[1])

    async def beat(self) -> None:
        """Look again and again, until cancelled."""
        loop = asyncio.get_running_loop()
        stored_at = begun = loop.time()
        while True:
            made = self._storage().report is not None or loop.time() - begun >= STORED  # the bucket, at the first start
            due = made and (STORAGE in self.trouble or stored_at == begun or loop.time() - stored_at >= STORED)
            try:
                await self.look(stored=due)
            except Exception:  # without it a process would be well for ever
                log.exception("the look at database and storage failed")
            if due:
                stored_at = loop.time()
            await asyncio.sleep(BEAT)

    async def close(self) -> None:
        """Let go of what is held."""
        for task in (*self._pending.values(), *([self._answering[1]] if self._answering else ())):
            task.cancel()
        if self._connection is not None:
            self._connection.terminate()

    async def _try(self, part: str, write: Callable[[], Awaitable[None]]) -> None:
        task = self._pending.get(part)
        if task is None or task.done():
            task = self._pending[part] = asyncio.ensure_future(write())
        await asyncio.wait({task}, timeout=PATIENCE)
        try:
            if not task.done():
                raise TimeoutError(f"no answer within {PATIENCE:.0f} s")
            task.result()
        except (OSError, Unavailable, *ASYNCPG) as error:
            self.trouble[part] = f"takes no writes: {error}"
            outages.seen(part, f"{part} takes no writes: {error or type(error).__name__}")
        else:
            self.trouble.pop(part, None)
            outages.over(part)

    async def _write_row(self) -> None:
        try:
            if self._connection is None or self._connection.is_closed():
                self._connection = await asyncpg.connect(self._url, server_settings=SERVER_SETTINGS, timeout=PATIENCE)
            async with self._connection.transaction():
                if await self._connection.fetchval("show transaction_read_only") == "on":
                    raise OSError("it is set to be read only")
                await self._connection.execute(EMPTY)
                await self._connection.execute(WRITE, urandom(PAGE))
        except BaseException:
            if self._connection is not None:
                self._connection.terminate()
            self._connection = None
            raise

    async def _write_object(self) -> None:
        await self._storage().write(KEY, urandom(OBJECT), "application/octet-stream")


@asynccontextmanager
async def beating(database_url: str, storage: Callable[[], Storage], *, look: bool = True) -> AsyncIterator[Health]:
    """The health of this process, looked at in the background while the context lasts, unless not `look`."""
    health = Health(database_url, storage)
    task = asyncio.create_task(health.beat()) if look else None
    try:
        yield health
    finally:
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await health.close()
