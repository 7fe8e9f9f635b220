"""The migration of the action log on a database that has rows: they stay, and a line that is written then can only be removed."""

import asyncpg
import pytest

from tests.database.migrating import PEOPLE, migrate_to

REVISION = "0022"


async def test_the_log_begins_empty_and_its_lines_are_never_changed(empty: str) -> None:
    await migrate_to(empty, REVISION, "before")
    connection = await asyncpg.connect(empty)
    await connection.execute(PEOPLE)
    await migrate_to(empty, REVISION, "after")
    assert await connection.fetchval("select count(*) from action") == 0
    assert await connection.fetchval("select count(*) from app_user") == 1
    await connection.execute("""
        insert into action (id, at, actor_id, what, thing, thing_id, office_id, before, after, withheld)
        select uuidv7(), now(), id, 'cancel_visit', 'visit', uuidv7(), office_id, '{}', '{}', '{reason}' from app_user""")
    with pytest.raises(asyncpg.RaiseError, match="never changed"):
        await connection.execute("update action set actor_id = null")
    assert await connection.execute("delete from action") == "DELETE 1"
    await connection.close()
