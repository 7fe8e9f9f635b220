"""`serve --processes N`: all serve, whichever is killed loses nothing and comes back, one does the background work, and all end in order."""

import asyncio
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import httpx
import psutil
import pytest

from server.database.engine import Sessions, make_engine, make_sessions
from server.database.events import CUSTODY_CHANGED, emit
from server.embedded import postgres, storage
from server.ground.processes import gone
from server.process.many import SOON, Crew, Place
from server.process.metrics import EVERY
from tests import ram
from tests.company import found_company
from tests.process.test_kill_each import each_landed_once, enrol_all, push
from tests.process.test_metrics import TOKEN, figure
from tests.serving import Server
from tests.sizes import size

PROCESSES = size(2, 3)
PATIENCE = 120.0
BETWEEN = 1.0
"""Seconds of pushing before each kill."""


@pytest.fixture(scope="module")
def kept() -> Iterator[Server]:
    with TemporaryDirectory(prefix="fieldproof-many-", dir=ram.folder()) as folder:
        running = Server(Path(folder), "--processes", str(PROCESSES))
        yield running
        running.end()


@pytest.fixture
def server(kept: Server) -> Server:
    """One for all of these tests, since a start takes seconds; started again after one that ended it."""
    if kept.process is None or kept.process.poll() is not None:
        kept.start(FIELDPROOF_METRICS_TOKEN=TOKEN)
    return kept


def those_of(server: Server) -> list[psutil.Process]:
    """The processes that serve, or will in a moment."""
    assert server.process is not None
    return [one for one in psutil.Process(server.process.pid).children() if _lives(one)]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def until(true: Callable[[], bool], what: Callable[[], str]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what()
        await asyncio.sleep(0.1)


def all_serve(server: Server) -> bool:
    """Whether each of them has said that it does."""
    said, those = server.said(), those_of(server)
    return len(those) == PROCESSES and all(f"API: process {one.pid} serves" in said for one in those)


def worker_of(server: Server) -> int:
    """Who was given the background work last."""
    lines = [line for line in server.said().splitlines() if "does the background work" in line]
    return int(lines[-1].split()[2])


def scraped(server: Server) -> str:
    """The figures, from whichever process takes the connection."""
    answer = httpx.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.text


def restarts(server: Server) -> float:
    return sum(
        figure(scraped(server), "fieldproof_process_restarts_total", place=str(one + 1)) for one in range(PROCESSES)
    )


async def works(sessions: Sessions, visit_id: UUID) -> None:
    """An event is emitted, and what follows from it is done."""
    async with sessions.begin() as session:
        await emit(session, (CUSTODY_CHANGED, visit_id))
    end = time.monotonic() + PATIENCE
    while True:
        async with sessions() as session:
            connection = await (await session.connection()).get_raw_connection()
            assert connection.driver_connection is not None
            if not await connection.driver_connection.fetchval("select count(*) from pgqueuer"):
                return
        assert time.monotonic() < end, "nobody does the background work"
        await asyncio.sleep(0.1)


async def test_whichever_process_is_killed_every_tap_lands_once_and_the_work_goes_on(server: Server) -> None:
    engine = make_engine(postgres.start(server.data))
    sessions = make_sessions(engine)
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        company = await found_company(sessions, http)
        visits = [await company.visit("wei") for _ in range(4)]
        phones = await enrol_all(company, http)
        await until(lambda: all_serve(server), server.said)
        stop = asyncio.Event()
        pushing = [asyncio.create_task(push(phone, visits[at % 4], stop)) for at, phone in enumerate(phones)]
        first, counted, begun = those_of(server), [0.0], restarts(server)
        worker = worker_of(server)
        for process in sorted(first, key=lambda one: one.pid != worker):
            await asyncio.sleep(BETWEEN)
            process.kill()
            await until(lambda: all_serve(server), server.said)
            counted.append(figure(scraped(server), "fieldproof_operations_total", outcome="applied"))
            await works(sessions, UUID(visits[0]))
        stop.set()
        tapped = [one for taps in await asyncio.gather(*pushing) for one in taps]
    assert not {one.pid for one in first} & {one.pid for one in those_of(server)}
    assert worker_of(server) != worker
    assert server.said().count("ended by signal 9; another begins") == PROCESSES
    await each_landed_once(sessions, tapped)
    assert counted == sorted(counted) > [0.0], "who takes the place of a killed one counts on"
    assert restarts(server) == begun + PROCESSES
    await engine.dispose()


def holders(server: Server) -> Counter[int]:
    """How many of sixty connections each process has taken."""
    mine = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(60)]
    held = Counter(
        {
            one.pid: sum(
                found.laddr.port == server.port and found.status == psutil.CONN_ESTABLISHED
                for found in one.net_connections(kind="tcp")
            )
            for one in those_of(server)
        }
    )
    for one in mine:
        one.close()
    return held


async def test_requests_are_served_by_all_and_an_address_is_counted_over_all(server: Server) -> None:
    await until(lambda: all_serve(server), server.said)
    # Whoever is awake first takes what comes, so on a busy machine one may take all of one throng.
    await until(lambda: len(+holders(server)) > 1, server.said)
    statuses, began = list[int](), time.monotonic()
    for _ in range(90):  # each by a connection of its own, taken by whichever process is free
        async with httpx.AsyncClient(base_url=server.url) as http:
            statuses.append((await http.get("/r/nobody-has-this-link")).status_code)
    let_in = statuses.count(404)  # 60 at once, and then one a second
    assert 60 <= let_in <= 61 + time.monotonic() - began, statuses
    assert statuses.count(429) == 90 - let_in


async def test_the_figures_of_all_are_added_up_whoever_is_asked(server: Server) -> None:
    await until(lambda: all_serve(server), server.said)
    name = "fieldproof_request_seconds_count"
    route = {"route": "/health/live", "method": "GET", "status": "200"}
    before = figure(scraped(server), name, **route)
    async with asyncio.TaskGroup() as group:
        for _ in range(40):
            group.create_task(asyncio.to_thread(httpx.get, f"{server.url}/health/live"))
    await until(lambda: figure(scraped(server), name, **route) == before + 40, server.said)
    await asyncio.sleep(2 * EVERY)
    said = [scraped(server) for _ in range(8)]
    assert {figure(one, name, **route) for one in said} == {before + 40}
    for place in range(1, PROCESSES + 1):
        assert figure(said[0], "fieldproof_memory_bytes", pid=str(place)) > 50_000_000
        seen = figure(said[0], "fieldproof_database_connections", pool="reads", state="most")
    assert seen == 10 * PROCESSES
    storage.kill(server.data)
    service = "fieldproof_service_restarts_total"
    await until(lambda: figure(scraped(server), service, service="S3 storage") == 1, server.said)


async def test_all_end_in_order_and_database_and_storage_after_them(server: Server) -> None:
    assert server.process is not None
    those, before = those_of(server), len(server.said())
    server.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(server.process.wait, PATIENCE) == 0, server.said()
    assert all(gone(one) for one in those)
    assert not postgres.is_running(server.data)
    assert not storage.is_running(server.data)
    said = server.said()[before:]
    assert "Traceback" not in said
    assert "another begins" not in said
    assert said.index("Stopped.") < said.index("Stopping PostgreSQL and S3 storage")


async def test_when_the_first_is_killed_the_others_end_and_a_new_start_finds_everything(server: Server) -> None:
    assert server.process is not None
    those = those_of(server)
    server.process.kill()
    server.process.wait()
    await until(lambda: all(gone(one) for one in those), server.said)
    assert postgres.is_running(server.data)
    await asyncio.to_thread(server.start)
    assert "Traceback" not in server.said()


async def test_one_that_ends_again_and_again_is_begun_less_and_less_often(tmp_path: Path) -> None:
    listening, said = socket.socket(), list[str]()
    with listening:
        crew = Crew(
            [sys.executable, "-c", "raise SystemExit(3)"], {}, listening, tmp_path, True, said.append, [Place("1")]
        )
        end = time.monotonic() + 2.0
        while time.monotonic() < end:
            crew.look()
            await asyncio.sleep(0.01)
        crew.end()
    assert 2 <= len(said) <= 5, said
    assert crew.places[0].pause > 2 * SOON
    assert not crew.was_ready
    assert "ended with code 3; another begins in 0.2 s" in said[0]
