"""Edits after signing are amendments; seals with an independent time; refusals. Through the API and the worker's task."""

from dataclasses import dataclass
from types import SimpleNamespace
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar

from mobile_contract.phone import Phone
from mobile_contract.report import make_report, sign_body
from server.records.seal import seal as sealing
from server.records.seal.issue import issue_record
from server.records.sealer import Sealer
from server.records.verify import all_hold
from tests.company import Company
from tests.day import SIGNER, STROKES, finished_visit
from tests.phones import enrolled
from tests.records.sealing import record_and_pdf, seal, sealed_visit, verified


@dataclass
class Amended:
    """A report that corrects another."""

    report_id: str
    operation_id: str


async def amend(
    company: Company, phone: Phone, visit_id: str, amends: str, work: str, *, refused: bool = False
) -> Amended:
    """Show the customer a corrected report, have it signed or refused, and sync."""
    technician = {"id": company.ids["wei"], "name": "李伟"}
    report = make_report(phone, visit_id, technician=technician, work=work, fault=None, locale="zh-CN", amends=amends)
    phone.tap("report", visit_id, report)
    if refused:
        operation_id = phone.tap(
            "sign", visit_id, sign_body(report, "refused", strokes=None, signer=None, reason="仍不同意")
        )
    else:
        body = sign_body(report, "signed", strokes=STROKES, signer=SIGNER)
        operation_id = phone.tap("sign", visit_id, body, attachment=STROKES)
    await phone.sync()
    return Amended(report["report_id"], operation_id)


async def test_an_amendment_is_sealed_beside_the_record_that_it_amends(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await sealed_visit(company, app, sealer, wei)
    first, first_pdf = await record_and_pdf(company, visit_id)
    amended = await amend(company, wei, visit_id, str(first["report_id"]), "更换风机，并校准压力开关")
    assert wei.state["outcomes"][amended.operation_id]["outcome"] == "applied"
    assert await seal(app, sealer, visit_id) == 1
    records = await company.must("wei", "GET", f"/v1/visits/{visit_id}/records")
    assert [one["amends_id"] for one in records] == [None, first["report_id"]]
    second, pdf = await record_and_pdf(company, visit_id)
    claims = await verified(pdf, sealer)
    assert all_hold(list(claims.values())), claims
    assert claims["amendment"].detail == f"amends record {first['id']}"
    before = await verified(first_pdf, sealer)
    assert all_hold(list(before.values())), "the first one stays what it was"
    assert second["leaf_index"] == int(str(first["leaf_index"])) + 1


async def test_a_report_that_was_shown_and_corrected_before_anybody_signed_is_no_fault(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await company.visit("wei")
    await wei.sync()
    for tap in ("accept", "start"):
        wei.tap(tap, visit_id)
    technician = {"id": company.ids["wei"], "name": "李伟"}
    shown = make_report(wei, visit_id, technician=technician, work="x", fault=None, locale="zh-CN")
    wei.tap("report", visit_id, shown)
    await amend(company, wei, visit_id, shown["report_id"], "y")
    wei.tap("complete", visit_id, {"work_summary": "y"})
    await wei.sync()
    assert await seal(app, sealer, visit_id) == 1
    _, pdf = await record_and_pdf(company, visit_id)
    claims = await verified(pdf, sealer)
    assert all_hold(list(claims.values()))
    assert claims["amendment"].ok is None
    assert "never sealed" in claims["amendment"].detail


async def test_a_report_of_another_visit_cannot_be_amended(company: Company, app: Litestar, sealer: Sealer) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await sealed_visit(company, app, sealer, wei)
    other = await company.visit("wei")
    await wei.sync()
    first, _ = await record_and_pdf(company, visit_id)
    amended = await amend(company, wei, other, str(first["report_id"]), "x")
    assert wei.state["outcomes"][amended.operation_id]["outcome"] == "parked"


async def test_a_disputed_report_shows_the_record_that_corrects_it(
    company: Company, app: Litestar, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = iter(["first-token", "refused-token", "second-token"])
    monkeypatch.setattr(sealing, "secrets", SimpleNamespace(token_urlsafe=lambda _: next(tokens)))
    wei = await enrolled(company, "wei")
    visit_id = await sealed_visit(company, app, sealer, wei)
    first, _ = await record_and_pdf(company, visit_id)
    await company.http.post("/r/first-token/dispute", data={"reason": "压力开关未校准"})
    assert (await company.must("mei", "GET", "/v1/disputes"))[0]["amended_by"] is None
    await amend(company, wei, visit_id, str(first["report_id"]), "更换风机", refused=True)
    await seal(app, sealer, visit_id)
    assert (await company.must("mei", "GET", "/v1/disputes"))[0]["amended_by"] is None, (
        "who refuses it corrects nothing"
    )
    await amend(company, wei, visit_id, str(first["report_id"]), "更换风机，并校准压力开关")
    await seal(app, sealer, visit_id)
    second, _ = await record_and_pdf(company, visit_id)
    assert (await company.must("mei", "GET", "/v1/disputes"))[0]["amended_by"] == second["id"]
    assert "已有更正后的新报告" in (await company.http.get("/r/first-token")).text
    old = await company.http.post("/r/first-token/confirm", data={"read": "yes"})
    assert old.status_code == 409
    assert "已有更正后的新报告" not in (await company.http.get("/r/second-token")).text
    assert second["customer"]["standing"] == "not_answered"  # type: ignore[index]


@pytest.mark.parametrize(
    ("outcome", "words"), [("refused", "refused: the technician's statement"), ("customer_absent", "customer_absent:")]
)
async def test_who_did_not_sign_is_not_said_to_have_signed(
    company: Company, app: Litestar, sealer: Sealer, outcome: str, words: str
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await sealed_visit(company, app, sealer, wei, outcome=outcome)
    _, pdf = await record_and_pdf(company, visit_id)
    claims = await verified(pdf, sealer)
    assert claims["signature"].detail.startswith(words)
    assert f"signature: {outcome}" in claims["modesty"].detail
    assert claims["strokes"].detail == "none was drawn"


async def test_a_configured_authority_times_every_seal(
    company: Company, app: Litestar, sealer: Sealer, authority: str
) -> None:
    wei = await enrolled(company, "wei")
    timed = msgspec.structs.replace(sealer, tsa_url=authority)
    visit_id = await sealed_visit(company, app, timed, wei)
    _, pdf = await record_and_pdf(company, visit_id)
    claims = await verified(pdf, timed)
    assert all_hold(list(claims.values()))
    assert "by Common Name: Test Time Authority" in claims["pdf_timestamp"].detail


async def test_while_the_authority_is_away_the_record_is_logged_and_later_it_is_issued(
    company: Company, app: Litestar, sealer: Sealer, authority: str
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    away = msgspec.structs.replace(sealer, tsa_url="http://127.0.0.1:9/")
    with pytest.raises(OSError, match="timestamp"):  # the worker tries again on it
        await seal(app, away, visit_id)
    [record] = await company.must("mei", "GET", f"/v1/visits/{visit_id}/records")
    assert (record["state"], record["pdf_sha256"]) == ("logged", None)
    early = await company.call("mei", "GET", f"/v1/records/{record['id']}/pdf")
    assert (early.status_code, early.json()["code"]) == (409, "not_issued")
    timed = msgspec.structs.replace(sealer, tsa_url=authority)
    assert await issue_record(app.state.sessions, app.state.storage, timed, UUID(record["id"]))
    _, pdf = await record_and_pdf(company, visit_id)
    claims = await verified(pdf, timed)
    assert all_hold(list(claims.values()))
    assert "Test Time Authority" in claims["pdf_timestamp"].detail
