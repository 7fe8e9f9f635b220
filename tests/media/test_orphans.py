"""Clearing up in storage: what nobody claims goes, what somebody claims at that moment stays, and nothing goes twice."""

import asyncio
import hashlib
import os
from datetime import timedelta

import asyncpg
import pytest
from litestar import Litestar
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from mobile_contract.phone import Phone
from server.embedded.storage import S3Address
from server.ground import clock
from server.ground.ids import uuid7
from server.media import orphans
from server.media import storage as listing
from server.media.hold import hold_hash
from server.media.models import MediaObject, MediaUpload, Photo
from server.media.orphans import abort_abandoned, collect_orphans
from server.media.rules import USUAL
from server.media.storage import Storage, object_key
from server.media.uploads import incoming_key
from tests.company import Company
from tests.media.pictures import encoded, promised, state_of

EVERYTHING = -timedelta(days=1)
"""Older than tomorrow."""


@pytest.fixture
async def storage(app: Litestar, s3_address: S3Address) -> Storage:
    """A bucket of the test's own, which it may clear out."""
    app.state.storage = storage = Storage(s3_address, f"orphans-{os.urandom(4).hex()}")
    await storage.prepare()
    return storage


async def unclaimed(app: Litestar, storage: Storage, data: bytes) -> str:
    """A verified object whose manifest is gone. Returns its hash."""
    sha256 = hashlib.sha256(data).hexdigest()
    await storage.write(object_key(sha256), data, "image/jpeg")
    await storage.write(f"thumbnails/{sha256}.jpg", data, "image/jpeg")
    async with app.state.sessions.begin() as session:
        session.add(
            MediaObject(
                sha256=sha256, size=len(data), content_type="image/jpeg", width=9, height=9,
                verified_at=(await session.execute(select(func.now()))).scalar_one(), finding="",
                thumbnail_key=f"thumbnails/{sha256}.jpg", copy_key=None,
            )
        )  # fmt: skip
    return sha256


async def objects(storage: Storage, prefix: str) -> list[str]:
    pages = await asyncio.to_thread(list, storage.pages(prefix))
    return [one.key for page in pages for one in page]


async def open_uploads(storage: Storage, prefix: str) -> set[str]:
    pages = await asyncio.to_thread(list, storage.unfinished(prefix))
    return {one.upload_id for page in pages for one in page}


async def opened(storage: Storage, key: str) -> str:
    made = await storage.call(lambda client: client.create_multipart_upload(Bucket=storage.bucket, Key=key))
    return str(made["UploadId"])


async def known(app: Litestar) -> int:
    async with app.state.sessions() as session:
        return int((await session.execute(select(func.count()).select_from(MediaObject))).scalar_one())


async def test_what_nobody_claims_goes_with_all_that_was_made_of_it(
    company: Company, app: Litestar, storage: Storage
) -> None:
    await unclaimed(app, storage, encoded())
    await storage.write("cas/of-somebody-else", b"", "text/plain")
    assert await collect_orphans(app.state.sessions, storage, USUAL.orphan_after) == 0
    assert await collect_orphans(app.state.sessions, storage, EVERYTHING) == 1
    assert await objects(storage, "") == ["cas/of-somebody-else"]
    assert await known(app) == 0


async def test_bytes_stay_when_the_database_does_not_take_their_removal(
    company: Company, app: Litestar, storage: Storage, database_url: str
) -> None:
    data = encoded()
    sha256 = await unclaimed(app, storage, data)
    connection = await asyncpg.connect(database_url)
    await connection.execute("""
        create function refuse() returns trigger language plpgsql as $$ begin raise 'the disk is full'; end $$;
        create constraint trigger refuse after delete on media_object deferrable initially deferred
        for each row execute function refuse()
    """)
    with pytest.raises(DBAPIError, match="the disk is full"):
        await collect_orphans(app.state.sessions, storage, EVERYTHING)
    assert await known(app) == 1
    assert await storage.read(object_key(sha256), len(data)) == data
    await connection.execute("drop trigger refuse on media_object")
    await connection.close()
    assert await collect_orphans(app.state.sessions, storage, EVERYTHING) == 1


async def test_a_photo_that_is_promised_between_forgetting_and_removing_keeps_its_bytes(
    company: Company, app: Litestar, storage: Storage, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded()
    sha256 = await unclaimed(app, storage, data)
    forget, promise = orphans._forget, []

    async def forget_then_a_phone_syncs(sessions: object, name: str) -> bool:
        done = await forget(app.state.sessions, name)
        promise.append(await promised(company, wei, data))
        return done

    monkeypatch.setattr(orphans, "_forget", forget_then_a_phone_syncs)
    assert await collect_orphans(app.state.sessions, storage, EVERYTHING) == 0
    assert await storage.read(object_key(sha256), len(data)) == data
    [(visit_id, photo_id)] = promise
    await company.must("wei", "POST", f"/v1/photos/{photo_id}/complete")
    assert await state_of(company, visit_id) == {photo_id: ("verified", "")}


async def test_a_removal_waits_for_a_promise_that_is_being_made(
    company: Company, app: Litestar, storage: Storage, database_url: str
) -> None:
    data = encoded()
    sha256 = await unclaimed(app, storage, data)
    visit_id = await company.visit("wei")
    connection = await asyncpg.connect(database_url)
    waits = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
    async with app.state.sessions.begin() as session:
        await hold_hash(session, sha256, shared=True)
        session.add(
            Photo(
                id=uuid7(), visit_id=visit_id, slot="before", sha256=sha256, size=len(data), content_type="image/jpeg",
                taken=None, operation_id=None, promised_by=company.ids["wei"], state="verified", finding="",
                verified_at=None,
            )
        )  # fmt: skip
        await session.flush()
        collecting = asyncio.create_task(collect_orphans(app.state.sessions, storage, EVERYTHING))
        async with asyncio.timeout(20):
            while not await connection.fetchval(waits):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert await collecting == 0
    await connection.close()
    assert await known(app) == 1
    assert len(await objects(storage, "")) == 2


async def test_a_run_that_was_cut_off_is_finished_by_the_next(
    company: Company, app: Litestar, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await unclaimed(app, storage, encoded())
    delete = storage.delete

    async def only_one(*keys: str) -> None:
        await delete(keys[0])
        raise OSError("the power is off")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "delete", only_one)
        with pytest.raises(OSError, match="power"):
            await collect_orphans(app.state.sessions, storage, EVERYTHING)
    assert await collect_orphans(app.state.sessions, storage, EVERYTHING) == 1
    assert await objects(storage, "") == []


async def test_uploads_in_parts_that_nobody_goes_on_with_are_aborted(
    company: Company, app: Litestar, storage: Storage, wei: Phone
) -> None:
    _, photo_id = await promised(company, wei, encoded())
    await company.must("wei", "POST", f"/v1/photos/{photo_id}/multipart")
    lost = await opened(storage, f"incoming/{uuid7()}")
    assert await abort_abandoned(app.state.sessions, storage, USUAL.abandoned_after) == 0
    assert lost in await open_uploads(storage, "incoming/")
    assert await abort_abandoned(app.state.sessions, storage, EVERYTHING) == 2
    assert await open_uploads(storage, "incoming/") == set()
    assert (await company.call("wei", "GET", f"/v1/photos/{photo_id}/multipart")).status_code == 404
    assert (await company.must("wei", "POST", f"/v1/photos/{photo_id}/multipart"))["arrived"] == []


async def test_an_upload_whose_abortion_was_cut_off_is_aborted_by_the_next_run(
    company: Company, app: Litestar, storage: Storage, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, photo_id = await promised(company, wei, encoded())
    await company.must("wei", "POST", f"/v1/photos/{photo_id}/multipart")

    async def cut_off(*_: str) -> None:
        async with app.state.sessions() as session:
            assert (await session.execute(text("select count(*) from media_upload"))).scalar_one() == 0
        raise OSError("the power is off")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "abort", cut_off)
        with pytest.raises(OSError, match="power"):
            await abort_abandoned(app.state.sessions, storage, EVERYTHING)
    assert len(await open_uploads(storage, "incoming/")) == 1
    assert await abort_abandoned(app.state.sessions, storage, EVERYTHING) == 1
    assert await open_uploads(storage, "incoming/") == set()


async def test_uploads_that_only_the_storage_knows_are_found_on_every_page_and_some_aborted_each_run(
    company: Company, app: Litestar, storage: Storage, wei: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    monkeypatch.setattr(orphans, "AT_ONCE", 4)
    _, photo_id = await promised(company, wei, encoded())
    await company.must("wei", "POST", f"/v1/photos/{photo_id}/multipart")
    async with app.state.sessions.begin() as session:
        await session.execute(text("update media_upload set touched_at = now() + interval '9 days'"))
        ours = (await session.scalars(select(MediaUpload))).one()
    for _ in range(9):
        await opened(storage, f"incoming/{uuid7()}")
    runs = [await abort_abandoned(app.state.sessions, storage, EVERYTHING) for _ in range(4)]
    assert runs == [4, 4, 1, 0]
    assert await open_uploads(storage, "incoming/") == {ours.upload_id}
    assert incoming_key(ours) == f"incoming/{ours.id}"


async def test_what_a_killed_probe_left_goes_after_an_hour(company: Company, app: Litestar, storage: Storage) -> None:
    run = uuid7()
    await storage.write(f"probe/{run}/whole", b"left over", "image/jpeg")
    await opened(storage, f"probe/{run}/parts")
    removed = []
    try:
        for minutes in (58, 62):
            later = clock.micros() + minutes * 60_000_000
            clock.hold(lambda later=later: later)
            objects_removed = await collect_orphans(app.state.sessions, storage, USUAL.orphan_after)
            removed.append((objects_removed, await abort_abandoned(app.state.sessions, storage, USUAL.abandoned_after)))
            clock.hold(None)
    finally:
        clock.hold(None)
    assert removed == [(0, 0), (1, 1)]
    assert await objects(storage, "") == []
    assert await open_uploads(storage, "probe/") == set()
