"""A storage that takes connections and never answers: whoever needs it waits, and nobody else does."""

import asyncio
import hashlib
from typing import Any

import httpx
import pytest
from litestar import Litestar

from mobile_contract.phone import Phone
from server.embedded.storage import S3Address
from server.media import complete, storage
from server.media.possession import NotUploaded
from server.records.sealer import Sealer
from tests.company import Company
from tests.day import finished_visit
from tests.media.between import Between, between
from tests.media.pictures import encoded, promised, state_of
from tests.records.sealing import record_and_pdf, seal

CALLS = 24
"""More than there are connections to the database."""


async def until_held(server: Between, count: int) -> None:
    async with asyncio.timeout(20):
        while server.held < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def work_goes_on(company: Company, wei: Phone, visit_id: str) -> None:
    """Sign in, sync and look at the board, in far less time than the storage is waited for."""
    async with asyncio.timeout(10):
        await company.log_in("mei")
        await wei.sign_in()
        note = wei.tap("note", visit_id, {"note_id": visit_id, "text": "The storage hangs, and the work goes on"})
        await wei.sync()
        assert wei.state["outcomes"][note]["outcome"] == "applied"
        assert (await company.must("mei", "GET", "/v1/board"))["visits"] is not None


async def sent_in_parts(company: Company, photo_id: str, data: bytes) -> None:
    path = f"/v1/photos/{photo_id}/multipart"
    await company.must("wei", "POST", path)
    wanted = {"parts": [{"number": 1, "sha256": hashlib.sha256(data).hexdigest()}]}
    [where] = (await company.must("wei", "POST", f"{path}/parts", json=wanted))["parts"]
    async with httpx.AsyncClient() as store:
        assert (await store.put(where["url"], headers=where["headers"], content=data)).is_success


async def answered(calls: list["asyncio.Task[httpx.Response]"]) -> set[int]:
    return {answer.status_code for answer in await asyncio.gather(*calls)}


@pytest.mark.parametrize(("method", "end"), [("POST", ""), ("GET", ""), ("POST", "/complete"), ("DELETE", "")])
async def test_who_waits_for_the_storage_takes_no_connection_to_the_database(
    company: Company, wei: Phone, app: Litestar, s3_address: S3Address, method: str, end: str
) -> None:
    data = encoded()
    visit_id, photo_id = await promised(company, wei, data)
    await sent_in_parts(company, photo_id, data)
    path = f"/v1/photos/{photo_id}/multipart{end}"
    with between(s3_address) as (server, app.state.storage):
        server.hangs = lambda method, path: True
        calls = [asyncio.create_task(company.call("wei", method, path)) for _ in range(CALLS)]
        await until_held(server, 10)
        await work_goes_on(company, wei, visit_id)
        server.release()
        statuses = await answered(calls)
    assert 503 in statuses
    assert statuses <= {200, 204, 404, 503}  # the storage answers those that it did not hang up on


async def test_who_comes_between_joining_and_verifying_is_told_how_it_ended(
    company: Company, wei: Phone, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two calls that complete the same parts the second may find neither parts nor whole, before the first has said anything."""
    data = encoded()
    _, photo_id = await promised(company, wei, data)
    await sent_in_parts(company, photo_id, data)
    alone, calls = complete.complete_parts, 0

    async def second(*given: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise NotUploaded("Nothing is there.")
        return await alone(*given)

    monkeypatch.setattr(complete, "complete_parts", second)
    path = f"/v1/photos/{photo_id}/multipart/complete"
    answers = await asyncio.gather(*(company.must("wei", "POST", path) for _ in range(2)))
    assert [one["state"] for one in answers] == ["verified"] * 2


async def test_reports_that_do_not_come_hold_up_nobody(
    company: Company, wei: Phone, app: Litestar, s3_address: S3Address, sealer: Sealer
) -> None:
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    assert await seal(app, sealer, visit_id) == 1
    record, _ = await record_and_pdf(company, visit_id)
    with between(s3_address) as (server, app.state.storage):
        server.hangs = lambda method, path: True
        path = f"/v1/records/{record['id']}/pdf"
        calls = [asyncio.create_task(company.call("mei", "GET", path)) for _ in range(CALLS)]
        await until_held(server, 10)
        await work_goes_on(company, wei, visit_id)
        server.release()
        assert await answered(calls) <= {200, 503}


async def test_health_says_soon_that_the_storage_hangs(
    company: Company, app: Litestar, s3_address: S3Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "ANSWER_SECONDS", 0.5)
    with between(s3_address) as (server, app.state.storage):
        server.hangs = lambda method, path: True
        async with asyncio.timeout(5):
            assert (await company.call(None, "GET", "/health")).status_code == 503


async def test_only_a_few_photos_are_moved_in_a_storage_that_hangs_while_it_copies(
    company: Company, wei: Phone, app: Litestar, s3_address: S3Address
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    photos = {wei.photo(visit_id, "other", data): data for data in (encoded() for _ in range(CALLS))}
    await wei.sync()
    with between(s3_address) as (server, app.state.storage):
        for photo_id, data in photos.items():
            await sent_in_parts(company, photo_id, data)
        server.hangs = lambda method, path: method == "PUT" and "/cas/" in path
        calls = [
            asyncio.create_task(company.call("wei", "POST", f"/v1/photos/{photo_id}/multipart/complete"))
            for photo_id in photos
        ]
        await until_held(server, 4)
        await asyncio.sleep(1)
        await work_goes_on(company, wei, visit_id)
        server.release()
        assert await answered(calls) <= {200, 503}
        for photo_id in photos:
            await company.must("wei", "POST", f"/v1/photos/{photo_id}/multipart/complete")
    assert {state for state, _ in (await state_of(company, visit_id)).values()} == {"verified"}


async def test_a_request_that_finds_no_connection_to_the_database_is_asked_to_come_again(
    company: Company, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = app.state.sessions.kw["bind"].sync_engine.pool
    monkeypatch.setattr(pool, "_timeout", 0.2)
    held = [app.state.sessions() for _ in range(pool.size() * 2)]
    try:
        for session in held:
            await session.connection()
        crowded = await company.call("mei", "GET", "/v1/technicians")
    finally:
        for session in held:
            await session.close()
    assert (crowded.status_code, crowded.json()["code"]) == (503, "unavailable")
    assert int(crowded.headers["retry-after"]) > 0
    await company.must("mei", "GET", "/v1/technicians")
