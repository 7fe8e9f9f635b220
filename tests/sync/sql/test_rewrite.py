"""Rows whose form has changed are written anew beside phones that sync, a batch at a time, and whoever is ended goes on from there."""

import asyncio
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from server.field.collection import Collection
from server.media.storage import Storage
from server.records.sealer import Sealer
from server.sync.down.collections import DECLARED
from server.sync.sql import rewrite as rewriting
from server.sync.sql.rewrite import rewrite
from tests.company import Company
from tests.process.schedule import Registered

SITES = 5


@pytest.fixture
async def visited(company: Company, wei: Phone, app: Litestar) -> Phone:
    """A phone that holds five sites, in a database that knows what form they have."""
    await rewrite(app.state.sessions)
    path = f"/v1/customers/{company.ids['customer']}/sites"
    for number in range(SITES):
        body = {
            "name": f"Hall {number}",
            "address": "x",
            "latitude": 31.2,
            "longitude": 121.4,
            "time_zone": "Asia/Shanghai",
        }
        site = await company.must("mei", "POST", path, json=body)
        await company.visit("wei", site_id=site["id"], asset_id=None)
    await wei.sync()
    return wei


async def release(app: Litestar) -> tuple[Collection, ...]:
    """What a release does that gives a site's body another member: its migration replaces the function, its code declares it."""
    async with app.state.sessions.begin() as session:
        body = await session.scalar(text("select pg_get_functiondef('sync_bodies'::regproc)"))
        changed = body.replace("'access_note', r.access_note", "'access_note', r.access_note, 'floor', 3")
        assert changed != body
        await session.execute(text(changed.replace(":", "\\:")))
    site = next(one for one in DECLARED if one.name == "site")
    new = msgspec.structs.replace(site, body=site.body | {"access_note": "r.access_note, 'floor', 3"})
    return tuple(new if one is site else one for one in DECLARED)


def floors(phone: Phone) -> list[Any]:
    return [row.get("floor") for row in phone.rows("site")]


async def test_a_member_that_is_new_reaches_the_rows_that_phones_hold(
    visited: Phone, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions, declared = app.state.sessions, await release(app)
    some, batches = rewriting._some, 0

    async def ended_in_the_second(*given: Any) -> int | None:
        nonlocal batches
        batches += 1
        if batches == 2:
            await some(*given)
            raise asyncio.CancelledError
        return await some(*given)

    monkeypatch.setattr(rewriting, "_some", ended_in_the_second)
    with pytest.raises(asyncio.CancelledError):
        await rewrite(sessions, declared, batch=2)
    await visited.sync()
    assert sorted(map(str, floors(visited))) == ["3"] * 2 + ["None"] * (SITES - 2), (
        "one batch was written, and phones sync meanwhile"
    )
    assert visited.is_intact()
    assert await rewrite(sessions, declared, batch=2) == SITES - 2, "it goes on from there"
    await visited.sync()
    assert floors(visited) == [3] * SITES
    assert visited.is_intact()
    assert await rewrite(sessions, declared, batch=2) == 0


async def test_a_form_that_says_the_same_in_other_words_costs_phones_nothing(visited: Phone, app: Litestar) -> None:
    site = next(one for one in DECLARED if one.name == "site")
    same = msgspec.structs.replace(site, body=site.body | {"name": "r.name || ''"})
    before = visited.state["scopes"]
    assert await rewrite(app.state.sessions, tuple(same if one is site else one for one in DECLARED)) == SITES
    await visited.sync()
    assert visited.state["scopes"] == before


async def test_a_collection_that_is_new_comes_down_within_a_minute_with_the_rows_that_are_there(
    visited: Phone, app: Litestar, bucket: Storage, sealer: Sealer
) -> None:
    sessions = app.state.sessions
    async with sessions.begin() as session:  # as if contacts had not been a collection until now
        await session.execute(text("delete from sync_body_form where collection = 'contact'"))
        await session.execute(text("delete from sync_member where collection = 'contact'"))
        await session.execute(
            text(
                "update sync_scope set epoch = epoch + 1, count = real_count, checksum = real_checksum from sync_sum_discrepancy d where d.scope_id = sync_scope.id"
            )
        )
    await visited.sync()
    assert visited.rows("contact") == []
    await Registered(app, bucket, sealer).run("rewrite_bodies", "* * * * *")
    await visited.sync()
    assert [row["name"] for row in visited.rows("contact")] == ["王芳"]
    assert visited.is_intact()
