"""A photo that was promised wrongly and then rightly is one photo: to the report, to the seal and to its verifiers."""

import hashlib

import pytest
from litestar import Litestar

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from mobile_contract.report import shown_photos
from server.records.sealer import Sealer
from server.records.verify import all_hold
from tests.company import Company
from tests.day import jpeg
from tests.phones import enrolled
from tests.records.intake import begun, changed, report_of, said, tap_signing
from tests.records.sealing import record_and_pdf, seal, verified


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


@pytest.mark.parametrize("wrong", ["type", "size"])
@pytest.mark.parametrize("order", ["wrong first", "right first"])
async def test_a_report_that_shows_it_under_both_ids_is_sealed_with_one_photo(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone, wrong: str, order: str
) -> None:
    visit_id, data = await begun(company, wei), jpeg()
    promise = {
        "photo_id": uuid7(), "slot": "before", "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data) + (wrong == "size"), "content_type": "image/png" if wrong == "type" else "image/jpeg",
    }  # fmt: skip
    wei.tap("photo", visit_id, promise)
    await wei.sync()
    wei.photo(visit_id, "before", data)
    await wei.sync()
    await wei.upload_photos()
    other = {name: promise[name] for name in ("photo_id", "slot", "sha256")}
    at = 0 if order == "wrong first" else 1
    report = changed(report_of(company, wei, visit_id), lambda value: value["photos"].insert(at, other))
    wei.tap("report", visit_id, report)
    signature = tap_signing(wei, visit_id, report)
    wei.tap("complete", visit_id, {"work_summary": "x"})
    await wei.sync()
    assert said(wei, signature) == ("applied", None)
    assert await seal(app, sealer, visit_id) == 1
    _, pdf = await record_and_pdf(company, visit_id)
    claims = await verified(pdf, sealer)
    assert all_hold(list(claims.values()))
    assert claims["photo_manifest"].detail == "1 photos"


async def test_the_reference_phone_shows_it_once(company: Company, app: Litestar, sealer: Sealer, wei: Phone) -> None:
    visit_id, data = await begun(company, wei), jpeg()
    wrong = wei.photo(visit_id, "before", data, "image/png")
    await wei.sync()
    await wei.upload_photos()
    assert wei.state["photos"][wrong]["state"] == "refused"
    right = wei.photo(visit_id, "before", data, "image/jpeg")
    assert [line["photo_id"] for line in shown_photos(wei, visit_id)] == [right]
    await wei.sync()
    await wei.upload_photos()
    report = report_of(company, wei, visit_id)
    wei.tap("report", visit_id, report)
    tap_signing(wei, visit_id, report)
    wei.tap("complete", visit_id, {"work_summary": "x"})
    await wei.sync()
    assert await seal(app, sealer, visit_id) == 1


async def test_what_the_server_parked_is_not_shown_until_it_is_applied(company: Company, wei: Phone) -> None:
    visit_id = await begun(company, wei)
    good = wei.photo(visit_id, "before", jpeg())
    parked = wei.photo(visit_id, "after", jpeg(), "application/pdf")
    assert [line["photo_id"] for line in shown_photos(wei, visit_id)] == [good, parked], "nobody has said anything yet"
    await wei.sync()
    assert [line["photo_id"] for line in shown_photos(wei, visit_id)] == [good]
    old = wei.state["photos"][parked]
    wei.commit(photos={**wei.state["photos"], parked: {name: old[name] for name in old if name != "operation_id"}})
    await wei.upload_photos()
    assert [line["photo_id"] for line in shown_photos(wei, visit_id)] == [good], "as an older version kept it"
