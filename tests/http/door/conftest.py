"""The real server of a test's application, in this process, with limits that a test can wait for."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from litestar import Litestar

from server.http.door.door import Door
from server.http.door.limits import Limits
from server.http.door.listen import bind, server
from server.identity.tokens import Tokens
from server.media.storage import Storage
from server.process.app import connected
from server.records.sealer import Sealer
from tests.company import SECRET

SOON = Limits(
    head_seconds=0.6, gap_seconds=0.6, grace_seconds=1.5, unread_seconds=0.4, address_connections=20, connections=40,
    address_body_bytes=2_000_000, body_bytes=3_000_000,
)  # fmt: skip


@contextlib.asynccontextmanager
async def listening(app: Any, door: Door, **options: Any) -> AsyncIterator[int]:
    """Serve an application that is connected already. Gives the port."""
    taken = bind("127.0.0.1", 0)
    port: int = taken.getsockname()[1]
    running = server(app, door.crowd, limits=door.limits, lifespan="off", **options)
    serving = asyncio.create_task(running.serve([taken]))
    while not running.started:  # noqa: ASYNC110  uvicorn tells by this attribute only
        await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        running.should_exit = True
        await serving


@pytest.fixture
def door() -> Door:
    return Door(limits=msgspec.structs.replace(SOON))


@pytest.fixture
async def front(
    application: Litestar, database_url: str, bucket: Storage, sealer: Sealer, door: Door
) -> AsyncIterator[int]:
    """The port of the product behind its door."""
    async with (
        connected(application, database_url, bucket, Tokens(SECRET), sealer, work=False, door=door),
        listening(application, door) as port,
    ):
        yield port
