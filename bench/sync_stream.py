"""Idle streams: the memory of each on one server process, and what thousands of them do to the latency of writes."""

import asyncio
import time
from functools import partial
from statistics import median
from typing import Any

import asyncpg
import psutil

from bench.client import Connection, connect, request
from bench.company import Size, made_id
from bench.measure import Result, compared, limited
from bench.stage import Server, Stage, serving, token
from server.identity.rules import Role

WRITTEN = 7
"""The technician whose rows are written while everybody listens."""
AT_ONCE = 100
"""Streams that are opened at the same time."""


class Listener(asyncio.Protocol):
    """A phone that listens; it keeps the moment of the last hint and nothing else."""

    def __init__(self, wire: bytes) -> None:
        self._wire = wire
        self._transport: Any
        self.ready = asyncio.get_running_loop().create_future()
        self.hinted: asyncio.Future[float] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.write(self._wire)

    def data_received(self, data: bytes) -> None:
        if not self.ready.done() and b"\r\n\r\n" in data:
            if data[9:12] == b"200":
                self.ready.set_result(None)
            else:
                self.ready.set_exception(ConnectionError(data[:300].decode(errors="replace")))
        if self.hinted is not None and not self.hinted.done() and b"hint" in data:
            self.hinted.set_result(time.perf_counter())

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(error or ConnectionResetError("the stream was closed"))

    def close(self) -> None:
        self._transport.abort()


async def listen(server: Server, size: Size, count: int) -> list[Listener]:
    """As many streams, dealt to the technicians in turn."""
    loop, opened = asyncio.get_running_loop(), list[Listener]()
    for first in range(0, count, AT_ONCE):
        some = []
        for number in range(first, min(first + AT_ONCE, count)):
            bearer = token(number % size.technicians, size)
            wire = request("GET", "/v1/sync/stream", bearer, headers="Accept: text/event-stream\r\n")
            some.append(loop.create_connection(partial(Listener, wire), "127.0.0.1", server.port))
        listeners = [protocol for _, protocol in await asyncio.gather(*some)]
        await asyncio.wait_for(asyncio.gather(*(one.ready for one in listeners)), 60)
        opened += listeners
    return opened


async def measure(stage: Stage) -> list[Result]:
    """Writes without and with listeners in turn, then the memory of more of them."""
    size = stage.largest
    few, many = (300, 1000) if stage.quick else (2000, 5000)
    database = await asyncpg.connect(stage.url(size))
    try:
        results = []
        for count in (few, many):
            with serving(stage, size) as server:  # a new process: memory that others left is used again unseen
                results.append(await _memory(server, size, count))
        with serving(stage, size) as server:
            return results + await _writes(server, size, database, few, 2 if stage.quick else 4)
    finally:
        await database.close()


async def _memory(server: Server, size: Size, count: int) -> Result:
    process = psutil.Process(server.pid)
    for one in await listen(server, size, 20):
        one.close()  # what the first streams load is not theirs
    await asyncio.sleep(1)
    before = process.memory_info().rss
    listeners = await listen(server, size, count)
    await asyncio.sleep(2)
    each = (process.memory_info().rss - before) / count / 1024
    for one in listeners:
        one.close()
    return limited(f"memory of an idle stream, {count:,} of them", each, "KiB",
                   "growth of the server process's resident memory, divided by the streams; nothing is sent but heartbeats")  # fmt: skip


async def _writes(server: Server, size: Size, database: asyncpg.Connection, count: int, turns: int) -> list[Result]:
    desk = await connect(server.port)
    quiet: dict[str, list[float]] = {"note": [], "assign": []}
    heard: dict[str, list[float]] = {"note": [], "assign": []}
    delays: list[float] = []
    await _block(desk, size, database, {"note": [], "assign": []}, None, [])
    for _ in range(turns):
        await _block(desk, size, database, quiet, None, [])
        listeners = await listen(server, size, count)
        await asyncio.sleep(1)
        await _block(desk, size, database, heard, listeners[WRITTEN], delays)
        for one in listeners:
            one.close()
        await asyncio.sleep(1.5)
    desk.close()
    how = f"in turn without and with {count:,} idle streams on the same process, {turns} times"
    return [
        compared("commit of a note with idle streams / without", median(heard["note"]), median(quiet["note"]),
                 f"plain SQL in its own connection, triggers and all; {how}", target=1.1),
        compared("assignment with idle streams / without", median(heard["assign"]), median(quiet["assign"]),
                 f"POST /v1/visits/.../assign to the process that holds the streams; {how}", target=1.1),
        limited("delay of a hint", median(delays), "ms", f"from the commit to the phone, {count:,} phones listening"),
    ]  # fmt: skip


async def _block(
    desk: Connection,
    size: Size,
    database: asyncpg.Connection,
    into: dict[str, list[float]],
    listener: Listener | None,
    delays: list[float],
) -> None:
    """Fifteen notes and fifteen assignments in turn, with a pause between, as a desk works."""
    visits = size.held_visits(WRITTEN)[:15]
    bearer = token(0, size, role=Role.DISPATCHER)
    for number, visit in enumerate(visits):
        if listener is not None:
            listener.hinted = asyncio.get_running_loop().create_future()
        note = made_id("note", visit.int & 0xFFFFFFFFFFFFFFF)
        began = time.perf_counter()
        await database.execute("update note set text = left(text, 60) || $2 where id = $1", note, str(time.time_ns()))
        ended = time.perf_counter()
        into["note"].append((ended - began) * 1000)
        if listener is not None and listener.hinted is not None:
            delays.append((await asyncio.wait_for(listener.hinted, 10) - ended) * 1000)
        # The same pause with and without listeners: processors that have just idled are slower for a while.
        await asyncio.sleep(max(0.0, ended + 0.06 - time.perf_counter()))
        plan = {
            "technician_ids": [str(made_id("user", WRITTEN))], "window_start": f"2026-03-02T09:{number:02}:00+08:00",
            "window_end": f"2026-03-02T11:{time.time_ns() % 60:02}:00+08:00", "reason": "traffic",
        }  # fmt: skip
        wire = request("POST", f"/v1/visits/{visit}/assign", bearer, plan)
        began = time.perf_counter()
        await desk.send(wire)
        into["assign"].append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.06)
