"""From the customer's signature to the sealed PDF, through the API and the worker's task."""

import asyncio
import hashlib

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from server.records.keys import public_keys
from server.records.log.log import ORIGIN
from server.records.sealer import Sealer
from server.records.verify import all_hold, verify_pdf
from tests.company import Company
from tests.day import finished_visit, jpeg
from tests.phones import enrolled
from tests.records.sealing import seal


async def state_of(company: Company, visit_id: str) -> str:
    visit = await company.must("mei", "GET", f"/v1/visits/{visit_id}")
    return str(visit["state"])


@pytest.mark.parametrize("outcome", ["signed", "refused", "customer_absent"])
async def test_a_report_is_sealed_when_the_last_photo_is_verified(
    company: Company, app: Litestar, sealer: Sealer, outcome: str
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei, outcome=outcome)
    assert await seal(app, sealer, visit_id) == 0
    assert await state_of(company, visit_id) == "completed"
    assert await wei.upload_photos() == 2
    assert await seal(app, sealer, visit_id) == 1
    assert await state_of(company, visit_id) == "closed"
    assert await seal(app, sealer, visit_id) == 0
    records = await company.must("wei", "GET", f"/v1/visits/{visit_id}/records")
    pdf = (await company.call("wei", "GET", f"/v1/records/{records[0]['id']}/pdf")).content
    assert hashlib.sha256(pdf).hexdigest() == records[0]["pdf_sha256"]
    claims = await asyncio.to_thread(verify_pdf, pdf, public_keys(sealer.keys, ORIGIN).encode())
    assert all_hold(claims), [claim for claim in claims if claim.ok is False]
    answer = await company.http.post("/v1/verify", content=pdf)
    assert answer.json()["ok"] is True
    answer = await company.http.post("/v1/verify", content=pdf[:-700] + b"x" + pdf[-699:])
    assert answer.json()["ok"] is False
    assert (await company.call("anna", "GET", f"/v1/records/{records[0]['id']}/pdf")).status_code == 404


async def test_every_event_that_may_complete_custody_is_enqueued_with_its_change(
    company: Company, app: Litestar
) -> None:
    wei = await enrolled(company, "wei")
    await finished_visit(company, wei)
    async with app.state.sessions() as session:
        before = (await session.execute(text("select count(*) from pgqueuer"))).scalar_one()
    await wei.upload_photos()
    async with app.state.sessions() as session:
        after = (await session.execute(text("select count(*) from pgqueuer"))).scalar_one()
    assert (before, after) == (1, 3)  # one for sign and complete of a batch; then one for each photo


async def test_bytes_that_are_not_the_promised_photo_are_set_aside_and_the_true_ones_still_get_in(
    company: Company, app: Litestar
) -> None:
    wei = await enrolled(company, "wei")
    await finished_visit(company, wei)
    photo_id, photo = next(iter(wei.state["photos"].items()))
    early = await company.call("wei", "POST", f"/v1/photos/{photo_id}/complete")
    assert (early.status_code, early.json().get("code")) == (409, "not_uploaded"), early.text
    await app.state.storage.write(f"cas/{photo['sha256']}", jpeg(), "image/jpeg")
    wrong = await company.call("wei", "POST", f"/v1/photos/{photo_id}/complete")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "photo_mismatch")
    photos = await company.must("mei", "GET", f"/v1/visits/{photo['visit_id']}/photos")
    assert {row["state"] for row in photos} == {"quarantined", "promised"}
    assert await wei.upload_photos() == 2
    photos = await company.must("mei", "GET", f"/v1/visits/{photo['visit_id']}/photos")
    assert {row["state"] for row in photos} == {"verified"}


async def test_the_store_refuses_other_bytes_at_a_presigned_address(company: Company) -> None:
    wei = await enrolled(company, "wei")
    await finished_visit(company, wei)
    photo_id = next(iter(wei.state["photos"]))
    where = await company.must("wei", "POST", f"/v1/photos/{photo_id}/upload")
    async with httpx.AsyncClient() as storage:
        refused = await storage.put(where["url"], headers=where["headers"], content=jpeg())
    assert refused.status_code >= 400


async def test_an_unsigned_report_is_not_sealed(company: Company, app: Litestar, sealer: Sealer) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("start", visit_id)
    wei.tap("complete", visit_id, {"work_summary": "done"})
    await wei.sync()
    assert await seal(app, sealer, visit_id) == 0
    assert await state_of(company, visit_id) == "completed"


async def test_a_photo_and_its_thumbnail_are_read_by_those_who_may(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    photo_id = next(iter(wei.state["photos"]))
    early = await company.call("mei", "GET", f"/v1/photos/{photo_id}/download")
    assert early.status_code == 404
    await wei.upload_photos()
    await seal(app, sealer, visit_id)
    original = await company.must("mei", "GET", f"/v1/photos/{photo_id}/download")
    small = await company.must("wei", "GET", f"/v1/photos/{photo_id}/download", params={"thumbnail": "true"})
    async with httpx.AsyncClient() as store:
        assert (await store.get(original["url"])).content == wei.pictures.read(photo_id)
        assert (await store.get(small["url"])).content.startswith(b"\xff\xd8\xff")
        assert (await store.get(original["url"].partition("?")[0])).status_code == 403
    assert (await company.call("anna", "GET", f"/v1/photos/{photo_id}/download")).status_code == 404
