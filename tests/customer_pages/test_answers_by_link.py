"""Confirming and disputing by the links of a visit: evidence as by the printed link, and it is told which link it came by."""

import asyncio
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from server.records.keys import public_keys
from server.records.log.log import ORIGIN
from server.records.sealer import Sealer
from server.records.verify import all_hold, verify_answer
from tests.company import Company
from tests.customer_pages.pages import desk_token
from tests.phones import enrolled
from tests.records.sealing import record_and_pdf, sealed_visit


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


@pytest.fixture
async def visit_id(company: Company, app: Litestar, sealer: Sealer, wei: Phone) -> str:
    return await sealed_visit(company, app, sealer, wei)


async def record_of(company: Company, visit_id: str) -> dict[str, Any]:
    return (await record_and_pdf(company, visit_id))[0]


def token_on(phone: Phone) -> str:
    [row] = phone.rows("visit_link")
    return str(row["token"])


async def answered(company: Company, visit_id: str, token: str, act: str, **typed: str) -> int:
    record = await record_of(company, visit_id)
    answer = await company.http.post(f"/v/{token}/reports/{record['id']}/{act}", data=typed)
    if answer.status_code == 303:
        assert answer.headers["location"] == f"/v/{token}/reports/{record['id']}"
    return answer.status_code


async def test_an_answer_by_the_desks_link_tells_more_of_who_answered(company: Company, visit_id: str) -> None:
    token = await desk_token(company, visit_id)
    assert await answered(company, visit_id, token, "confirm") == 422, "the box has to be ticked first"
    assert await answered(company, visit_id, token, "confirm", read="yes") == 303
    customer = (await record_of(company, visit_id))["customer"]
    assert (customer["standing"], customer["came_by"], customer["attributed"]) == ("confirmed", "desk", True)


async def test_an_answer_by_the_phones_link_never_does(company: Company, wei: Phone, visit_id: str) -> None:
    token = token_on(wei)
    for act, typed, standing in (("confirm", {"read": "yes"}, "confirmed"), ("dispute", {"reason": "x"}, "disputed")):
        assert await answered(company, visit_id, token, act, **typed) == 303
        record, pdf = await record_and_pdf(company, visit_id)
        for customer in (record["customer"], (await company.http.post("/v1/verify", content=pdf)).json()["customer"]):
            assert (customer["standing"], customer["came_by"]) == (standing, "phone")
            assert customer["attributed"] is False, "the technician held it"
    answers = await company.must("mei", "GET", f"/v1/records/{record['id']}/answers")
    assert [one["came_by"] for one in answers] == ["phone", "phone"]
    assert [one["came_by"] for one in await company.must("mei", "GET", "/v1/disputes")] == ["phone"]
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    assert [line["facts"]["came_by"] for line in history[-2:]] == ["phone", "phone"]


async def test_an_answer_that_nobody_knows_the_link_of_tells_no_more_either(
    company: Company, app: Litestar, visit_id: str
) -> None:
    await answered(company, visit_id, await desk_token(company, visit_id), "confirm", read="yes")
    async with app.state.sessions.begin() as session:
        await session.execute(text("alter table customer_answer disable trigger user"))
        await session.execute(text("update customer_answer set came_by = null"))
    customer = (await record_of(company, visit_id))["customer"]
    assert (customer["standing"], customer["came_by"], customer["attributed"]) == ("confirmed", None, False)


async def test_what_is_signed_is_as_it_was_and_verifies(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone, visit_id: str
) -> None:
    token, record = token_on(wei), await record_of(company, visit_id)
    await answered(company, visit_id, token, "confirm", read="yes")
    file = (await company.http.get(f"/v/{token}/reports/{record['id']}/answers/confirmed")).content
    assert b"came_by" not in file
    async with app.state.sessions() as session:
        data = bytes(await session.scalar(text("select record from sealed_record")))
    claims = await asyncio.to_thread(verify_answer, data, file, public_keys(sealer.keys, ORIGIN).encode())
    assert all_hold(claims), claims


async def test_a_link_opens_no_report_of_another_visit(company: Company, wei: Phone, visit_id: str) -> None:
    record = await record_of(company, visit_id)
    other = await desk_token(company, await company.visit("anna"))
    for method, path in (("GET", ""), ("GET", "/report.pdf"), ("POST", "/confirm"), ("POST", "/dispute")):
        answer = await company.http.request(
            method,
            f"/v/{other}/reports/{record['id']}{path}",
            data={"read": "yes", "reason": "x"} if method == "POST" else None,
        )
        assert answer.status_code == 404
        assert "华东医院" not in answer.text
    assert (await record_of(company, visit_id))["customer"]["standing"] == "not_answered"
    assert wei.rows("visit_link")
