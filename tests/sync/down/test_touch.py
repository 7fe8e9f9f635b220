"""Statements note once what they touched: in a database that has rows already, and whatever is taken back."""

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from server.database.engine import make_engine, make_sessions
from server.process.schema import migrate
from server.sync.sql.rewrite import rewrite

BEFORE = "0010"
ADD = """insert into part (id, number, name, unit_price, currency)
         select uuidv7(), n::text, 'seal', 100, 'CNY' from generate_series($1::int, $2::int) n"""
CATALOGUE = "select count(*) from sync_member where collection = 'part' and present"
WRONG = "select (select count(*) from sync_discrepancy) + (select count(*) from sync_sum_discrepancy)"


@pytest.fixture
async def database(cluster: str) -> AsyncIterator[asyncpg.Connection]:
    """Migrated with three parts in it."""
    admin, name = await asyncpg.connect(cluster), f"touched_{os.urandom(6).hex()}"
    await admin.execute(f"create database {name}")
    url = cluster.rsplit("/", 1)[0] + "/" + name
    await migrate(url, to=BEFORE)
    connection = await asyncpg.connect(url)
    await connection.execute(ADD, 1, 3)
    await migrate(url)
    engine = make_engine(url)
    await rewrite(make_sessions(engine))  # as the worker does after a release that changed the form of a body
    await engine.dispose()
    yield connection
    await connection.close()
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


async def test_every_row_of_a_statement_reaches_the_feed(database: asyncpg.Connection) -> None:
    assert await database.fetchval(CATALOGUE) == 3
    await database.execute(ADD, 4, 100)
    assert await database.fetchval(CATALOGUE) == 100
    await database.execute("update part set unit_price = 200")
    assert (
        await database.fetchval("select count(*) from sync_member where body::jsonb @> '{\"unit_price\": 200}'") == 100
    )
    await database.execute("delete from part where number::int > 90")
    assert await database.fetchval(CATALOGUE) == 90
    await database.execute("update part set id = uuidv7() where number = '1'")
    assert await database.fetchval("select count(*) from sync_member where not present") == 11
    assert await database.fetchval(WRONG) == 0


async def test_statements_that_touch_nothing_or_are_taken_back_leave_nothing_to_do(
    database: asyncpg.Connection,
) -> None:
    before = await database.fetchval("select rev from sync_scope where key = 'catalogue'")
    async with database.transaction():
        await database.execute("update part set unit_price = 5 where number = 'none'")
        taken_back = database.transaction()
        await taken_back.start()
        await database.execute(ADD, 4, 5)
        await taken_back.rollback()
        await database.execute(ADD, 6, 6)
    assert await database.fetchval("select rev from sync_scope where key = 'catalogue'") == before + 1
    assert await database.fetchval("select count(*) from sync_touched") == 0
    assert await database.fetchval(WRONG) == 0


async def test_what_is_written_after_the_flush_of_a_transaction_is_flushed_again(database: asyncpg.Connection) -> None:
    async with database.transaction():
        await database.execute(ADD, 4, 5)
        await database.execute("set constraints all immediate")
        assert await database.fetchval(CATALOGUE) == 5
        await database.execute("set constraints all deferred")
        await database.execute(ADD, 6, 7)
        await database.execute("update part set name = 'gasket' where number = '4'")
    assert await database.fetchval(CATALOGUE) == 7
    assert await database.fetchval(WRONG) == 0
