"""Reading connections: reused, bounded, made anew after a restart, and never shared with an answer that nobody awaited."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import asyncpg
import pytest

from server.database.readers import Readers

PID = "select pg_backend_pid() as pid"


class Leaving(asyncpg.Connection):  # type: ignore[misc]
    """Its server has said good-bye, and the socket is not closed yet: asyncpg says so once for each of `LEAVING`."""

    LEAVING: ClassVar[list[Exception]] = []

    async def fetch(self, *args: Any, **kwargs: Any) -> Any:
        if self.LEAVING:
            raise self.LEAVING.pop()
        return await super().fetch(*args, **kwargs)


GOOD_BYE = (
    asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncpg.AdminShutdownError("terminating connection due to administrator command"),
    ConnectionResetError("reset by peer"),
)


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


@pytest.mark.parametrize("good_bye", GOOD_BYE, ids=repr)
async def test_a_read_that_meets_the_end_of_its_connection_is_asked_again(
    database_url: str, good_bye: Exception
) -> None:
    readers = Readers(database_url, connection_class=Leaving)
    before = await pid(readers)
    Leaving.LEAVING.append(good_bye)
    assert await pid(readers) != before
    Leaving.LEAVING.extend([good_bye, good_bye])
    with pytest.raises(type(good_bye)):
        await pid(readers)
    assert await pid(readers)
    await readers.close()


async def test_a_wrong_value_is_not_asked_again(readers: Readers) -> None:
    before = await pid(readers)
    with pytest.raises(asyncpg.InterfaceError, match="expects 1 argument"):
        await readers.fetch("select $1::int")
    with pytest.raises(asyncpg.DataError, match="expected str"):
        await readers.fetch("select $1::text", 1)
    assert await pid(readers) == before


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
