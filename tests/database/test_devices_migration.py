"""The migration of devices on a database that has codes, phones and photos: all go on, and nothing is said that is not known."""

import asyncpg
import pytest

from tests.database.migrating import PEOPLE, migrate_to

REVISION = "0015"
SOMEBODY = "00000000-0000-7000-8000-000000000002"
CODES = """
insert into enrolment_code (sha256, user_id, made_by, expires_at, used_at)
select sha256(n::text::bytea), $1::uuid, $1::uuid, '2026-03-02T12:00:00Z'::timestamptz, case when n = 1 then now() end
from generate_series(1, 2) n
"""
DEVICE = """
insert into device (id, user_id, label, platform, public_key, attestation, enrolled_at, last_seq)
values (uuidv7(), $1::uuid, 'old', 'web', '', 'none', now(), 0)
"""


async def test_codes_and_phones_of_before_go_on(empty: str) -> None:
    await migrate_to(empty, REVISION, "before")
    connection = await asyncpg.connect(empty)
    await connection.execute(PEOPLE)
    await connection.execute(CODES, SOMEBODY)
    await connection.execute(DEVICE, SOMEBODY)
    await migrate_to(empty, REVISION, "after")
    codes = await connection.fetch(
        "select id, expires_at - made_at as life, delivery, confirmed_by from enrolment_code"
    )
    assert len({row["id"] for row in codes}) == 2
    assert {(row["life"].total_seconds(), row["delivery"], row["confirmed_by"]) for row in codes} == {
        (86_400, "shown", None)
    }
    phone = await connection.fetchrow("select enrolment, untold from device")
    assert tuple(phone) == (None, None), "by whose code it came in is not known"
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute("update enrolment_code set delivery = 'pigeon'")
    await connection.close()
