"""A company of the release before this one is migrated, and its phones, which know nothing of that, go on.

`landed/0017.sql.gz` is a dump of a company that revision c2d37a3 made through its API, with the disks of its two phones as they were then: Wei's has synced, and the desk
went on meanwhile; Anna's holds a whole visit that it has not sent yet.
"""

import gzip
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from server.database.role import ROLE
from server.identity.tokens import Tokens
from server.media.storage import Storage
from server.process.app import connected
from server.process.schema import migrate
from server.records.sealer import Sealer
from server.sync.sql.rewrite import rewrite
from tests.company import SECRET

LANDED = Path(__file__).with_name("landed")
VISITS: dict[str, str] = json.loads((LANDED / "0017" / "visits.json").read_text())
KEPT_RIGHT = "select (select count(*) from sync_discrepancy) + (select count(*) from sync_sum_discrepancy)"


@pytest.fixture
async def migrated(cluster: str, application_url: str) -> AsyncIterator[str]:
    """The application's address of the company's database, brought to the newest schema."""
    name = f"landed_{os.urandom(6).hex()}"
    admin = await asyncpg.connect(cluster)
    await admin.execute(f"create database {name} owner {ROLE}")
    url = application_url.rsplit("/", 1)[0] + "/" + name
    connection = await asyncpg.connect(url)
    await connection.execute(gzip.decompress((LANDED / "0017.sql.gz").read_bytes()).decode())
    await connection.close()
    await migrate(url)
    yield url
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@pytest.fixture
async def server(
    application: Litestar, migrated: str, bucket: Storage, sealer: Sealer
) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=application)  # type: ignore[arg-type]
    async with (
        connected(application, migrated, bucket, Tokens(SECRET), sealer, work=False),
        httpx.AsyncClient(transport=transport, base_url="http://fieldproof.test") as http,
    ):
        yield http


def phone_of(who: str, http: httpx.AsyncClient, folder: Path, **changed: Any) -> Phone:
    """The phone as its disk was, in an app that was started anew."""
    disk = folder / f"{who}-{len(changed)}.json"
    disk.write_text(json.dumps(json.loads((LANDED / "0017" / f"{who}.json").read_text()) | changed))
    return Phone(http, disk=disk, patience=0)


async def synced(phone: Phone) -> Phone:
    await phone.sign_in()
    await phone.sync()
    return phone


@pytest.mark.parametrize("who", ["wei", "anna"])
async def test_a_phone_goes_on_from_where_it_was_and_holds_what_a_new_one_would(
    who: str, server: httpx.AsyncClient, tmp_path: Path
) -> None:
    before = phone_of(who, server, tmp_path)
    held = set(before.state["rows"])
    old = await synced(before)
    new = await synced(phone_of(who, server, tmp_path, cursor=None, rows={}, scopes={}, outbox=[], sent=[]))
    assert old.state["rows"] == new.state["rows"]
    assert old.state["scopes"] == new.state["scopes"]
    assert (old.state["mismatches"], old.state["stopped_by"], old.state["outbox"]) == (0, None, [])
    assert held & set(old.state["rows"]), "it did not begin from nothing"


async def test_what_was_tapped_before_takes_effect_after(
    server: httpx.AsyncClient, application: Litestar, tmp_path: Path
) -> None:
    anna = await synced(phone_of("anna", server, tmp_path))
    outcomes = [one["outcome"] for one in anna.state["outcomes"].values()]
    assert outcomes == ["applied"] * 9
    assert anna.row("visit", VISITS["offline"])["body"]["state"] == "completed"
    wei = await synced(phone_of("wei", server, tmp_path))
    assert VISITS["cancelled"] not in {row["id"] for row in wei.rows("visit")}
    assert VISITS["new"] in {row["id"] for row in wei.rows("visit")}
    assert [row["kind"] for row in wei.rows("operation")] == ["accept"]
    async with application.state.sessions() as session:
        await rewrite(application.state.sessions)
        assert await session.scalar(text(KEPT_RIGHT)) == 0
