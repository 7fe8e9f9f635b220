"""SIGTERM ends everything as Ctrl-C does, and what dies meanwhile comes back by itself."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil
import pytest

from server.embedded import postgres, storage
from server.ground.processes import gone
from tests import ram
from tests.commands import Command
from tests.serving import Server

PATIENCE = 60.0
"""Seconds; on an idle machine each of these takes one to three."""


@pytest.fixture
def server() -> Iterator[Server]:
    with TemporaryDirectory(prefix="fieldproof-ending-", dir=ram.folder()) as folder:
        running = Server(Path(folder))
        yield running
        running.end()


def services_of(data: Path) -> list[psutil.Process]:
    """The main processes of PostgreSQL and storage."""
    return [
        psutil.Process(int((data / "postgres/data/postmaster.pid").read_text().splitlines()[0])),
        psutil.Process(int((data / "storage/pid").read_text())),
    ]


def until(true: Callable[[], bool], what: Callable[[], str]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what()
        time.sleep(0.1)


def healthy(server: Server) -> bool:
    try:
        return httpx.get(f"{server.url}/health", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


def test_whoever_ends_the_server_ends_database_and_storage(server: Server) -> None:
    server.start()
    assert server.process is not None
    services = services_of(server.data)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0, server.said()
    assert all(gone(service) for service in services)
    assert "Traceback" not in server.said()
    assert "Stopping PostgreSQL and S3 storage" in server.said()


def test_a_closed_terminal_ends_it_too_and_impatience_leaves_nothing_running(server: Server) -> None:
    server.start()
    assert server.process is not None
    services = services_of(server.data)
    server.process.send_signal(signal.SIGHUP)
    until(lambda: "Stopping PostgreSQL" in server.said(), server.said)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
        server.process.send_signal(number)
        time.sleep(0.05)
    server.process.wait(PATIENCE)
    assert all(gone(service) for service in services)
    assert "Traceback" not in server.said()


def test_a_command_that_is_ended_while_it_starts_leaves_nothing_running(server: Server) -> None:
    environment = {**os.environ, "FIELDPROOF_DATA": str(server.data)}
    server.process = Command(("migrate",), environment, server.log)
    until(lambda: "ready on" in server.said(), server.said)
    server.process.terminate()
    server.process.wait(PATIENCE)
    assert not postgres.is_running(server.data)
    assert not storage.is_running(server.data)
    assert "Traceback" not in server.said()


def test_what_is_killed_comes_back_where_it_was(server: Server) -> None:
    server.start()
    assert server.process is not None
    for part in (postgres, storage, postgres):
        before = [process.pid for process in services_of(server.data)]
        part.kill(server.data)
        until(lambda part=part: part.is_running(server.data), server.said)  # type: ignore[misc]
        until(lambda: healthy(server), server.said)
        same = [old == new.pid for old, new in zip(before, services_of(server.data), strict=True)]
        assert same == [part is not postgres, part is not storage]
    assert server.process.poll() is None
    assert server.said().count("is gone; starting it again") == 3
    server.process.terminate()
    assert server.process.wait(PATIENCE) == 0
    assert not postgres.is_running(server.data)
    assert not storage.is_running(server.data)


def test_a_port_that_somebody_took_is_waited_for_and_said_once(server: Server) -> None:
    server.start()
    file = server.data / "postgres" / "port"
    port = int(file.read_text())
    [main, _] = services_of(server.data)
    main.suspend()  # so that the stranger is there first, however slow the machine
    family = [main, *main.children(recursive=True)]
    for process in family:
        process.kill()
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        until(lambda: _bound(stranger, port), server.said)
        stranger.listen()
        until(lambda: f"port {port} is taken" in server.said(), server.said)
        time.sleep(3)
    until(lambda: healthy(server), server.said)
    assert server.said().count(f"port {port} is taken") == 1
    assert int(file.read_text()) == port


def _bound(stranger: socket.socket, port: int) -> bool:
    try:
        stranger.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True
