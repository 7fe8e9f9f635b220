"""The migration of words on a database that has rows: keys with a line break behind them lose it, and nothing else changes."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.database.migrating import migrate_to
from tests.database.test_desk_migration import COMPANY

PHOTOS = """
update customer set locale = E'zh-CN\\n', tier = E'key\\n' where name = 'A';
insert into photo (id, visit_id, slot, sha256, size, content_type, promised_by, promised_at, state, finding) values
  ('00000000-0000-7000-8000-000000000091', '00000000-0000-7000-8000-000000000081', 'after', repeat('a', 64), 1, 'image/jpeg',
   '00000000-0000-7000-8000-000000000011', now(), 'promised', ''),
  ('00000000-0000-7000-8000-000000000092', '00000000-0000-7000-8000-000000000081', E'after\\n', repeat('a', 64), 1, 'image/jpeg',
   '00000000-0000-7000-8000-000000000011', now(), 'promised', ''),
  ('00000000-0000-7000-8000-000000000093', '00000000-0000-7000-8000-000000000081', E'before\\n', repeat('b', 64), 1, 'image/jpeg',
   '00000000-0000-7000-8000-000000000011', now(), 'promised', '');
"""


@pytest.fixture
def template() -> str:
    return "template0"


@pytest.fixture
async def migrated(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    await migrate_to(database_url, "0024", "before")
    connection = await asyncpg.connect(database_url)
    await connection.execute(COMPANY + PHOTOS)
    await migrate_to(database_url, "0024", "after")
    yield connection
    await connection.close()


async def test_keys_lose_the_line_break_behind_them(migrated: asyncpg.Connection) -> None:
    customers = await migrated.fetch("select name, tier, locale from customer order by name")
    assert [tuple(row) for row in customers] == [("A", "key", "zh-CN"), ("B", "standard", "en")]
    assert await migrated.fetchval("select array_agg(slot order by id) from photo") == ["after", "other", "before"]


async def test_a_customer_may_be_german_and_not_french(migrated: asyncpg.Connection) -> None:
    await migrated.execute("update customer set locale = 'de' where name = 'B'")
    with pytest.raises(asyncpg.CheckViolationError, match="ck_customer_locale"):
        await migrated.execute("update customer set locale = 'fr' where name = 'B'")
