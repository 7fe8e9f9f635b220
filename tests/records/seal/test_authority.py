"""A time-stamping authority is somebody else's program: however it answers, the question ends in time and in little memory."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from asn1crypto import algos, tsp
from pyhanko.sign.timestamps import TimestampRequestError

from server.records.seal import authority
from server.records.seal.authority import LARGEST, Authority
from tests.records.authority import running_authority

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
QUESTION = tsp.TimeStampReq(
    {
        "version": 1,
        "message_imprint": {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "hashed_message": bytes(32),
        },
        "cert_req": True,
    }
)


def head(*lines: str) -> bytes:
    typed = any(line.startswith("content-type") for line in lines)
    every = ["HTTP/1.1 200 OK", *lines, *(() if typed else ["content-type: application/timestamp-reply"]), "", ""]
    return "\r\n".join(every).encode()


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[tuple[str, list[int]]]:
    """The address of a server that answers so, and how many bytes it got rid of."""
    sent: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        write = writer.write

        def counted(data: bytes) -> None:
            sent.append(len(data))
            write(data)

        writer.write = counted  # type: ignore[method-assign, assignment]
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/", sent
    server.close()


async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(head())
    while True:
        writer.write(b"\x30" * 65_536)
        await writer.drain()


async def dripping(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(head(f"content-length: {LARGEST}"))
    while True:
        writer.write(b"\x30")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless_head(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"x: " + b"y" * 65_536)
        await writer.drain()


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


def saying(*parts: bytes) -> Answer:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
        await writer.drain()

    return answer


BOMB = gzip.compress(bytes(50_000_000))
ANSWERS: dict[str, tuple[Answer, str]] = {
    "without an end": (endless, "more than 16384 bytes"),
    "one byte too large": (saying(head(), bytes(LARGEST + 1)), "more than 16384 bytes"),
    "a byte at a time": (dripping, "does not answer"),
    "a head without an end": (endless_head, "does not answer"),
    "nothing": (silent, "does not answer"),
    "hung up at once": (saying(), "does not answer"),
    "cut off": (saying(head("content-length: 100"), bytes(50)), "does not answer"),
    "a page": (saying(head("content-type: text/html"), b"<html>"), "no time stamp"),
    "compressed": (saying(head("content-encoding: gzip"), BOMB), "no time stamp"),
    "of no meaning": (saying(head("content-length: 64"), b"\xff" * 64), "cannot be read"),
    "empty": (saying(head("content-length: 0")), "cannot be read"),
    "sent elsewhere": (
        saying(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"), "no time stamp",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", ANSWERS)
async def test_whatever_it_answers_the_question_ends(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authority, "SECONDS", 0.5)
    answer, words = ANSWERS[how]
    async with answering(answer) as (url, sent):
        began = time.monotonic()
        with pytest.raises(TimestampRequestError, match=words):
            await Authority(url).async_request_tsa_response(QUESTION)
        assert time.monotonic() - began < 5
    assert sum(sent) < 32 * 1024 * 1024, "it was hung up on, not read to an end that never comes"


async def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(TimestampRequestError, match="does not answer"):
        await Authority("http://127.0.0.1:1/").async_request_tsa_response(QUESTION)


async def test_a_stamp_is_taken_and_one_with_bytes_behind_it_is_not() -> None:
    with running_authority() as url:
        granted = await Authority(url).async_request_tsa_response(QUESTION)
    assert granted["status"]["status"].native == "granted"
    body = granted.dump() + b"\0"
    async with answering(saying(head(f"content-length: {len(body)}"), body)) as (other, _):
        with pytest.raises(TimestampRequestError, match="cannot be read"):
            await Authority(other).async_request_tsa_response(QUESTION)
