"""The real API on a real socket and a company in it, for the TypeScript client's own tests."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from litestar import Litestar

from tests.clients.live import installed_node
from tests.company import Company


@pytest.fixture
async def address(app: Litestar) -> AsyncIterator[str]:
    """The application of this test on loopback; ends with the test."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", lifespan="off", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve([listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await running


@pytest.fixture
async def cast(address: str, company: Company, tmp_path: Path) -> Path:
    """A file with what a client's tests need to know of the server."""
    file = tmp_path / "cast.json"
    file.write_text(json.dumps({"server": address, "ids": company.ids, "tokens": company.tokens}))
    return file


@pytest.fixture(scope="session")
def program() -> str:
    """Node.js, with the packages of the lock installed."""
    return installed_node()
