"""What a PowerSync client is sent: any number of cuts, resyncs and epochs end in exactly the rows of the scope."""

import asyncio
import json
import random
from contextlib import aclosing
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from server.ground import clock
from server.sync.adapters import powersync
from server.sync.adapters.powersync import handle, held
from server.sync.adapters.powersync_stream import Streams
from tests.company import Company
from tests.sync.adapters.powersync_client import BucketState, PowerSyncClient


class Feed:
    """Streams of one technician's phone, and the desk that changes things meanwhile."""

    def __init__(self, app: Litestar, company: Company, phone: Phone) -> None:
        self.app, self.user_id = app, UUID(company.ids["wei"])
        self.actor = app.state.tokens.actor(phone.access_token)
        self.streams: Streams = app.state.powersync

    def open(self, client: PowerSyncClient, *, seconds: float = 60) -> Any:
        expires = clock.now().timestamp() + seconds
        return aclosing(
            self.streams.stream(self.actor, held(client.request()), expires)  # type: ignore[type-var]
        )

    async def read(self, client: PowerSyncClient, *, most: int | None = None) -> bool:
        async with self.open(client) as lines:
            return await asyncio.wait_for(client.read(lines, most=most), 10)

    async def sql(self, statement: str, **values: Any) -> None:
        async with self.app.state.sessions.begin() as session:
            await session.execute(text(statement), values)

    async def restore(self, key: str) -> None:
        """A new epoch in which lower revisions come again, on other rows, and what was removed is forgotten."""
        await self.sql("""delete from sync_member m using sync_scope s
            where s.id = m.scope_id and s.key = :key and not m.present""", key=key)  # fmt: skip
        # No two rows of a scope may share a revision, not even on the way.
        await self.sql("""update sync_member m set rev = -m.rev from sync_scope s
            where s.id = m.scope_id and s.key = :key""", key=key)  # fmt: skip
        await self.sql("""update sync_member m set rev = n.rev
            from (select scope_id, collection, row_id,
                         row_number() over (order by sha256(row_id::text::bytea), collection) as rev
                  from sync_member join sync_scope s on s.id = scope_id where s.key = :key) n
            where (m.scope_id, m.collection, m.row_id) = (n.scope_id, n.collection, n.row_id)""", key=key)  # fmt: skip
        await self.sql("""update sync_scope s set epoch = epoch + 1, min_rev = 0, count = n.count, rev = n.count,
            checksum = mod(n.checksum, 18446744073709551616)
            from (select count(*) as count, coalesce(sum(sync_share(collection, row_id, m.rev, hash)), 0) as checksum
                  from sync_member m join sync_scope s on s.id = scope_id where s.key = :key) n
            where s.key = :key""", key=key)  # fmt: skip

    async def shown(self) -> dict[tuple[str, str], Any]:
        """Every row that the technician may hold, with its body."""
        query = text("""
            select d.collection, d.row_id::text, sync_body(d.collection, d.row_id)::text from sync_desired d
            join sync_scope s on s.id = d.scope_id where s.technician_id = :user_id or s.key = 'catalogue'""")
        async with self.app.state.sessions() as session:
            rows = (await session.execute(query, {"user_id": self.user_id})).all()
        return {(collection, row_id): json.loads(body) for collection, row_id, body in rows}


def bodies(client: PowerSyncClient) -> dict[tuple[str, str], Any]:
    return {
        key: {name: value for name, value in row.items() if not name.startswith("_")}
        for key, row in client.rows().items()
    }


@pytest.fixture
def feed(app: Litestar, company: Company, wei: Phone) -> Feed:
    return Feed(app, company, wei)


async def test_a_first_sync_brings_the_scope_and_the_catalogue(company: Company, feed: Feed) -> None:
    await company.visit("wei")
    client = PowerSyncClient()
    assert await feed.read(client)
    assert bodies(client) == await feed.shown()
    assert {"visit", "job", "site", "product"} <= {collection for collection, _ in client.rows()}
    assert client.is_intact()


async def test_a_client_that_is_up_to_date_is_sent_no_row(company: Company, feed: Feed) -> None:
    await company.visit("wei")
    client = PowerSyncClient()
    await feed.read(client)
    async with feed.open(client) as lines:
        first = [json.loads(await anext(lines)) for _ in range(2)]
    assert [list(line) for line in first] == [["checkpoint"], ["checkpoint_complete"]]


async def test_a_change_reaches_an_open_stream(company: Company, feed: Feed) -> None:
    client = PowerSyncClient()
    async with feed.open(client) as lines:
        await client.read(lines)
        await company.visit("wei")
        while not any(collection == "visit" for collection, _ in client.rows()):
            assert await asyncio.wait_for(client.read(lines), 5)
    assert bodies(client) == await feed.shown()


async def desk_does_something(feed: Feed, company: Company, visits: list[str], dice: random.Random) -> None:
    """One change that a phone must hear of; plain SQL, as any program may write."""
    visit = dice.choice(visits)
    kind = dice.choice(["note", "note", "move", "move", "edit", "edit", "unnote", "catalogue", "epoch", "collect"])
    if kind == "note":
        await feed.sql(
            "insert into note (id, visit_id, author_id, text, occurred_at, created_at) values (:id, :visit, :author, 'x', now(), now())",
            id=uuid4(), visit=visit, author=company.ids["mei"],
        )  # fmt: skip
    elif kind == "unnote":
        await feed.sql("delete from note where id in (select id from note limit 2)")
    elif kind == "move":
        await company.assign(visit, dice.choice(["wei", "anna"]))
    elif kind == "edit":
        await feed.sql("update site set access_note = :note", note=f"gate {dice.random()}")
    elif kind == "catalogue":
        await feed.sql("update part set unit_price = unit_price + 1")
    elif kind == "epoch":
        key = dice.choice(["catalogue", f"technician:{feed.user_id}"])
        await feed.restore(key)
    else:
        await feed.sql("update sync_scope set min_rev = rev where technician_id = :user", user=feed.user_id)
        await feed.sql("""delete from sync_member m using sync_scope s
            where s.id = m.scope_id and not m.present and m.rev <= s.min_rev""")


@pytest.mark.parametrize("seed", range(12))
async def test_any_interleaving_of_changes_and_cuts_ends_in_the_scope(
    company: Company, feed: Feed, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)
    monkeypatch.setattr(powersync, "PAGE_ROWS", dice.choice([1, 2, 3, 500]))
    visits = [await company.visit("wei", start=f"2026-03-{day:02}T09:00:00+08:00") for day in range(2, 5)]
    often, seldom = PowerSyncClient(), PowerSyncClient()
    for _ in range(30):
        for _ in range(dice.randrange(4)):
            await desk_does_something(feed, company, visits, dice)
        if await feed.read(often, most=dice.choice([None, 1, 2, 3, 4, 6])):
            assert bodies(often) == await feed.shown()
            assert often.is_intact()
        if dice.random() < 0.1:
            await feed.read(seldom, most=dice.choice([None, 2, 5]))
    for client in (often, seldom, PowerSyncClient()):
        assert await feed.read(client)
        assert bodies(client) == await feed.shown()
        assert client.is_intact()


async def test_a_row_that_changes_while_pages_are_read_is_in_the_same_checkpoint(
    company: Company, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(powersync, "PAGE_ROWS", 2)
    await company.visit("wei")
    client = PowerSyncClient()
    async with feed.open(client) as lines:
        assert not await client.read(lines, most=2)
        await feed.sql("update site set access_note = 'new'")
        await feed.sql("update part set name = 'new'")
        assert await client.read(lines)
    assert bodies(client) == await feed.shown()


async def test_a_restore_that_lost_revisions_starts_the_bucket_anew(company: Company, feed: Feed) -> None:
    await company.visit("wei")
    client = PowerSyncClient()
    await feed.read(client)
    before = set(client.buckets)
    for bucket in client.buckets.values():  # revisions that the server lost, under the same epoch
        bucket.last_op += handle(3, 3)
    assert await feed.read(client)
    assert not set(client.buckets) & before
    assert bodies(client) == await feed.shown()


async def test_after_an_upload_the_checkpoint_that_holds_its_effect_is_told(
    company: Company, feed: Feed, wei: Phone
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    client = PowerSyncClient()
    await feed.read(client)
    wei.tap("accept", visit_id)
    await wei.sync()
    answer = await company.call("wei", "GET", "/write-checkpoint2.json?client_id=x")
    target = int(answer.json()["data"]["write_checkpoint"])
    assert client.seen_write_checkpoint < target
    await feed.read(client)
    assert client.seen_write_checkpoint == target
    assert client.tables["visit", visit_id]["state"] == "accepted"


async def test_an_upload_without_effect_on_rows_is_told_to_an_open_stream(
    company: Company, feed: Feed, wei: Phone
) -> None:
    client = PowerSyncClient()
    async with feed.open(client) as lines:
        await client.read(lines)
        await feed.sql("update device set last_seq = last_seq + 1 where id = :id", id=feed.actor.device_id)
        answer = await company.call("wei", "GET", "/write-checkpoint2.json?client_id=x")
        assert await asyncio.wait_for(client.read(lines), 1)
    assert client.seen_write_checkpoint == int(answer.json()["data"]["write_checkpoint"])


async def test_a_stream_ends_with_its_token(feed: Feed) -> None:
    client = PowerSyncClient()
    async with feed.open(client, seconds=0.5) as lines:
        kept = [json.loads(line) async for line in lines]
    assert kept[-1] == {"token_expires_in": 0}


async def test_a_phone_that_opens_a_second_stream_ends_the_first(feed: Feed) -> None:
    client = PowerSyncClient()
    async with feed.open(client) as first:
        await client.read(first)
        async with feed.open(client) as second:
            await client.read(second)
            with pytest.raises(StopAsyncIteration):
                await asyncio.wait_for(anext(first), 5)
    assert not feed.streams._listeners


async def test_too_many_streams_are_refused(
    company: Company, feed: Feed, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.sync.adapters.powersync_stream.MAX_STREAMS", 0)
    headers = {"authorization": f"Token {wei.access_token}"}
    answer = await company.http.post("/sync/stream", json={"buckets": []}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("mei", 403), ("wei", 403)])
async def test_only_an_enrolled_phone_of_a_technician_opens_a_stream(
    company: Company, who: str | None, status: int
) -> None:
    answer = await company.call(who, "POST", "/sync/stream", json={"buckets": []})
    assert answer.status_code == status
    assert (await company.call(None, "GET", "/write-checkpoint2.json")).status_code == 401
    assert (await company.call("mei", "GET", "/write-checkpoint2.json")).status_code == 403


async def test_another_technicians_bucket_gives_nothing_of_it(company: Company, feed: Feed, anna: Phone) -> None:
    await company.visit("anna")
    other = PowerSyncClient()
    other.buckets = {f"technician:{company.ids['anna']}/1.1/0/00000000": BucketState()}
    await feed.read(other)
    assert not any(collection == "visit" for collection, _ in other.rows())
    assert all(not name.startswith(f"technician:{company.ids['anna']}") for name in other.buckets)


NAMES = ("", "/", "catalogue", "catalogue/1/0", "catalogue//0/x", "a/b/c/d", "technician:x/1/1/1")
NUMBERS = ("", "-1", "x", "0", "9" * 19, "9" * 40)


async def test_nonsense_in_a_request_is_as_good_as_nothing(feed: Feed) -> None:
    for name, after in product(NAMES, NUMBERS):
        client = PowerSyncClient()
        request = [powersync.BucketIn(name, after)]
        lines = feed.streams.stream(feed.actor, held(request), clock.now().timestamp() + 60)
        async with aclosing(lines) as stream:  # type: ignore[type-var]
            assert await asyncio.wait_for(client.read(stream), 5)
        assert bodies(client) == await feed.shown()
