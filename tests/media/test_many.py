"""Ten thousand photos outstanding: the lists, the alert and the clearing up ask the same few questions as for one."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import pytest
from litestar import Litestar
from sqlalchemy import event

from server.dispatch.missing import alert_missing
from server.embedded.storage import S3Address
from server.media import orphans
from server.media.orphans import abort_abandoned, collect_orphans
from server.media.rules import USUAL
from server.media.storage import Storage, object_key
from tests.company import Company

PROMISE = """
insert into photo (id, visit_id, slot, sha256, size, content_type, promised_by, promised_at, state, finding)
select uuidv7(), $1::uuid, 'other', encode(sha256(convert_to($1::text || n, 'utf8')), 'hex'), 1000, 'image/jpeg', $2::uuid,
       now() - interval '1 day', 'promised', ''
from generate_series(1, $3::int) n
"""
BEGIN = """
insert into media_upload (id, photo_id, upload_id, part_size, begun_at, touched_at)
select uuidv7(), id, 'of photo ' || id, 8388608, now() - interval '9 days', now() - interval '9 days' from photo
"""


@contextmanager
def counted(app: Litestar) -> Iterator[list[str]]:
    """The statements that the application sends meanwhile."""
    statements: list[str] = []
    engine = app.state.sessions.kw["bind"].sync_engine

    def note(*args: object) -> None:
        statements.append(str(args[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
async def outstanding(company: Company, cluster: str, database_url: str) -> list[str]:
    """Visits with 6,000, 3,000, 999 and 1 photos that never came. Returns the visits in this order."""
    connection = await asyncpg.connect(cluster.rpartition("/")[0] + "/" + database_url.rpartition("/")[2])
    visits = [await company.visit("wei") for _ in range(4)]
    await connection.execute("set session_replication_role = replica")  # phones are told of none of them
    for visit_id, count in zip(visits, (6000, 3000, 999, 1), strict=True):
        await connection.execute(PROMISE, visit_id, company.ids["wei"], count)
    await connection.execute("update device set last_heard_at = now() - interval '1 day'")
    await connection.close()
    return visits


async def test_a_visits_list_comes_in_pages_and_the_desks_has_a_row_for_each_visit(
    company: Company, app: Litestar, outstanding: list[str]
) -> None:
    seen: list[str] = []
    needed = set()
    path, after = f"/v1/visits/{outstanding[0]}/photos", {}
    for _ in range(7):
        with counted(app) as statements:
            page = await company.must("mei", "GET", path, params=after)
        needed.add(len(statements))
        assert len(page) <= 1000
        seen += [row["id"] for row in page]
        after = {"after": seen[-1]}
    assert (len(seen), len(set(seen)), page) == (6000, 6000, [])
    with counted(app) as statements:
        assert len(await company.must("mei", "GET", f"/v1/visits/{outstanding[3]}/photos")) == 1
    assert needed == {len(statements)}
    assert (await company.call("mei", "GET", path, params={"limit": 1001})).status_code == 400

    with counted(app) as statements:
        rows = await company.must("mei", "GET", "/v1/photos/missing")
    assert {row["visit_id"]: row["late"] for row in rows} == dict(zip(outstanding, (6000, 3000, 999, 1), strict=True))
    assert len([one for one in statements if "photo" in one]) == 1
    paged: list[str] = []
    for expected in (3, 1, 0):
        params = {"limit": 3, **({"after": paged[-1]} if paged else {})}
        page = await company.must("mei", "GET", "/v1/photos/missing", params=params)
        assert len(page) == expected
        paged += [row["visit_id"] for row in page]
    assert paged == [row["visit_id"] for row in rows]


async def test_the_alert_says_each_photo_once_some_thousands_at_a_time(
    company: Company, app: Litestar, outstanding: list[str]
) -> None:
    said = []
    for _ in range(4):
        with counted(app) as statements:
            async with app.state.sessions.begin() as session:
                said.append(await alert_missing(session, USUAL.late_after))
        assert len([one for one in statements if "photo" in one]) <= 1 + said[-1]
        assert len(statements) <= 2 + said[-1]
    assert (said[0] > 0, said[1] > 0, said[2:]) == (True, True, [0, 0])
    late = 0
    for visit_id in outstanding:
        history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
        late += sum(line["facts"]["late"] for line in history if line["kind"] == "photos_missing")
    assert late == 10_000


async def test_one_run_aborts_so_many_uploads_and_the_next_goes_on(
    app: Litestar, outstanding: list[str], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "AT_ONCE", 20)
    connection = await asyncpg.connect(database_url)
    await connection.execute(BEGIN)
    for run in (1, 2):
        with counted(app) as statements:
            assert await abort_abandoned(app.state.sessions, app.state.storage, USUAL.abandoned_after) == 20
        assert len(statements) <= 3 * 20 + 5
        assert await connection.fetchval("select count(*) from media_upload") == 10_000 - 20 * run
    await connection.close()


async def test_the_objects_of_outstanding_photos_are_looked_at_a_page_at_a_time(
    company: Company, app: Litestar, outstanding: list[str], s3_address: S3Address
) -> None:
    storage = Storage(s3_address, f"many-{os.urandom(4).hex()}")
    await storage.prepare()
    for number in range(1, 31):
        sha256 = hashlib.sha256(f"{outstanding[0]}{number}".encode()).hexdigest()
        await storage.write(object_key(sha256), b"on its way", "image/jpeg")
    await storage.write(object_key("0" * 64), b"nobody's", "image/jpeg")
    with counted(app) as statements:
        assert await collect_orphans(app.state.sessions, storage, -USUAL.orphan_after) == 1
    assert len([one for one in statements if "photo" in one and "= ANY" not in one]) <= 3, "one a page, two an orphan"
    assert len(statements) <= 10
    [[*kept]] = list(storage.pages("cas/"))
    assert len(kept) == 30
