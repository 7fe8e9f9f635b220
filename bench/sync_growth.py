"""Growth: the same exchanges with ten thousand, a hundred thousand and a million visits in the database, in turn."""

import contextlib
from collections.abc import Awaitable, Callable

import asyncpg

from bench.client import Connection, connect
from bench.company import made_id
from bench.measure import Result, compared, limited, medians
from bench.phones import Phone, touch
from bench.stage import Stage, serving

TARGET = 1.3
CROWD = 16
"""Phones that take turns, so that no single one's rows are always the warm ones."""


async def measure(stage: Stage) -> list[Result]:
    """One server process for each size; every round asks each of them once."""
    rounds = 100 if stage.quick else 600
    works: dict[str, dict[int, Callable[[], Awaitable[object]]]] = {name: {} for name in _NAMES}
    async with contextlib.AsyncExitStack() as stack:
        for size in stage.sizes:
            server = stack.enter_context(serving(stage, size))
            database = await asyncpg.connect(stage.url(size))
            stack.push_async_callback(database.close)
            connection = await connect(server.port)
            stack.callback(connection.close)
            phones = [Phone(stage, size, 2 + number) for number in range(min(CROWD, size.technicians - 2))]
            for phone in phones:
                await phone.sync(connection)
            _add(works, size.visits, connection, database, phones)
            before = [phone.exchange() for phone in phones]
            await touch(database, phones)
            works["delta of 5 rows"][size.visits] = _turns(connection, before)
            works["exchange without changes"][size.visits] = _turns(connection, await _current(connection, phones))
        return [result for name in works for result in await _flat(name, works[name], _rounds(name, rounds))]


_NAMES = ("exchange without changes", "delta of 5 rows", "first page of a first sync", "commit of a note")


def _rounds(name: str, rounds: int) -> int:
    return rounds if name.startswith(("exchange", "delta")) else rounds // 5


async def _current(connection: Connection, phones: list[Phone]) -> list[bytes]:
    for phone in phones:
        await phone.sync(connection)
    return [phone.exchange() for phone in phones]


def _add(
    works: dict[str, dict[int, Callable[[], Awaitable[object]]]],
    visits: int,
    connection: Connection,
    database: asyncpg.Connection,
    phones: list[Phone],
) -> None:
    """The first sync of an ordinary phone, and a write with its flush."""
    works["first page of a first sync"][visits] = _turns(connection, [phone.exchange(first=True) for phone in phones])
    size, turn = phones[0].size, 0
    notes = [
        made_id("note", visit.int & 0xFFFFFFFFFFFFFFF)
        for phone in phones
        for visit in size.held_visits(phone.technician)[5:15]
    ]

    async def write() -> None:
        nonlocal turn
        turn += 1
        note = notes[turn % len(notes)]
        await database.execute("update note set text = left(text, 60) || $2 where id = $1", note, f" {turn}")

    works["commit of a note"][visits] = write


def _turns(connection: Connection, wires: list[bytes]) -> Callable[[], Awaitable[object]]:
    turn = 0

    async def send() -> None:
        nonlocal turn
        turn += 1
        await connection.send(wires[turn % len(wires)])

    return send


async def _flat(name: str, works: dict[int, Callable[[], Awaitable[object]]], rounds: int) -> list[Result]:
    taken = await medians({str(visits): work for visits, work in works.items()}, rounds, warm=20)
    smallest, largest = min(works), max(works)
    target = TARGET if name.startswith(("exchange", "delta")) else None
    between = [
        limited(
            f"{name} at {visits:,} visits", taken[str(visits)], "ms", "one server process for each size, asked in turn"
        )
        for visits in sorted(works)[1:-1]
    ]
    return [
        *between,
        compared(f"{name} at {largest:,} visits / at {smallest:,}", taken[str(largest)], taken[str(smallest)],
                 f"one server process for each size, asked in turn; up to {CROWD} phones take turns", target=target),
    ]  # fmt: skip
