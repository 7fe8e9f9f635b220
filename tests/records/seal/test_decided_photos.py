"""From the desk's decision about a photo to what is sealed: the record says exactly that, and stays when bytes come later."""

import json
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone
from mobile_contract.report import make_report, sign_body
from server.media.custody import make_thumbnail
from server.records.models import SealedRecord
from server.records.sealer import Sealer
from server.records.verify import all_hold
from tests.company import Company
from tests.day import SIGNER, STROKES, finished_visit
from tests.dispatch.test_photo_decisions import REASON, decide
from tests.media.pictures import encoded
from tests.media.test_kept import came, damaged
from tests.media.test_uploads import bring
from tests.phones import enrolled
from tests.records.customer.test_customer_page import token  # noqa: F401  a fixture
from tests.records.seal.test_amendments import amend
from tests.records.sealing import record_and_pdf, seal, verified

V1, V2 = "fieldproof/record/v1", "fieldproof/record/v2"


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


async def records(app: Litestar) -> list[dict[str, Any]]:
    """Every sealed record as it was sealed."""
    async with app.state.sessions() as session:
        rows = await session.scalars(select(SealedRecord).order_by(SealedRecord.leaf_index))
        return [json.loads(row.record) for row in rows]


def bytes_of(phone: Phone, photo_id: str) -> bytes:
    return phone.pictures.read(photo_id)


async def test_the_seal_says_exactly_what_was_decided_and_both_ways_of_verifying_hold(
    company: Company, app: Litestar, wei: Phone, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = iter([damaged(), encoded()])
    take = wei.photo
    monkeypatch.setattr(wei, "photo", lambda visit, slot, _: take(visit, slot, next(data)))
    visit_id = await finished_visit(company, wei)
    broken, lost = wei.state["photos"]
    await came(company, broken, bytes_of(wei, broken))
    assert (await decide(company, broken, "damaged_kept", "The card was wet")).status_code == 200
    assert (await decide(company, lost)).status_code == 200
    assert await seal(app, sealer, visit_id) == 1
    [record] = await records(app)
    assert record["type"] == V2
    one, other = record["photos"]
    assert {"verified_at"} & (one.keys() | other.keys()) == set()
    assert (one["state"], one["decided_by"], one["reason"], one["finding"]) == (
        "damaged_kept", "陈梅", "The card was wet", "the file ends in the middle of the picture",
    )  # fmt: skip
    assert (other["state"], other["decided_by"], other["reason"]) == ("never_arrived", "陈梅", REASON)
    assert "finding" not in other
    _, pdf = await record_and_pdf(company, visit_id)
    claims = await verified(pdf, sealer)
    assert all_hold(list(claims.values())), claims
    assert f"never arrived, decided by 陈梅: {REASON}" in claims["photo_custody"].detail
    assert "photos: partly_hashed" in claims["modesty"].detail
    assert (await company.http.post("/v1/verify", content=pdf)).json()["ok"] is True


async def test_bytes_that_come_after_the_seal_are_taken_and_shown_and_the_record_stays(
    company: Company, app: Litestar, wei: Phone, sealer: Sealer
) -> None:
    visit_id = await finished_visit(company, wei)
    first, second = wei.state["photos"]
    assert await bring(wei, first, bytes_of(wei, first)) == "verified"
    await decide(company, second)
    assert await seal(app, sealer, visit_id) == 1
    before = await record_and_pdf(company, visit_id)
    assert await bring(wei, second, bytes_of(wei, second)) == "verified"
    assert await seal(app, sealer, visit_id) == 0
    assert await record_and_pdf(company, visit_id) == before
    shown = await company.must("mei", "GET", f"/v1/photos/{second}/download")
    async with httpx.AsyncClient() as store:
        assert (await store.get(shown["url"])).content == bytes_of(wei, second)
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    assert [line["facts"]["decision"] for line in history if line["kind"] == "photo_decided"] == ["never_arrived"]


async def test_an_amendment_after_the_bytes_came_says_that_they_are_verified(
    company: Company, app: Litestar, wei: Phone, sealer: Sealer
) -> None:
    visit_id = await finished_visit(company, wei)
    first, second = wei.state["photos"]
    assert await bring(wei, first, bytes_of(wei, first)) == "verified"
    await decide(company, second)
    assert await seal(app, sealer, visit_id) == 1
    assert await bring(wei, second, bytes_of(wei, second)) == "verified"
    sealed, _ = await record_and_pdf(company, visit_id)
    await amend(company, wei, visit_id, str(sealed["report_id"]), "更换风机，照片已补")
    assert await seal(app, sealer, visit_id) == 1
    decided, plain = await records(app)
    assert (decided["type"], plain["type"]) == (V2, V1)
    assert all(set(photo) >= {"verified_at"} and "state" not in photo for photo in plain["photos"])
    _, pdf = await record_and_pdf(company, visit_id)
    assert all_hold(list((await verified(pdf, sealer)).values()))


async def test_a_photo_of_two_reports_is_decided_once_for_both(
    company: Company, app: Litestar, wei: Phone, sealer: Sealer
) -> None:
    visit_id = await finished_visit(company, wei)
    first, second = wei.state["photos"]
    assert await bring(wei, first, bytes_of(wei, first)) == "verified"
    [report] = wei.rows("report")
    await amend(company, wei, visit_id, str(report["id"]), "更换风机，并校准压力开关")
    assert await seal(app, sealer, visit_id) == 0
    await decide(company, second)
    assert await seal(app, sealer, visit_id) == 2
    assert [record["type"] for record in await records(app)] == [V2, V2]


async def test_a_decided_photo_that_no_report_shows_leaves_the_record_as_it_was(
    company: Company, app: Litestar, wei: Phone, sealer: Sealer
) -> None:
    visit_id = await finished_visit(company, wei, outcome="refused")
    assert await wei.upload_photos() == 2
    extra = wei.photo(visit_id, "other", encoded())
    await wei.sync()
    assert await seal(app, sealer, visit_id) == 0
    await decide(company, extra)
    assert await seal(app, sealer, visit_id) == 1
    [record] = await records(app)
    assert (record["type"], len(record["photos"])) == (V1, 2)
    assert all("state" not in photo for photo in record["photos"])


async def test_a_photo_that_was_promised_twice_is_decided_by_either_id(
    company: Company, app: Litestar, wei: Phone, sealer: Sealer
) -> None:
    visit_id, data = await company.visit("wei"), encoded()
    await wei.sync()
    wei.tap("start", visit_id)
    wei.photo(visit_id, "before", data)
    again = wei.photo(visit_id, "before", data)
    del wei.state["photos"][next(iter(wei.state["photos"]))]  # the report shows the second id
    report = make_report(
        wei, visit_id, technician={"id": company.ids["wei"], "name": "李伟"}, work="x", fault=None, locale="en"
    )
    wei.tap("report", visit_id, report)
    wei.tap("sign", visit_id, sign_body(report, "signed", strokes=STROKES, signer=SIGNER), attachment=STROKES)
    wei.tap("complete", visit_id, {"work_summary": "x"})
    await wei.sync()
    assert (await decide(company, again)).status_code == 200
    assert await seal(app, sealer, visit_id) == 1
    [record] = await records(app)
    assert [(photo["photo_id"], photo["state"]) for photo in record["photos"]] == [(again, "never_arrived")]
    _, pdf = await record_and_pdf(company, visit_id)
    assert all_hold(list((await verified(pdf, sealer)).values()))


async def test_the_customers_page_counts_what_never_arrived(
    company: Company,
    app: Litestar,
    wei: Phone,
    sealer: Sealer,
    token: str,  # noqa: F811
) -> None:
    visit_id = await finished_visit(company, wei)
    first, second = wei.state["photos"]
    assert await bring(wei, first, bytes_of(wei, first)) == "verified"
    await decide(company, second)
    assert await seal(app, sealer, visit_id) == 1
    page = await company.http.get(f"/r/{token}")
    assert "1，1 张始终未收到" in page.text


async def test_a_photo_taken_again_for_an_amendment_is_sealed_beside_the_damaged_one(
    company: Company, app: Litestar, wei: Phone, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, bad = wei.photo, damaged()
    with monkeypatch.context() as patch:
        patch.setattr(wei, "photo", lambda visit, slot, data: take(visit, slot, bad if slot == "after" else data))
        visit_id = await finished_visit(company, wei)
    good, broken = wei.state["photos"]
    assert await bring(wei, good, bytes_of(wei, good)) == "verified"
    await came(company, broken, bad)
    [report] = wei.rows("report")
    retaken, data = uuid7(), encoded()
    parked = wei.photo(visit_id, "after", data)
    promise = wei.state["photos"][parked]  # parked: the customer signed without it
    told = {name: promise[name] for name in ("slot", "sha256", "size", "content_type")}
    wei.tap("photo", visit_id, {**told, "photo_id": retaken, "amends_id": report["id"]})
    wei.state["photos"] = {good: wei.state["photos"][good], broken: wei.state["photos"][broken], retaken: promise}
    await amend(company, wei, visit_id, str(report["id"]), "更换风机，照片重拍")
    assert await bring(wei, retaken, data) == "verified"
    await decide(company, broken, "damaged_kept", "Taken again, see the amendment")
    async with app.state.sessions.begin() as session:
        await make_thumbnail(session, app.state.storage, retaken)  # type: ignore[arg-type]
    assert await seal(app, sealer, visit_id) == 2
    states = [[photo["state"] for photo in record["photos"]] for record in await records(app)]
    assert states == [["verified", "damaged_kept"], ["verified", "damaged_kept", "verified"]]
