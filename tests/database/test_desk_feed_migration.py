"""The migration of the desks' feed on a database that has rows: nothing of before is told, and everything from then on is."""

import asyncpg

from tests.database.migrating import PEOPLE, migrate_to

REVISION = "0020"


async def test_what_was_there_is_not_told_and_what_changes_then_is(empty: str) -> None:
    await migrate_to(empty, REVISION, "before")
    connection = await asyncpg.connect(empty)
    await connection.execute(PEOPLE)
    await connection.execute("set session_replication_role = replica")  # what these rows belong to is not needed
    await connection.execute("""
        insert into visit (id, job_id, state, plan_version, minutes, work_summary, skipped, custody, after_reassignment, created_at)
        select uuidv7(), uuidv7(), 'in_progress', 0, 60, '', '{}', '{}', false, now() from generate_series(1, 3)""")
    await connection.execute("set session_replication_role = origin")
    await migrate_to(empty, REVISION, "after")
    assert await connection.fetchval("select count(*) from desk_change") == 0
    assert await connection.fetchval("select floor > 0 from desk_feed")
    await connection.execute("alter table visit disable trigger sync_touch")
    await connection.execute("update visit set state = 'completed', finished_at = now()")
    noted = await connection.fetch("select kind, count(*), count(distinct tx) from desk_change group by 1 order by 1")
    assert [tuple(row) for row in noted] == [("board", 3, 1), ("unsealed", 3, 1)]
    await connection.close()
