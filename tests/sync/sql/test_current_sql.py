"""What the rooms declare of phones' rows is what a migrated database has: `current.sql` is today's truth, and whole."""

import asyncpg

from server.contract.written import CURRENT
from server.database.statements import statements
from server.sync.sql.generate import current

OURS = """
select 'function ' || p.proname as name, pg_get_functiondef(p.oid) as said from pg_proc p
where p.pronamespace = 'public'::regnamespace and p.proname like 'sync%'
union all
select 'view ' || viewname, definition from pg_views
where schemaname = 'public' and (viewname like 'sync%' or viewname in ('technician_visit', 'technician_scope', 'catalogue_scope'))
union all
select 'trigger ' || tgrelid::regclass::text || ' ' || tgname, pg_get_triggerdef(oid) from pg_trigger
where not tgisinternal and tgname like 'sync%'
"""


async def definitions(connection: asyncpg.Connection) -> dict[str, str]:
    return {row["name"]: row["said"] for row in await connection.fetch(OURS)}


async def apply(connection: asyncpg.Connection) -> None:
    for statement in statements(CURRENT.read_text()):
        await connection.execute(statement)


def test_the_committed_file_is_what_the_rooms_declare() -> None:
    assert CURRENT.read_text() == current(), "run `python -m server.contract`, and docs/adding.md says how to migrate"


async def test_a_migrated_database_has_just_that(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    migrated = await definitions(connection)
    assert len(migrated) > 70
    await apply(connection)
    assert await definitions(connection) == migrated, "a migration is missing: docs/adding.md says how to make it"
    await connection.close()


async def test_the_file_is_whole(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    migrated = await definitions(connection)
    for name in migrated:
        kind, *rest = name.split()
        if kind == "function":
            await connection.execute(f"drop function if exists {rest[0]} cascade")
    for view in ("sync_discrepancy", "sync_sum_discrepancy", "sync_desired", "technician_scope", "technician_visit"):
        await connection.execute(f"drop view if exists {view} cascade")
    await connection.execute("drop view if exists catalogue_scope cascade")
    assert not await definitions(connection)
    await apply(connection)
    assert await definitions(connection) == migrated
    await connection.close()
