"""The migration of photo decisions on a database that has rows: photos stay as they are, and may then be decided about."""

import asyncpg
import pytest

from tests.database.migrating import PEOPLE, migrate_to

REVISION = "0013"
SOMEBODY = "00000000-0000-7000-8000-000000000002"
PHOTO = """
insert into photo (id, visit_id, slot, sha256, size, content_type, promised_by, promised_at, state, finding)
select uuidv7(), uuidv7(), 'other', encode(sha256(state::bytea), 'hex'), 1, 'image/jpeg', $1::uuid, now(), state, 'why'
from unnest($2::text[]) state
"""
DECISION = """
insert into photo_decision (photo_id, kind, reason, finding, decided_by, decided_at)
select id, $1, $2, '', $3::uuid, now() from photo where state = 'quarantined'
"""


async def test_photos_of_every_state_stay_and_take_a_decision(empty: str) -> None:
    await migrate_to(empty, REVISION, "before")
    connection = await asyncpg.connect(empty)
    await connection.execute(PEOPLE)
    await connection.execute("set session_replication_role = replica")  # the visits of these photos are not needed
    states = ["promised", "quarantined", "verified"]
    await connection.execute(PHOTO, SOMEBODY, states)
    await migrate_to(empty, REVISION, "after")
    kept = await connection.fetch("select state, finding from photo order by state")
    assert [tuple(row) for row in kept] == [(state, "why") for state in states]
    await connection.execute(PHOTO, SOMEBODY, ["kept"])
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(PHOTO, SOMEBODY, ["lost"])
    await connection.execute(DECISION, "never_arrived", "lost", SOMEBODY)
    for kind, reason in (("never_arrived", " \n"), ("other", "lost")):
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(DECISION, kind, reason, SOMEBODY)
    await connection.close()
