"""Reading connections: reused, bounded, made anew after a restart, and never shared with an answer that nobody awaited."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from server.database.readers import Readers

PID = "select pg_backend_pid() as pid"


@pytest.fixture
async def readers(database_url: str) -> AsyncIterator[Readers]:
    readers = Readers(database_url, size=2)
    yield readers
    await readers.close()


async def pid(readers: Readers, statement: str = PID) -> int:
    return int((await readers.fetch(statement))[0]["pid"])


async def test_the_connection_that_was_used_last_is_used_first(readers: Readers) -> None:
    both = await asyncio.gather(pid(readers), pid(readers))
    assert len(set(both)) == 2
    assert len({await pid(readers) for _ in range(5)}) == 1


async def test_no_more_than_so_many_read_at_once(readers: Readers) -> None:
    slow = f"{PID}, pg_sleep(0.05)"
    assert len(set(await asyncio.gather(*(pid(readers, slow) for _ in range(6))))) == 2


async def test_a_statement_that_fails_costs_no_connection(readers: Readers) -> None:
    before = await pid(readers)
    for _ in range(3):
        with pytest.raises(asyncpg.DivisionByZeroError):
            await readers.fetch("select 1 / 0")
    assert await pid(readers) == before


async def test_after_a_restart_of_the_database_connections_are_made_anew(readers: Readers, database_url: str) -> None:
    before = await pid(readers)
    admin = await asyncpg.connect(database_url)
    await admin.execute("select pg_terminate_backend($1, 5000)", before)
    await admin.close()
    await asyncio.sleep(0.05)
    assert await pid(readers) != before


async def test_who_gives_up_leaves_no_answer_to_the_next(readers: Readers) -> None:
    await asyncio.gather(pid(readers), pid(readers))
    for _ in range(4):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(readers.fetch(f"{PID}, pg_sleep(5)"), 0.02)
    numbers = await asyncio.gather(*(readers.fetch("select $1::int as n", n) for n in range(10)))
    assert [rows[0]["n"] for rows in numbers] == list(range(10))


async def test_a_database_that_is_away_is_an_outage_and_is_found_again(database_url: str) -> None:
    nowhere = Readers("postgresql://nobody@127.0.0.1:1/none", size=1)
    for _ in range(3):
        with pytest.raises(OSError, match=r"refused|Connect"):
            await nowhere.fetch("select 1")
    await nowhere.close()
