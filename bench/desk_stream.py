"""Idle streams of desks: the memory of each on one server process, and what one change costs it when thousands listen."""

import asyncio
import time
from functools import partial
from statistics import median

import asyncpg
import psutil

from bench.client import request
from bench.company import Size, made_id
from bench.measure import Result, compared, limited
from bench.stage import SECRET, Server, Stage, serving
from bench.sync_stream import AT_ONCE, Listener
from server.identity.rules import Role
from server.identity.tokens import Actor, Tokens

CHANGES = 20
PAUSE = 1.2
"""Seconds between two changes, so that none waits for the pause that a tailer makes after it has told many."""
WAIT = 30.0


def token(number: int) -> str:
    """Of one of as many people at desks as there are streams: each may have a few only."""
    return Tokens(SECRET).access(
        Actor(made_id("user", 1_000_000 + number), Role.DISPATCHER, made_id("office", 0), None)
    )


async def listen(server: Server, count: int) -> list[Listener]:
    """As many streams, of as many people."""
    loop, opened = asyncio.get_running_loop(), list[Listener]()
    for first in range(0, count, AT_ONCE):
        wires = [
            request("GET", "/v1/desk/stream", token(number), headers="Accept: text/event-stream\r\n")
            for number in range(first, min(first + AT_ONCE, count))
        ]
        some = await asyncio.gather(
            *(loop.create_connection(partial(Listener, wire), "127.0.0.1", server.port) for wire in wires)
        )
        listeners = [protocol for _, protocol in some]
        await asyncio.wait_for(asyncio.gather(*(one.ready for one in listeners)), 60)
        opened += listeners
    await asyncio.sleep(1)  # until each has been told where it begins: what changed before is no hint
    return opened


async def measure(stage: Stage) -> list[Result]:
    """Memory, then changes: with one stream and with many in turn."""
    size, count = stage.largest, 500 if stage.quick else 2000
    database = await asyncpg.connect(stage.url(size))
    try:
        with serving(stage, size) as server:
            process = psutil.Process(server.pid)
            warm = await listen(server, 20)
            await _changes(process, database, size, warm, 3)
            for one in warm:
                one.close()
            await asyncio.sleep(1)
            before = process.memory_info().rss
            listeners = await listen(server, count)
            await asyncio.sleep(2)
            each = (process.memory_info().rss - before) / count / 1024
            idle = await _idle(process)
            many, delays = await _changes(process, database, size, listeners, CHANGES)
            later = (process.memory_info().rss - before) / count / 1024
            for one in listeners[1:]:
                one.close()
            await asyncio.sleep(2)
            few, _ = await _changes(process, database, size, listeners[:1], CHANGES)
        how = f"{CHANGES} changes, {PAUSE} s apart, each told to all; the tailer's looks between are in it"
        return [
            limited(f"memory of an idle stream of a desk, {count:,} of them", each, "KiB", "growth of the server process's resident memory, divided by the streams"),
            limited("the same after changes were told", later, "KiB", how),
            limited(f"processor time of a process with {count:,} idle streams of desks", idle * 100, "% of a core", "over five seconds"),
            compared(f"processor time of one change, {count:,} streams / one stream", many, few, how),
            limited("processor time of one change, for each stream", (many - few) * 1000 / count, "µs", how),
            limited("delay of a desk's hint", median(delays), "ms", f"from the commit to the last of {count:,}, after a pause; a tailer looks every 100 ms, and each second at the most when changes follow each other"),
        ]  # fmt: skip
    finally:
        await database.close()


async def _idle(process: psutil.Process) -> float:
    before, began = process.cpu_times(), time.perf_counter()
    await asyncio.sleep(5)
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / (time.perf_counter() - began)


async def _changes(
    process: psutil.Process, database: asyncpg.Connection, size: Size, listeners: list[Listener], count: int
) -> tuple[float, list[float]]:
    """Milliseconds of the process's time for one change, and of waiting until the last has heard of it."""
    visit, delays = size.held_visits(0)[0], list[float]()
    before = process.cpu_times()
    for _ in range(count):
        heard = [asyncio.get_running_loop().create_future() for _ in listeners]
        for one, future in zip(listeners, heard, strict=True):
            one.hinted = future
        await database.execute("update visit set minutes = 60 + (minutes - 59) % 30 where id = $1", visit)
        ended = time.perf_counter()
        moments = await asyncio.wait_for(asyncio.gather(*heard), WAIT)
        delays.append((max(moments) - ended) * 1000)
        await asyncio.sleep(PAUSE)
    after = process.cpu_times()
    used = after.user + after.system - before.user - before.system
    return used / count * 1000, delays
