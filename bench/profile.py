"""Where the time goes: samples of the server while it answers one kind of request, and the processor time of server and
database for each request. `make bench ARGS=--profile` prints it."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import psutil

from bench.client import Connection, connect
from bench.phones import Phone, touch
from bench.stage import Server, Stage, serving
from bench.sync_push import evenings_of

Say = Callable[[str], None]
LINES = 22


async def show(stage: Stage, say: Say) -> None:
    """Profile the four exchanges that the targets name, over the largest company."""
    await _loop(stage, say, "exchange without changes", _nothing)
    await _loop(stage, say, "delta of 5 rows", _five)
    await _loop(stage, say, "first sync of 500 visits, first page", _first)
    await _push(stage, say)


async def _nothing(_: asyncpg.Connection, phone: Phone) -> bytes:
    return phone.exchange()


async def _five(database: asyncpg.Connection, phone: Phone) -> bytes:
    exchange = phone.exchange()
    await touch(database, [phone])
    return exchange


async def _first(_: asyncpg.Connection, phone: Phone) -> bytes:
    return phone.exchange(first=True)


@asynccontextmanager
async def _scene(
    stage: Stage, name: str, technician: int
) -> AsyncIterator[tuple[Server, Connection, asyncpg.Connection, Phone, Path]]:
    file = stage.folder / f"{name.replace(' ', '-')}.profile.json"
    database = await asyncpg.connect(stage.url(stage.largest))
    with serving(stage, stage.largest, profile=file) as server:
        connection = await connect(server.port)
        phone = Phone(stage, stage.largest, technician)
        phone.keep_anchor(msgspec.json.decode((await phone.sync(connection))[-1]))
        yield server, connection, database, phone, file
    await database.close()


async def _loop(
    stage: Stage, say: Say, name: str, make: Callable[[asyncpg.Connection, Phone], Awaitable[bytes]]
) -> None:
    seconds = 3.0 if stage.quick else 8.0
    async with _scene(stage, name, 0) as (server, connection, database, phone, file):
        wire = await make(database, phone)
        await connection.send(wire)
        before, began, count = _processor(stage, server), time.monotonic(), 0
        while time.monotonic() - began < seconds:
            await connection.send(wire)
            count += 1
        spent = _spent(before, _processor(stage, server), time.monotonic() - began, count)
    _print(say, name, spent, file)


async def _push(stage: Stage, say: Say) -> None:
    async with _scene(stage, "push of 50", 1) as (server, connection, _, phone, file):
        evenings = evenings_of(phone, 10 if stage.quick else 30)
        before, began = _processor(stage, server), time.monotonic()
        for evening in evenings:
            phone.take(await connection.send(phone.exchange(evening)))
        spent = _spent(before, _processor(stage, server), time.monotonic() - began, len(evenings))
    _print(say, "push of 50 operations", spent, file)


def _processor(stage: Stage, server: Server) -> tuple[float, float]:
    """Seconds of processor that the server and all of PostgreSQL have used so far."""
    own = psutil.Process(server.pid).cpu_times()
    postmaster = int((stage.folder / "postgres/data/postmaster.pid").read_text().split()[0])
    used = 0.0
    main = psutil.Process(postmaster)
    for process in [main, *main.children()]:
        times = process.cpu_times()
        used += times.user + times.system
    return own.user + own.system, used


def _spent(before: tuple[float, float], after: tuple[float, float], wall: float, count: int) -> str:
    server, database = (1000 * (late - early) / count for early, late in zip(before, after, strict=True))
    return f"{1000 * wall / count:.2f} ms each: server {server:.2f} ms, PostgreSQL {database:.2f} ms of processor"


def _print(say: Say, name: str, spent: str, file: Path) -> None:
    samples: dict[str, dict[str, Any]] = msgspec.json.decode(file.read_bytes())
    total = sum(samples["own"].values()) or 1
    say(f"\n{name}: {spent} (the samples cost some; {total} of them)")
    for title, kind in (("in the function itself", "own"), ("with all that it calls", "within")):
        say(f"  {title}")
        ranked = sorted(samples[kind].items(), key=lambda pair: -pair[1])
        for function, count in [one for one in ranked if one[1] < total][: LINES if kind == "own" else 2 * LINES]:
            say(f"    {100 * count / total:5.1f} %  {function}")
