"""Attacks of clients that are slow or never end, against a server on this machine: `python -m tests.attack.slow_clients PORT`.

Each says what it cost the server: its memory, and the longest that an honest request had to wait meanwhile. All are bounded in
count, bytes and seconds, and end by themselves. `--short` is what CI runs.
"""

import asyncio
import contextlib
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import psutil

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Cost(NamedTuple):
    """What an attack came to."""

    name: str
    longest_wait: float
    """Seconds that an honest request took at most meanwhile."""
    more_memory: int
    """Bytes that the server had more at its worst."""
    answers: dict[str, int]
    """How many connections of the attack ended how: a status, `closed`, or `open` at the end."""


class Aim(NamedTuple):
    """Where the server is, and how far to go."""

    port: int
    pid: int
    scale: float = 1.0
    tls: ssl.SSLContext | None = None

    def times(self, count: int) -> int:
        """So many, or fewer in the short form."""
        return max(1, int(count * self.scale))

    async def connect(self) -> Streams:
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=self.tls)


async def how_it_ends(streams: Streams, seconds: float) -> str:
    """Wait for the server to answer or to close."""
    reader, writer = streams
    try:
        line = await asyncio.wait_for(reader.readline(), seconds)
        return line.split()[1].decode() if line else "closed"
    except TimeoutError:
        return "open"
    except OSError:
        return "closed"
    finally:
        writer.close()


async def pour(streams: Streams, piece: bytes, count: int, pause: float = 0.0) -> None:
    """Send a piece again and again, until it is enough or the server has closed."""
    writer = streams[1]
    with contextlib.suppress(OSError, TimeoutError):
        for _ in range(count):
            writer.write(piece)
            await asyncio.wait_for(writer.drain(), 5)
            await asyncio.sleep(pause)


async def endless_header(aim: Aim) -> list[str]:
    """One header of 200 MB."""
    streams = await aim.connect()
    await pour(streams, b"GET /health HTTP/1.1\r\nHost: a\r\nX-A: ", 1)
    await pour(streams, b"a" * 65536, aim.times(3200))
    return [await how_it_ends(streams, 2)]


async def endless_headers(aim: Aim) -> list[str]:
    """A million small headers."""
    streams = await aim.connect()
    await pour(streams, b"GET /health HTTP/1.1\r\nHost: a\r\n", 1)
    await pour(streams, b"".join(b"x-%d: 1\r\n" % n for n in range(1000)), aim.times(1000))
    return [await how_it_ends(streams, 2)]


async def endless_address(aim: Aim) -> list[str]:
    """A request line of 200 MB."""
    streams = await aim.connect()
    await pour(streams, b"GET /", 1)
    await pour(streams, b"a" * 65536, aim.times(3200))
    return [await how_it_ends(streams, 2)]


async def endless_trailers(aim: Aim) -> list[str]:
    """A body in chunks that is through, and then trailers without an end."""
    streams = await aim.connect()
    await pour(
        streams, b"POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", 1
    )
    await pour(streams, b"x-a: " + b"a" * 65000 + b"\r\n", aim.times(3200))
    return [await how_it_ends(streams, 2)]


async def endless_chunk_extension(aim: Aim) -> list[str]:
    """A chunk with an extension of 200 MB."""
    streams = await aim.connect()
    await pour(streams, b"POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;a=", 1)
    await pour(streams, b"a" * 65536, aim.times(3200))
    return [await how_it_ends(streams, 2)]


async def half_heads(aim: Aim) -> list[str]:
    """Three thousand connections that begin a request and say no more."""
    return await _many(aim, 3000, b"GET /health HTTP/1.1\r\nHost: a\r\nX-A: a")


async def silent(aim: Aim) -> list[str]:
    """A thousand connections that say nothing."""
    return await _many(aim, 1000, b"")


async def empty_lines(aim: Aim) -> list[str]:
    """Connections that are kept open by an empty line a second, after a request."""
    return await _many(aim, 100, b"GET /v1/keys HTTP/1.1\r\nHost: a\r\n\r\n", drip=b"\r\n")


async def withheld_bodies(aim: Aim) -> list[str]:
    """Two hundred bodies of 4 MB that lack their last byte."""
    body = b"{" + b" " * 4_000_000
    head = b"POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
    kinds = (b"application/json", b"application/vnd.msgpack")
    return await _many(aim, 200, *(head % (kind, len(body) + 1) + body for kind in kinds))


async def unasked_bodies(aim: Aim) -> list[str]:
    """Bodies of requests that are answered before they are read, dripping on."""
    return await _many(aim, 50, b"GET /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n", drip=b"a")


async def readers_that_do_not_read(aim: Aim) -> list[str]:
    """Requests for the API's description, pipelined, and nobody reads the answers."""
    return await _many(aim, 50, b"GET /schema/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 20, read=False)


async def half_handshakes(aim: Aim) -> list[str]:
    """Connections that begin TLS and stop, or speak no TLS at all."""
    return await _many(aim._replace(tls=None), 300, b"\x16\x03\x01\x02\x00\x01", b"")


async def _many(
    aim: Aim, count: int, *says: bytes, drip: bytes = b"", read: bool = True, seconds: float = 50
) -> list[str]:
    open_at_once = asyncio.Semaphore(200)

    async def one(number: int) -> str:
        try:
            async with open_at_once:
                streams = await aim.connect()
                await pour(streams, says[number % len(says)], 1)
        except (OSError, TimeoutError):
            return "closed"
        if drip:
            await pour(streams, drip, int(seconds), 1)
        if read:
            return await how_it_ends(streams, seconds)
        return await _without_reading(streams, seconds)

    return list(await asyncio.gather(*(one(number) for number in range(aim.times(count)))))


async def _without_reading(streams: Streams, seconds: float) -> str:
    transport = streams[1].transport
    transport.pause_reading()  # type: ignore[attr-defined]
    sock = streams[1].get_extra_info("socket")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(0.5)
        state = sock.getsockopt(6, 11, 1)[0]  # TCP_INFO: 1 is an established connection
        if state != 1:
            transport.abort()
            return "closed"
    transport.abort()
    return "open"


ATTACKS: tuple[Callable[[Aim], Awaitable[list[str]]], ...] = (
    endless_header, endless_headers, endless_address, endless_trailers, endless_chunk_extension, half_heads, silent,
    empty_lines, withheld_bodies, unasked_bodies, readers_that_do_not_read,
)  # fmt: skip


async def run(attack: Callable[[Aim], Awaitable[list[str]]], aim: Aim) -> Cost:
    """One attack, with an honest client beside it."""
    process, worst, waits, through = psutil.Process(aim.pid), [0], [0.0], False
    before = process.memory_info().rss

    async def watch() -> None:
        while not through:
            worst[0] = max(worst[0], process.memory_info().rss - before)
            await asyncio.sleep(0.05)

    async def honest() -> None:
        while not through:
            began = time.perf_counter()
            with contextlib.suppress(OSError):
                streams = await aim.connect()
                streams[1].write(b"GET /v1/keys HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                line = await asyncio.wait_for(streams[0].readline(), 30)
                streams[1].close()
                if b" 200 " in line:
                    waits[0] = max(waits[0], time.perf_counter() - began)
            await asyncio.sleep(0.02)

    beside = [asyncio.create_task(watch()), asyncio.create_task(honest())]
    try:
        ends = await attack(aim)
    finally:
        through = True
        await asyncio.gather(*beside)
    counted = {end: ends.count(end) for end in sorted(set(ends))}
    return Cost(attack.__name__, waits[0], worst[0], counted)


def row(cost: Cost) -> str:
    """One line of a table."""
    ends = ", ".join(f"{count} x {end}" for end, count in cost.answers.items())
    return f"| {cost.name} | {cost.longest_wait:.2f} s | {cost.more_memory / 1e6:.0f} MB | {ends} |"


async def main(port: int, pid: int, *, short: bool) -> None:
    """All attacks in turn, as a table."""
    aim = Aim(port, pid, 0.05 if short else 1.0)
    print("| attack | longest wait of an honest request | memory | how its connections ended |\n|---|---|---|---|")
    for attack in ATTACKS:
        print(row(await run(attack, aim)), flush=True)


def listening(port: int) -> int:
    """The process that listens on a port of this machine."""
    for one in psutil.net_connections("tcp"):
        if one.status == "LISTEN" and one.laddr.port == port and one.pid:
            return one.pid
    raise SystemExit(f"Nobody listens on port {port}.")


if __name__ == "__main__":
    number = int(sys.argv[1])
    asyncio.run(main(number, listening(number), short="--short" in sys.argv))
