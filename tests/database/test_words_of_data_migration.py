"""The migration to texts by language on a database that has a catalogue and checklists: every text stays, and lines that were ours in English
have the texts that new ones have."""

import json

import asyncpg

from server.jobs.checklists import CHECKLISTS
from tests.database.migrating import PEOPLE, migrate_to

REVISION = "0031"
ROWS = """
insert into customer (id, name, tier, locale, office_id, note, created_at) values
  ('00000000-0000-7000-8000-000000000021', 'A', 'standard', 'en', '00000000-0000-7000-8000-000000000001', '', now());
insert into site (id, customer_id, name, address, latitude, longitude, datum, geofence_radius_m, time_zone, access_note) values
  ('00000000-0000-7000-8000-000000000022', '00000000-0000-7000-8000-000000000021', 'S', 'x', 31, 121, 'wgs84', 150, 'Asia/Shanghai', '');
insert into job (id, customer_id, site_id, office_id, kind, title, description, skills, created_at) values
  ('00000000-0000-7000-8000-000000000023', '00000000-0000-7000-8000-000000000021', '00000000-0000-7000-8000-000000000022',
   '00000000-0000-7000-8000-000000000001', 'repair', 'x', '', '{}', now());
insert into visit (id, job_id, state, plan_version, minutes, work_summary, skipped, custody, after_reassignment, created_at) values
  ('00000000-0000-7000-8000-000000000024', '00000000-0000-7000-8000-000000000023', 'dispatched', 0, 60, '', '{}', '{}', false, now());
insert into technician (id, skills, working_hours, phone) values ('00000000-0000-7000-8000-000000000002', '{}', '{}', '');
insert into visit_crew (visit_id, technician_id, lead, assigned_at) values
  ('00000000-0000-7000-8000-000000000024', '00000000-0000-7000-8000-000000000002', true, now());
insert into product (id, code, name, warranty_months) values
  ('00000000-0000-7000-8000-000000000025', 'CH-200', 'Chiller 冷水机组', 24);
insert into part (id, number, name, unit_price, currency) values ('00000000-0000-7000-8000-000000000026', 'FAN-12', 'Fan 风机', 1, 'CNY');
"""
LINE = """insert into checklist_item (id, visit_id, position, label, kind, required)
          values (gen_random_uuid(), '00000000-0000-7000-8000-000000000024', $1, $2, 'yes_no', false)"""


async def test_texts_stay_and_our_own_lines_are_translated(empty: str) -> None:
    ours = [line for lines in CHECKLISTS.values() for line in lines]
    await migrate_to(empty, REVISION, "before")
    connection = await asyncpg.connect(empty)
    await connection.execute(PEOPLE)
    await connection.execute(ROWS)
    labels = [*(line.label for line in ours), "Gas pressure noted", "work area left clean"]
    for position, label in enumerate(labels):
        await connection.execute(LINE, position, label)
    held = await connection.fetch("select collection, row_id, rev from sync_member order by 1, 2")
    assert [row["collection"] for row in held].count("checklist_item") == len(labels)
    await migrate_to(empty, REVISION, "after")
    rows = await connection.fetch("select label, labels from checklist_item order by position")
    assert [row["label"] for row in rows] == labels
    assert [json.loads(row["labels"]) for row in rows] == [*(line.labels for line in ours), {}, {}]
    for table in ("product", "part"):
        [row] = await connection.fetch(f"select name, names from {table}")
        assert (row["name"][-2:], row["names"]) == ({"product": "机组", "part": "风机"}[table], "{}")
    again = await connection.fetch("select collection, row_id, rev from sync_member order by 1, 2")
    assert again == held, "phones get them with their new form, a batch at a time"
    await connection.close()
