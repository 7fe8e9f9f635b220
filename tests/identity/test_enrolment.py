"""Who may let a phone in, who stands for it, and who is told: a code is as good as the technician's name."""

import json
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone, SyncRefused
from server.records.sealer import Sealer
from server.records.verify.document import carried_record
from tests.company import HASH, Company
from tests.day import finished_visit
from tests.records.sealing import record_and_pdf, seal, verified


async def code_for(company: Company, who: str = "wei", by: str = "mei", **query: str) -> dict[str, Any]:
    path = f"/v1/users/{company.ids[who]}/enrolment-codes"
    made: dict[str, Any] = await company.must(by, "POST", path, params=query)
    return made


async def refused(company: Company, code: str) -> str:
    with pytest.raises(SyncRefused) as found:
        await Phone(company.http, patience=0).enrol(code)
    return found.value.code


async def another_at_the_desk(company: Company, app: Litestar, role: str = "dispatcher") -> None:
    async with app.state.sessions.begin() as session:
        made = await session.execute(
            text("""insert into app_user (id, login, login_key, name, role, locale, office_id, password_hash, active, created_at)
                    select gen_random_uuid(), 'lin', 'lin', '林', :role, 'en', id, :hash, true, now() from office
                    returning id"""),
            {"role": role, "hash": HASH},
        )
        company.ids["lin"] = str(made.scalar_one())
    await company.log_in("lin")


async def test_a_deactivated_technician_enrols_no_phone_with_an_earlier_code(company: Company) -> None:
    code = await code_for(company)
    await company.must("root", "POST", f"/v1/users/{company.ids['wei']}/deactivate")
    assert await refused(company, code["code"]) == "enrolment_code_void"
    assert [one["user_id"] for one in await company.must("root", "GET", "/v1/devices")] == []


async def test_the_code_of_somebody_who_was_deactivated_counts_no_more(company: Company, app: Litestar) -> None:
    await another_at_the_desk(company, app, "admin")
    code = await code_for(company, by="lin")
    await company.must("root", "POST", f"/v1/users/{company.ids['lin']}/deactivate")
    assert await refused(company, code["code"]) == "enrolment_code_void"


@pytest.mark.parametrize(("who", "role"), [("mei", "technician"), ("wei", "dispatcher")])
async def test_a_code_counts_no_more_when_its_author_or_its_technician_has_another_role(
    company: Company, app: Litestar, who: str, role: str
) -> None:
    code = await code_for(company)
    async with app.state.sessions.begin() as session:
        values = {"id": company.ids[who], "role": role}
        await session.execute(text("update app_user set role = :role where id = :id"), values)
    assert await refused(company, code["code"]) == "enrolment_code_void"


async def test_by_whose_code_a_phone_came_in_is_in_the_list_and_in_the_sealed_record(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    code = await code_for(company, delivery="in_person")
    phone = Phone(company.http, patience=0)
    await phone.enrol(code["code"])
    [listed] = await company.must("wei", "GET", "/v1/devices")
    said = listed["enrolment"]
    assert (said["made_by"], said["made_by_id"], said["delivery"]) == ("陈梅", company.ids["mei"], "in_person")
    assert said["made_at"] <= said["used_at"]
    visit_id = await finished_visit(company, phone)
    await phone.upload_photos()
    assert await seal(app, sealer, visit_id) == 1
    _, pdf = await record_and_pdf(company, visit_id)
    record = json.loads(carried_record(pdf))
    [device] = record["devices"]
    assert device["enrolment"] == {name: value for name, value in said.items() if value is not None}
    assert (record["type"], device["enrolled_at"]) == ("fieldproof/record/v1", said["used_at"])
    claims = await verified(pdf, sealer)
    assert [claim.id for claim in claims.values() if claim.ok is False] == []
    assert "enrolled by a code of 陈梅 (in_person)" in claims["operation_signatures"].detail


async def test_a_phone_of_an_older_version_says_nothing_of_its_enrolment(
    company: Company, app: Litestar, sealer: Sealer
) -> None:
    phone = Phone(company.http, patience=0)
    await phone.enrol((await code_for(company))["code"])
    async with app.state.sessions.begin() as session:
        await session.execute(text("update device set enrolment = null"))
    visit_id = await finished_visit(company, phone)
    await phone.upload_photos()
    assert await seal(app, sealer, visit_id) == 1
    _, pdf = await record_and_pdf(company, visit_id)
    record = json.loads(carried_record(pdf))
    assert "enrolment" not in record["devices"][0]
    assert (await company.must("mei", "GET", "/v1/devices"))[0]["enrolment"] is None


async def test_policy_asks_for_a_second_person_who_is_not_the_author(company: Company, app: Litestar) -> None:
    app.state.enrolment_people = 2
    try:
        code = await code_for(company)
        assert code["needs_confirmation"] is True
        assert await refused(company, code["code"]) == "enrolment_not_confirmed"
        path = f"/v1/enrolment-codes/{code['id']}/confirm"
        assert (await company.call("mei", "POST", path)).status_code == 403, "not by oneself"
        assert (await company.call("wei", "POST", path)).status_code == 403, "not by the technician"
        assert (await company.call(None, "POST", path)).status_code == 401
        [listed] = await company.must("root", "GET", "/v1/enrolment-codes")
        assert (listed["id"], listed["author"], listed["technician"]) == (code["id"], "陈梅", "李伟")
        assert code["code"] not in json.dumps(listed)
        assert (await company.call("root", "POST", path)).status_code == 204
        phone = Phone(company.http, patience=0)
        await phone.enrol(code["code"])
        [device] = await company.must("mei", "GET", "/v1/devices")
        assert device["enrolment"]["confirmed_by"] == "Root"
        assert device["enrolment"]["made_at"] <= device["enrolment"]["confirmed_at"] <= device["enrolment"]["used_at"]
        assert (await company.call("root", "POST", path)).status_code == 409, "it was used"
        assert await company.must("root", "GET", "/v1/enrolment-codes") == []
    finally:
        app.state.enrolment_people = 1


async def test_a_confirmation_of_somebody_who_was_deactivated_counts_no_more(company: Company, app: Litestar) -> None:
    app.state.enrolment_people = 2
    try:
        await another_at_the_desk(company, app)
        code = await code_for(company)
        await company.call("lin", "POST", f"/v1/enrolment-codes/{code['id']}/confirm")
        await company.must("root", "POST", f"/v1/users/{company.ids['lin']}/deactivate")
        assert await refused(company, code["code"]) == "enrolment_code_void"
    finally:
        app.state.enrolment_people = 1


async def test_a_technician_is_told_on_the_phone_of_another_that_signs_in_their_name(
    company: Company, wei: Phone
) -> None:
    await wei.sync()
    assert wei.state["new_phones"] == []
    stranger = Phone(company.http, patience=0)
    await stranger.enrol((await code_for(company))["code"])
    await wei.sync()
    [told] = wei.state["new_phones"]
    assert (told["device_id"], told["code_made_by"]) == (stranger.state["device_id"], "陈梅")
    await wei.sync()
    assert len(wei.state["new_phones"]) == 1, "until it was shown"
    assert await wei.show_new_phones() == [told]
    await wei.sync()
    assert wei.state["new_phones"] == []
    await stranger.sync()
    assert [one["device_id"] for one in stranger.state["new_phones"]] == [wei.state["device_id"]]


async def test_clients_whose_rows_come_another_way_are_told_too(company: Company, wei: Phone) -> None:
    stranger = Phone(company.http, patience=0)
    await stranger.enrol((await code_for(company))["code"])
    body = {"contract_version": 1, "operations": [], "pull": False}
    headers = {"authorization": f"Bearer {wei.access_token}"}
    answer = await company.http.post("/v1/sync", json=body, headers=headers)
    assert [one["device_id"] for one in answer.json()["new_phones"]] == [stranger.state["device_id"]]


async def test_a_phone_that_comes_in_later_is_told_of_those_that_are_there(company: Company, wei: Phone) -> None:
    later = Phone(company.http, patience=0)
    await later.enrol((await code_for(company))["code"])
    await later.sync()
    assert [UUID(one["device_id"]) for one in later.state["new_phones"]] == [UUID(wei.state["device_id"])]
