"""The real server on a real socket, and the field in which the kit checks it."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.conformance.field import LIMITS, Field, Operator
from mobile_contract.conformance.run import open_field
from server.ground import clock
from tests.company import PASSWORD, Company

ON_THE_SAME_LOOP = "off"
"""The app fixture has connected the application already."""


@asynccontextmanager
async def on_a_socket(application: Any) -> AsyncIterator[str]:
    """Serve an ASGI application by uvicorn on a free port of loopback; gives the address."""
    # Named as TCP, or else asyncio leaves Nagle's delay of 40 ms on. Connections wait until they are accepted.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan=ON_THE_SAME_LOOP))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def field_at(url: str) -> AsyncIterator[Field]:
    """The kit as a dispatcher of the company signs in with it."""
    async with httpx.AsyncClient(base_url=url, timeout=30, limits=LIMITS) as http:
        yield await open_field(http, login="mei", password=PASSWORD, technician="wei", other="anna")


@pytest.fixture
async def server_url(app: Litestar) -> AsyncIterator[str]:
    async with on_a_socket(app) as url:
        yield url


def operator_of(app: Litestar) -> Operator:
    """What a person with access to the server does to it."""

    async def operator(what: str) -> None:
        if what == "wait":
            clock.hold(lambda: time.time_ns() // 1000 + 16 * 60 * 1_000_000)
        else:
            async with app.state.sessions.begin() as session:
                await session.execute(text("update sync_scope set epoch = epoch + 1"))

    return operator


@pytest.fixture
async def field(app: Litestar, company: Company, server_url: str) -> AsyncIterator[Field]:
    async with field_at(server_url) as field:
        field.operator = operator_of(app)
        try:
            yield field
        finally:
            clock.hold(None)
