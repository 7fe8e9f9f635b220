"""A full disk is seen by /health and said; an outage is told once, counted, and its end is told."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from litestar import Litestar

from server.embedded.storage import S3Address
from server.ground import outages
from server.ground.outages import DATABASE, STORAGE, Outages
from server.process.health import beating
from tests.company import Company
from tests.media.between import Said, between
from tests.places import tiny_disk
from tests.process.test_ending import healthy, until
from tests.serving import Server

WHY = "the database does not answer: connection to 127.0.0.1:{} refused"


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "QUIET", 0.0)


def test_an_outage_is_told_once_and_counted_and_its_end_told(at_once: None, caplog: pytest.LogCaptureFixture) -> None:
    known = Outages()
    for number in range(8403):
        known.seen(DATABASE, WHY.format(number))
    known.over(STORAGE)
    known.over(DATABASE)
    known.over(DATABASE)
    assert caplog.messages == [
        WHY.format(0), "the database: answers again; it was out for 0 s and met 8403 times"
    ]  # fmt: skip
    known.seen(DATABASE, WHY.format(1))
    assert len(caplog.messages) == 3, "the next one is told again"


def test_another_reason_is_told_and_endless_reasons_are_not(caplog: pytest.LogCaptureFixture) -> None:
    known = Outages()
    for word in ("refused", "no\nroom", *("abcdefghij")):
        known.seen(STORAGE, f"the storage says {word}")
    assert caplog.messages[:2] == ["the storage says refused", "the storage says no room"]
    assert len(caplog.messages) == outages.REASONS


def test_what_comes_and_goes_is_one_outage_and_one_that_lasts_is_told_of_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    known, now = Outages(), [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for _ in range(1000):
        known.seen(DATABASE, "away")
        known.over(DATABASE)
        now[0] += 1
    assert [line.partition(" ")[0] for line in caplog.messages] == ["away", "the", "the", "the"]
    assert "still out after 900 s; met 901 times" in caplog.messages[-1]


async def test_a_database_that_answers_and_takes_no_writes_is_not_well(
    company: Company, app: Litestar, cluster: str, database_url: str, monkeypatch: pytest.MonkeyPatch, at_once: None
) -> None:
    name = database_url.rpartition("/")[2]
    admin = await asyncpg.connect(cluster)
    assert (await company.call(None, "GET", "/health")).status_code == 200
    async with beating(database_url, lambda: app.state.storage, look=False) as looked:
        app.state.health = looked
        await looked.look()
        assert looked.trouble == {}
        await admin.execute(f"alter database {name} set default_transaction_read_only = on")
        await looked.close()  # a new connection has the new setting
        await looked.look()
        answer = await company.call(None, "GET", "/health")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert "The database took no write" in answer.json()["detail"]
        await admin.execute(f"alter database {name} reset default_transaction_read_only")
        await looked.close()
        await looked.look()
        assert (await company.call(None, "GET", "/health")).status_code == 200
    await admin.close()


def no_room(method: str, path: str, said: Said) -> None:
    if method == "PUT":
        said.status = 507


async def test_a_storage_that_answers_and_takes_no_writes_is_not_well(
    company: Company, app: Litestar, database_url: str, s3_address: S3Address, caplog: pytest.LogCaptureFixture
) -> None:
    with between(s3_address) as (server, app.state.storage):
        async with beating(database_url, lambda: app.state.storage, look=False) as looked:
            app.state.health = looked
            server.change = no_room
            for _ in range(5):
                await looked.look()
            answer = await company.call(None, "GET", "/health")
            assert (answer.status_code, STORAGE.capitalize() in answer.json()["detail"]) == (503, True)
            server.change = lambda method, path, said: None
            await looked.look()
            assert (await company.call(None, "GET", "/health")).status_code == 200
    assert 1 <= len([line for line in caplog.messages if "storage" in line]) <= 2


async def test_however_many_ask_for_health_a_hanging_storage_is_asked_once(
    company: Company, app: Litestar, s3_address: S3Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.media.storage.ANSWER_SECONDS", 0.5)
    with between(s3_address) as (server, app.state.storage):
        server.hangs = lambda method, path: True
        answers = await asyncio.gather(*(company.call(None, "GET", "/health") for _ in range(20)))
        assert {answer.status_code for answer in answers} == {503}
        assert server.held == 1


async def test_requests_that_meet_an_outage_say_one_line_together(
    company: Company,
    app: Litestar,
    database_url: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise asyncpg.exceptions.DiskFullError('could not extend file "base/16385/2608": No space left on device')

    monkeypatch.setattr(asyncpg.Connection, "prepare", refused)
    answers = [await company.call("mei", "GET", "/v1/customers") for _ in range(30)]
    assert {answer.status_code for answer in answers} == {503}
    assert "disk is full" in answers[0].json()["detail"]
    told = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert len(told) == 1, caplog.text
    assert "No space left" in told[0].getMessage()


def fill(stuffing: Path) -> None:
    """Write until there is no room for one byte more."""
    with stuffing.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))


@pytest.fixture
def on_a_small_disk() -> Iterator[Server]:
    with tiny_disk(megabytes=500) as folder:
        server = Server(folder)
        yield server
        server.end()


def test_a_full_disk_makes_a_server_unwell_until_there_is_room_and_the_log_says_both(on_a_small_disk: Server) -> None:
    server = on_a_small_disk
    log = Path(f"{server.data}.log")  # elsewhere: this one is to say what happens
    server.log = log
    server.start()
    stuffing = server.data / "stuffing"
    fill(stuffing)
    until(lambda: httpx.get(f"{server.url}/health", timeout=10).status_code == 503, server.said)
    until(lambda: "No space left" in server.said(), server.said)
    until(lambda: f"{STORAGE} takes no writes" in server.said(), server.said)
    stuffing.unlink()
    until(lambda: healthy(server), server.said)
    until(lambda: f"{DATABASE}: answers again" in server.said(), server.said)
    said = [line for line in server.said().splitlines() if "fieldproof.outages" in line]
    assert len(said) <= 6, said
    assert server.process is not None
    assert server.process.poll() is None
    log.unlink()
