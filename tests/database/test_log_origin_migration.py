"""The migration of the log's origins on a database that has rows: leaves keep their places, and all that matters is still to be copied."""

import asyncpg
import pytest

from tests.database.migrating import PEOPLE, migrate_to

REVISION = "0017"
SOMEBODY = "00000000-0000-7000-8000-000000000002"
ROWS = """
insert into log_node (level, position, hash) values (0, 0, 'a'), (0, 1, 'b'), (1, 0, 'ab');
update log_head set size = 2;
insert into sealed_record (id, report_id, visit_id, record, leaf_index, proof, state, pdf_key, pdf_sha256, link_sha256, sealed_at, answer_until)
values (uuidv7(), uuidv7(), uuidv7(), 'x', 0, '{}', 'issued', 'k', 's', 'l', now(), now());
insert into customer_answer (id, record_id, kind, reason, statement, leaf_index, proof, answered_at)
select uuidv7(), id, 'confirmed', '', 'y', 1, '{}', now() from sealed_record;
insert into device (id, user_id, label, platform, public_key, attestation, enrolled_at, last_seq, revoked_at)
values (uuidv7(), uuidv7(), '', 'web', 'k', 'none', now(), 0, now()), (uuidv7(), uuidv7(), '', 'web', 'k', 'none', now(), 0, null);
"""


async def test_leaves_keep_their_places_and_what_matters_is_still_to_be_copied(empty: str) -> None:
    await migrate_to(empty, REVISION, "before")
    connection = await asyncpg.connect(empty)
    await connection.execute(PEOPLE)
    await connection.execute("set session_replication_role = replica")  # what these rows belong to is not needed
    await connection.execute(ROWS)
    await connection.execute("update app_user set active = false where id = $1", SOMEBODY)
    await connection.execute("set session_replication_role = origin")
    await migrate_to(empty, REVISION, "after")
    assert [tuple(row) for row in await connection.fetch("select id, name from log_origin")] == [
        (1, "fieldproof/records")
    ]
    assert tuple(await connection.fetchrow("select origin_id, size from log_head")) == (1, 2)
    assert await connection.fetchval("select count(*) from log_node where origin_id = 1") == 3
    waiting = await connection.fetch(
        "select kind, count(*) from safe_copy where arrived_at is null group by 1 order by 1"
    )
    assert [tuple(row) for row in waiting] == [("answer", 1), ("device", 1), ("record", 1), ("user", 1)]
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("""
            insert into customer_answer (id, record_id, kind, reason, statement, leaf_index, proof, answered_at)
            select uuidv7(), id, 'disputed', '', 'y', 1, '{}', now() from sealed_record""")
    await connection.execute("update safe_copy set arrived_at = now()")
    await connection.execute("update device set revoked_at = now() where revoked_at is null")
    await connection.execute("update app_user set active = true where id = $1", SOMEBODY)
    await connection.execute("update app_user set name = 'another' where id = $1", SOMEBODY)
    again = await connection.fetch("select kind from safe_copy where arrived_at is null order by 1")
    assert {row["kind"] for row in again} == {"device", "user"}
    await connection.close()
