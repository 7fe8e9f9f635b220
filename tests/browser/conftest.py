"""Debian's Chromium, headless, and the application on a real port; screenshots go to FIELDPROOF_SCREENS when it is set."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from litestar import Litestar
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
"""Without a sandbox, because tests may run as root; the pages are ours."""


@pytest.fixture
async def site(app: Litestar) -> AsyncIterator[str]:
    """The address of the running application."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110  uvicorn tells by this attribute only
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await running
    listening.close()


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for the run; each page has a profile of its own."""
    if CHROMIUM is None:
        pytest.skip("scripts/install-debian-packages brings Chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


async def screenshot(page: Page, name: str) -> None:
    """Keep a picture of the whole page when somebody wants to look."""
    if folder := os.environ.get("FIELDPROOF_SCREENS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)
