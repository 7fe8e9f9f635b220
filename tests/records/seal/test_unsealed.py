"""Who waits is seen: each report that is not sealed is listed with its reason, and each case can be brought to an end."""

from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from mobile_contract.report import make_report, sign_body
from server.faults.keep import keep_fault
from server.ground.problems import Unavailable
from server.records.seal.issue import issue_record
from server.records.seal.seal import seal_report
from server.records.sealer import Sealer
from tests.company import Company
from tests.day import SIGNER, STROKES, finished_visit
from tests.phones import enrolled
from tests.records.seal.test_amendments import amend
from tests.records.sealing import logged, seal, sealed_visit

PATH = "/v1/unsealed"


async def waiting(company: Company) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await company.must("mei", "GET", PATH)
    return found


async def only(company: Company) -> dict[str, Any]:
    [one] = await waiting(company)
    return one


async def decide(company: Company, visit_id: str, decision: str, reason: str = "phone lost", who: str = "mei") -> Any:
    return await company.call(who, "POST", f"{PATH}/{visit_id}", json={"decision": decision, "reason": reason})


async def state_of(company: Company, visit_id: str) -> str:
    return str((await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["state"])


def show_report(phone: Phone, visit_id: str, company: Company) -> dict[str, Any]:
    technician = {"id": company.ids["wei"], "name": "李伟"}
    report = make_report(phone, visit_id, technician=technician, work="诊断", fault=None, locale="zh-CN")
    phone.tap("report", visit_id, report)
    return report


async def test_a_report_whose_photos_have_not_come_says_how_many_and_leaves_the_list_when_it_is_sealed(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    one = await only(company)
    assert (one["visit_id"], one["why"], one["held"]) == (visit_id, "photos", False)
    assert one["sentence"] == "2 of 2 photos have not arrived."
    assert one["customer"] == "华东医院"
    board = await company.must("mei", "GET", "/v1/board", params={"day": "2026-03-02"})
    assert (board["not_sealed"], board["not_sealed_since"]) == (1, one["since"])
    assert [card["not_sealed_since"] for card in board["visits"]] == [one["since"]]
    await wei.upload_photos()
    await seal(app, sealer, visit_id)
    assert await waiting(company) == []
    board = await company.must("mei", "GET", "/v1/board", params={"day": "2026-03-02"})
    assert (board["not_sealed"], board["not_sealed_since"]) == (0, None)


async def test_a_visit_that_nobody_tapped_as_done_is_finished_by_the_desk_and_then_sealed(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("start", visit_id)
    report = show_report(wei, visit_id, company)
    wei.tap("sign", visit_id, sign_body(report, "signed", strokes=STROKES, signer=SIGNER), attachment=STROKES)
    await wei.sync()
    assert await seal(app, sealer, visit_id) == 0
    assert (await only(company))["why"] == "visit_open"
    refused = await decide(company, visit_id, "finish", "")
    assert (refused.status_code, refused.json()["detail"]) == (422, "Say why: the reason stays in the visit's history.")
    assert (await decide(company, visit_id, "finish", "phone fell into the basin")).status_code == 200
    assert await state_of(company, visit_id) == "completed"
    assert await seal(app, sealer, visit_id) == 1
    assert await state_of(company, visit_id) == "closed"
    assert await waiting(company) == []
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    assert {"finish", "sealing_finish", "close"} <= {line["kind"] for line in history}


async def test_a_visit_without_a_report_is_ended_without_one_and_counted(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("start", visit_id)
    wei.tap("complete", visit_id, {"work_summary": "done"})
    await wei.sync()
    one = await only(company)
    assert (one["why"], one["report_id"]) == ("no_report", None)
    assert (await decide(company, visit_id, "without_report", "customer moved away")).status_code == 200
    assert await state_of(company, visit_id) == "closed"
    assert await waiting(company) == []
    [counted] = await company.must("mei", "GET", f"{PATH}/closed-without")
    assert (counted["visit_id"], counted["reason"], counted["decided_by"]) == (visit_id, "customer moved away", "陈梅")
    again = await decide(company, visit_id, "without_report")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_decide")


async def test_a_report_that_was_decided_to_stay_unsealed_is_not_sealed_when_its_photos_come(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await decide(company, visit_id, "without_report")
    await wei.upload_photos()
    assert await seal(app, sealer, visit_id) == 0
    assert await state_of(company, visit_id) == "closed"


async def test_a_new_report_is_asked_for_reaches_the_phone_and_ends_the_old_one(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    old = (await only(company))["report_id"]
    async with app.state.sessions.begin() as session:
        for _ in range(3):
            await keep_fault(session, "report_ready", UUID(old), ValueError("it cannot be printed"))
    one = await only(company)
    assert (one["why"], one["held"], one["asked_at"]) == ("fault", True, None)
    assert (await decide(company, visit_id, "new_report", "the old one cannot be printed")).status_code == 200
    assert (await only(company))["asked_at"] is not None
    await wei.sync()
    assert wei.row("visit", visit_id)["body"]["custody"]["new_report"] == "the old one cannot be printed"
    await amend(company, wei, visit_id, old, "更换风机")
    async with app.state.sessions() as session:
        new = await session.scalar(text("select id from service_report where amends_id is not null"))
    record = await seal_report(app.state.sessions, app.state.storage, sealer, new)
    assert record is not None, "it does not wait for one that is held"
    await issue_record(app.state.sessions, app.state.storage, sealer, record)
    assert await waiting(company) == []
    await wei.sync()
    assert "new_report" not in wei.row("visit", visit_id)["body"]["custody"]


async def test_a_record_in_the_log_without_its_pdf_is_shown(company: Company, app: Litestar, sealer: Sealer) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    await wei.upload_photos()
    [record_id] = await logged(app, sealer, visit_id)
    assert (await only(company))["why"] == "logged"
    async with app.state.sessions.begin() as session:
        await keep_fault(session, "record_logged", record_id, Unavailable("The authority does not answer."))
    one = await only(company)
    assert (one["why"], one["held"]) == ("logged", False)
    assert one["sentence"].endswith("The authority does not answer.")


async def test_a_report_that_nobody_signed_and_one_whose_signature_is_parked_are_told_apart(
    company: Company, app: Litestar
) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("start", visit_id)
    report = show_report(wei, visit_id, company)
    wei.tap("complete", visit_id, {"work_summary": "done"})
    await wei.sync()
    assert (await only(company))["why"] == "not_signed"
    body = sign_body(report, "signed", strokes=STROKES, signer=SIGNER) | {"shown_sha256": "0" * 64}
    wei.tap("sign", visit_id, body, attachment=STROKES)
    await wei.sync()
    assert (await only(company))["why"] == "needs_decision"


async def test_trying_again_asks_for_everything_of_the_visit_that_failed(company: Company, app: Litestar) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await finished_visit(company, wei)
    report = UUID((await only(company))["report_id"])
    async with app.state.sessions.begin() as session:
        for task, subject in (("report_ready", report), ("custody_changed", UUID(visit_id))):
            await keep_fault(session, task, subject, ValueError("x"))
        await session.execute(text("delete from pgqueuer"))
    assert (await decide(company, visit_id, "try_again", "")).status_code == 200
    async with app.state.sessions() as session:
        tasks = set(await session.scalars(text("select entrypoint from pgqueuer")))
    assert tasks == {"report_ready", "custody_changed"}


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("wei", 403)])
async def test_only_the_desk_sees_and_decides(company: Company, who: str | None, status: int) -> None:
    for method, path in (
        ("GET", PATH),
        ("GET", f"{PATH}/closed-without"),
        ("POST", f"{PATH}/{UUID(int=1)}"),
        ("GET", "/v1/faults"),
    ):
        body = {"json": {"decision": "try_again"}} if method == "POST" else {}
        assert (await company.call(who, method, path, **body)).status_code == status


async def test_a_decision_over_nothing_says_so(company: Company, app: Litestar, sealer: Sealer) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await sealed_visit(company, app, sealer, wei)
    answer = await decide(company, visit_id, "try_again", "")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_decide")
    unknown = await decide(company, str(UUID(int=1)), "finish")
    assert unknown.status_code == 404
