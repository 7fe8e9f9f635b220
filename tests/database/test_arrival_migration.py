"""The migration of arrival and incidents on a database that has rows, and the models against what migrations make."""

import os
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

import server.process.app  # noqa: F401  fills the metadata
from server.database.engine import make_engine
from server.database.tables import Table
from tests.database.migrating import migrate_to

REVISION = "0009"
MADE_IN_SQL = {"ix_sync_member_row"}
PEOPLE = """
insert into office (id, name, time_zone) values ('00000000-0000-7000-8000-000000000001', 'Shanghai', 'Asia/Shanghai');
insert into app_user (id, login, name, role, locale, office_id, password_hash, active, created_at)
values ('00000000-0000-7000-8000-000000000002', 'wei', 'Wei', 'technician', 'en',
        '00000000-0000-7000-8000-000000000001', 'x', true, now());
insert into device (id, user_id, label, platform, public_key, attestation, enrolled_at, last_seq)
values ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000002', 'phone', 'android', 'k',
        'none', now(), 0);
"""


@pytest.fixture
async def empty(cluster: str) -> AsyncIterator[str]:
    name = f"empty_{os.urandom(6).hex()}"
    connection = await asyncpg.connect(cluster)
    await connection.execute(f"create database {name}")
    yield cluster.rsplit("/", 1)[0] + "/" + name
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()


async def test_incidents_that_were_kept_twice_become_one_that_counts(empty: str) -> None:
    await migrate_to(empty, REVISION, "before")
    connection = await asyncpg.connect(empty)
    await connection.execute(PEOPLE)
    for number, (code, evidence) in enumerate([("sequence_gap", b"a"), ("sequence_gap", b"a"), ("chain_broken", b"a")]):
        await connection.execute(
            "insert into incident (id, device_id, code, seq, detail, evidence, created_at) values "
            "($1, '00000000-0000-7000-8000-000000000003', $2, 1, '', $3, now())",
            f"00000000-0000-7000-8000-00000000001{number}", code, evidence,
        )  # fmt: skip
    await migrate_to(empty, REVISION, "after")
    kept = await connection.fetch("select code, times from incident order by code")
    await connection.close()
    assert [tuple(row) for row in kept] == [("chain_broken", 1), ("sequence_gap", 2)]


async def test_the_models_are_what_the_migrations_make(database_url: str) -> None:
    engine = make_engine(database_url, pool_size=1)

    def differences(connection: Connection) -> list[Any]:
        ours = set(Table.metadata.tables)

        def named(name: str | None, kind: str, _: Any) -> bool:
            return kind != "table" or name in ours

        def compared(_: Any, name: str | None, *__: Any) -> bool:
            return name not in MADE_IN_SQL

        context = MigrationContext.configure(connection, opts={"include_name": named, "include_object": compared})
        return compare_metadata(context, Table.metadata)

    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []
