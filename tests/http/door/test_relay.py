"""Photos on their way through the API: memory stays flat, the pace is kept, and what is away or too much is said."""

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest
from litestar import Litestar

from server.embedded.s3_address import S3Address
from server.media.relay import Relay
from server.media.storage import Storage, object_key
from tests.http.door.conftest import listening
from tests.http.door.serving import BUCKET, Served, served

MB = 1_000_000
PHOTO = 32 * MB
"""Bytes. What the API takes for three at once, some 17 MB, is less than one of them."""


def address_for(storage: Storage, data: bytes) -> tuple[str, dict[str, str]]:
    """Where a photo is to be put, and with which headers."""
    sha = hashlib.sha256(data).hexdigest()
    return storage.presign_put(object_key(sha), sha, len(data), "image/jpeg")


@pytest.fixture
async def plain(database_url: str, s3_address: S3Address, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path, database_url, s3_address) as running:
        yield running


async def test_memory_does_not_follow_the_size_of_photos_nor_slow_readers(plain: Served, s3_address: S3Address) -> None:
    storage = Storage(s3_address, BUCKET, through=plain.url)
    process = psutil.Process(plain.process.pid)

    async def send(data: bytes) -> str:
        url, headers = address_for(storage, data)

        async def slowly() -> AsyncIterator[bytes]:
            for at in range(0, len(data), MB // 4):
                yield data[at : at + MB // 4]
                await asyncio.sleep(0)

        async with httpx.AsyncClient(trust_env=False, timeout=120) as http:
            headers = headers | {"content-length": str(len(data))}
            assert (await http.put(url, headers=headers, content=slowly())).status_code == 200
        return hashlib.sha256(data).hexdigest()

    async def fetch(sha: str) -> None:
        url = storage.presign_get(object_key(sha), "a.jpg", "image/jpeg")
        digest = hashlib.sha256()
        async with httpx.AsyncClient(trust_env=False, timeout=120) as http, http.stream("GET", url) as answer:
            async for piece in answer.aiter_raw(MB):
                digest.update(piece)
                await asyncio.sleep(0.05)  # what the API has read meanwhile must wait in the storage
        assert digest.hexdigest() == sha

    await fetch(await send(os.urandom(MB)))  # whatever is loaded at first
    before, most, through = process.memory_info().rss, [0], False

    async def watch() -> None:
        while not through:
            most[0] = max(most[0], process.memory_info().rss)
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    try:
        for sha in await asyncio.gather(*(send(os.urandom(PHOTO)) for _ in range(3))):
            await fetch(sha)
    finally:
        through = True
        await watching
    assert most[0] - before < PHOTO * 3 / 4, f"{(most[0] - before) / MB:.0f} MB more"


async def test_the_pace_is_shared_and_kept() -> None:
    relay, began = Relay(bytes_a_second=10 * MB), time.monotonic()

    async def photo() -> None:
        for _ in range(10):
            await relay.pace(100_000)

    await asyncio.gather(*(photo() for _ in range(5)))
    assert 0.4 < time.monotonic() - began < 5, "5 MB at 10 MB a second"
    await relay.close()


@pytest.fixture
async def through(app: Litestar, s3_address: S3Address) -> AsyncIterator[tuple[Litestar, Storage, int]]:
    """The application with photos through it, its storage, and its port."""
    async with listening(app, app.state.door) as port:
        app.state.storage = Storage(s3_address, "fieldproof", through=f"http://127.0.0.1:{port}")
        yield app, app.state.storage, port


async def answer_to_a_photo(storage: Storage) -> httpx.Response:
    data = os.urandom(3000)
    url, headers = address_for(storage, data)
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        return await http.put(url, headers=headers, content=data)


async def test_too_many_at_a_time_come_again_and_nothing_is_left_taken(
    through: tuple[Litestar, Storage, int],
) -> None:
    app, storage, port = through
    await app.state.relay.close()
    app.state.relay = Relay(at_a_time=1)
    data = os.urandom(3000)
    url, headers = address_for(storage, data)
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(
        f"PUT {url[len(f'http://127.0.0.1:{port}') :]} HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n{lines}\r\n".encode()
    )
    await asyncio.sleep(0.5)
    busy = await answer_to_a_photo(storage)
    assert (busy.status_code, busy.json()["code"]) == (429, "busy")
    assert "retry-after" in busy.headers
    writer.close()  # the phone lost its network in the middle
    await asyncio.sleep(0.5)
    assert (await answer_to_a_photo(storage)).status_code == 200


async def test_a_storage_that_is_away_is_said(through: tuple[Litestar, Storage, int]) -> None:
    app, _, port = through
    away = Storage(S3Address("http://127.0.0.1:1", "key", "secret"), "fieldproof", through=f"http://127.0.0.1:{port}")
    app.state.storage = away
    answer = await answer_to_a_photo(away)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "127.0.0.1" not in answer.text, "nobody is told where the storage is"
