"""The desk's migration on a database that has rows: doubles that exist stay, and names that are no zones become zones."""

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from server.process.schema import migrate

COMPANY = """
insert into office (id, name, time_zone) values
  ('00000000-0000-7000-8000-000000000001', 'Shanghai', 'localtime'),
  ('00000000-0000-7000-8000-000000000002', 'Nowhere', 'Factory'),
  ('00000000-0000-7000-8000-000000000003', 'Berlin', 'Europe/Berlin');
insert into app_user (id, login, name, role, locale, office_id, password_hash, active, created_at) values
  ('00000000-0000-7000-8000-000000000011', 'li.wei', 'Wei', 'technician', 'en', '00000000-0000-7000-8000-000000000001', 'x', true, now()),
  ('00000000-0000-7000-8000-000000000012', 'Li.Wei', 'Wei', 'technician', 'en', '00000000-0000-7000-8000-000000000001', 'x', true, now());
insert into technician (id, skills, working_hours, phone) values ('00000000-0000-7000-8000-000000000011', '{}', '{}', '');
insert into customer (id, name, tier, locale, office_id, note, created_at) values
  ('00000000-0000-7000-8000-000000000021', 'A', 'standard', 'en', '00000000-0000-7000-8000-000000000001', '', now()),
  ('00000000-0000-7000-8000-000000000022', 'B', 'standard', 'en', '00000000-0000-7000-8000-000000000003', '', now());
insert into site (id, customer_id, name, address, latitude, longitude, datum, geofence_radius_m, time_zone, access_note) values
  ('00000000-0000-7000-8000-000000000031', '00000000-0000-7000-8000-000000000021', 'a', 'a', 31, 121, 'wgs84', 150, 'Asia/Shanghai', ''),
  ('00000000-0000-7000-8000-000000000032', '00000000-0000-7000-8000-000000000021', 'b', 'b', 31, 121, 'wgs84', 150, 'localtime', ''),
  ('00000000-0000-7000-8000-000000000033', '00000000-0000-7000-8000-000000000022', 'c', 'c', 52, 13, 'wgs84', 150, 'Factory', '');
insert into product (id, code, name, warranty_months) values ('00000000-0000-7000-8000-000000000041', 'CH-200', 'Chiller', 24);
insert into asset (id, site_id, product_id, serial, arrival_date) values
  ('00000000-0000-7000-8000-000000000051', '00000000-0000-7000-8000-000000000031', '00000000-0000-7000-8000-000000000041', 'AB-1', '2025-06-01'),
  ('00000000-0000-7000-8000-000000000052', '00000000-0000-7000-8000-000000000032', '00000000-0000-7000-8000-000000000041', ' ab-1', '2025-06-01'),
  ('00000000-0000-7000-8000-000000000053', '00000000-0000-7000-8000-000000000032', '00000000-0000-7000-8000-000000000041', E'\\u200b', '2025-06-01');
insert into part (id, number, name, unit_price, currency) values
  ('00000000-0000-7000-8000-000000000061', 'FAN-12', 'Fan', 1, 'CNY'), ('00000000-0000-7000-8000-000000000062', 'fan-12', 'Fan', 1, 'CNY');
insert into job (id, customer_id, site_id, office_id, kind, title, description, skills, created_at) values
  ('00000000-0000-7000-8000-000000000071', '00000000-0000-7000-8000-000000000021', '00000000-0000-7000-8000-000000000032',
   '00000000-0000-7000-8000-000000000001', 'repair', 'E42', '', '{}', now());
insert into visit (id, job_id, state, window_start, window_end, plan_version, minutes, work_summary, skipped, custody, after_reassignment, created_at)
values ('00000000-0000-7000-8000-000000000081', '00000000-0000-7000-8000-000000000071', 'dispatched', '2026-03-02 01:00Z', '2026-03-02 03:00Z',
        1, 60, '', '{}', '{}', false, now());
insert into visit_crew (visit_id, technician_id, lead, assigned_at) values
  ('00000000-0000-7000-8000-000000000081', '00000000-0000-7000-8000-000000000011', true, now());
"""


@pytest.fixture
async def landed(cluster: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database with the rows above that was then migrated."""
    name = f"landed_{os.urandom(6).hex()}"
    admin = await asyncpg.connect(cluster)
    await admin.execute(f"create database {name}")
    url = cluster.rsplit("/", 1)[0] + "/" + name
    await migrate(url, to="0010")
    connection = await asyncpg.connect(url)
    await connection.execute(COMPANY)
    await migrate(url)
    yield connection
    await connection.close()
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


async def test_doubles_that_exist_stay_and_the_oldest_has_the_key(landed: asyncpg.Connection) -> None:
    async def keys(table: str, column: str) -> list[tuple[str, str | None]]:
        rows = await landed.fetch(f"select {column}, {column}_key from {table} order by id")
        return [(row[0], row[1]) for row in rows]

    assert await keys("asset", "serial") == [("AB-1", "ab-1"), (" ab-1", None), ("\u200b", None)]
    assert await keys("part", "number") == [("FAN-12", "fan-12"), ("fan-12", None)]
    assert await keys("product", "code") == [("CH-200", "ch-200")]
    assert await keys("app_user", "login") == [("li.wei", "li.wei"), ("Li.Wei", None)]


async def test_what_is_no_zone_becomes_the_zone_of_the_place(landed: asyncpg.Connection) -> None:
    offices = dict(map(tuple, await landed.fetch("select name, time_zone from office")))
    assert offices == {"Shanghai": "Asia/Shanghai", "Nowhere": "Etc/UTC", "Berlin": "Europe/Berlin"}
    sites = dict(map(tuple, await landed.fetch("select name, time_zone from site")))
    assert sites == {"a": "Asia/Shanghai", "b": "Asia/Shanghai", "c": "Europe/Berlin"}
    told = await landed.fetchval("select body::jsonb ->> 'time_zone' from sync_member where collection = 'site'")
    assert told == "Asia/Shanghai"
