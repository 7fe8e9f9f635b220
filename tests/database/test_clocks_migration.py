"""The migration of clocks on a database that has tickets: each reply clock is moved as it was promised, and its state is worked out."""

import asyncpg
import pytest

from tests.database.migrating import PEOPLE, migrate_to

REVISION = "0023"
TICKETS = """
insert into customer (id, name, tier, locale, office_id, note, created_at) values
  ('00000000-0000-7000-8000-000000000021', 'A', 'standard', 'en', '00000000-0000-7000-8000-000000000001', '', now());
insert into ticket (id, customer_id, office_id, kind, channel, subject, description, state, received_at, created_by, created_at)
select ('00000000-0000-7000-8000-0000000000a' || n)::uuid, '00000000-0000-7000-8000-000000000021', '00000000-0000-7000-8000-000000000001',
       case when n < 4 then 'repair' else 'complaint' end, 'phone', n::text, '', 'open', '2026-03-02 09:00Z',
       '00000000-0000-7000-8000-000000000002', now()
from generate_series(0, 5) n;
insert into sla_clock (ticket_id, started_at, due_at, responded_at, responded_by, state)
select t.id, t.received_at, t.received_at + given, t.received_at + took, u.id, was
from (values (0, interval '1 hour', interval '1 hour', 'met'), (1, '1 hour', '61 minutes', 'breached'), (2, '1 hour', null, 'running'),
             (3, '2 hours', '90 minutes', 'met'), (4, '24 hours', '2 hours', 'met'), (5, '100 years', null, 'running'))
       as old (n, given, took, was)
join ticket t on t.subject = n::text left join app_user u on took is not null;
"""


async def test_clocks_of_before_go_on_as_they_were_promised(empty: str) -> None:
    await migrate_to(empty, REVISION, "before")
    connection = await asyncpg.connect(empty)
    await connection.execute(PEOPLE)
    await connection.execute(TICKETS)
    before = await connection.fetch("select * from sla_clock order by ticket_id")
    told = await connection.fetchval("select count(*) from desk_change")
    await migrate_to(empty, REVISION, "after")
    after = await connection.fetch("select * from clock order by subject_id")
    for old, new in zip(before, after, strict=True):
        kept = ("subject_id", "started_at", "due_at", "met_at", "met_by")
        assert tuple(new[name] for name in kept) == tuple(old)[:5]
        assert new["within"] == new["due_at"] - new["started_at"]
        assert (new["subject_type"], new["kind"], new["pausable"], len(new["pauses"])) == ("ticket", "reply", False, 0)
    assert [row["policy"] for row in after] == ["repair_reply"] * 4 + ["usual_reply"] * 2
    states = ["met_in_time", "met_late", "overdue", "met_in_time", "met_in_time", "running"]
    assert [row["state"] for row in after] == states
    assert await connection.fetchval("select count(*) from desk_change") == told, "that they were moved is no news"
    with pytest.raises(asyncpg.CheckViolationError, match="ck_clock_pausable"):
        await connection.execute("update clock set paused_at = now() where met_at is null")
    await connection.execute("update clock set state = 'overdue'")
    assert await connection.fetchval("select count(distinct subject) from desk_change where kind = 'tickets'") == 6
    await connection.close()
