"""The measured company is what the triggers would have made: otherwise the measurements are about something else."""

import base64
from collections.abc import AsyncIterator

import asyncpg
import pytest

from bench.company import COMPLETED_EVERY, Size, load, made_id
from mobile_contract.chain import DeviceKey

SIZE = Size(1500)
KEPT = """
select scope_id, count(*)::bigint as count,
       mod(sum(sync_share(collection, row_id, rev, hash)), 18446744073709551616) as checksum, max(rev) as rev
from sync_member where present group by scope_id
"""


@pytest.fixture
async def loaded(database_url: str, cluster: str) -> AsyncIterator[asyncpg.Connection]:
    # Only a superuser loads rows past the triggers.
    url = f"{cluster.rpartition('/')[0]}/{database_url.rpartition('/')[2]}"
    await load(url, SIZE, base64.urlsafe_b64decode(DeviceKey().public() + "=="))
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def test_the_feeds_are_what_a_recomputation_from_the_view_says(loaded: asyncpg.Connection) -> None:
    assert await loaded.fetch("select * from sync_discrepancy") == []
    scopes = {row["id"]: row for row in await loaded.fetch("select id, rev, count, checksum from sync_scope")}
    members = await loaded.fetch(KEPT)
    assert len(members) == len(scopes) == SIZE.technicians + 1
    for member in members:
        scope = scopes[member["scope_id"]]
        assert (member["count"], member["checksum"], member["rev"]) == (scope["count"], scope["checksum"], scope["rev"])


async def test_a_phone_holds_as_many_visits_as_its_technician_should(loaded: asyncpg.Connection) -> None:
    held = "select technician_id, count(*) from technician_visit group by 1"
    counts = {row[0]: row[1] for row in await loaded.fetch(held)}
    assert counts == {made_id("user", number): SIZE.held(number) for number in range(SIZE.technicians)}
    assert sorted(counts.values()) == [44, 500, 500]


async def test_the_open_visits_of_a_technician_are_known_without_asking(loaded: asyncpg.Connection) -> None:
    query = """select visit_id from technician_visit join visit on visit.id = visit_id
               where technician_id = $1 and state = 'dispatched' order by visit_id"""
    for technician in range(SIZE.technicians):
        found = [row[0] for row in await loaded.fetch(query, made_id("user", technician))]
        assert found == SIZE.held_visits(technician)
        assert len(found) == SIZE.held(technician) - sum(
            turn % COMPLETED_EVERY == 0 for turn in range(500 - SIZE.held(technician), 500)
        )


async def test_every_collection_of_a_phone_is_there(loaded: asyncpg.Connection) -> None:
    """Parked operations apart: a company starts without any."""
    query = "select distinct collection from sync_member where present"
    shown = {row[0] for row in await loaded.fetch(query)}
    assert shown == {
        "visit", "job", "site", "customer", "contact", "asset", "checklist_item", "note", "photo", "part_used",
        "expense", "check_in", "report", "product", "part", "reason", "office",
    }  # fmt: skip


async def test_the_database_holds_what_it_refuses_to_others(loaded: asyncpg.Connection) -> None:
    """Rows were written without foreign keys being looked at; here they are."""
    keys = await loaded.fetch(
        "select conrelid::regclass::text as child, confrelid::regclass::text as parent, a.attname as column_name"
        " from pg_constraint join pg_attribute a on a.attrelid = conrelid and a.attnum = conkey[1]"
        " where contype = 'f' and array_length(conkey, 1) = 1 and confrelid <> 'sync_scope'::regclass"
    )
    for key in keys:
        child, parent, column = key["child"], key["parent"], key["column_name"]
        lost = await loaded.fetchval(
            f'select count(*) from {child} c where c."{column}" is not null'
            f' and not exists (select from {parent} p where p.{"sha256" if parent == "media_object" else "id"} = c."{column}")'
        )
        assert lost == 0, f"{lost} rows of {child} name a {parent} that is not there"
