"""Processes share the embedded servers: the first starts them, the last stops them, a killed one blocks nobody."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from server.embedded import postgres, storage
from server.ground.processes import ServiceFailed
from server.process.services import running_services
from server.process.settings import load_settings
from tests.places import reachable_folder, unwritable

USER = """
import sys
from server.process.services import running_services
from server.process.settings import load_settings
with running_services(load_settings({"FIELDPROOF_DATA": sys.argv[1]}), lambda line: None, durable=False) as services:
    print(services.database_url, services.s3.endpoint_url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with reachable_folder() as data:
        yield data
        postgres.kill(data)
        storage.kill(data)
        storage.stop(data)


@contextmanager
def another_process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A process that uses the services until its input closes, and the two addresses that it got."""
    with subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().split()


def answering(*addresses: str) -> list[bool]:
    """Whether somebody listens at each address."""
    answers = []
    for address in addresses:
        with socket.socket() as probe:
            port = address.rpartition(":")[2].partition("/")[0]
            answers.append(probe.connect_ex(("127.0.0.1", int(port))) == 0)
    return answers


def test_two_first_starts_at_once_get_the_same_servers_and_the_last_one_stops_them(folder: Path) -> None:
    settings, said = load_settings({"FIELDPROOF_DATA": str(folder)}), list[str]()
    with ThreadPoolExecutor(1) as thread:
        entering = another_process(folder)
        other = thread.submit(entering.__enter__)
        with running_services(settings, said.append, durable=False) as mine:
            _, theirs = other.result()
            assert theirs == [mine.database_url, mine.s3.endpoint_url]
        assert answering(*theirs) == [True, True]
        assert said[-1] == "PostgreSQL and S3 storage go on for another process"
        entering.__exit__(None, None, None)
    assert answering(*theirs) == [False, False]


def test_a_killed_process_leaves_servers_that_the_next_finds_and_stops(folder: Path) -> None:
    settings, said = load_settings({"FIELDPROOF_DATA": str(folder)}), list[str]()
    with another_process(folder) as (process, theirs):
        process.kill()
    assert answering(*theirs) == [True, True]

    with running_services(settings, said.append) as mine:
        assert [mine.database_url, mine.s3.endpoint_url] == theirs
    assert answering(*theirs) == [False, False]
    assert [line.partition(":")[0] for line in sorted(said)] == [
        "PostgreSQL",
        "S3 storage",
        "Stopping PostgreSQL and S3 storage",
    ]


def test_whoever_is_ended_between_one_ready_and_the_other_stops_both(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, main, started = postgres.start, threading.main_thread().ident or 0, threading.Event()

    def slow_start(*given: Any, **named: Any) -> str:
        time.sleep(1)
        try:
            return start(*given, **named)
        finally:
            started.set()

    def say(line: str) -> None:
        if line.startswith("S3 storage: ready"):
            signal.pthread_kill(main, signal.SIGINT)

    monkeypatch.setattr(postgres, "start", slow_start)
    # A run in the background has it ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with (
            pytest.raises(KeyboardInterrupt),
            running_services(load_settings({"FIELDPROOF_DATA": str(folder)}), say, durable=False),
        ):
            raise AssertionError("ended before it was up")
    finally:
        signal.signal(signal.SIGINT, before)
    assert started.wait(60)
    assert not postgres.is_running(folder)
    assert not storage.is_running(folder)


def test_external_services_are_taken_as_they_are_and_nothing_is_started(tmp_path: Path) -> None:
    settings = load_settings(
        {
            "FIELDPROOF_DATA": str(tmp_path / "data"),
            "DATABASE_URL": "postgres://me:secret@db.example/company",
            "S3_ENDPOINT_URL": "https://s3.example",
            "S3_PUBLIC_ENDPOINT_URL": "https://files.example/",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "s3cret",
        }
    )
    said: list[str] = []
    with running_services(settings, said.append) as services:
        assert services.database_url == "postgresql://me:secret@db.example/company"
        assert services.s3.endpoint_url == "https://s3.example"
        assert services.s3_public_endpoint_url == "https://files.example"
        assert "secret" not in repr(services)
        assert "s3cret" not in repr(services)
    assert said == []
    assert not (tmp_path / "data").exists()


def test_an_unwritable_data_folder_is_one_clear_line(tmp_path: Path) -> None:
    settings = load_settings({"FIELDPROOF_DATA": str(unwritable(tmp_path))})
    with pytest.raises(ServiceFailed, match="Data folder: cannot use the folder"), running_services(settings):
        pass
