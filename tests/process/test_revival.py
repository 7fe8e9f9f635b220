"""An embedded server that lives and says nothing is told of, ended and started again where it was; a slow one is left alone."""

import asyncio
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from server.embedded import answers, postgres, storage
from server.embedded.answers import says_something
from server.embedded.ready import takes_writes
from server.process import revival
from server.process.services import running_services
from server.process.settings import load_settings
from tests.places import reachable_folder


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with reachable_folder() as data:
        yield data
        postgres.kill(data)
        storage.kill(data)
        storage.stop(data)


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, seconds in (
        (answers, "PATIENCE", 0.5), (revival, "LOOK", 0.1), (revival, "ASK", 0.2), (revival, "TOLD", 0.5),
        (revival, "SILENT", 3.0),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, seconds)


async def asked(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=2)
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.usefixtures("in_a_hurry")
def test_a_server_that_was_stopped_is_told_of_and_comes_back_where_it_was(folder: Path) -> None:
    said: list[str] = []
    settings = load_settings({"FIELDPROOF_DATA": str(folder)})
    with running_services(settings, said.append, durable=False) as services:
        pids = {
            "PostgreSQL": int((folder / "postgres/data/postmaster.pid").read_text().splitlines()[0]),
            "S3 storage": int((folder / "storage/pid").read_text()),
        }
        begun = len(said)
        for pid in pids.values():
            os.kill(pid, signal.SIGSTOP)
        assert not asyncio.run(asked(services.database_url))
        until(lambda: sum(line.endswith("runs again") for line in said) == 2)
        assert asyncio.run(asked(services.database_url))
        assert takes_writes(services.s3, settings.s3_bucket)
        lines = {name: [line for line in said[begun:] if line.startswith(name)] for name in pids}
    for name, told in lines.items():
        assert told == [
            f"{name}: runs and says nothing; if it stays so for 3 s it is started anew",
            f"{name}: says nothing; starting it again",
            f"{name}: runs again",
        ]


@pytest.mark.usefixtures("in_a_hurry")
def test_one_that_goes_on_by_itself_is_left_alone(folder: Path) -> None:
    said: list[str] = []
    with running_services(load_settings({"FIELDPROOF_DATA": str(folder)}), said.append, durable=False):
        pid = int((folder / "postgres/data/postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGSTOP)
        until(lambda: any("says nothing" in line for line in said))
        os.kill(pid, signal.SIGCONT)
        until(lambda: "PostgreSQL: answers again" in said)
        assert int((folder / "postgres/data/postmaster.pid").read_text().splitlines()[0]) == pid


def test_only_silence_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not says_something(port, b"?")

        def hang_up() -> None:
            server.accept()[0].close()  # the one that was waiting
            server.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        assert says_something(port, b"?"), "it hung up: somebody is there"
        thread.join()
    assert says_something(port, b"?"), "nobody listens yet"
