"""The real API on a real socket, a company in it, and Node to run other people's clients against it."""

import asyncio
import hashlib
import json
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from litestar import Litestar

from tests.company import Company

PACKAGE = Path(__file__).resolve().parents[2] / "mobile_contract" / "typescript"
SECONDS = 120


@pytest.fixture
async def address(app: Litestar) -> AsyncIterator[str]:
    """The application of this test on loopback; ends with the test."""
    listener = socket.socket()
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
async def node_modules() -> None:
    """The packages of the lock; installed once for each lock."""
    assert shutil.which("npm"), "Install Node.js 20 or later (Debian: nodejs npm); the TypeScript client needs it."
    lock = hashlib.sha256((PACKAGE / "package-lock.json").read_bytes()).hexdigest()
    stamp = PACKAGE / "node_modules" / ".installed"
    if not (stamp.exists() and stamp.read_text() == lock):
        await node("npm", "ci", "--ignore-scripts", seconds=300)
        stamp.write_text(lock)


async def node(*command: str, seconds: float = SECONDS, **environment: str) -> None:
    """Run a command in the package's folder; fails with everything that it said."""
    process = await asyncio.create_subprocess_exec(
        "/usr/bin/env", *(f"{name}={value}" for name, value in environment.items()), *command,
        cwd=PACKAGE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        said, _ = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        process.kill()
        said, _ = await process.communicate()
        pytest.fail(f"{' '.join(command)} did not end within {seconds} s:\n{said.decode()}", pytrace=False)
    if process.returncode:
        pytest.fail(f"{' '.join(command)} failed:\n{said.decode()}", pytrace=False)
