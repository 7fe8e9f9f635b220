"""What it costs to be watched: figures of each exchange, and notes of a push for desks, as processor time with and without in turn."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import quantiles

import asyncpg
import msgspec

from bench.client import Connection, connect, request
from bench.measure import Result, compared
from bench.phones import Phone
from bench.stage import Server, Stage, serving, token
from bench.sync_push import evenings_of
from server.process.figures import FOLDER

BLOCK = 25
"""Exchanges between two changes, so few that both of a pair meet the same neighbours."""
TRIGGERS = """
select tgrelid::regclass::text as table, tgname from pg_trigger where tgname like 'desk\\_%' and not tgisinternal
"""


async def measure(stage: Stage) -> list[Result]:
    """Exchanges that find nothing, counted and not in turn by one server, and by one that counts into files; then pushes."""
    size, rounds = stage.largest, 40 if stage.quick else 500
    with serving(stage, size) as alone:
        counted, bare = await _exchanges(stage, alone, rounds)
        pushes = await _pushes(stage, alone, 8 if stage.quick else 50)
    with tempfile.TemporaryDirectory() as folder, serving(stage, size, more={FOLDER: folder}) as one_of_many:
        into_files, bare_too = await _exchanges(stage, one_of_many, rounds)
    how = f"processor time of the server's thread, {rounds} blocks of {BLOCK} with and without in turn, the lower quartile"
    return [
        compared("exchange without changes, counted / not counted", counted, bare, how, unit="µs"),
        compared("the same by one of several processes", into_files, bare_too, f"{how}; figures in files that are mapped into memory", unit="µs"),
        *pushes,
    ]  # fmt: skip


async def _exchanges(stage: Stage, server: Server, rounds: int) -> tuple[float, float]:
    """Microseconds of the server's thread for an exchange that is counted, and for one that is not."""
    connection = await connect(server.port)
    phone = Phone(stage, stage.largest, technician=0)
    await phone.sync(connection)
    exchange, taken = phone.exchange(), {1: list[float](), 0: list[float]()}
    for number in range(-2, rounds):
        for on in (1, 0) if number % 2 else (0, 1):
            await connection.send(request("GET", f"/bench/watch/{on}", token(0, stage.largest)))
            before = _used([server.pid])
            for _ in range(BLOCK):
                await connection.send(exchange)
            if number >= 0:
                taken[on].append((_used([server.pid]) - before) / BLOCK / 1000)
    await connection.send(request("GET", "/bench/watch/1", token(0, stage.largest)))
    connection.close()
    return _quiet(taken[1]), _quiet(taken[0])


async def _pushes(stage: Stage, server: Server, rounds: int) -> list[Result]:
    """Pushes of 50 operations with and without the triggers that note changes for desks."""
    size, connection = stage.largest, await connect(server.port)
    database = await asyncpg.connect(stage.url(size))
    phone = Phone(stage, size, 0)
    phone.keep_anchor(msgspec.json.decode((await phone.sync(connection))[-1]))
    evenings, taken = iter(evenings_of(phone, 4 * rounds + 8)), {True: list[float](), False: list[float]()}
    for number in range(-2, rounds):
        for noted in (True, False) if number % 2 else (False, True):
            async with _triggers(database, on=noted):
                await _push(database, server, connection, phone, next(evenings))  # plans are made anew
                used = await _push(database, server, connection, phone, next(evenings))
            if number >= 0:
                taken[noted].append(used)
    await database.close()
    connection.close()
    return [
        compared("push of 50 operations, noted for desks / not noted", _quiet(taken[True]), _quiet(taken[False]),
                 f"processor time of the server and its connections to PostgreSQL, with the triggers on and off in turn, {rounds} times, the lower quartile",
                 target=1.05)
    ]  # fmt: skip


async def _push(
    database: asyncpg.Connection, server: Server, connection: Connection, phone: Phone, evening: list[object]
) -> float:
    wire = phone.exchange(evening)  # type: ignore[arg-type]
    own = await database.fetchval("select pg_backend_pid()")
    backends = await database.fetch(
        "select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> $1",
        own,
    )
    pids = [server.pid, *(row["pid"] for row in backends)]
    before = _used(pids)
    answer = await connection.send(wire)
    used = (_used(pids) - before) / 1_000_000
    page = phone.take(answer)
    parked = [one for one in page["outcomes"] if one["outcome"] != "applied"]
    assert not parked, parked[0]
    return used


@contextlib.asynccontextmanager
async def _triggers(database: asyncpg.Connection, *, on: bool) -> AsyncIterator[None]:
    for row in [] if on else await database.fetch(TRIGGERS):
        await database.execute(f"alter table {row['table']} disable trigger {row['tgname']}")
    try:
        yield
    finally:
        for row in [] if on else await database.fetch(TRIGGERS):
            await database.execute(f"alter table {row['table']} enable trigger {row['tgname']}")


def _quiet(values: list[float]) -> float:
    """What a quarter of the values stay below: a neighbour on the same core makes work dearer, and none makes it cheaper."""
    return quantiles(values, n=4)[0]


def _used(pids: list[int]) -> int:
    """Nanoseconds of processor time of the processes' first threads; how busy the machine is is not in it."""
    return sum(_first_thread(pid) for pid in pids)


def _first_thread(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    except FileNotFoundError:
        return 0
