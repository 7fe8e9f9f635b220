"""`GET /metrics` for Prometheus, for who has its token: what all processes of this `serve` counted, and what the database holds.

Behind a proxy everybody comes from this machine, so an address opens nothing: without a token in the settings there is no such page.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from hmac import compare_digest
from typing import Any

import psutil
from litestar import Request, Response, get
from litestar.datastructures import State
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Gauge,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.ext.asyncio import AsyncEngine

from server.database.measured import measure_pools
from server.database.readers import Readers
from server.desk_feed.stream import DeskTailer
from server.ground.problems import NotFound, Unauthenticated
from server.ground.tallies import hand_over_all
from server.identity.audience import MONITORS
from server.process.database_figures import DatabaseFigures
from server.process.figures import FOLDER
from server.sync.down.stream import Tailer

EVERY = 2.0
"""Seconds between two times that a process says how it stands: of the others, the one that is asked knows no more."""
MEMORY = Gauge("fieldproof_memory_bytes", "Resident memory of each process", multiprocess_mode="liveall")
disable_created_metrics()  # type: ignore[no-untyped-call]

READING = ThreadPoolExecutor(1, thread_name_prefix="metrics")
"""One reader at a time: whoever asks more often waits for the one before."""


@get("/metrics", guards=[MONITORS], include_in_schema=False, media_type=CONTENT_TYPE_LATEST)
async def get_metrics(request: Request[Any, Any, State], state: State) -> Response[bytes]:
    """In the text format of Prometheus. Raises `NotFound` where no token is set, `Unauthenticated` for another one."""
    if state.metrics_token is None:
        raise NotFound("Nothing is at this address. See the API documentation at /schema.")
    given = request.headers.get("authorization", "")
    if not compare_digest(given.encode(), f"Bearer {state.metrics_token}".encode()):
        raise Unauthenticated("Send 'Authorization: Bearer' with the token of FIELDPROOF_METRICS_TOKEN.")
    figures: Figures = state.figures
    return Response(await figures.text(), media_type=CONTENT_TYPE_LATEST)


class Figures:
    """The figures of this process, and how those of all are put together."""

    def __init__(self, engine: AsyncEngine, readers: Readers, tailers: Sequence[Tailer | DeskTailer]) -> None:
        self._engine, self._readers, self._tailers = engine, readers, tailers
        self._kept = DatabaseFigures(readers)
        self._me = psutil.Process()

    def measure(self) -> None:
        """Bring all up to now: what was counted, and what rises and falls."""
        hand_over_all()
        measure_pools(self._engine, self._readers)
        for tailer in self._tailers:
            tailer.measure()
        MEMORY.set(self._me.memory_info().rss)

    async def text(self) -> bytes:
        """All, in the text format. Files of many processes are read in a thread, so that nobody waits for it."""
        self.measure()
        kept = await self._kept.registry()
        return await asyncio.get_running_loop().run_in_executor(
            READING, lambda: generate_latest(_counted()) + generate_latest(kept)
        )


def _counted() -> CollectorRegistry:
    if (folder := os.environ.get(FOLDER)) is None:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    return registry


@asynccontextmanager
async def measuring(figures: Figures) -> AsyncIterator[Figures]:
    """Set them again and again for as long as the context lasts: another process may be asked."""

    async def go_on() -> None:
        while True:
            figures.measure()
            await asyncio.sleep(EVERY)

    task = asyncio.create_task(go_on())
    try:
        yield figures
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
