"""kill -9 of the database, the storage and the API in turn, while phones push: every tap lands once, and nobody is left waiting.

`FIELDPROOF_PHONES` is how many phones push at once; 200 takes some minutes.
"""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from sqlalchemy import text

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from mobile_contract.session import TryLater
from server.database.engine import Sessions, make_engine, make_sessions
from server.embedded import postgres, storage
from tests import ram
from tests.company import Company, found_company
from tests.serving import Server

PHONES = int(os.environ.get("FIELDPROOF_PHONES", "8"))
VISITS = 8
BETWEEN = 1.5
"""Seconds of pushing before each kill."""
PATIENCE = 120.0
"""Seconds in which a killed server is back."""
LANDED = text("select id::text, outcome from operation where kind = 'note'")
NOTES = text("select count(*) from note")


@pytest.fixture
def server() -> Iterator[Server]:
    with TemporaryDirectory(prefix="fieldproof-kill-each-", dir=ram.folder()) as folder:
        running = Server(Path(folder))
        running.start()
        yield running
        running.end()


async def test_whichever_server_is_killed_every_tap_lands_once(server: Server) -> None:
    engine = make_engine(postgres.start(server.data))
    sessions = make_sessions(engine)
    limits = httpx.Limits(max_connections=PHONES + 4, max_keepalive_connections=PHONES + 4)
    async with httpx.AsyncClient(base_url=server.url, timeout=60, limits=limits) as http:
        company = await found_company(sessions, http)
        visits = [await company.visit("wei") for _ in range(VISITS)]
        phones = await enrol_all(company, http)
        stop = asyncio.Event()
        pushing = [asyncio.create_task(push(phone, visits[at % VISITS], stop)) for at, phone in enumerate(phones)]
        for kill in (postgres.kill, storage.kill):
            await asyncio.sleep(BETWEEN)
            await asyncio.to_thread(kill, server.data)
            await healthy(http)
        await asyncio.sleep(BETWEEN)
        assert server.process is not None
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        await asyncio.to_thread(server.start)
        await asyncio.sleep(BETWEEN)
        stop.set()
        tapped = [one for taps in await asyncio.gather(*pushing) for one in taps]
    await each_landed_once(sessions, tapped)
    await engine.dispose()


async def enrol_all(company: Company, http: httpx.AsyncClient) -> list[Phone]:
    phones: list[Phone] = []
    for _ in range(PHONES):
        code = await company.must("mei", "POST", f"/v1/users/{company.ids['wei']}/enrolment-codes")
        phones.append(Phone(http, patience=0))
        await phones[-1].enrol(code["code"])
        await phones[-1].sync()
    return phones


async def push(phone: Phone, visit_id: str, stop: asyncio.Event) -> list[str]:
    """Tap and sync until told to stop, then sync until the outbox is empty. Returns the ids of the taps."""
    taps: list[str] = []
    end = None
    while not stop.is_set() or phone.state["outbox"]:
        if not stop.is_set():
            taps.append(phone.tap("note", visit_id, {"note_id": uuid7(), "text": f"tap {len(taps)}"}))
        elif end is None:
            end = time.monotonic() + PATIENCE
        assert end is None or time.monotonic() < end, "the outbox does not empty"
        try:
            await phone.sync()
        except (TryLater, httpx.TransportError):
            await asyncio.sleep(0.2)
    return taps


async def healthy(http: httpx.AsyncClient) -> None:
    """Wait until the server has started again what was killed."""
    end = time.monotonic() + PATIENCE
    await asyncio.sleep(0.5)
    while time.monotonic() < end:
        try:
            if (await http.get("/health")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.2)
    raise AssertionError("what was killed did not come back")


async def each_landed_once(sessions: Sessions, tapped: list[str]) -> None:
    async with sessions() as session:
        landed = [(row.id, row.outcome) for row in await session.execute(LANDED)]
        notes = await session.scalar(NOTES)
    assert sorted(landed) == sorted((one, "applied") for one in tapped)
    assert notes == len(tapped)
    assert len(tapped) > PHONES
