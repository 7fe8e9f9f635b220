"""A thousand phones that exchange at once: each its own technician and its own socket, half of them with five new rows."""

import asyncio
import time
from statistics import median
from typing import NamedTuple

import asyncpg

from bench.client import Connection, Failed, connect
from bench.measure import Result, compared, limited, percentile
from bench.phones import Phone, touch
from bench.stage import Server, Stage, serving, token
from bench.sync_delta import fixed


class Wave(NamedTuple):
    """What came of one wave: its seconds, the milliseconds of each answer, and how many failed."""

    seconds: float
    times: list[float]
    errors: int


async def measure(stage: Stage) -> list[Result]:
    """Waves of exchanges and waves of static responses in turn."""
    size = stage.largest
    count = min(200 if stage.quick else 1000, size.technicians - 2)
    database = await asyncpg.connect(stage.url(size))
    try:
        with serving(stage, size) as server:
            phones = [Phone(stage, size, technician) for technician in range(2, 2 + count)]
            first = await _first_syncs(server, phones)
            changed = phones[::2]
            exchanges = [phone.exchange() for phone in phones]
            await touch(database, changed)
            connections = [await connect(server.port) for _ in phones]
            answers = [await connection.send(wire) for connection, wire in zip(connections, exchanges, strict=True)]
            static = [
                fixed(len(answer), token(phone.technician, size)) for answer, phone in zip(answers, phones, strict=True)
            ]
            results = await _waves(connections, exchanges, static, 2 if stage.quick else 5)
            for connection in connections:
                connection.close()
            return [*results, first]
    finally:
        await database.close()


async def _first_syncs(server: Server, phones: list[Phone]) -> Result:
    """Every phone from nothing, sixteen at a time."""
    waiting, pages = list(reversed(phones)), 0

    async def worker() -> None:
        nonlocal pages
        connection = await connect(server.port)
        while waiting:
            pages += len(await waiting.pop().sync(connection))
        connection.close()

    began = time.monotonic()
    await asyncio.gather(*(worker() for _ in range(16)))
    seconds = time.monotonic() - began
    return limited(f"first syncs of {len(phones):,} phones, 16 at a time", len(phones) / seconds, "phones/s",
                   f"30 to 60 visits each, {pages:,} pages in {seconds:.1f} s")  # fmt: skip


async def _waves(
    connections: list[Connection], exchanges: list[bytes], static: list[bytes], rounds: int
) -> list[Result]:
    ours, floor = list[Wave](), list[Wave]()
    for number in range(-1, rounds):
        one, other = await _wave(connections, exchanges), await _wave(connections, static)
        if number >= 0:
            ours.append(one)
            floor.append(other)
    count, errors = len(connections), sum(wave.errors for wave in ours)
    times = [taken for wave in ours for taken in wave.times]
    each = {
        name: 1000 * median(wave.seconds for wave in waves) / count
        for name, waves in (("ours", ours), ("floor", floor))
    }
    how = f"{count:,} sockets send at the same time, half empty, half 5 rows; {rounds} waves in turn with static ones"
    return [
        compared(f"{count:,} phones at once / static responses", each["ours"], each["floor"],
                 f"time of a wave divided by its phones; {how}"),
        limited(f"{count:,} phones at once, throughput", 1000 / each["ours"], "exchanges/s", how),
        limited(f"{count:,} phones at once, median answer", median(times), "ms", how),
        limited(f"{count:,} phones at once, 99th percentile", percentile(times, 0.99), "ms", how),
        limited(f"{count:,} phones at once, errors", errors, "errors", how, target=0),
    ]  # fmt: skip


async def _wave(connections: list[Connection], wires: list[bytes]) -> Wave:
    times: list[float] = []
    errors = 0

    async def one(connection: Connection, wire: bytes) -> None:
        nonlocal errors
        began = time.perf_counter()
        try:
            await asyncio.wait_for(connection.send(wire), 120)
        except (Failed, OSError, TimeoutError):
            errors += 1
        else:
            times.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(one(connection, wire) for connection, wire in zip(connections, wires, strict=True)))
    return Wave(time.perf_counter() - began, times, errors)
